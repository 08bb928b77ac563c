"""Cross-entropy of classes."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from spikeloom.genn import Access, CustomUpdateModel, Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.losses.loss import DRIVE, LOSS, OF_LABEL, Loss, LossUpdate, Y

# Softmax in three passes over the outputs, as GeNN's reductions allow: maximum, sum of exponentials, the rest.
SOFTMAX_MAXIMUM = CustomUpdateModel(
    name="SoftmaxMaximum",
    vars=(Var("Maximum", access=Access.REDUCE_NEURON_MAX),),
    var_refs=(Y,),
    update_code="Maximum = Y;",
)
_SUM = CustomUpdateModel(
    name="SoftmaxSum",
    params=("Temperature",),
    vars=(Var("Sum", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(Y, Var("Maximum", access=Access.READ_ONLY)),
    update_code="Sum = exp((Y - Maximum) / Temperature);",
)
_CROSS_ENTROPY = CustomUpdateModel(
    name="CrossEntropy",
    params=("Temperature",),
    vars=(LOSS,),
    var_refs=(Y, Var("Maximum", access=Access.READ_ONLY), Var("Sum", access=Access.READ_ONLY), OF_LABEL, DRIVE),
    update_code="""
Drive = exp((Y - Maximum) / Temperature) / (Sum * Temperature);
if (id == Label) {
    Drive -= 1.0 / Temperature;
}
Loss = (id == Label) ? log(Sum) - ((Y - Maximum) / Temperature) : 0.0;
""",
)
# The same with a pull of the class's first spike to the start: Y is minus its time.
_EARLY_CROSS_ENTROPY = replace(
    _CROSS_ENTROPY,
    name="EarlyCrossEntropy",
    params=("Temperature", "EarlyAlpha", "EarlyTau"),
    update_code="""
const scalar late = EarlyAlpha * exp(-Y / EarlyTau);
Drive = exp((Y - Maximum) / Temperature) / (Sum * Temperature);
if (id == Label) {
    Drive -= (1.0 / Temperature) + (late / EarlyTau);
}
Loss = (id == Label) ? log(Sum) - ((Y - Maximum) / Temperature) + late - EarlyAlpha : 0.0;
""",
)


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy between the softmax of the readouts and the class.

    ``L = -log(exp(y_c / temperature) / sum over k of exp(y_k / temperature))``, with y the readouts and c the class,
    averaged over the batch.
    """

    of_spike_times: ClassVar[bool] = True
    title: ClassVar[str] = "Cross-entropy"
    equations: ClassVar[tuple[str, ...]] = (r"L = -\log \dfrac{\exp(y_c / T)}{\sum_k\, \exp(y_k / T)}",)

    temperature: float = quantity(
        1.0,
        gt=0,
        help="Difference of two readouts that the softmax tells apart, in their unit (ms for spike times).",
        scale="log",
        advanced=True,
    )

    def updates(self, early: tuple[float, float] | None = None) -> list[LossUpdate]:
        """Maximum, sum of exponentials, and the rest.

        Parameters
        ----------
        early
            Where spike times are read: alpha and tau (ms) of ``alpha (exp(t / tau) - 1)``, which is added for the first
            spike of the class.
        """
        scale = {"Temperature": self.temperature}
        passes = [LossUpdate("softmax_maximum", SOFTMAX_MAXIMUM), LossUpdate("softmax_sum", _SUM, scale)]
        if early is None:
            return [*passes, LossUpdate("loss", _CROSS_ENTROPY, scale)]
        pull = {"EarlyAlpha": early[0], "EarlyTau": early[1]}
        return [*passes, LossUpdate("loss", _EARLY_CROSS_ENTROPY, {**scale, **pull})]
