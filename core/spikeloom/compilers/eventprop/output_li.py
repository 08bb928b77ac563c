"""A leaky-integrator output under EventProp: the loss drives its adjoint voltage through the readout."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, backward_params
from spikeloom.compilers.readouts import readout_weight
from spikeloom.genn import Var
from spikeloom.spec import LI, NeuronDynamics

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
