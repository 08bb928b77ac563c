"""What the plots of a window and its runs have to tell each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spikeloom_app.shell.panes import panes_of

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


class PlotFollow(QObject):
    """Connects the board of a window with its controller."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._board = window, window.board
        self._board.example_chosen.connect(self._show_example)
        self._board.wanted_in_front.connect(lambda name: window.plot_docks.docks[name].raise_())
        self._board.evaluation_wanted.connect(self._evaluate)
        self._board.wants_changed.connect(self.watch)
        self._board.said.connect(self._say)
        window.run_bar.stepping.timestep_wanted.connect(self._board.step_time)
        window.plot_docks.changed.connect(self._changed)

    def begin(self, kind: str) -> None:
        """A run begins: nothing of the one before is shown, and the first plot of a type comes to the front."""
        self._board.reset()
        self._window.plot_docks.bring(kind)
        self.watch()

    def watch(self) -> None:
        """Tell the worker what the plots want to know."""
        self._window.controller.watch(self._board.wants())

    def _show_example(self, split: str, example: int) -> None:
        self._window.controller.show_example(example, split)

    def _evaluate(self, split: str) -> None:
        controller = self._window.controller
        if controller.answers:
            controller.ask_evaluation(split)
        else:
            self._say("No network is at hand to evaluate: train it first")

    def _say(self, text: str) -> None:
        self._window.statusBar().showMessage(text, 6000)

    def _changed(self) -> None:
        self._window.panes.use(panes_of(self._window))
        self._window.refresh_actions()
