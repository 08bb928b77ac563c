"""Simulate, train, evaluate: the loop, metrics, recordings, checkpoints, run folders and their events."""

from spikeloom.run.callbacks import (
    Callback,
    Checkpoint,
    CSVLog,
    ParameterSchedule,
    ProgressBar,
    Recording,
    WeightRecorder,
)
from spikeloom.run.control import Control
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.model import Model, load
from spikeloom.run.prediction import Prediction, SpikeTrain
from spikeloom.run.samples import Samples, load_samples
from spikeloom.run.session import Session

__all__ = [
    "CSVLog",
    "Callback",
    "Checkpoint",
    "Control",
    "EpochMetrics",
    "Model",
    "ParameterSchedule",
    "Prediction",
    "ProgressBar",
    "Recording",
    "Samples",
    "Session",
    "SpikeTrain",
    "WeightRecorder",
    "load",
    "load_samples",
]
