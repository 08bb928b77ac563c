"""What the backward step of a membrane needs beside its forward model."""

from __future__ import annotations

from math import exp

from spikeloom.spec import ALIF, LI, LIF

# Between spikes: the transpose of the forward step.
BACKWARD_STEP = """LambdaI = (Beta * LambdaI) + (Transfer * LambdaV);
LambdaV = Alpha * LambdaV;"""

# ``tau_m V'`` at a spike: the current at the crossing, taken at the middle of the step in which it happened.
SLOPE_CODE = """
scalar slope = (CurrentPerIsyn * Isyn) - Vthresh;
if (slope < MinSlope) {
    slope = MinSlope;
    NumClipped += 1;
}
"""

# ``tau_m V'`` at a spike is bounded from below by this fraction of the way from reset to threshold; a neuron that
# grazes its threshold would otherwise make the gradient arbitrarily large. Clips are counted.
MIN_SLOPE = 0.01


def backward_params(neuron: LIF | ALIF | LI, tau_syn: float, dt: float) -> dict[str, float]:
    """``Beta``, the decay of the current over a step, and ``Transfer``, what lV gives to lI in it.

    Transfer is ``c tau_m / tau_s``, where c is what the current gives to the voltage in the forward step. `tau_syn` and
    `dt` are in ms.
    """
    gain = neuron.current_gain(tau_syn, dt)
    return {"Beta": exp(-dt / tau_syn), "Transfer": gain * neuron.tau_mem / tau_syn}


def slope_params(neuron: LIF | ALIF, tau_syn: float, dt: float) -> dict[str, float]:
    """What `SLOPE_CODE` needs: the current at the middle of a step as a multiple of its ``Isyn``, and the bound."""
    return {
        "CurrentPerIsyn": (1 + exp(-dt / tau_syn)) / (2 * neuron.current_gain(tau_syn, dt)),
        "MinSlope": MIN_SLOPE * (neuron.v_thresh - neuron.v_reset),
    }
