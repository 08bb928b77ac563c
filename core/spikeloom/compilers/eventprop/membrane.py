"""What the backward step of a membrane needs beside its forward model."""

from __future__ import annotations

from math import exp

from spikeloom.spec import LI, LIF


def backward_params(neuron: LIF | LI, tau_syn: float, dt: float) -> dict[str, float]:
    """``Beta``, the decay of the current over a step, and ``Transfer``, what lV gives to lI in it.

    Transfer is ``c tau_m / tau_s``, where c is what the current gives to the voltage in the forward step. `tau_syn` and
    `dt` are in ms.
    """
    gain = neuron.current_gain(tau_syn, dt)
    return {"Beta": exp(-dt / tau_syn), "Transfer": gain * neuron.tau_mem / tau_syn}
