"""Fewer neurons, coarser times."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform, words

SHORTEST = 0.001  # ms


class Downsample(Transform):
    """Makes one neuron of several neighbours, and one time of several.

    Of an example of rows and columns, squares of `factor` by `factor` pixels become one; of channels in a row, `factor`
    of them. Several spikes of a neuron in one time bin become one, at the start of the bin; those before 0
    are dropped.
    """

    equations: ClassVar[tuple[str, ...]] = (
        r"(y, x) \leftarrow (\lfloor y / f \rfloor, \lfloor x / f \rfloor)",
        r"t \leftarrow \Delta\, \lfloor t / \Delta \rfloor",
    )

    factor: int = quantity(2, ge=1, le=10**6, help="How many neighbours (along each axis) become one.")
    time_bin: float = quantity(
        0.0, ge=0, le=1e6, unit="ms", help="Length of the bins of time; 0 leaves times as they are.", step=1.0
    )
    merge_polarities: bool = setting(False, help="Make one channel of the two polarities.")

    @field_validator("time_bin")
    @classmethod
    def _not_too_short(cls, time_bin: float) -> float:
        if 0 < time_bin < SHORTEST:
            refuse(f"{time_bin:g} found, expected 0 or at least {SHORTEST:g} (ms)")
        return time_bin

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Fewer rows and columns, or channels; a remainder counts as a whole one."""
        if not shape:
            refuse("an example is a single number, and nothing is next to it")
        if self.merge_polarities and (len(shape) < 2 or shape[-1] != 2):
            message = f"an example has the shape {words(shape)}, without two polarities"
            refuse(message, place="merge_polarities", hint="Leave it off.")
        space = [-(-size // self.factor) for size in shape[: self.axes(shape)]]
        rest = list(shape[self.axes(shape) :])
        if self.merge_polarities:
            rest[-1:] = [1]
        return (*space, *rest)

    def axes(self, shape: tuple[int, ...]) -> int:
        """How many axes of an example are of space: two of an image, one of channels in a row."""
        spatial = len(shape) - 1 if self.merge_polarities else len(shape)
        return min(spatial, 2)
