"""Variables over time."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import MOST, Part, Plot

Number = Annotated[int, Field(ge=0, lt=2**31)]


class Traces(Plot):
    """A variable of a few neurons, or synapses, while an example runs."""

    title: ClassVar[str] = "Traces"

    part: Part = setting("", help="The population or connection; the first with a threshold by default.")
    variable: Part = setting("", help="The variable; the voltage by default.")
    neurons: Annotated[list[Number], Field(max_length=MOST)] = setting(
        factory=list, help="Numbers of the neurons (synapses); a few by default."
    )
    threshold: bool = setting(True, help="Show the threshold.")
    spikes: bool = setting(True, help="Mark the spikes.")
