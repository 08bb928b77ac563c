"""Starting and holding the runs of a window, and what the window says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from spikeloom_app.document.open_document import STAGES
from spikeloom_app.listening import listen

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

MESSAGE_MILLISECONDS, FAILURE_MILLISECONDS = 6000, 10_000  # in the status bar


class Running(QObject):
    """Runs the document of a window, by its controller."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.run_bar.train_requested.connect(self.train)
        window.run_bar.stepping.run_wanted.connect(lambda unit: self.train(step=unit))
        window.controller.failed.connect(self._fail)
        window.controller.state_changed.connect(lambda _state: window.refresh_actions())
        window.controller.other_changed.connect(window.refresh_actions)
        window.canvas.view.graph.refreshed.connect(self._show_changed)
        listen(window.run_watch.changed, self._show_changed)

    def train(self, step: str = "", **options: Any) -> None:
        """Train the document as it is now, saved or not; one that does not learn is evaluated.

        Parameters
        ----------
        step
            ``batch`` or ``epoch``: hold after one of them.
        options
            Of the task: `resume`, `weights`, ...
        """
        window, controller = self._window, self._window.controller
        if controller.state != "idle":
            return
        window.files.finish_typing()
        learns = window.document.document.learns
        errors = window.problem_watch.errors()
        if errors:
            window.run_bar.show_refusal(len(errors))
            window.statusBar().showMessage(window.run_bar.headline.text(), MESSAGE_MILLISECONDS)
            window.show_problems()
            return
        window.plot_follow.begin("curves" if learns else "raster")
        window.run_watch.run_started()
        if learns:
            controller.train(window.document, **options)
            if step:
                controller.step(step)
        else:
            controller.evaluate(window.document, **options)

    def pause_or_resume(self) -> None:
        """Hold the run, or go on."""
        controller = self._window.controller
        if controller.state == "paused":
            controller.resume()
        else:
            controller.pause()

    def _fail(self, message: str, hint: str) -> None:
        other = self._window.controller.other
        message = f"{other}: {message}" if other else message
        self._window.log.handle({"event": "error", "message": message, "hint": hint, "place": ""})
        self._window.statusBar().showMessage(hint or message, FAILURE_MILLISECONDS)

    def _show_changed(self) -> None:
        """Mark on the canvas what is other than in the last run."""
        settings = self._window.run_watch.changed_settings()
        cards = {card for card, fields in STAGES.items() if settings & set(fields)}
        self._window.canvas.show_changed(self._window.run_watch.changed_parts() | cards)
