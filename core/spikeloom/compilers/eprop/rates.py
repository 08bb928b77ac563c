"""The regularisation of rates: a running average of a neuron's spikes, and how far it is from the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp

from spikeloom.genn import Access, Var
from spikeloom.genn.network import InitLike
from spikeloom.spec import ALIF, LIF, EProp

REGULARISATION = "RateStrength * (Rate - RateTarget)"  # the term R of the rule, as an expression

# The average goes up to the step before. It starts from RateStart, which the batch before gave.
_CODE = """const scalar rateBefore = (t < (0.5 * dt)) ? RateStart : Rate;
Rate = (RateDecay * rateBefore) + ((1.0 - RateDecay) * {spiked});"""


@dataclass(frozen=True)
class RateDynamics:
    """What it adds to a neuron: `code` before the neuron's own step, `at_spike` to its reset; all empty without it."""

    params: Mapping[str, float] = field(default_factory=dict)
    vars: tuple[Var, ...] = ()
    first: Mapping[str, InitLike] = field(default_factory=dict)
    code: str = ""
    at_spike: str = ""
    over_batch: bool = False  # whether ``RateSum`` is to be given the average at the end of each example


def rate_dynamics(neuron: LIF | ALIF, learning: EProp, dt: float, weight: float) -> RateDynamics:
    """The average of a hidden neuron; `weight` is that of the mean step in the loss."""
    if not learning.regularises:
        return RateDynamics()
    target = learning.f_target * dt / 1000
    params = {"RateDecay": exp(-dt / learning.tau_reg), "RateTarget": target, "RateStrength": learning.c_reg * weight}
    variables = [Var("Rate"), Var("RateStart", access=Access.READ_ONLY)]
    over_batch = learning.rate_start == "batch"
    if over_batch:
        variables.append(Var("RateSum", access=Access.ACCUMULATE))
    # An adaptive neuron has a variable for a spike of the step before, and clears it.
    code, at_spike = _CODE.format(spiked="Spiked"), ""
    if isinstance(neuron, LIF):
        variables.append(Var("JustSpiked"))
        code, at_spike = f"{_CODE.format(spiked='JustSpiked')}\nJustSpiked = 0.0;", "JustSpiked = 1.0;"
    return RateDynamics(params, tuple(variables), {"RateStart": target}, code, at_spike, over_batch)
