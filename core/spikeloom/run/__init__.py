"""Simulate, train, evaluate: the loop, metrics, recordings, checkpoints, run folders and their events."""

from spikeloom.run.control import Control
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.model import Model, Prediction, SpikeTrain, load
from spikeloom.run.session import Session

__all__ = ["Control", "EpochMetrics", "Model", "Prediction", "Session", "SpikeTrain", "load"]
