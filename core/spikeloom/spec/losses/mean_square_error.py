"""Mean square error."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import CustomUpdateModel
from spikeloom.spec.fields import setting
from spikeloom.spec.losses.loss import DRIVE, LOSS, OF_TARGET, Loss, LossUpdate, Y

_MEAN_SQUARE = CustomUpdateModel(
    name="MeanSquare",
    vars=(LOSS,),
    var_refs=(Y, OF_TARGET, DRIVE),
    update_code="""
Drive = 2.0 * (Y - Target) / num_neurons;
Loss = (Y - Target) * (Y - Target) / num_neurons;
""",
)


class MeanSquareError(Loss):
    """Mean square difference between the readouts and the targets.

    ``L = sum over k of (y_k - target_k)^2 / K``, with y the K readouts, averaged over the batch. The target of a
    class is 1 for its output and 0 for the others. With `target_per_timestep` the targets are curves, and the error is
    that of every timestep.
    """

    labels: ClassVar[bool] = False
    equations: ClassVar[tuple[str, ...]] = (r"L = \dfrac{1}{K}\, \sum_k\, (y_k - y_k^{*})^2",)

    target_per_timestep: bool = setting(False, help="Whether targets change with time: (examples, timesteps, outputs).")

    def updates(self) -> list[LossUpdate]:
        """One pass."""
        return [LossUpdate("loss", _MEAN_SQUARE)]
