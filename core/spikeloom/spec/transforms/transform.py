"""The family of transforms: what is done to the spikes of examples before the network sees them.

They hold settings alone; `spikeloom.data` has what they do. A data set has two lists of them: `transforms` are applied
once, to all examples, and what comes of it is kept on disk; `augmentation` is drawn anew for each epoch, for training
examples alone.
"""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.base import Type


class Transform(Type):
    """What is done to the spikes of examples.

    Class attributes
    ----------------
    draws
        Whether it draws random numbers, from the seed of the training.
    """

    draws: ClassVar[bool] = False

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an example afterwards: neurons, or rows, columns and channels.

        Raises
        ------
        Refused
            Where it does not apply to examples of this shape.
        """
        return shape
