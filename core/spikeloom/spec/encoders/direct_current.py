"""Numbers as they are, for inputs that make spikes of them themselves."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.encoders.encoder import Encoder


class DirectCurrent(Encoder):
    """The numbers go into the network as they are: a current into the neurons of the input, which spike themselves.

    The input is to be one that takes numbers: an LIF input, whose membrane leaks, or an integrate-and-fire input, whose
    rate is proportional to the number. Its gain says how large a current a value of 1 is.
    """

    makes_spikes: ClassVar[bool] = False
    equations: ClassVar[tuple[str, ...]] = (r"I_i = \mathrm{gain} \cdot x_i",)
