"""Documents dragged from the file manager onto a window: what is taken, and a veil that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QDropEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from spikeloom_app import theme
from spikeloom_app.shell import windows

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
REFUSAL = "Only Spikeloom documents (.snn) can be dropped here"


class FileDrop(QObject):
    """Takes documents that are dropped anywhere on `window`.

    It sits in front of the window's own surface, so that a text field does not take a file as its path, and leaves
    every drag without files (a neuron of the palette) to the widgets.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.veil = Veil(window)
        self._surface: QObject | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drags of files; see to the surface when the window gets one."""
        kind = event.type()
        if kind in _DRAGS and isinstance(event, QDropEvent):
            return self._drag(event)
        if kind == QEvent.Type.DragLeave:
            self.veil.hide()
        elif kind == QEvent.Type.Show and watched is self.window:
            self._watch_surface()
        return False

    def _watch_surface(self) -> None:
        surface = self.window.windowHandle()
        if surface is not None and surface is not self._surface:
            self._surface = surface
            surface.installEventFilter(self)

    def _drag(self, event: QDropEvent) -> bool:
        if not event.mimeData().hasUrls():
            return False
        if QApplication.activeModalWidget() is not None:  # a question waits for its answer
            event.ignore()
            return True
        documents, others = sorted_files(event.mimeData())
        dropped = event.type() == QEvent.Type.Drop
        if documents:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()
            self.window.files.say(f"{REFUSAL}: {', '.join(others[:3])}" if others else REFUSAL)
        if dropped or not documents:
            self.veil.hide()
        else:
            self.veil.say(documents)
        if dropped and documents:
            self._open(documents, others)
        return True

    def _open(self, documents: list[Path], others: list[str]) -> None:
        windows.bring_forward(self.window)
        windows.open_paths(self.window, documents)
        if others:
            self.window.files.say(f"{REFUSAL}; not opened: {', '.join(others[:3])}")


def sorted_files(data: QMimeData) -> tuple[list[Path], list[str]]:
    """The documents among the files of a drag, and the names of all else."""
    documents, others = [], []
    for url in data.urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.suffix.lower() == ".snn" and path.is_file():
            documents.append(path)
        else:
            others.append(path.name or url.fileName() or url.toString())
    return documents, others


class Veil(QWidget):
    """Lies over a window while a document is dragged over it, and says what a drop does."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.covered = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.words = ""
        self.hide()

    def say(self, documents: list[Path]) -> None:
        """Cover the window and say what opens."""
        name = documents[0].name
        words = f"Drop to open {name}" if len(documents) == 1 else f"Drop to open {len(documents)} documents"
        if self.isVisible() and words == self.words:
            return
        self.words = words
        self.setGeometry(self.covered.rect())
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame in the accent colour, and the words in the middle."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(tokens.window)
        shade.setAlpha(190)
        painter.fillRect(self.rect(), shade)
        painter.setPen(QPen(QColor(tokens.accent), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(self.rect()).adjusted(14, 14, -14, -14)
        painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        font = QFont(self.font())
        font.setPixelSize(tokens.font_large + 5)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        words = painter.fontMetrics().boundingRect(self.words)
        plate = QRectF(0, 0, min(words.width() + 56.0, box.width() - 40), words.height() + 32.0)
        plate.moveCenter(box.center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRoundedRect(plate, tokens.radius, tokens.radius)
        painter.setPen(QColor(tokens.accent_text))
        shown = painter.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideMiddle, int(plate.width()) - 24)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, shown)
