"""A hidden LIF population under EventProp: forward with a tape of its spikes, backward with jumps."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, SLOPE_CODE, backward_params, slope_params
from spikeloom.compilers.eventprop.tape import FIRST, STEPS, VARS, replay_code, tape_code, tape_params
from spikeloom.genn import Access, ExtraGlobalParam, Var
from spikeloom.spec import LIF, EventProp, NeuronDynamics
from spikeloom.spec.learning.eventprop import Regularisation

BACKWARD_CODE = """
if (phase == 1) {{
    const int32_t step = (int32_t)round(t / dt);
    if (BackSpike) {{
        LambdaV += (((Vthresh - Vreset) * LambdaV) + RevISyn) * PerIMinusV;{regularisation}
        BackSpike = 0;
    }}
    {step}
    {replay}
}}
"""

# The tape holds 1 / (tau_m V'-) too: a product in every step is cheaper than a quotient.
NOTE = f"{SLOPE_CODE}\nTapePerIMinusV[(NumTaped * num_neurons) + id] = 1.0 / slope;"
RECALL = "PerIMinusV = TapePerIMinusV[(NumTaped * num_neurons) + id];"

# The mean number of spikes per example in the batch before this one: a batch's own is known only at its end.
REGULARISATION_CODE = """
        LambdaV -= ((MeanSpikes > RegNuUpper) ? RegLambdaUpper : RegLambdaLower) * (MeanSpikes - RegNuUpper);"""


def hidden_lif(
    neuron: LIF,
    forward: NeuronDynamics,
    learning: EventProp,
    regularisation: Regularisation,
    tau_syn: float,
    dt: float,
    timesteps: int,
) -> NeuronDynamics:
    """`forward`, which is silent in the backward phase, with a tape of its spikes and the backward phase added.

    All synapses onto the population have the time constant `tau_syn` (ms).
    """
    params = {
        **forward.params,
        **backward_params(neuron, tau_syn, dt),
        **slope_params(neuron, tau_syn, dt),
        **tape_params(learning.tape_length(timesteps), timesteps),
    }
    variables = [
        Var("LambdaV"),
        Var("LambdaI"),
        Var("PerIMinusV"),
        *VARS,
        Var("NumClipped", "int32_t"),
    ]
    first = {**forward.var_init, **FIRST}
    push = count = ""
    if regularisation.active:
        params |= {
            "RegLambdaUpper": regularisation.upper,
            "RegLambdaLower": regularisation.lower,
            "RegNuUpper": regularisation.nu,
        }
        variables += [Var("NumSpikes", access=Access.ACCUMULATE), Var("MeanSpikes", access=Access.READ_ONLY)]
        first["MeanSpikes"] = regularisation.nu
        push, count = REGULARISATION_CODE, "NumSpikes += 1.0;"
    backward = BACKWARD_CODE.format(regularisation=push, step=BACKWARD_STEP, replay=replay_code(RECALL))
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(*forward.model.vars, *variables),
        sim_code=f"{forward.model.sim_code}\n{backward}",
        reset_code=f"{count}\n{tape_code(NOTE)}\n{forward.model.reset_code}",
        additional_input_vars=("RevISyn",),
        extra_global_params=(
            STEPS,
            ExtraGlobalParam("TapePerIMinusV", "scalar", "MaxSpikes"),
        ),
    )
    return NeuronDynamics(model, params, first)
