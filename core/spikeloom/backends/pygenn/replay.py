"""A population that replays its spikes on PyGeNN: neurons tape the steps of their spikes, and read them back.

To its synapses it is then what a spike source is: they have an event where the neuron's flag is set. Backward step m
flags, at its end, the spikes of forward step T - 2 - m; those of the last step acted on nothing.
"""

from __future__ import annotations

from dataclasses import replace

from spikeloom.genn.network import NeuronPopulation
from spikeloom.genn.variables import ExtraGlobalParam, Var

FLAG = "ReplayFlag"  # set in the step whose synapses are to replay the neuron's spike
COUNT, TAPE, TIMESTEPS = "ReplayCount", "ReplaySteps", "ReplayTimesteps"

SIM_CODE = f"""
if (phase == 1) {{
    const int32_t replayed = (int32_t){TIMESTEPS} - 2 - (int32_t)round(t / dt);
    {FLAG} = 0;
    while ({COUNT} > 0 && {TAPE}[(({COUNT} - 1) * num_neurons) + id] >= replayed) {{
        {COUNT} -= 1;
        if ({TAPE}[({COUNT} * num_neurons) + id] == replayed) {{
            {FLAG} = 1;
        }}
    }}
}}
"""
RESET_CODE = f"""
if (phase == 0) {{
    {TAPE}[({COUNT} * num_neurons) + id] = (int32_t)round(t / dt);
    {COUNT} += 1;
}}
"""


def with_tape(population: NeuronPopulation, timesteps: int) -> NeuronPopulation:
    """The population with the tape and the code of its replay; itself where it does not replay.

    Parameters
    ----------
    timesteps
        Of an example.
    """
    model = population.model
    if not model.replays:
        return population
    taping = replace(
        model,
        params=(*model.params, TIMESTEPS),
        vars=(*model.vars, Var(FLAG, "bool"), Var(COUNT, "int32_t")),
        sim_code=model.sim_code + SIM_CODE,
        reset_code=model.reset_code + RESET_CODE,
        extra_global_params=(*model.extra_global_params, ExtraGlobalParam(TAPE, "int32_t", model.replays)),
    )
    return replace(population, model=taping, params={**population.params, TIMESTEPS: timesteps})
