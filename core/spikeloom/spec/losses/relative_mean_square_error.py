"""Mean square error relative to the class."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.losses.loss import Loss


class RelativeMeanSquareError(Loss):
    """Mean square difference between `delta` and the lead of the class's readout over each other readout.

    ``L = sum over k other than c of (y_c - y_k - delta)^2 / (K - 1)``, with y the K readouts and c the class, averaged
    over the batch. With first spike times it asks the class's output to spike `delta` ms before all others.
    """

    title: ClassVar[str] = "Relative mean square error"
    equations: ClassVar[tuple[str, ...]] = (r"L = \dfrac{1}{K - 1}\, \sum_{k \neq c}\, (y_c - y_k - \delta)^2",)

    delta: float = quantity(5.0, gt=0, help="The lead it asks for, in the readout's unit (ms for a time).", step=1.0)
