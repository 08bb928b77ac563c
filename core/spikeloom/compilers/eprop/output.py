"""A leaky-integrator output under e-prop: the error of every step, and its sweep back through the membrane."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eprop.hidden import Times
from spikeloom.compilers.eprop.sweeps import Sweeps
from spikeloom.compilers.eprop.tape import backward_row, forward_row
from spikeloom.compilers.step_losses import ERROR, error_dynamics
from spikeloom.genn import Access, ExtraGlobalParam, Var
from spikeloom.spec import LI, Loss, NeuronDynamics
from spikeloom.spec.neurons.li import BIASES

# Custom updates compute a step's error after it; so the step after it tapes it, and the last of a segment is no tape's.
FORWARD_CODE = """
if (phase == 0) {{
    TapeError[({row} * num_neurons) + id] = {error};
    {code}
}}
"""
BACKWARD_CODE = """
if (phase == 1) {{
    const int32_t n = {last} - (int32_t)round(t / dt);
    const scalar taped = TapeError[({row} * num_neurons) + id];
    F = ((n == {last} || (n % {segment}) == {segment} - 1) ? {error} : taped) + (Alpha * F);
    {sweeps}
    {bias}
}}
"""


def output(
    neuron: LI, read_out: NeuronDynamics, loss: Loss, sweeps: Sweeps, times: Times, first_error: int, *, biases: bool
) -> NeuronDynamics:
    """`read_out` (the population with its readout) with errors and their sweep.

    Parameters
    ----------
    sweeps
        What the spikes that arrive at it read; `Sweeps.adjoint` is ``F``.
    first_error
        The step from which on errors count.
    biases
        Whether its biases learn.
    """
    errors = error_dynamics(neuron, loss, times.timesteps, first_error)
    model = read_out.model
    params = {**read_out.params, **errors.params, "Segment": times.segment}
    variables = [*model.vars, *errors.vars, Var("F"), *sweeps.vars]
    if biases:
        variables.append(Var("Gradient", access=Access.ACCUMULATE))
    forward = f"{model.sim_code}\n{errors.sim_code}"
    sim_code = FORWARD_CODE.format(row=forward_row(times.segment), error=ERROR, code=forward)
    sim_code += BACKWARD_CODE.format(
        last=times.timesteps - 1,
        segment=times.segment,
        error=ERROR,
        row=backward_row(times.segment, times.timesteps, ahead=1),
        sweeps=sweeps.code,
        bias="Gradient += (1 - Alpha) * F;" if biases else "",
    )
    assert not biases or any(var.name == BIASES for var in model.vars)
    made = replace(
        model,
        name=f"{model.name}EProp",
        params=tuple(params),
        vars=tuple(variables),
        sim_code=sim_code,
        extra_global_params=(
            *model.extra_global_params,
            ExtraGlobalParam("TapeError", "scalar", "Segment"),
            *errors.arrays,
        ),
    )
    return NeuronDynamics(made, params, dict(read_out.var_init))
