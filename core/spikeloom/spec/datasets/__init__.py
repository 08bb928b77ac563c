"""Datasets: one file per type."""

from spikeloom.spec.datasets.array_data import ArrayData
from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.digits import Digits
from spikeloom.spec.datasets.mnist import MNIST
from spikeloom.spec.datasets.pattern import Pattern
from spikeloom.spec.datasets.spike_hdf5 import SpikeHDF5
from spikeloom.spec.datasets.yin_yang import YinYang

__all__ = ["MNIST", "ArrayData", "Dataset", "Digits", "Pattern", "SpikeHDF5", "YinYang"]
