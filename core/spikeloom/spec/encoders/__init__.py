"""Encoders: one file per type."""

from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.encoders.log_latency import LogLatency
from spikeloom.spec.encoders.threshold_crossing import ThresholdCrossing

__all__ = ["Encoder", "LinearLatency", "LogLatency", "ThresholdCrossing"]
