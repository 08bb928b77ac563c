"""A browser of generated pages: links are told, pictures come from memory, and nothing else is ever loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

OBJECT = "\ufffc"  # what stands in a text for a picture


class Browser(QTextBrowser):
    """Text that can be selected, copied, and walked through by Tab.

    Attributes
    ----------
    typed
        Signal with a letter that was typed: the user searches.
    stepped
        Signal with -1 or 1: back or forward was asked for.
    resized
        Signal: there is more or less room.
    """

    typed, stepped, resized = Signal(str), Signal(int), Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: dict[str, QImage] = {}
        self._sources: dict[str, str] = {}
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Always there, and never: what fits must not depend on how long the page is.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(16)

    def show_html(self, html: str, images: Mapping[str, QImage], sources: Mapping[str, str]) -> None:
        """Show a page.

        Parameters
        ----------
        images
            Its pictures, by the names that the page gives them.
        sources
            What is copied in place of each.
        """
        self._images, self._sources = dict(images), dict(sources)
        self.setHtml(html)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture of the page; nothing for anything else: no file is opened, and nothing is fetched."""
        return self._images.get(name.toString() if isinstance(name, QUrl) else str(name))

    def createMimeDataFromSelection(self) -> QMimeData:
        """The selected text, with the source of each equation in its place; no HTML, whose pictures are ours alone."""
        data = QMimeData()
        data.setText(self.selected_text())
        return data

    def selected_text(self) -> str:
        """What is selected, as plain text."""
        selection = self.textCursor()
        plain = selection.selection().toPlainText()
        if OBJECT not in plain:
            return plain
        sources = iter(self._selected_sources(selection))
        return "".join(next(sources, "") if letter == OBJECT else letter for letter in plain)

    def _selected_sources(self, selection: QTextCursor) -> list[str]:
        """The sources of the pictures within a selection, in order."""
        found = []
        cursor = QTextCursor(self.document())
        for place in range(selection.selectionStart() + 1, selection.selectionEnd() + 1):
            if self.document().characterAt(place - 1) == OBJECT:
                cursor.setPosition(place)
                found.append(self._sources.get(cursor.charFormat().toImageFormat().name(), ""))
        return found

    # -- keys --------------------------------------------------------------------------------------------------------
    def backward(self) -> None:
        """Alt+Left, which Qt looks for."""
        self.stepped.emit(-1)

    def forward(self) -> None:
        """Alt+Right, which Qt looks for."""
        self.stepped.emit(1)

    def home(self) -> None:
        """Alt+Up leads nowhere: there is nothing above a page."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter begins a search; Backspace goes back."""
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        bar = self.verticalScrollBar()
        ends = {Qt.Key.Key_Home: bar.SliderAction.SliderToMinimum, Qt.Key.Key_End: bar.SliderAction.SliderToMaximum}
        if event.key() == Qt.Key.Key_Backspace:
            self.stepped.emit(-1)
        elif event.key() in ends and not held:
            bar.triggerAction(ends[Qt.Key(event.key())])
        elif event.text().strip() and event.text().isprintable() and not held:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.resized.emit()
