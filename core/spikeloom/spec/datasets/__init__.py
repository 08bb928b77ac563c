"""Datasets: one file per type."""

from spikeloom.spec.datasets.array_data import ArrayData
from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.digits import Digits

__all__ = ["ArrayData", "Dataset", "Digits"]
