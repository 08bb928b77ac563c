"""The family of transforms: what is done to the spikes of examples before the network sees them.

They hold settings alone; `spikeloom.data` has what they do. A data set has two lists of them: `transforms` are applied
once, to all examples, and what comes of it is kept on disk; `augmentation` is drawn anew for each epoch, for training
examples alone.
"""

from __future__ import annotations

from typing import Any, ClassVar

from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse


class Transform(Type):
    """What is done to the spikes of examples.

    Class attributes
    ----------------
    draws
        Whether it draws random numbers, from the seed of the training.
    needs_labels
        Whether it looks at the classes of examples, and at other examples of the same class: all that are at hand.
    """

    draws: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an example afterwards: neurons, or rows, columns and channels.

        Raises
        ------
        Refused
            Where it does not apply to examples of this shape.
        """
        return shape

    def need_channels(self, shape: tuple[int, ...]) -> None:
        """Refuse all but examples whose neurons are channels in a row."""
        if len(shape) != 1:
            hint = "Leave it out, or use 'spatial_jitter' or 'crop', which move rows and columns."
            refuse(f"'{self.type}' moves channels in a row, and an example has the shape {words(shape)}", hint=hint)

    def need_image(self, shape: tuple[int, ...]) -> None:
        """Refuse all but examples of rows and columns."""
        if len(shape) not in (2, 3):
            hint = "Leave it out; of channels in a row, 'channel_shift' and 'channel_jitter' move spikes."
            message = f"'{self.type}' is for examples of rows and columns, and an example has the shape {words(shape)}"
            refuse(message, hint=hint)


def words(shape: tuple[int, ...]) -> str:
    """A shape as people read it."""
    return " x ".join(map(str, shape)) or "of a single number"


def chance_field(default: float, help: str, label: str | None = None) -> Any:
    """The declaration of a probability."""
    return quantity(default, ge=0, le=1, help=help, step=0.05, label=label)
