"""An area without spikes."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform


class DropEventByArea(Transform):
    """Leaves out all spikes of an area, which lies elsewhere in each example.

    Of an image it is a box with the same share of its rows as of its columns; of channels in a row, a band of them.
    """

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"y_0 \leq y < y_0 + \lfloor s H \rfloor, \;\; x_0 \leq x < x_0 + \lfloor s W \rfloor",
    )

    share: float = quantity(0.2, ge=0, le=1, help="Share of the rows, and of the columns, of the area.", step=0.05)

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was."""
        if not shape:
            refuse("an example is a single number, which has no areas", hint="Use 'drop_event'.")
        return shape
