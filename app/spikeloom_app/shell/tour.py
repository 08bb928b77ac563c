"""The guided tour: goes through the steps in the real window, on by itself when a step is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from spikeloom.errors import SpikeloomError
from spikeloom_app.listening import listen
from spikeloom_app.shell.tour_steps import Step, steps
from spikeloom_app.shell.tour_view import Spotlight, TourBubble

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

FOLLOW_MILLISECONDS = 120  # the hole follows docks, scrolling and the window's size
PAUSE_MILLISECONDS = 350  # to see what one has done before the next step


class Tour(QObject):
    """The tour of a window.

    Attributes
    ----------
    index
        The step that is shown; -1 where the tour is not on.
    running
        Whether a run that began in the tour is going on.
    result
        What that run came to; empty until it has ended.

    Signals
    -------
    step_changed
        With the new index.
    """

    step_changed = Signal(int)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.steps: list[Step] = steps()
        self.index = -1
        self.running = False
        self.result: dict[str, Any] = {}
        self._reached: set[int] = set()  # steps that were done and left behind
        self.spotlight, self.bubble = Spotlight(window), TourBubble(window)
        self._was_done = False
        self._follow = QTimer(self)
        self._follow.setInterval(FOLLOW_MILLISECONDS)
        self._follow.timeout.connect(self._look)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self.forward)
        self.bubble.back.connect(self.back)
        self.bubble.forward.connect(self.forward)
        self.bubble.perform.connect(self.perform)
        self.bubble.end.connect(self.end)
        window.controller.event.connect(self._hear)
        window.controller.state_changed.connect(self._state_changed)
        listen(window.document.replaced, self._replaced)

    @property
    def active(self) -> bool:
        """Whether it is on."""
        return self.index >= 0

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.steps[self.index]

    # -- beginning and end -------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin with an empty document, after asking about unsaved changes."""
        self.end(say=False)
        before = self.window.document.document
        self.window.files.new()
        if self.window.document.document is before:
            return  # the user wants to keep what is open
        self.running, self.result, self._reached = False, {}, set()
        self.window.statusBar().clearMessage()
        self.spotlight.show()
        self.bubble.show()
        self._follow.start()
        self._show(0)
        self.bubble.main_button().setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self, *, say: bool = True) -> None:
        """End it; what was drawn stays."""
        if not self.active:
            return
        finished = self.index == len(self.steps) - 1
        self.index = -1
        self._follow.stop()
        self._pause.stop()
        held = self.bubble.isAncestorOf(self.window.focusWidget() or self.window)
        self.spotlight.hide()
        self.bubble.hide()
        if held:
            self.window.canvas.setFocus()
        if say and not finished:
            self.window.statusBar().showMessage("The tour is under Help whenever you want it", 5000)

    def _replaced(self) -> None:
        if self.active:
            self.end(say=False)
            self.window.statusBar().showMessage("The tour has ended, since another document was opened", 6000)

    # -- from step to step -------------------------------------------------------------------------------------------
    def forward(self) -> None:
        """To the next step that is not done yet; after the last one, the end."""
        self._pause.stop()
        index = self.index + 1
        while index < len(self.steps) - 1 and self.steps[index].done(self):
            index += 1
        if index < len(self.steps):
            self._show(index)
        else:
            self.end()

    def back(self) -> None:
        """To the step before, done or not."""
        self._pause.stop()
        if self.index > 0:
            self._show(self.index - 1)

    def perform(self) -> None:
        """Do the step for the user, by the document's own methods."""
        if self.step.perform is None:
            return
        try:
            self.step.perform(self.window)
        except SpikeloomError as error:  # a step before this one was skipped
            self.window.statusBar().showMessage(f"This cannot be done yet: {error.message}", 6000)
        self._look()

    def _show(self, index: int) -> None:
        self.index = index
        self._open_dock()
        self.step.enter(self.window)
        self._was_done = self.step.done(self)
        text = self.step.text
        said = text if isinstance(text, str) else text(self)
        held = self.bubble.isAncestorOf(self.window.focusWidget() or self.window)
        self.bubble.show_step(index + 1, len(self.steps), self.step.title, said)
        self._look()
        if held:  # the keyboard stays where it goes on
            self.bubble.main_button().setFocus(Qt.FocusReason.OtherFocusReason)
        self.step_changed.emit(index)

    def _open_dock(self) -> None:
        dock = self.window.docks.get(self.step.dock)
        if dock is not None:
            if dock.isHidden():
                dock.show()
            dock.raise_()

    # -- following ---------------------------------------------------------------------------------------------------
    def _look(self) -> None:
        """Follow what the step points at, and go on when it is done."""
        if not self.active:
            return
        seen = self.window.editing
        self.spotlight.setVisible(seen)
        self.bubble.setVisible(seen)
        if not seen:
            return
        dock = self.window.docks.get(self.step.dock)
        if dock is not None and dock.isHidden():
            self._open_dock()
        last = self.index == len(self.steps) - 1
        done = self.step.done(self)
        self.bubble.show_buttons(first=self.index == 0, last=last, done=done, performs=self.step.perform is not None)
        target = self.step.target(self.window)
        if target.isEmpty():  # scrolled away, in a window that became smaller
            self.step.enter(self.window)
            target = self.step.target(self.window)
        self.spotlight.setGeometry(self.window.rect())
        self.spotlight.show_hole(target)
        self.bubble.place(target)
        if self.window.command_palette.isHidden():  # else it would be covered
            self.spotlight.raise_()
            self.bubble.raise_()
        if self._lost():
            return
        if done and not self._was_done and not self._pause.isActive():
            self._pause.start()
        self._was_done = done

    def _lost(self) -> bool:
        """Go back to the first step that is not done any more, where what was done was undone."""
        if self.running or self.result or self._pause.isActive():
            return False
        first = next((index for index, step in enumerate(self.steps) if not step.done(self)), self.index)
        # Steps that were skipped on purpose are no reason to go back.
        if first < self.index and first in self._reached:
            self._reached = {index for index in self._reached if index < first}
            self._show(first)
            return True
        self._reached |= {index for index in range(self.index) if self.steps[index].done(self)}
        return False

    def _hear(self, event: Any) -> None:
        result = event.get("result") or {}
        if self.active and event["event"] == "result" and not result.get("stopped"):
            self.result = result
            self._look()

    def _state_changed(self, state: str) -> None:
        if not self.active:
            return
        if state == "building":
            self.running, self.result = True, {}
        elif state == "idle":
            self.running = False
            waiting = self.step.perform is None and self.index < len(self.steps) - 1
            if waiting and not self.result:
                self._show(self.index - 1)  # it was stopped, or it failed: train again
        self._look()
