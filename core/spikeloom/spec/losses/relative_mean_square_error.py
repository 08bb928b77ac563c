"""Mean square error relative to the class."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Access, CustomUpdateModel, Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.losses.loss import DRIVE, LOSS, OF_LABEL, Loss, LossUpdate, Y

# The lead of the class over the others, in three passes: the class's readout, the sum of the errors, the rest.
_CLASS = CustomUpdateModel(
    name="ClassReadout",
    vars=(Var("YClass", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(Y, OF_LABEL),
    update_code="YClass = (id == Label) ? Y : 0.0;",
)
_LEAD = CustomUpdateModel(
    name="LeadError",
    params=("Delta",),
    vars=(Var("Error", access=Access.REDUCE_NEURON_SUM), LOSS),
    var_refs=(Y, OF_LABEL, Var("YClass", access=Access.READ_ONLY)),
    update_code="""
const scalar error = (id == Label) ? 0.0 : (YClass - Y) - Delta;
Error = error;
Loss = error * error / (num_neurons - 1);
""",
)
_RELATIVE = CustomUpdateModel(
    name="RelativeMeanSquare",
    params=("Delta",),
    var_refs=(
        Y,
        OF_LABEL,
        Var("YClass", access=Access.READ_ONLY),
        Var("Error", access=Access.READ_ONLY),
        DRIVE,
    ),
    update_code="Drive = 2.0 * ((id == Label) ? Error : Delta - (YClass - Y)) / (num_neurons - 1);",
)


class RelativeMeanSquareError(Loss):
    """Mean square difference between `delta` and the lead of the class's readout over each other readout.

    ``L = sum over k other than c of (y_c - y_k - delta)^2 / (K - 1)``, with y the K readouts and c the class, averaged
    over the batch. With first spike times it asks the class's output to spike `delta` ms before all others.
    """

    of_steps: ClassVar[bool] = False
    of_spike_times: ClassVar[bool] = True
    title: ClassVar[str] = "Relative mean square error"
    equations: ClassVar[tuple[str, ...]] = (r"L = \dfrac{1}{K - 1}\, \sum_{k \neq c}\, (y_c - y_k - \delta)^2",)

    delta: float = quantity(5.0, gt=0, help="The lead it asks for, in the readout's unit (ms for a time).", step=1.0)

    def updates(self) -> list[LossUpdate]:
        """The class's readout, the errors of the others, the derivatives."""
        delta = {"Delta": self.delta}
        return [LossUpdate("class", _CLASS), LossUpdate("loss", _LEAD, delta), LossUpdate("drive", _RELATIVE, delta)]
