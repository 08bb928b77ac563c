"""What the window does about a run: plots and cards show it, the log tells it, live changes count as what ran."""

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
        window.controller.shown.connect(self._show)
        window.controller.event.connect(self._hear)
        window.controller.state_changed.connect(self._follow)
        window.controller.lingering_changed.connect(self._follow)
        listen(window.document.opened, self._opened)
        listen(window.document.replaced, self._replaced)
        listen(window.document.part_renamed, window.controller.part_renamed)

    def show_live(self) -> None:
        """The parameters that can change in a run, with the keyboard on the first of them."""
        dock = self._window.docks["live"]
        dock.show()
        dock.raise_()
        self._window.live.take_focus()

    def _show(self, event: Any) -> None:
        self._window.board.handle(event)
        self._window.canvas.activity.hear(event)

    def _hear(self, event: Any) -> None:
        controller, log = self._window.controller, self._window.log
        if not controller.other:
            log.handle(event)
            if event["event"] == "live":
                self._window.run_watch.moved_live(event["path"], event["value"])  # in the names that ran
        elif event["event"] == "result":
            log.handle({"event": "message", "text": controller.summary(event.get("result") or {})})
        elif event["event"] == "message":
            log.handle({**event, "text": f"{controller.other}: {event['text']}"})

    def _follow(self, *_state: object) -> None:
        if self._window.controller.state == "idle":
            self._window.canvas.activity.fade()

    def _replaced(self) -> None:
        # Restored, reverted or read again: Undo brings back what ran, so the run stays this document's own.
        self._window.controller.parts_replaced(self._window.document.document.network.names())

    def _opened(self) -> None:
        # What a worker still holds, or trains, is no network of this document.
        self._window.controller.document_replaced()
        self._window.canvas.activity.clear()
        self._window.run_bar.stepping.forget()
