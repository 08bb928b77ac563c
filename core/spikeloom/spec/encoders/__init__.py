"""Encoders: one file per type."""

from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.encoders.log_latency import LogLatency

__all__ = ["Encoder", "LinearLatency", "LogLatency"]
