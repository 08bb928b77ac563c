"""Charts that show the same times, wherever on the screen they stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pyqtgraph as pg
import shiboken6
from PySide6.QtCore import QObject


class TimeLink(QObject):
    """Gives the times that one chart shows to all others.

    Not pyqtgraph's own link, which shifts what is shown where charts stand beside, and not below, each other.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._charts: list[pg.PlotWidget] = []
        self._slots: list[tuple[pg.ViewBox, Any]] = []
        self._busy = False

    def link(self, charts: Sequence[pg.PlotWidget]) -> None:
        """Link these and no others; those that come take over what the first one shows."""
        for box, slot in self._slots:
            if shiboken6.isValid(box):
                box.sigXRangeChanged.disconnect(slot)
        new = [chart for chart in charts if chart not in self._charts]
        self._charts, self._slots = list(charts), []
        for chart in charts:
            slot = partial(self._changed, chart)
            chart.getViewBox().sigXRangeChanged.connect(slot)
            self._slots.append((chart.getViewBox(), slot))
        if charts and new and charts[0] not in new:
            self._changed(charts[0])

    def _changed(self, source: pg.PlotWidget, *_: Any) -> None:
        if self._busy:
            return
        self._busy = True
        times = source.getViewBox().viewRange()[0]
        for chart in self._charts:
            if chart is not source:
                chart.getViewBox().setXRange(*times, padding=0)
        self._busy = False
