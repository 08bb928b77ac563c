"""Datasets: one file per type."""

from spikeloom.spec.datasets.array_data import ArrayData
from spikeloom.spec.datasets.array_file import ArrayFile
from spikeloom.spec.datasets.audio_folder import AudioFolder
from spikeloom.spec.datasets.cifar10_dvs import CIFAR10DVS
from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.digits import Digits
from spikeloom.spec.datasets.dvs_gesture import DVSGesture
from spikeloom.spec.datasets.event_folder import EventFolder
from spikeloom.spec.datasets.fashion_mnist import FashionMNIST
from spikeloom.spec.datasets.image_folder import ImageFolder
from spikeloom.spec.datasets.mnist import MNIST
from spikeloom.spec.datasets.nmnist import NMNIST
from spikeloom.spec.datasets.pattern import Pattern
from spikeloom.spec.datasets.poker_dvs import POKERDVS
from spikeloom.spec.datasets.randman import Randman
from spikeloom.spec.datasets.smnist import SMNIST
from spikeloom.spec.datasets.spike_hdf5 import SpikeHDF5
from spikeloom.spec.datasets.tonic_dataset import TonicDataset
from spikeloom.spec.datasets.tonic_set import TonicSet
from spikeloom.spec.datasets.yin_yang import YinYang

__all__ = [
    "CIFAR10DVS",
    "MNIST",
    "NMNIST",
    "POKERDVS",
    "SMNIST",
    "ArrayData",
    "ArrayFile",
    "AudioFolder",
    "DVSGesture",
    "Dataset",
    "Digits",
    "EventFolder",
    "FashionMNIST",
    "ImageFolder",
    "Pattern",
    "Randman",
    "SpikeHDF5",
    "TonicDataset",
    "TonicSet",
    "YinYang",
]
