"""The welcome page: examples to open, recent documents, a new one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.examples import examples
from spikeloom.spec import Document
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme


class DocumentCard(QAbstractButton):
    """A document to open: its title and what it shows."""

    def __init__(self, path: Path, title: str, text: str) -> None:
        super().__init__()
        self.path, self.title, self.text_below = path, title, text
        self.setAccessibleName(title)
        self.setToolTip(str(path))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(300, 112)
        self.setMaximumHeight(126)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lifted = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(tokens.accent if lifted else tokens.border), 1.4 if lifted else 1.0))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        font = QFont(self.font())
        font.setPixelSize(tokens.font_large)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        inner = box.adjusted(16, 12, -16, -12)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.title)
        font.setPixelSize(tokens.font_small + 1)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_muted))
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(inner.adjusted(0, 26, 0, 0), flags, self.text_below)


class Welcome(QWidget):
    """Shown until a document is open.

    Signals
    -------
    open_requested, example_requested
        With the path. An example opens as a new, unsaved document.
    new_requested
        An empty document.
    browse_requested
        The open dialogue.
    tour_requested
        The guided tour.
    """

    open_requested = Signal(object)
    example_requested = Signal(object)
    new_requested = Signal()
    browse_requested = Signal()
    tour_requested = Signal()

    def __init__(self, recent: list[Path]) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.setAccessibleName("Welcome")
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(14)
        outer.addLayout(column, 0)
        outer.addStretch(1)
        column.addStretch(1)
        heading = QLabel("Spikeloom")
        heading.setObjectName("welcomeTitle")
        column.addWidget(heading)
        lead = QLabel("Draw a network of spiking neurons, press Train, watch it learn.")
        lead.setObjectName("welcomeLead")
        column.addWidget(lead)
        buttons = QHBoxLayout()
        new = QPushButton("New network")
        new.setProperty("primary", True)
        new.clicked.connect(self.new_requested)
        browse = QPushButton("Open…")
        browse.clicked.connect(self.browse_requested)
        buttons.addWidget(new)
        buttons.addWidget(browse)
        tour = QPushButton("Guided tour")
        tour.setToolTip("Your first network in two minutes")
        tour.clicked.connect(self.tour_requested)
        buttons.addWidget(tour)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addSpacing(10)
        column.addWidget(_section("Examples"))
        grid = QGridLayout()
        grid.setSpacing(12)
        self.cards = [_example_card(name, path) for name, path in examples().items()]
        for number, card in enumerate(self.cards):
            card.clicked.connect(lambda _=False, path=card.path: self.example_requested.emit(path))
            grid.addWidget(card, number // 2, number % 2)
        column.addLayout(grid)
        if recent:
            column.addSpacing(10)
            column.addWidget(_section("Recent"))
            for path in recent[:5]:
                entry = QPushButton(f"{path.stem}    {path.parent}")
                entry.setProperty("link", True)
                entry.setToolTip(str(path))
                entry.clicked.connect(lambda _=False, path=path: self.open_requested.emit(path))
                column.addWidget(entry, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)
        follow_theme(self._restyle)

    def _restyle(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(
            f"#welcomeTitle {{ font-size: 34px; font-weight: 700; color: {tokens.text}; }}"
            f"#welcomeLead {{ font-size: 15px; color: {tokens.text_muted}; }}"
            f"#welcomeSection {{ font-size: {tokens.font}px; font-weight: 600; color: {tokens.text_muted}; }}"
        )
        self.update()


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("welcomeSection")
    return label


def _example_card(name: str, path: Path) -> DocumentCard:
    try:
        document = Document.load(path)
        return DocumentCard(path, document.title or name, document.description or "")
    except SpikeloomError as error:
        return DocumentCard(path, name, error.message)
