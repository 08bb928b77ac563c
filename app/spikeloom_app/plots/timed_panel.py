"""What plots over the time of an example share: the event that is shown, the play head, the times in view."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from spikeloom.spec.plots import Plot
from spikeloom_app.plots.chart import Chart
from spikeloom_app.plots.crosshair import Crosshair, PlayHead
from spikeloom_app.plots.panel import PlotPanel


class TimedPanel(PlotPanel):
    """A chart of the example that is looked at, over its time.

    Parameters
    ----------
    level
        Whether the crosshair has a level line.

    Attributes
    ----------
    chart
        Over time (ms).
    play_head
        The timestep at which the example is looked at; it can be dragged.
    """

    def __init__(
        self, name: str, settings: Plot, chart: Chart, parent: QWidget | None = None, *, level: bool = True
    ) -> None:
        super().__init__(name, settings, parent)
        self.chart = chart
        self._event: dict[str, Any] | None = None
        self._fresh = False  # whether the event was taken as the settings say
        self._duration = 0.0  # of the example, in ms
        self.crosshair, self.play_head = Crosshair(chart, level=level), PlayHead(chart)
        self.play_head.chosen.connect(self.time_chosen)
        chart.fit_requested.connect(self.fit)
        chart.hovered.connect(self.point)

    # -- time ----------------------------------------------------------------------------------------------------
    @property
    def time_chart(self) -> Chart:
        """The chart."""
        return self.chart

    def set_time(self, step: int | None) -> None:
        """Put the play head on a timestep; None: away."""
        self.play_head.move(step)
        self.point(None)

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Show nothing; the times that are shown stay until an example has another duration."""
        self._event, self._fresh = None, False
        self.set_time(None)

    def forget(self) -> None:
        """Show nothing, and the next example as a whole."""
        self._duration = 0.0
        self.reset()

    def handle(self, event: dict[str, Any]) -> None:
        """Show what a probe saw."""
        if event["event"] != "example":
            return
        self._event, self._fresh = event, False
        self.follow(event)
        self.redraw_soon()

    def follow(self, event: dict[str, Any]) -> None:
        """Say at once what is known of an example before it is drawn."""

    def take(self, event: dict[str, Any] | None) -> None:
        """Find what is shown in an event; None: there is none."""

    def take_once(self) -> None:
        """Take what has come; once for each event, however many frames show it."""
        if not self._fresh:
            self._fresh = True
            self.take(self._event)

    # -- view ----------------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole example."""

    def point(self, point: Any) -> None:
        """Say what is at a point of the chart (`QPointF`); None: what is at the play head."""

    def draw(self) -> None:
        """Draw what is visible, now."""
        super().draw()
        self.take_once()
