"""A LIF output under EventProp, read by the time of its first spike.

Nothing follows an output, so that only its first spike matters to the loss: behind it the adjoint variables are 0, and
at it ``lV- = (dL/dt) / (tau_m V'-)``, the jump of Wunderlich and Pehle (2021) with the loss as its only term.

An output that stays silent counts as if it spiked at the end of the example. The loss does not depend on its voltage;
one that should spike earlier is pushed all the same, as if it had crossed the threshold there with
``tau_m V' = v_thresh - v_reset``. Without that push a class whose output falls silent would never come back.
"""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, SLOPE_CODE, backward_params, slope_params
from spikeloom.genn import Var
from spikeloom.spec import LIF, NeuronDynamics

# `Drive` is dL/dy, and y is minus the time of the first spike.
BACKWARD_CODE = f"""
if (phase == 1) {{
    const int32_t n = (int32_t)(NumTimesteps - 1 - round(t / dt));
    if (n == FirstStep || (FirstStep < 0 && n == NumTimesteps - 1 && Drive < 0.0)) {{
        LambdaV = -Drive / IMinusV;
    }}
    {BACKWARD_STEP}
}}
"""

FIRST_SPIKE_CODE = f"""
if (FirstStep < 0) {{
    {SLOPE_CODE}
    FirstStep = (int32_t)round(t / dt);
    IMinusV = slope;
}}
"""


def output_lif(neuron: LIF, forward: NeuronDynamics, tau_syn: float, dt: float, timesteps: int) -> NeuronDynamics:
    """`forward` (the population with its readout) with its first spike noted and the backward phase added."""
    span = neuron.v_thresh - neuron.v_reset
    params = {
        **forward.params,
        **backward_params(neuron, tau_syn, dt),
        **slope_params(neuron, tau_syn, dt),
        "NumTimesteps": timesteps,
    }
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(
            *forward.model.vars,
            Var("LambdaV"),
            Var("LambdaI"),
            Var("Drive"),
            Var("IMinusV"),
            Var("FirstStep", "int32_t"),
            Var("NumClipped", "int32_t"),
        ),
        sim_code=f"{forward.model.sim_code}\n{BACKWARD_CODE}",
        reset_code=f"{FIRST_SPIKE_CODE}\n{forward.model.reset_code}",
    )
    return NeuronDynamics(model, params, {**forward.var_init, "IMinusV": span, "FirstStep": -1.0})
