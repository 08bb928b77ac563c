"""A run that failed, said above the canvas: what happened and where, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spikeloom_app.document.places import path_of
from spikeloom_app.listening import listen
from spikeloom_app.runs.failure import Failure
from spikeloom_app.shell.go_to import go_to_field, go_to_part
from spikeloom_app.shell.notice_bar import Choice

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

NAME = "failure"  # of the notice


class RunFailures(QObject):
    """Shows how the last run of a window failed, until another one starts or the user has seen enough."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.controller.failed.connect(self._show)
        window.controller.state_changed.connect(self._follow)
        listen(window.document.replaced, self.withdraw)

    def withdraw(self) -> None:
        """Show it no longer."""
        self._window.files.notices.withdraw(NAME)

    def _follow(self, state: str) -> None:
        if state == "building":
            self.withdraw()

    def _show(self, _message: str, _hint: str) -> None:
        failure = self._window.controller.failure
        if failure is None:
            return
        text = f"{failure.text[:1].upper()}{failure.text[1:]}" if not failure.place else failure.text
        hint = f"{failure.hint[:1].upper()}{failure.hint[1:]}"
        other = self._window.controller.other
        text = f"{other}: {text}" if other else text
        said = f"{text}.\n{hint}" if hint else f"{text}."
        self._window.files.notices.say(NAME, said.replace("..", "."), self._choices(failure), "error")

    def _choices(self, failure: Failure) -> list[Choice]:
        made = []
        own = not self._window.controller.other  # else neither its parts nor its checkpoint are the open document's
        part = failure.part(self._window.document.document) if own else ""
        if part:
            made.append(Choice("Show", f"Select {part} on the canvas", lambda: self._go(failure, part)))
        if own and failure.checkpoint is not None and failure.kept is not None:
            epoch = failure.kept.epoch
            tip = f"Train on from the checkpoint after epoch {epoch}, with the document as it is now"
            made.append(Choice(f"Resume from epoch {epoch}", tip, lambda: self._resume(failure)))
        made.append(Choice("Open log", "Read what the run said before it failed", self._open_log))
        made.append(Choice("Dismiss", "Show this no longer", self.withdraw))
        return made

    def _go(self, failure: Failure, part: str) -> None:
        """To the field that the place names; to the part where it names a variable or none."""
        document = self._window.document
        if part not in document.document.network.names():
            return
        path = path_of(document, failure.place)
        if path is not None and len(path) > 3:
            go_to_field(self._window, part, ".".join(path[3:]))
        else:
            go_to_part(self._window, part)

    def _resume(self, failure: Failure) -> None:
        assert failure.kept is not None
        self._window.running.train(resume=str(failure.kept.folder))

    def _open_log(self) -> None:
        dock = self._window.docks["log"]
        dock.show()
        dock.raise_()
        self._window.log.setFocus()
