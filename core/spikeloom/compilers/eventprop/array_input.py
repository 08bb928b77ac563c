"""An input that makes its spikes itself, under EventProp: a tape replays them; it has no adjoint of its own."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.tape import FIRST, STEPS, VARS, replay_code, tape_code, tape_params
from spikeloom.spec import EventProp, NeuronDynamics

BACKWARD_CODE = f"""
if (phase == 1) {{
    const int32_t step = (int32_t)round(t / dt);
    BackSpike = 0;
    {replay_code()}
}}
"""


def taped_input(forward: NeuronDynamics, learning: EventProp, timesteps: int) -> NeuronDynamics:
    """`forward`, which is silent in the backward phase, with a tape of its spikes."""
    params = {**forward.params, **tape_params(learning.tape_length(timesteps), timesteps)}
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(*forward.model.vars, *VARS),
        sim_code=f"{forward.model.sim_code}\n{BACKWARD_CODE}",
        reset_code=f"{tape_code()}\n{forward.model.reset_code}",
        extra_global_params=(*forward.model.extra_global_params, STEPS),
    )
    return NeuronDynamics(model, params, {**forward.var_init, **FIRST})
