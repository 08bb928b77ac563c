"""The tape of a population's spikes, by the steps in which they arrive: written a step after the spike, read backward.

So a tape holds what a segment of the example needs to be swept over, and nothing of the segments before it.
"""

from __future__ import annotations

from spikeloom.genn import ExtraGlobalParam, Var

VARS = (
    Var("JustSpiked", "bool"),
    Var("NumTaped", "int32_t"),
    Var("LastArrival", "int32_t"),
    Var("BackSpike", "bool"),
)
FIRST = {"LastArrival": -1.0}  # no step of any example
SPIKES = ExtraGlobalParam("TapeArrival", "int32_t", "Segment")

SPIKED = "JustSpiked = 1;"

# The last statement of a forward step.
WRITE = """if (JustSpiked) {
    LastArrival = (int32_t)round(t / dt);
    TapeArrival[(NumTaped * num_neurons) + id] = LastArrival;
    NumTaped += 1;
    JustSpiked = 0;
}"""

# The last statements of a backward step: flag the neurons whose spike arrived in the step that it undoes.
REPLAY = """BackSpike = 0;
if (LastArrival == NumTimesteps - 1 - (int32_t)round(t / dt)) {
    NumTaped -= 1;
    BackSpike = 1;
    LastArrival = -1;
    if (NumTaped > 0) {
        LastArrival = TapeArrival[((NumTaped - 1) * num_neurons) + id];
    }
}"""


def forward_row(segment: int) -> str:
    """The row of a tape of one value per step and neuron that belongs to the forward step at hand."""
    return f"((int32_t)round(t / dt) % {segment})"


def backward_row(segment: int, timesteps: int, ahead: int = 0) -> str:
    """The row of the forward step that the backward step at hand undoes, or of one `ahead` of it."""
    return f"(({timesteps - 1 + ahead} - (int32_t)round(t / dt)) % {segment})"
