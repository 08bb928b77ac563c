"""An input that makes its spikes itself, under e-prop: a tape replays them."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eprop.hidden import Times
from spikeloom.compilers.eprop.tape import FIRST, REPLAY, SPIKED, SPIKES, VARS, WRITE
from spikeloom.spec import NeuronDynamics


def taped_input(dynamics: NeuronDynamics, times: Times) -> NeuronDynamics:
    """The input with a tape of its spikes."""
    params = {**dynamics.params, "NumTimesteps": times.timesteps, "Segment": times.segment}
    model = dynamics.model
    condition = model.threshold_condition_code
    made = replace(
        model,
        name=f"{model.name}EProp",
        params=tuple(params),
        vars=(*model.vars, *VARS),
        sim_code=f"if (phase == 0) {{\n{model.sim_code}\n{WRITE}\n}}\nif (phase == 1) {{\n{REPLAY}\n}}",
        threshold_condition_code=f"phase == 0 && ({condition})",
        reset_code=f"{model.reset_code}\n{SPIKED}",
        extra_global_params=(*model.extra_global_params, SPIKES),
    )
    return NeuronDynamics(made, params, {**dynamics.var_init, **FIRST})
