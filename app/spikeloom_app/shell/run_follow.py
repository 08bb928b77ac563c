"""What the window does about a run besides its plots: cards glow, and live changes count as what ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from spikeloom_app.listening import listen

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


class RunFollow(QObject):
    """Follows the runs of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.controller.event.connect(self._hear)
        window.controller.state_changed.connect(self._follow)
        window.controller.lingering_changed.connect(self._follow)
        listen(window.document.replaced, self._replaced)

    def show_live(self) -> None:
        """The parameters that can change in a run, with the keyboard on the first of them."""
        dock = self._window.docks["live"]
        dock.show()
        dock.raise_()
        self._window.live.take_focus()

    def _hear(self, event: Any) -> None:
        self._window.canvas.activity.hear(event)
        if event["event"] == "live":
            self._window.run_watch.moved_live(event["path"], event["value"])

    def _follow(self, *_state: object) -> None:
        if self._window.controller.state == "idle":
            self._window.canvas.activity.fade()

    def _replaced(self) -> None:
        # What a worker still holds is no network of this document.
        self._window.controller.release()
        self._window.canvas.activity.clear()
        self._window.run_bar.stepping.forget()
