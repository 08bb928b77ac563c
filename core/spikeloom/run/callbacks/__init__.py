"""Callbacks: what a script does in the course of training, one file per type."""

from spikeloom.run.callbacks.callback import Callback
from spikeloom.run.callbacks.checkpoint import Checkpoint
from spikeloom.run.callbacks.csv_log import CSVLog
from spikeloom.run.callbacks.group import CallbackGroup
from spikeloom.run.callbacks.parameter_schedule import ParameterSchedule
from spikeloom.run.callbacks.progress_bar import ProgressBar
from spikeloom.run.callbacks.recording import Recording
from spikeloom.run.callbacks.weight_recorder import WeightRecorder

__all__ = [
    "CSVLog",
    "Callback",
    "CallbackGroup",
    "Checkpoint",
    "ParameterSchedule",
    "ProgressBar",
    "Recording",
    "WeightRecorder",
]
