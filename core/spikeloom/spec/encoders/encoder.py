"""The family of encoders: how the numbers of an example become spikes."""

from __future__ import annotations

from spikeloom.spec.base import Type


class Encoder(Type):
    """How the numbers of an example, each scaled to 0..1, become spikes of the input; `data` does it."""
