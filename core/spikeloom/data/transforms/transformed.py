"""What transforms do to spikes, all of many examples at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from spikeloom.data.events import Events
from spikeloom.errors import UserError
from spikeloom.spec import Transform

PLACE = "experiment.dataset.transforms"


@dataclass(frozen=True)
class Surroundings:
    """What a transform may know of the examples besides their spikes.

    Parameters
    ----------
    shape
        Of an example before it: channels, or rows, columns and channels; ids count in C order.
    labels
        int32, (examples,); None where there are none.
    duration
        How long an example is shown, ms.
    rng
        What it draws from, where it draws.
    """

    shape: tuple[int, ...]
    labels: np.ndarray | None
    duration: float
    rng: np.random.Generator


@singledispatch
def transformed(transform: Transform, events: Events, around: Surroundings) -> Events:
    """The spikes of the examples afterwards; as many examples, in the same order.

    Spikes may lie before 0 or after the end of an example afterwards: `in_steps` leaves them out. The same
    `Surroundings.rng` gives the same spikes.
    """
    raise UserError(f"nothing does '{transform.type}'", place=PLACE)
