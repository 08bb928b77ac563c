"""Mean square error."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import setting
from spikeloom.spec.losses.loss import Loss


class MeanSquareError(Loss):
    """Mean square difference between the readouts and the targets.

    ``L = sum over k of (y_k - target_k)^2 / K``, with y the K readouts, averaged over the batch. The target of a
    class is 1 for its output and 0 for the others. With `target_per_timestep` the targets are curves, and the error is
    that of every timestep.
    """

    equations: ClassVar[tuple[str, ...]] = (r"L = \dfrac{1}{K}\, \sum_k\, (y_k - y_k^{*})^2",)

    target_per_timestep: bool = setting(False, help="Whether targets change with time: (examples, timesteps, outputs).")
