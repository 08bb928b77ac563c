"""Encoders: one file per type."""

from spikeloom.spec.encoders.delta_modulation import DeltaModulation
from spikeloom.spec.encoders.direct_current import DirectCurrent
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.encoders.log_latency import LogLatency
from spikeloom.spec.encoders.poisson_rate import PoissonRate
from spikeloom.spec.encoders.population_code import PopulationCode
from spikeloom.spec.encoders.threshold_crossing import ThresholdCrossing

__all__ = [
    "DeltaModulation",
    "DirectCurrent",
    "Encoder",
    "LinearLatency",
    "LogLatency",
    "PoissonRate",
    "PopulationCode",
    "ThresholdCrossing",
]
