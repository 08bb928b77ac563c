"""The welcome page: a new document, templates to start from, examples to open, recent documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from spikeloom.errors import SpikeloomError
from spikeloom.examples import examples
from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.shell.headings import heading_of
from spikeloom_app.shell.templates import Template, all_templates

SIDE, ABOVE = 16, 12  # px between the edge of a card and its words
HEADING = 26  # px of its title
WRAPPED = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap


class DocumentCard(QAbstractButton):
    """A document to open: its title and what it shows."""

    def __init__(self, path: Path, title: str, text: str) -> None:
        super().__init__()
        self.path, self.title, self.text_below = path, title, text
        self.setAccessibleName(title)
        self.setToolTip(wording.tooltip(str(path)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)  # as high as those beside it
        follow_theme(self._fit)

    def _fit(self) -> None:
        """As large as its text."""
        self.setMinimumWidth(theme.large(300))
        inside = self.width() - 2 * (SIDE + 1)
        text = QFontMetrics(self._font_below()).boundingRect(0, 0, inside, 10_000, WRAPPED, self.text_below)
        self.setMinimumHeight(max(theme.large(124), theme.large(HEADING) + text.height() + 2 * (ABOVE + 1)))

    def _font_below(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.current().font_small + 1)
        return font

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

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
        inner = box.adjusted(SIDE, ABOVE, -SIDE, -ABOVE)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.title)
        painter.setFont(self._font_below())
        painter.setPen(QColor(tokens.text_muted))
        painter.drawText(inner.adjusted(0, theme.large(HEADING), 0, 0), WRAPPED, self.text_below)


class Welcome(QScrollArea):
    """Shown until a document is open.

    Parameters
    ----------
    recent
        Gives the documents that were open lately.

    Signals
    -------
    open_requested, example_requested
        With the path. An example or a template opens as a new, unsaved document.
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

    def __init__(self, recent: Callable[[], list[Path]]) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.setAccessibleName("Welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._recent = recent
        self._shown: tuple[list[Template], list[Path]] | None = None
        page = QWidget()
        page.setObjectName("welcomePage")
        outer = QHBoxLayout(page)
        outer.addStretch(1)
        column = QVBoxLayout()
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(14)
        outer.addLayout(column, 0)
        outer.addStretch(1)
        column.addStretch(1)
        self._add_heading(column)
        column.addSpacing(10)
        column.addWidget(_section("Templates"))
        self.templates = QWidget()
        self._template_grid = _grid(self.templates, 8)
        column.addWidget(self.templates)
        column.addSpacing(10)
        column.addWidget(_section("Examples"))
        grid = QGridLayout()
        grid.setSpacing(12)
        self.cards = [_card(name, path) for name, path in examples().items()]
        for number, card in enumerate(self.cards):
            card.clicked.connect(lambda _=False, path=card.path: self.example_requested.emit(path))
            grid.addWidget(card, number // 2, number % 2)
        column.addLayout(grid)
        column.addSpacing(10)
        self._recent_title = _section("Recent")
        column.addWidget(self._recent_title)
        self.recent_list = QWidget()
        self._recent_grid = _grid(self.recent_list, 2)
        column.addWidget(self.recent_list)
        column.addStretch(2)
        self.setWidget(page)
        self.refresh()
        follow_theme(self._restyle)

    def _add_heading(self, column: QVBoxLayout) -> None:
        heading = QLabel("Spikeloom")
        heading.setObjectName("welcomeTitle")
        column.addWidget(heading)
        lead = QLabel("Draw a network of spiking neurons, press Train, watch it learn.")
        lead.setObjectName("welcomeLead")
        column.addWidget(lead)
        buttons = QHBoxLayout()
        new = QPushButton("New network")
        new.setProperty("primary", True)
        new.setToolTip("An empty document")
        new.clicked.connect(self.new_requested)
        browse = QPushButton("Open…")
        browse.setToolTip("Open a document (.snn)")
        browse.clicked.connect(self.browse_requested)
        buttons.addWidget(new)
        buttons.addWidget(browse)
        tour = QPushButton("Guided tour")
        tour.setToolTip("Your first network in two minutes")
        tour.clicked.connect(self.tour_requested)
        buttons.addWidget(tour)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Other documents may have been open meanwhile, and templates made."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the templates and the recent documents there are now."""
        found, recent = all_templates(), self._recent()[:5]
        if (found, recent) == self._shown:
            return
        self._shown = (found, recent)
        _empty(self._template_grid)
        for number, template in enumerate(found):
            button = QPushButton(template.title.replace("&", "&&"))
            button.setToolTip(wording.tooltip(template.description or template.title))
            button.setAccessibleDescription(template.description)
            button.clicked.connect(lambda _=False, path=template.path: self.example_requested.emit(path))
            self._template_grid.addWidget(button, number // 3, number % 3)
        _empty(self._recent_grid)
        for number, path in enumerate(recent):
            entry = QPushButton(f"{path.stem}    {path.parent}")
            entry.setProperty("link", True)
            entry.setToolTip(wording.tooltip(str(path)))
            entry.clicked.connect(lambda _=False, path=path: self.open_requested.emit(path))
            self._recent_grid.addWidget(entry, number, 0, Qt.AlignmentFlag.AlignLeft)
        self._recent_title.setVisible(bool(recent))

    def _restyle(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(
            f"#welcome, #welcomePage {{ background: {tokens.window}; }}"
            f"#welcomeTitle {{ font-size: {theme.large(34)}px; font-weight: 700; color: {tokens.text}; }}"
            f"#welcomeLead {{ font-size: {tokens.font_large}px; color: {tokens.text_muted}; }}"
            f"#welcomeSection {{ font-size: {tokens.font}px; font-weight: 600; color: {tokens.text_muted}; }}"
        )
        self.update()


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("welcomeSection")
    return label


def _grid(holder: QWidget, spacing: int) -> QGridLayout:
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(spacing)
    return grid


def _empty(grid: QGridLayout) -> None:
    while grid.count():
        item = grid.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _card(name: str, path: Path) -> DocumentCard:
    try:
        heading = heading_of(path)
        return DocumentCard(path, heading.title or name, heading.description)
    except SpikeloomError as error:
        return DocumentCard(path, name, error.message)
