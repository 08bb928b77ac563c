"""Variables over time."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import Plot


class Traces(Plot):
    """A variable of a few neurons, or synapses, while an example runs."""

    title: ClassVar[str] = "Traces"

    part: str = setting("", help="The population or connection; the first with a threshold by default.")
    variable: str = setting("", help="The variable; the voltage by default.")
    neurons: list[int] = setting(factory=list, help="Numbers of the neurons (synapses); a few by default.")
    threshold: bool = setting(True, help="Show the threshold.")
    spikes: bool = setting(True, help="Mark the spikes.")
