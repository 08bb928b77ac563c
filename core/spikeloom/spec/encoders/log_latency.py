"""Logarithmic latency code."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.encoders.encoder import Encoder, gain_field
from spikeloom.spec.fields import quantity


class LogLatency(Encoder):
    """One spike per input, when a leaky neuron driven by its value would reach the threshold.

    ``t = tau_eff ln(x / (x - threshold))``, at most `max_time`, for a value x in 0..1; none where x is not above
    `threshold`.
    """

    title: ClassVar[str] = "Logarithmic latency"
    equations: ClassVar[tuple[str, ...]] = (
        r"t = \min\left(\tau_{\mathrm{eff}}\, \ln \dfrac{x}{x - \theta},\; t_{\mathrm{max}}\right), \;\; x > \theta",
    )

    tau_eff: float = quantity(20.0, gt=0, unit="ms", help="Time constant of the encoding neuron.", step=1.0)
    threshold: float = quantity(0.2, gt=0, lt=1, help="Values up to it (of 0..1) give no spike.", step=0.05)
    max_time: float = quantity(20.0, gt=0, unit="ms", help="Later spikes are moved to this time.", step=1.0)
    gain: float = gain_field()
