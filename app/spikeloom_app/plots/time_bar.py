"""A slider through the time of an example, and a button that runs it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from spikeloom_app import theme
from spikeloom_app.plots.controls import PanelButton

PLAY_MILLISECONDS, PLAY_FRAMES = 60, 60  # between two frames, and frames of a whole example


class TimeBar(QWidget):
    """Chooses a timestep.

    Attributes
    ----------
    chosen
        Signal with the timestep that the user (or the running time) chose.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._dt = 1.0
        self.play = PanelButton("play", "Run through the time of the example")
        self.play.setCheckable(True)
        self.play.toggled.connect(self._toggle)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Time in the example")
        self.slider.setToolTip("The time that is shown (ms)")
        self.slider.valueChanged.connect(self._slid)
        self.words = QLabel()
        self._timer = QTimer(self)
        self._timer.setInterval(PLAY_MILLISECONDS)
        self._timer.timeout.connect(self._next)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 4, 2)
        row.setSpacing(4)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.words)
        self.words.setMinimumWidth(theme.large(44))
        self.show_step(None)

    def span(self, timesteps: int, dt: float) -> None:
        """Reach over so many timesteps of `dt` ms."""
        self._dt = dt
        self.slider.blockSignals(True)
        self.slider.setMaximum(max(0, timesteps - 1))
        self.slider.blockSignals(False)

    def show_step(self, step: int | None) -> None:
        """Show a time; None: all of it. Nobody is told."""
        self.slider.blockSignals(True)
        self.slider.setValue(step or 0)
        self.slider.blockSignals(False)
        self.words.setText("all" if step is None else f"{step * self._dt:g} ms")

    def hideEvent(self, event: object) -> None:
        """Nothing runs where nobody sees it."""
        self.play.setChecked(False)

    def _slid(self, step: int) -> None:
        self.words.setText(f"{step * self._dt:g} ms")
        self.chosen.emit(step)

    def _toggle(self, on: bool) -> None:
        self.play.show_symbol("pause" if on else "play")
        self._timer.start() if on else self._timer.stop()

    def _next(self) -> None:
        ahead = max(1, self.slider.maximum() // PLAY_FRAMES)
        step = self.slider.value() + ahead
        self.slider.setValue(step if step <= self.slider.maximum() else 0)
