"""The family of plots: each stands in a dock of its own."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from spikeloom.spec.base import Type
from spikeloom.spec.explain import found
from spikeloom.spec.fields import setting
from spikeloom.spec.node import Node
from spikeloom.spec.problem import refuse

MOST = 64  # of what one plot shows
Split = Literal["train", "validation", "test"]
Box = tuple[float, float, float, float]
Part = Annotated[str, Field(max_length=64)]  # the name of a population, connection or run
Figure = Annotated[str, Field(max_length=80)]  # ``loss``, ``rate:<population>``


def _check_name(name: str) -> str:
    kind, colon, number = name.partition(":")
    if kind != "plot" or not colon or not (number.isascii() and number.isdigit()) or len(number) > 9:
        refuse(f"{found(name)} found, expected a name such as 'plot:1'")
    return name


def as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check_box(box: Box | None) -> Box | None:
    if box is not None and (not all(math.isfinite(value) and -10 <= value <= 10 for value in box) or min(box[2:]) <= 0):
        refuse(f"{found(list(box))} found, expected [x, y, width, height] as shares of the window")
    return box


class Place(Node):
    """Where a plot's dock stands in the window."""

    area: Literal["left", "right", "top", "bottom", "window"] = setting(
        "bottom", help="The side of the window, or a window of its own."
    )
    box: Annotated[Box | None, BeforeValidator(as_tuple), AfterValidator(_check_box)] = setting(
        None, help="[x, y, width, height] as shares of the window; of the screen for a window of its own."
    )
    behind: bool = setting(False, help="Whether it lies behind another one in the same place.")


class Plot(Type):
    """What a dock shows of a run."""

    name: Annotated[str, AfterValidator(_check_name)] = setting(help="Its name, unique in the view.")
    place: Place = setting(factory=Place, help="Where its dock stands.")
