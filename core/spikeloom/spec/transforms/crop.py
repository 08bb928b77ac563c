"""A part of the image."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform, words


class Crop(Transform):
    """Keeps a rectangle of rows and columns, from the middle or from where `top` and `left` say."""

    equations: ClassVar[tuple[str, ...]] = (r"(y, x) \leftarrow (y - \mathrm{top},\; x - \mathrm{left})",)

    rows: int = quantity(28, ge=1, le=10**6, help="Rows that are kept.")
    columns: int = quantity(28, ge=1, le=10**6, help="Columns that are kept.")
    top: int | None = quantity(None, ge=0, le=10**6, help="The first row that is kept; by default from the middle.")
    left: int | None = quantity(None, ge=0, le=10**6, help="The first column that is kept; by default from the middle.")

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As many rows and columns as are kept, the channels as they were."""
        self.need_image(shape)
        for size, kept, first, name in zip(
            shape, (self.rows, self.columns), (self.top, self.left), ("rows", "columns"), strict=False
        ):
            if (first or 0) + kept > size:
                start = f" from {first} on" if first else ""
                message = f"{kept} {name}{start} found, but an example has the shape {words(shape)}"
                refuse(message, place=name, hint=f"Keep at most {size} {name}.")
        return (self.rows, self.columns, *shape[2:])

    def place(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """The first row and the first column that are kept."""
        top = (shape[0] - self.rows) // 2 if self.top is None else self.top
        left = (shape[1] - self.columns) // 2 if self.left is None else self.left
        return top, left
