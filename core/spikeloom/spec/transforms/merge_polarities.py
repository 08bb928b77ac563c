"""One polarity of two."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform, words


class MergePolarities(Transform):
    """Makes one channel of the two polarities of an event camera: brighter and darker count alike."""

    equations: ClassVar[tuple[str, ...]] = (r"p \leftarrow 0",)

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The last axis, of two polarities, has one."""
        if len(shape) < 2 or shape[-1] != 2:
            refuse(f"an example has the shape {words(shape)}, without two polarities", hint="Leave it out.")
        return (*shape[:-1], 1)
