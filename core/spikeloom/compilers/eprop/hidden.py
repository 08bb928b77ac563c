"""A hidden population of LIF or adaptive LIF neurons under the adjoint form of e-prop."""

from __future__ import annotations

from dataclasses import dataclass, replace

from spikeloom.compilers.eprop.rates import REGULARISATION, rate_dynamics
from spikeloom.compilers.eprop.sweeps import Sweeps
from spikeloom.compilers.eprop.tape import backward_row, forward_row
from spikeloom.genn import ExtraGlobalParam, Var
from spikeloom.genn.network import InitLike
from spikeloom.spec import ALIF, LIF, EProp, NeuronDynamics

FORWARD_CODE = """
if (phase == 0) {{
    {rate}
    {dynamics}
    TapePsi[({row} * num_neurons) + id] = {psi};
}}
"""
BACKWARD_CODE = """
if (phase == 1) {{
    const scalar psi = TapePsi[({row} * num_neurons) + id];
    const scalar signal = Feedback{regularisation};
    {step}
    P = q + (Alpha * P);
    {sweeps}
    {first}
}}
"""
LIF_STEP = "const scalar q = psi * signal;"
ALIF_STEP = """const scalar q = psi * (signal + Lambda);
    const scalar coupled = psi * BetaAdapt;
    Lambda = ((Rho - coupled) * Lambda) - (coupled * signal);"""


@dataclass(frozen=True)
class Times:
    """An example's number of steps, how many of them a tape holds, and the timestep (ms)."""

    timesteps: int
    segment: int
    dt: float


def pseudo_derivative(neuron: LIF | ALIF) -> str:
    """The pseudo-derivative of a spike by the voltage before it, as an expression."""
    adapted = " - (BetaAdapt * A)" if isinstance(neuron, ALIF) else ""
    psi = f"PsiHeight * fmax(0.0, 1.0 - (fabs(V - Vthresh{adapted}) * PerSpan))"
    return f"(RefracTime <= (0.5 * dt)) ? {psi} : 0.0" if neuron.tau_refrac > 0 else psi


def psi_params(neuron: LIF | ALIF, learning: EProp) -> dict[str, float]:
    """What `pseudo_derivative` needs beside the neuron's own parameters."""
    span = neuron.v_thresh - neuron.v_reset
    return {"PsiHeight": learning.gamma / span, "PerSpan": 1.0 / span}


def hidden(neuron: LIF | ALIF, learning: EProp, sweeps: Sweeps, times: Times, weight: float) -> NeuronDynamics:
    """The population with its tape, and the sweep over it in the backward phase.

    Parameters
    ----------
    sweeps
        What the spikes that arrive at it read; `Sweeps.adjoint` is ``P``.
    weight
        That of the mean step in the loss.
    """
    dynamics = neuron.dynamics(times.dt)
    rates = rate_dynamics(neuron, learning, times.dt, weight)
    params = {**dynamics.params, **psi_params(neuron, learning), **rates.params, "Segment": times.segment}
    variables = [Var("P"), *sweeps.vars, *rates.vars]
    first: dict[str, InitLike] = {**dynamics.var_init, **rates.first}
    arrays = [ExtraGlobalParam("TapePsi", "scalar", "Segment")]
    forward, backward = forward_row(times.segment), backward_row(times.segment, times.timesteps)
    rate, regularisation = rates.code, ""
    if rate:
        arrays.append(ExtraGlobalParam("TapeRate", "scalar", "Segment"))
        rate += f"\n    TapeRate[({forward} * num_neurons) + id] = {REGULARISATION};"
        regularisation = f" + TapeRate[({backward} * num_neurons) + id]"
    # In the sweep's first step: forward steps may be computed twice.
    summed = "if (t < (0.5 * dt)) { RateSum += Rate; }" if rates.over_batch else ""
    if isinstance(neuron, ALIF):
        variables.append(Var("Lambda"))
    model = dynamics.model
    sim_code = FORWARD_CODE.format(dynamics=model.sim_code, rate=rate, row=forward, psi=pseudo_derivative(neuron))
    sim_code += BACKWARD_CODE.format(
        row=backward,
        regularisation=regularisation,
        step=ALIF_STEP if isinstance(neuron, ALIF) else LIF_STEP,
        sweeps=sweeps.code,
        first=summed,
    )
    made = replace(
        model,
        name=f"{model.name}EProp",
        params=tuple(params),
        vars=(*model.vars, *variables),
        sim_code=sim_code,
        threshold_condition_code=f"phase == 0 && ({model.threshold_condition_code})",
        reset_code=f"{model.reset_code}\n{rates.at_spike}".strip(),
        additional_input_vars=("Feedback",),
        extra_global_params=tuple(arrays),
        replays="Segment",
    )
    return NeuronDynamics(made, params, first)
