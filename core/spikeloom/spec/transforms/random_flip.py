"""Mirror images."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform, chance_field, words


class RandomFlip(Transform):
    """Mirrors whole examples, each of the ways with a probability of its own: columns, rows, polarities."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"x \leftarrow W - 1 - x \qquad y \leftarrow H - 1 - y \qquad p \leftarrow 1 - p",
    )

    left_right: float = chance_field(0.5, "Probability that left and right change places.")
    up_down: float = chance_field(0.0, "Probability that up and down change places.")
    polarity: float = chance_field(0.0, "Probability that both polarities change places.")

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was: rows and columns."""
        self.need_image(shape)
        if self.polarity and (len(shape) != 3 or shape[-1] != 2):
            message = f"an example has the shape {words(shape)}, without two polarities"
            refuse(message, place="polarity", hint="Set it to 0.")
        return shape
