"""A leaky-integrator output under EventProp: the loss drives its adjoint voltage, by the readout or step by step."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, backward_params
from spikeloom.compilers.readouts import readout_weight
from spikeloom.compilers.step_losses import ERROR, error_dynamics
from spikeloom.genn import ExtraGlobalParam, Var
from spikeloom.spec import LI, Loss, NeuronDynamics

# Not as a variable: what depends on the time alone is computed once for all neurons.
STEP = "(NumTimesteps - 1 - round(t / dt))"

# `Drive` is dL/dy. The derivative of the readout y by V after forward step n enters before the step back to n.
BACKWARD_CODE = """
if (phase == 1) {{
    LambdaV -= Drive * ({weight}) / TauMem;
    {step}
}}
"""


def output_li(neuron: LI, forward: NeuronDynamics, tau_syn: float, dt: float, timesteps: int) -> NeuronDynamics:
    """`forward` (the population with its readout) with the backward phase added."""
    assert neuron.readout is not None
    params = {
        **forward.params,
        **backward_params(neuron, tau_syn, dt),
        "TauMem": neuron.tau_mem,
        "NumTimesteps": timesteps,
    }
    code = BACKWARD_CODE.format(weight=readout_weight(neuron.readout, STEP, "NumTimesteps"), step=BACKWARD_STEP)
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(*forward.model.vars, Var("LambdaV"), Var("LambdaI"), Var("Drive")),
        sim_code=f"{forward.model.sim_code}\n{code}",
    )
    return NeuronDynamics(model, params, dict(forward.var_init))


# Custom updates compute a step's error after it; so the step after it tapes it, and that of the last is no tape's.
STEPWISE_CODE = """
if (phase == 0) {{
    TapeError[((int32_t)round(t / dt) * num_neurons) + id] = {error};
    {forward}
}}
if (phase == 1) {{
    const int32_t before = (int32_t)round(t / dt);
    const scalar error = (before == 0) ? {error} : TapeError[(({timesteps} - before) * num_neurons) + id];
    LambdaV -= error / TauMem;
    {step}
}}
"""


def stepwise_output_li(
    neuron: LI, forward: NeuronDynamics, loss: Loss, tau_syn: float, dt: float, timesteps: int
) -> NeuronDynamics:
    """`forward` with the loss of every step, the tape of its errors and the backward phase that they drive.

    `forward` is not silent in the backward phase.
    """
    errors, model = error_dynamics(neuron, loss, timesteps), forward.model
    params = {
        **forward.params,
        **errors.params,
        **backward_params(neuron, tau_syn, dt),
        "TauMem": neuron.tau_mem,
        "NumTimesteps": timesteps,
    }
    code = STEPWISE_CODE.format(
        timesteps=timesteps, forward=f"{model.sim_code}\n{errors.sim_code}", error=ERROR, step=BACKWARD_STEP
    )
    tape = ExtraGlobalParam("TapeError", "scalar", "NumTimesteps")
    model = replace(
        model,
        name=f"{model.name}StepwiseEventProp",
        params=tuple(params),
        vars=(*model.vars, *errors.vars, Var("LambdaV"), Var("LambdaI")),
        sim_code=code,
        extra_global_params=(*model.extra_global_params, tape, *errors.arrays),
    )
    return NeuronDynamics(model, params, dict(forward.var_init))
