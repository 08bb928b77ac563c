"""The activity of a run on the canvas: cards glow with the rates of their populations.

Rates come as often as the worker sends them; what is painted follows smoothly, at most `FRAMES` times a second, and
only the cards whose glow changes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer

from spikeloom_app import motion
from spikeloom_app.canvas.glow import Glow, intensity, rate_text
from spikeloom_app.canvas.graph import Graph
from spikeloom_app.canvas.items import Card

FRAMES = 12  # a second
EASE = 0.35  # share of the way to its rate that a glow goes in a frame
NEAR = 0.01  # of a level: as good as there
FRESH = 1.0  # s for which the rates of all examples count for more than those of the one that is shown


class Activity(QObject):
    """Lets the cards of a graph glow.

    Parameters
    ----------
    graph
        Whose cards they are.
    """

    def __init__(self, graph: Graph, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._graph = graph
        self._rates: dict[str, float] = {}
        self._glows: dict[Card, Glow] = {}
        self._shown = True
        self._told = -FRESH  # when rates of all examples came last
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 / FRAMES))
        self._timer.timeout.connect(self._step)

    @property
    def shown(self) -> bool:
        """Whether activity is shown at all."""
        return self._shown

    def show_wanted(self, shown: bool) -> None:
        """Show activity, or never any."""
        self._shown = shown
        if not shown:
            self.clear()

    def show_rates(self, rates: Mapping[str, float | None]) -> None:
        """Glow with these rates, Hz; a population that is not named keeps its own."""
        if self._shown:
            self._rates |= {name: float(rate) for name, rate in rates.items() if rate is not None}
            self._begin()

    def fade(self) -> None:
        """The run has ended."""
        self._rates.clear()
        self._begin()

    def clear(self) -> None:
        """Glow no more, at once."""
        self._timer.stop()
        self._rates.clear()
        for card in list(self._glows):
            self._drop(card)

    def hear(self, event: dict[str, Any]) -> None:
        """Take the rates that an event tells of."""
        if not self._shown:
            return
        if event["event"] in ("progress", "epoch") and event.get("rates"):
            self._told = time.monotonic()
            self.show_rates(event["rates"])
        elif event["event"] == "example" and time.monotonic() - self._told > FRESH:
            self.show_rates(rates_of(event))

    # -- painting ------------------------------------------------------------------------------------------------
    def _begin(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _step(self) -> None:
        """Go a step of the way; rest where all have arrived."""
        wanted = self._wanted()
        self._glows = {card: glow for card, glow in self._glows.items() if card.scene() is not None}
        for card in [*wanted, *(card for card in self._glows if card not in wanted)]:
            self._ease(card, wanted.get(card, 0.0))
        if all(abs(glow.level - intensity(wanted.get(card, 0.0))) < NEAR for card, glow in self._glows.items()):
            self._timer.stop()

    def _wanted(self) -> dict[Card, float]:
        """The rate of each card in sight; a folded frame has that of the liveliest population inside."""
        found: dict[Card, float] = {}
        for name, rate in self._rates.items():
            card = self._graph.marks.stand_ins.get(name) or self._graph.cards.get(name)
            if card is not None and card.scene() is not None:
                found[card] = max(rate, found.get(card, 0.0))
        return found

    def _ease(self, card: Card, rate: float) -> None:
        glow = self._glows.get(card)
        if glow is None:
            glow = self._glows[card] = Glow(card)
        aim = intensity(rate)
        level = aim if motion.reduced() else glow.level + EASE * (aim - glow.level)
        glow.show_level(aim if abs(level - aim) < NEAR else level)
        glow.number.show_text(rate_text(rate) if rate > 0 else "")
        if aim == 0 and glow.level == 0:
            self._drop(card)

    def _drop(self, card: Card) -> None:
        glow = self._glows.pop(card)
        if card.scene() is not None:
            for item in (glow, glow.number):
                card.scene().removeItem(item)


def rates_of(event: dict[str, Any]) -> dict[str, float]:
    """The rate of each population in the example that is shown, Hz per neuron."""
    seconds = float(event.get("timesteps") or 0) * float(event.get("dt") or 1.0) / 1000
    rates = {}
    for population in event.get("populations") or ():
        spikes = event.get(f"{population['name']}.ids")
        if isinstance(spikes, np.ndarray) and seconds > 0 and population.get("size"):
            rates[population["name"]] = spikes.size / population["size"] / seconds
    return rates
