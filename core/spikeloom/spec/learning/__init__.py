"""Learning rules: one file per type."""

from spikeloom.spec.learning.eprop import EProp
from spikeloom.spec.learning.eventprop import EventProp
from spikeloom.spec.learning.inference import Inference
from spikeloom.spec.learning.learning import Learning

__all__ = ["EProp", "EventProp", "Inference", "Learning"]
