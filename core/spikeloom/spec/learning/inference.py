"""No learning."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.learning.learning import Learning


class Inference(Learning):
    """Runs the network and reads it out; no weight changes."""

    equations: ClassVar[tuple[str, ...]] = (r"\Delta w_{ij} = 0",)
