"""The panel of the script: which one, its text live, what it leaves out, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent, QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.exporters import EXPORTERS
from spikeloom_app import theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.places import apply_fix
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.listening import follow_theme, listen
from spikeloom_app.script.find_line import FindLine
from spikeloom_app.script.maker import ScriptMaker
from spikeloom_app.script.notes import Notes
from spikeloom_app.script.refusal import Refusal, RefusalCard
from spikeloom_app.script.script import Script
from spikeloom_app.script.view import NOWHERE, ScriptView

PAUSE = 120  # ms after a change until the script follows
LONG_PAUSE = 600  # where a process is started for it
SLOW = 400  # ms after which it is said that it is being written


class ScriptPanel(QWidget):
    """The document as a script.

    Parameters
    ----------
    stem
        Gives the stem of the file that a script would be saved as.

    Signals
    -------
    chosen
        With the `Listed` to go to, of what keeps the document from being exported.
    part_chosen
        With the name of the part whose lines were clicked.
    save_wanted
        With the name of the exporter.
    said
        A line for the status bar.
    """

    chosen, part_chosen, save_wanted, said = Signal(object), Signal(str), Signal(str), Signal(str)

    def __init__(self, document: OpenDocument, stem: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scriptPanel")
        self.setAccessibleName("Script")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._document, self._stem = document, stem
        self._selected: list[str] = []
        self._anew = True  # what is shown next is of another document, or of another kind
        self._stale = True
        self.script: Script | None = None
        self.maker = ScriptMaker(document, self)
        self.maker.made.connect(self._show)
        self.maker.refused.connect(self._refuse)
        self.maker.busy_changed.connect(self._busy)
        self._soon = self._timer(self._make)
        self._slow = self._timer(self._say_slow)
        self._build()
        for signal in (document.part_added, document.part_removed, document.part_changed, document.part_renamed):
            listen(signal, self._changed)
        for signal in (document.settings_changed, document.file_changed):
            listen(signal, self._changed)
        listen(document.opened, self._opened)
        listen(document.replaced, self._changed)
        follow_theme(self._dress)

    def _timer(self, told: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(told)
        return timer

    def _build(self) -> None:
        self.choice = QComboBox()
        self.choice.setAccessibleName("Kind of script")
        for name, exporter in EXPORTERS.items():
            self.choice.addItem(exporter.title, name)
            self.choice.setItemData(self.choice.count() - 1, exporter.help, Qt.ItemDataRole.ToolTipRole)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(8)
        self.choice.currentIndexChanged.connect(lambda _row: self._other_kind())
        self.view = ScriptView()
        self.view.line_chosen.connect(self._choose_line)
        self.finder = FindLine(self.view)
        self.finder.left.connect(lambda: self.view.setFocus(Qt.FocusReason.OtherFocusReason))
        self.notes, self.refusal = Notes(), RefusalCard()
        self.refusal.chosen.connect(self.chosen)
        self.refusal.fix_wanted.connect(self._fix)
        self.state = QLabel(self.view)
        self.state.setObjectName("scriptState")
        self.state.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.state.hide()
        self.buttons = {
            "find": self._button("find", "Find in the script (Ctrl+F)", self._find),
            "copy": self._button("copy", "Copy the whole script (Ctrl+C copies what is selected)", self.copy),
            "save": self._button("save", "Save the script…", lambda: self.save_wanted.emit(self.to)),
        }
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 8)
        top.setSpacing(2)
        top.addWidget(self.choice, 1)
        top.addSpacing(4)
        for button in self.buttons.values():
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        for widget in (self.finder, self.refusal, self.notes):
            column.addWidget(widget)
        column.addWidget(self.view, 1)

    def _button(self, name: str, words: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"script.{name}")
        button.setToolTip(words)
        button.setAccessibleName(words.split(" (", maxsplit=1)[0].rstrip("…"))
        button.setProperty("drawing", name)
        button.clicked.connect(run)
        return button

    def sizeHint(self) -> QSize:
        """Wide enough for most lines of a script."""
        return QSize(340, 400)

    # -- which one ---------------------------------------------------------------------------------------------------
    @property
    def to(self) -> str:
        """The name of the exporter that is chosen."""
        return str(self.choice.currentData())

    def choose(self, to: str) -> None:
        """Show another kind of script."""
        self.choice.setCurrentIndex(max(0, self.choice.findData(to)))

    def _other_kind(self) -> None:
        self.choice.setToolTip(EXPORTERS[self.to].help)
        self._anew = True
        if not self._agrees:
            self.view.dim(True)
        self._enable()
        self._follow(0)

    # -- following the document --------------------------------------------------------------------------------------
    @property
    def active(self) -> bool:
        """Whether it can be seen; else nothing is computed for it."""
        return self.isVisible() and self.isEnabled()

    def _opened(self) -> None:
        self._anew = True

    def _changed(self, *_names: object) -> None:
        if not self.active:
            self._stale = True
        elif self.maker.beside(self.to):
            self._follow(LONG_PAUSE)  # after the last of many changes
        elif not (self._stale and self._soon.isActive()):
            self._follow(PAUSE)  # also while they go on, as with a slider

    def _follow(self, pause: int) -> None:
        self._stale = True
        self.maker.cancel()
        if self.active:
            self._soon.start(pause)

    def _make(self) -> None:
        if self.active and self._stale:
            self._stale = False
            self.maker.make(self.to, self._stem())

    def _busy(self, busy: bool) -> None:
        if busy and not self._agrees:  # what is shown is of another kind, or there is nothing
            self.refusal.hide()
            self.notes.show_notes(())
            self._enable()
            self._say_slow()
        elif busy:
            self._slow.start(SLOW)
        else:
            self._slow.stop()
            self.state.hide()

    def _say_slow(self) -> None:
        self.state.setText(f"Writing the {EXPORTERS[self.to].title}…")
        self.state.adjustSize()
        self._place_state()
        self.state.show()
        self.state.raise_()

    def _show(self, script: Any) -> None:
        assert isinstance(script, Script)  # signals carry objects
        tint = not self._anew
        if self._anew:
            self.view.mark(*NOWHERE)
        self.script = script
        self.refusal.hide()
        self.notes.show_notes(script.notes)
        self.view.dim(False)
        self.view.show_text(script.text, EXPORTERS[script.to].language, tint=tint)
        if self._anew:
            self.view.verticalScrollBar().setValue(0)
        self._mark(follow=self._anew)
        self._anew = False
        self._enable()

    def _refuse(self, refusal: Any) -> None:
        assert isinstance(refusal, Refusal)
        if self._anew or self.script is None or self.script.to != refusal.to:
            self.script = None
            self.view.mark(*NOWHERE)
            self.view.show_text("", "")
        self.notes.show_notes(())
        self.refusal.show_refusal(refusal)
        self.view.dim(True)
        self._enable()

    @property
    def _agrees(self) -> bool:
        """Whether the text that is shown is of the kind that is chosen."""
        return self.script is not None and self.script.to == self.to

    @property
    def _usable(self) -> bool:
        """Whether the text that is shown is what one asked for."""
        return self._agrees and not self.view.dimmed

    def _enable(self) -> None:
        for name in ("find", "copy"):
            self.buttons[name].setEnabled(self._usable)
        self.buttons["save"].setEnabled(self.script is not None and self.refusal.isHidden())  # it is written anew

    def _fix(self, fix: object) -> None:
        try:
            apply_fix(self._document, fix)  # type: ignore[arg-type]  # the signal carries an object
        except SpikeloomError as error:
            self.said.emit(error.message)

    # -- parts ---------------------------------------------------------------------------------------------------------
    def select(self, names: Any) -> None:
        """These parts are selected on the canvas: the lines of the first are marked, and brought into view."""
        self._selected = list(names)
        self._mark(follow=self.active)

    def _mark(self, *, follow: bool) -> None:
        lines = self.script.lines if self.script is not None else {}
        found = next((lines[name] for name in self._selected if name in lines), None)
        self.view.mark(*(NOWHERE if found is None else (found[0] - 1, found[1] - 1)), follow=follow)

    def _choose_line(self, line: int) -> None:
        part = self.part_at(line)
        if part:
            self.part_chosen.emit(part)

    def part_at(self, line: int) -> str:
        """The part that a line, counted from 0, makes; empty where it makes none."""
        if self.script is None or self.view.dimmed:
            return ""
        known = self._document.document.network.names()
        inside = (name for name, (first, last) in self.script.lines.items() if first <= line + 1 <= last)
        return next((name for name in inside if name in known), "")

    def at_cursor(self) -> tuple[str, str]:
        """The word at the cursor, and the part that its line makes; either may be empty."""
        cursor = self.view.textCursor()
        cursor.setPosition(cursor.selectionStart())
        line = cursor.blockNumber()
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return cursor.selectedText(), self.part_at(line)

    # -- what one does with it -----------------------------------------------------------------------------------------
    def copy(self) -> None:
        """Put the whole script on the clipboard."""
        if self.script is not None and self._usable:
            QGuiApplication.clipboard().setText(self.script.text)
            self.said.emit(f"The {EXPORTERS[self.script.to].title} is on the clipboard")

    def _find(self) -> None:
        if self._usable:
            self.finder.begin()

    def event(self, event: QEvent) -> bool:
        """Ctrl+F means this panel while the keyboard is in it."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find):
            if event.type() == QEvent.Type.KeyPress:
                self._find()
            if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """The dock comes to the front, or goes behind another one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and hasattr(self, "view"):
            self._seen_or_not()

    def showEvent(self, event: QShowEvent) -> None:
        """What was changed meanwhile is shown."""
        super().showEvent(event)
        self._seen_or_not()

    def hideEvent(self, event: QEvent) -> None:
        """Nothing is computed for what nobody sees."""
        super().hideEvent(event)  # type: ignore[arg-type]
        self._seen_or_not()

    def _seen_or_not(self) -> None:
        if not self.active:
            self._soon.stop()
            self._stale = self._stale or self.maker.busy
            self.maker.cancel()
        elif self._stale and not self._soon.isActive():
            self._soon.start(0)

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._place_state()

    def _place_state(self) -> None:
        inside = self.view.viewport().geometry()
        size = self.state.sizeHint()
        if self._agrees:  # in a corner, where it hides nothing that is read
            left, top = inside.right() - size.width() - 10, inside.bottom() - size.height() - 10
        else:
            left, top = inside.left() + max(0, inside.width() - size.width()) // 2, inside.top() + inside.height() // 4
        self.state.setGeometry(left, top, size.width(), size.height())

    def _dress(self) -> None:
        t = theme.current()
        for button in self.buttons.values():
            button.setIcon(icon(str(button.property("drawing")), active=t.text))
            button.setIconSize(QSize(theme.large(SIZE), theme.large(SIZE)))
        self.setStyleSheet(f"""
            #scriptPanel {{ background: {t.surface}; }}
            #scriptState {{ background: {t.surface_raised}; color: {t.text_muted}; border: 1px solid {t.border};
                border-radius: {t.radius_small}px; padding: 3px 8px; font-size: {t.font_small}px; }}
        """)
