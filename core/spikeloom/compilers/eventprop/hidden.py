"""A hidden LIF population under EventProp: forward with a tape of its spikes, backward with jumps."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from spikeloom.genn import ExtraGlobalParam, NeuronModel, Var
from spikeloom.spec import LIF, NeuronDynamics

SIM_CODE = """
if (phase == 0) {
    V = (Alpha * V) + Isyn;
}
else {
    const int32_t step = (int32_t)round(t / dt);
    if (BackSpike) {
        LambdaV += (((Vthresh - Vreset) * LambdaV) + RevISyn) / IMinusV;
        BackSpike = 0;
    }
    LambdaI = (Beta * LambdaI) + (Transfer * LambdaV);
    LambdaV = Alpha * LambdaV;
    if (LastSpike == NumTimesteps - 2 - step) {
        NumTaped -= 1;
        IMinusV = TapeIMinusV[(NumTaped * num_neurons) + id];
        BackSpike = 1;
        LastSpike = -2;
        if (NumTaped > 0) {
            LastSpike = TapeStep[((NumTaped - 1) * num_neurons) + id];
        }
    }
}
"""

# The current at the threshold crossing is taken at the middle of the step in which it happened.
# A spike in the last step acts on nobody: it is not taped.
RESET_CODE = """
const int32_t step = (int32_t)round(t / dt);
if (step < NumTimesteps - 1) {
    if (NumTaped < MaxSpikes) {
        scalar slope = (CurrentPerIsyn * Isyn) - Vthresh;
        if (slope < MinSlope) {
            slope = MinSlope;
            NumClipped += 1;
        }
        TapeStep[(NumTaped * num_neurons) + id] = step;
        TapeIMinusV[(NumTaped * num_neurons) + id] = slope;
        LastSpike = step;
        NumTaped += 1;
    }
    else {
        NumLost += 1;
    }
}
V = Vreset;
"""


@dataclass(frozen=True)
class TimeConstants:
    """Discrete coefficients of a membrane (tau_mem) with synapses (tau_syn), both in ms."""

    tau_mem: float
    tau_syn: float
    dt: float

    @property
    def beta(self) -> float:
        """Decay of the synaptic current over a step."""
        return exp(-self.dt / self.tau_syn)

    def transfer(self, gain: float) -> float:
        """``c tau_m / tau_s``: what lV gives to lI in a step; `gain` is c, what I gives to V in the forward step."""
        return gain * self.tau_mem / self.tau_syn


def hidden_lif(neuron: LIF, tau_syn: float, dt: float, timesteps: int, max_spikes: int) -> NeuronDynamics:
    """The GeNN model of a hidden LIF population whose synapses all have the time constant `tau_syn` (ms)."""
    constants = TimeConstants(neuron.tau_mem, tau_syn, dt)
    gain = neuron.current_gain(tau_syn, dt)
    params = {
        "Alpha": exp(-dt / neuron.tau_mem),
        "Beta": constants.beta,
        "Transfer": constants.transfer(gain),
        "Vthresh": neuron.v_thresh,
        "Vreset": neuron.v_reset,
        "CurrentPerIsyn": (1 + constants.beta) / (2 * gain),
        "MinSlope": MIN_SLOPE * (neuron.v_thresh - neuron.v_reset),
        "MaxSpikes": max_spikes,
        "NumTimesteps": timesteps,
    }
    model = NeuronModel(
        name="LIFEventProp",
        params=tuple(params),
        vars=(
            Var("V"),
            Var("LambdaV"),
            Var("LambdaI"),
            Var("IMinusV"),
            Var("NumTaped", "int32_t"),
            Var("LastSpike", "int32_t"),
            Var("BackSpike", "bool"),
            Var("NumLost", "int32_t"),
            Var("NumClipped", "int32_t"),
        ),
        sim_code=SIM_CODE,
        threshold_condition_code="phase == 0 && V >= Vthresh",
        reset_code=RESET_CODE,
        additional_input_vars=("RevISyn",),
        extra_global_params=(
            ExtraGlobalParam("TapeStep", "int32_t", "MaxSpikes"),
            ExtraGlobalParam("TapeIMinusV", "scalar", "MaxSpikes"),
        ),
    )
    return NeuronDynamics(model, params, {"V": neuron.v, "IMinusV": 1.0, "LastSpike": -2.0})


# ``tau_m V'`` at a spike is bounded from below by this fraction of the way from reset to threshold; a neuron that
# grazes its threshold would otherwise make the gradient arbitrarily large. Clips are counted.
MIN_SLOPE = 0.01
