"""Spikes of one example."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from spikeloom.spec.explain import found
from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import MOST, Part, Plot, as_tuple
from spikeloom.spec.problem import refuse

Window = tuple[float, float]


def _check_window(window: Window | None) -> Window | None:
    if window is not None and not 0 <= window[0] < window[1]:
        refuse(f"{found(list(window))} found, expected [start, end] with 0 <= start < end")
    return window


class Raster(Plot):
    """Spikes of one example, populations one above the other."""

    title: ClassVar[str] = "Raster"

    populations: Annotated[list[Part], Field(max_length=MOST)] = setting(
        factory=list, help="The populations that are shown; all of them by default."
    )
    rates: bool = setting(True, label="Rate strip", help="Show how often each population spikes over time.")
    window: Annotated[Window | None, BeforeValidator(as_tuple), AfterValidator(_check_window)] = setting(
        None, unit="ms", label="Time window", help="[start, end] of the time in which spikes are counted."
    )
