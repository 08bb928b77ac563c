"""Finding words in a script: a line to type in, how many places there are, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QTextEdit, QToolButton

from spikeloom_app import theme
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.listening import follow_theme
from spikeloom_app.script.view import ScriptView
from spikeloom_app.wording import counted

MOST_FOUND = 999


class FindLine(QFrame):
    """Searches in `view`.

    Signals
    -------
    left
        The user is done with it.
    """

    left = Signal()

    def __init__(self, view: ScriptView) -> None:
        super().__init__()
        self.setObjectName("scriptFind")
        self._view = view
        self._found: list[int] = []
        self._current = -1
        self.line = QLineEdit()
        self.line.setPlaceholderText("Find in the script")
        self.line.setAccessibleName("Find in the script")
        self.line.setToolTip("Enter leads to the next place, Shift+Enter to the one before, Escape ends it")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(lambda _text: self._search())
        self.line.installEventFilter(self)
        self.count = QLabel()
        self.count.setProperty("tone", "small")
        self.before = self._button("previous", "Place before (Shift+Enter)", lambda: self.step(-1))
        self.after = self._button("next", "Next place (Enter)", lambda: self.step(1))
        self.end = self._button("close", "End the search (Escape)", self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 6)
        row.setSpacing(2)
        row.addWidget(self.line, 1)
        row.addSpacing(4)
        row.addWidget(self.count)
        for button in (self.before, self.after, self.end):
            row.addWidget(button)
        self.hide()
        view.document().contentsChanged.connect(self._text_changed)
        follow_theme(self._dress)

    def _button(self, drawing: str, words: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"script.find_{drawing}")
        button.setToolTip(words)
        button.setAccessibleName(words.split(" (", maxsplit=1)[0])
        button.setProperty("drawing", drawing)
        button.clicked.connect(run)
        return button

    @property
    def found(self) -> int:
        """How many places there are."""
        return len(self._found)

    def begin(self) -> None:
        """Show it with the keyboard in it; what is selected in the script is looked for."""
        chosen = self._view.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.line.setText(chosen)
        self.show()
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search()

    def leave(self) -> None:
        """Hide it; the keyboard goes back to the script."""
        self.hide()
        self._found, self._current = [], -1
        self._view.setExtraSelections([])
        self.left.emit()

    def step(self, by: int) -> None:
        """To the next place (1) or the one before (-1), from the end on to the beginning."""
        if self._found:
            self._go((self._current + by) % len(self._found))

    def _search(self) -> None:
        """Look for what is typed; the first place from the cursor on counts."""
        self._look()
        start = self._view.textCursor().selectionStart()
        here = next((k for k, place in enumerate(self._found) if place >= start), 0)
        if self._found:
            self._go(here)
        else:
            self._show()

    def _look(self) -> None:
        text, wanted = self._view.toPlainText().lower(), self.line.text().lower()
        self._found = []
        place = text.find(wanted) if wanted else -1
        while place >= 0 and len(self._found) < MOST_FOUND:
            self._found.append(place)
            place = text.find(wanted, place + len(wanted))

    def _text_changed(self) -> None:
        """The script is another one: its places are, and what is read stays where it is."""
        if self.isVisible():
            self._look()
            self._current = min(self._current, len(self._found) - 1)
            self._show()

    def _go(self, number: int) -> None:
        self._current = number
        self._view.setTextCursor(self._cursor(self._found[number]))
        self._view.ensureCursorVisible()
        self._show()

    def _cursor(self, place: int) -> QTextCursor:
        cursor = QTextCursor(self._view.document())
        cursor.setPosition(place)
        cursor.setPosition(place + len(self.line.text()), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _show(self) -> None:
        t = theme.current()
        marks = []
        for number, place in enumerate(self._found):
            mark = QTextEdit.ExtraSelection()
            colour = QColor(t.warning)
            colour.setAlphaF(0.55 if number == self._current else 0.22)
            mark.format.setBackground(colour)
            mark.cursor = self._cursor(place)
            marks.append(mark)
        self._view.setExtraSelections(marks)
        typed = bool(self.line.text())
        place_words = f"{self._current + 1} of {len(self._found)}" if self._found else "none" if typed else ""
        self.count.setText(place_words)
        self.line.setAccessibleDescription(f"{counted(len(self._found), 'place')} found" if typed else "")
        for button in (self.before, self.after):
            button.setEnabled(bool(self._found))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
        return False

    def _dress(self) -> None:
        for button in (self.before, self.after, self.end):
            button.setIcon(icon(str(button.property("drawing")), active=theme.current().text))
            button.setIconSize(QSize(theme.large(SIZE), theme.large(SIZE)))
        if self.isVisible():
            self._show()
