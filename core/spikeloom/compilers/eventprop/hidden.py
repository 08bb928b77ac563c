"""A hidden LIF population under EventProp: forward with a tape of its spikes, backward with jumps."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.eventprop.membrane import backward_params
from spikeloom.genn import ExtraGlobalParam, Var
from spikeloom.spec import LIF, NeuronDynamics

BACKWARD_CODE = """
if (phase == 1) {
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
TAPE_CODE = """
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
"""

# ``tau_m V'`` at a spike is bounded from below by this fraction of the way from reset to threshold; a neuron that
# grazes its threshold would otherwise make the gradient arbitrarily large. Clips are counted.
MIN_SLOPE = 0.01


def hidden_lif(
    neuron: LIF, forward: NeuronDynamics, tau_syn: float, dt: float, timesteps: int, max_spikes: int
) -> NeuronDynamics:
    """`forward`, which is silent in the backward phase, with a tape of its spikes and the backward phase added.

    All synapses onto the population have the time constant `tau_syn` (ms).
    """
    backward = backward_params(neuron, tau_syn, dt)
    params = {
        **forward.params,
        **backward,
        "CurrentPerIsyn": (1 + backward["Beta"]) / (2 * neuron.current_gain(tau_syn, dt)),
        "MinSlope": MIN_SLOPE * (neuron.v_thresh - neuron.v_reset),
        "MaxSpikes": max_spikes,
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
            Var("IMinusV"),
            Var("NumTaped", "int32_t"),
            Var("LastSpike", "int32_t"),
            Var("BackSpike", "bool"),
            Var("NumLost", "int32_t"),
            Var("NumClipped", "int32_t"),
        ),
        sim_code=f"{forward.model.sim_code}\n{BACKWARD_CODE}",
        reset_code=f"{TAPE_CODE}\n{forward.model.reset_code}",
        additional_input_vars=("RevISyn",),
        extra_global_params=(
            ExtraGlobalParam("TapeStep", "int32_t", "MaxSpikes"),
            ExtraGlobalParam("TapeIMinusV", "scalar", "MaxSpikes"),
        ),
    )
    return NeuronDynamics(model, params, {**forward.var_init, "IMinusV": 1.0, "LastSpike": -2.0})
