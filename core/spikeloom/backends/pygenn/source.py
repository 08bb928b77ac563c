"""The spike source on PyGeNN: emits the spikes of an example forward, and replays them as events backward.

GeNN's own source has no backward phase. Here each neuron walks through the steps of its spikes, sorted in one array,
up in the forward phase and down again in the backward phase.
"""

from __future__ import annotations

import numpy as np

from spikeloom.errors import UserError
from spikeloom.genn.batch import SpikeData
from spikeloom.genn.variables import Var

FLAG = "BackSpike"  # set in the step whose synapses are to replay the neuron's spike

SIM_CODE = f"""
if (phase == 1) {{
    const int32_t n = NumTimesteps - 2 - (int32_t)round(t / dt);
    {FLAG} = 0;
    while (Next > 0 && SpikeSteps[StartSpike + Next - 1] >= n) {{
        Next -= 1;
        if (SpikeSteps[StartSpike + Next] == n) {{
            {FLAG} = 1;
        }}
    }}
}}
"""
THRESHOLD_CODE = """
phase == 0 && (StartSpike + Next) < EndSpike && SpikeSteps[StartSpike + Next] <= (int32_t)round(t / dt)
"""
RESET_CODE = "Next += 1;"
PARAMS = [("NumTimesteps", "int"), ("phase", "int")]
STATE = (Var("Next", "int32_t"), Var(FLAG, "bool"))  # how many spikes it has emitted and not replayed
ARRAY = "SpikeSteps"


def layout(spikes: SpikeData, neurons: int, place: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The spikes of some examples, sorted by example, neuron and step.

    Returns
    -------
    start, end
        (examples, neurons): where the spikes of each neuron begin and end in `steps`.
    steps
        The step of each spike.

    Raises
    ------
    UserError
        If a neuron has two spikes in a step: GeNN knows one.
    """
    examples = np.repeat(np.arange(len(spikes)), np.diff(spikes.offsets))
    order = np.lexsort((spikes.steps, spikes.ids, examples))
    steps, cells = spikes.steps[order], (examples * neurons + spikes.ids)[order]
    twice = np.flatnonzero((np.diff(steps) == 0) & (np.diff(cells) == 0))
    if len(twice):
        neuron, step = cells[twice[0]] % neurons, steps[twice[0]]
        message = f"neuron {neuron} has two spikes in step {step}, and GeNN knows only one"
        raise UserError(message, place=place, hint="Use a shorter timestep, or the embedded backend.")
    counts = np.bincount(cells, minlength=len(spikes) * neurons)
    ends = np.cumsum(counts)
    shape = (len(spikes), neurons)
    return (ends - counts).reshape(shape), ends.reshape(shape), steps
