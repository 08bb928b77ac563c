"""Distributions around 0 by their standard deviation."""

from __future__ import annotations

import math

from spikeloom.genn import Init
from spikeloom.genn.models import NORMAL, UNIFORM


def centred(sd: float, distribution: str) -> Init:
    """Values with mean 0 and standard deviation `sd`, ``normal`` or ``uniform``."""
    if distribution == "normal":
        return Init(NORMAL, {"mean": 0.0, "sd": sd})
    # A uniform distribution over +-1 has the standard deviation 1 / sqrt(3).
    return Init(UNIFORM, {"min": -math.sqrt(3.0) * sd, "max": math.sqrt(3.0) * sd})
