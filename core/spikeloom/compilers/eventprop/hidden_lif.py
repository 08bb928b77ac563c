"""A hidden LIF population under EventProp: forward with a tape of its spikes, backward with jumps."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, SLOPE_CODE, backward_params, slope_params
from spikeloom.genn import Access, ExtraGlobalParam, Var
from spikeloom.spec import LIF, EventProp, NeuronDynamics

BACKWARD_CODE = """
if (phase == 1) {{
    const int32_t step = (int32_t)round(t / dt);
    if (BackSpike) {{
        LambdaV += (((Vthresh - Vreset) * LambdaV) + RevISyn) * PerIMinusV;{regularisation}
        BackSpike = 0;
    }}
    {step}
    if (LastSpike == NumTimesteps - 2 - step) {{
        NumTaped -= 1;
        PerIMinusV = TapePerIMinusV[(NumTaped * num_neurons) + id];
        BackSpike = 1;
        LastSpike = -2;
        if (NumTaped > 0) {{
            LastSpike = TapeStep[((NumTaped - 1) * num_neurons) + id];
        }}
    }}
}}
"""

# The tape holds the step of each spike and 1 / (tau_m V'-): a product in every step is cheaper than a quotient.
# A spike in the last step acts on nobody: it is not taped.
TAPE_CODE = f"""
const int32_t step = (int32_t)round(t / dt);
if (step < NumTimesteps - 1) {{
    if (NumTaped < MaxSpikes) {{
        {SLOPE_CODE}
        TapeStep[(NumTaped * num_neurons) + id] = step;
        TapePerIMinusV[(NumTaped * num_neurons) + id] = 1.0 / slope;
        LastSpike = step;
        NumTaped += 1;
    }}
    else {{
        NumLost += 1;
    }}
}}
"""

# The mean number of spikes per example in the batch before this one: a batch's own is known only at its end.
REGULARISATION_CODE = """
        LambdaV -= ((MeanSpikes > RegNuUpper) ? RegLambdaUpper : RegLambdaLower) * (MeanSpikes - RegNuUpper);"""


def hidden_lif(
    neuron: LIF, forward: NeuronDynamics, learning: EventProp, tau_syn: float, dt: float, timesteps: int
) -> NeuronDynamics:
    """`forward`, which is silent in the backward phase, with a tape of its spikes and the backward phase added.

    All synapses onto the population have the time constant `tau_syn` (ms).
    """
    params = {
        **forward.params,
        **backward_params(neuron, tau_syn, dt),
        **slope_params(neuron, tau_syn, dt),
        "MaxSpikes": learning.tape_length(timesteps),
        "NumTimesteps": timesteps,
    }
    variables = [
        Var("LambdaV"),
        Var("LambdaI"),
        Var("PerIMinusV"),
        Var("NumTaped", "int32_t"),
        Var("LastSpike", "int32_t"),
        Var("BackSpike", "bool"),
        Var("NumLost", "int32_t"),
        Var("NumClipped", "int32_t"),
    ]
    first = {**forward.var_init, "LastSpike": -2.0}
    regularisation = count = ""
    if learning.regularises:
        params |= {
            "RegLambdaUpper": learning.reg_lambda_upper,
            "RegLambdaLower": learning.reg_lambda_lower,
            "RegNuUpper": learning.reg_nu_upper,
        }
        variables += [Var("NumSpikes", access=Access.ACCUMULATE), Var("MeanSpikes", access=Access.READ_ONLY)]
        first["MeanSpikes"] = learning.reg_nu_upper
        regularisation, count = REGULARISATION_CODE, "NumSpikes += 1.0;"
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(*forward.model.vars, *variables),
        sim_code=f"{forward.model.sim_code}\n{BACKWARD_CODE.format(regularisation=regularisation, step=BACKWARD_STEP)}",
        reset_code=f"{count}\n{TAPE_CODE}\n{forward.model.reset_code}",
        additional_input_vars=("RevISyn",),
        extra_global_params=(
            ExtraGlobalParam("TapeStep", "int32_t", "MaxSpikes"),
            ExtraGlobalParam("TapePerIMinusV", "scalar", "MaxSpikes"),
        ),
    )
    return NeuronDynamics(model, params, first)
