"""The tape of a population's spikes: written in the forward phase, read from its end in the backward phase.

It holds the step of each spike, and what else a learning rule wants to know of it. A spike in the last step acts on
nobody: it is not taped.
"""

from __future__ import annotations

from spikeloom.genn import ExtraGlobalParam, Var

VARS = (Var("NumTaped", "int32_t"), Var("LastSpike", "int32_t"), Var("BackSpike", "bool"), Var("NumLost", "int32_t"))
FIRST = {"LastSpike": -2.0}  # no step of any example
STEPS = ExtraGlobalParam("TapeStep", "int32_t", "MaxSpikes")


def tape_params(length: int, timesteps: int) -> dict[str, float]:
    """What the codes need: room for spikes of a neuron, and the number of timesteps."""
    return {"MaxSpikes": length, "NumTimesteps": timesteps}


def tape_code(note: str = "") -> str:
    """What a spike does: tape its step, and what `note` says (with ``NumTaped`` as its place)."""
    return f"""
const int32_t step = (int32_t)round(t / dt);
if (step < NumTimesteps - 1) {{
    if (NumTaped < MaxSpikes) {{
        {note}
        TapeStep[(NumTaped * num_neurons) + id] = step;
        LastSpike = step;
        NumTaped += 1;
    }}
    else {{
        NumLost += 1;
    }}
}}
"""


def replay_code(recall: str = "") -> str:
    """The last statement of a backward step: flag the neurons whose spike it comes to, and `recall` what was noted.

    ``BackSpike`` has been cleared before.
    """
    return f"""if (LastSpike == NumTimesteps - 2 - step) {{
        NumTaped -= 1;
        {recall}
        BackSpike = 1;
        LastSpike = -2;
        if (NumTaped > 0) {{
            LastSpike = TapeStep[((NumTaped - 1) * num_neurons) + id];
        }}
    }}"""
