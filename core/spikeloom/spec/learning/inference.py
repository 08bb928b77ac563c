"""No learning."""

from __future__ import annotations

from spikeloom.spec.learning.learning import Learning


class Inference(Learning):
    """Runs the network and reads it out; no weight changes."""
