"""Delta modulation: spikes where a signal moves."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.encoders.encoder import Encoder, gain_field
from spikeloom.spec.fields import quantity


class DeltaModulation(Encoder):
    """A spike whenever a signal has moved by a threshold since the spike before: one neuron for up, one for down.

    The first axis of an example is time: the values of sample n are those at ``n sample_time``, and between samples a
    signal moves straight. It starts at its first value. The neurons of a signal follow each other, that for down first,
    as the polarities of an event camera do.
    """

    over_time: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{up:}\;\; x(t) = x_0 + \theta, \;\; x_0 \leftarrow x_0 + \theta",
        r"\mathrm{down:}\;\; x(t) = x_0 - \theta, \;\; x_0 \leftarrow x_0 - \theta",
    )

    threshold: float = quantity(0.1, ge=0.001, le=1, help="How far a signal (of 0..1) moves for a spike.", step=0.05)
    sample_time: float = quantity(
        1.0, gt=0, le=1e6, unit="ms", help="Time from one sample to the next.", step=0.5, scale="log"
    )
    gain: float = gain_field()

    def input_shape(self, sample: tuple[int, ...]) -> tuple[int, ...]:
        """Two neurons for each signal."""
        return (*sample[1:], 2) if sample else ()

    def time_needed(self, sample: tuple[int, ...]) -> float:
        """All of its samples."""
        return sample[0] * self.sample_time if sample else 0.0
