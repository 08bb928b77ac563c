"""CIFAR10-DVS."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.tonic_set import TonicSet
from spikeloom.spec.fields import quantity


class CIFAR10DVS(TonicSet):
    """10,000 photographs in 10 classes, which move before a camera of 128 x 128 pixels for about 1.3 s.

    It has no split of its own: a share of each class, drawn with a seed, is for the test. Times count from the first
    spike of a recording. tonic reads the files, with the package ``aedat``. Li et al. 2017.
    """

    type: ClassVar[str] = "cifar10_dvs"
    title: ClassVar[str] = "CIFAR10-DVS"
    tonic_class: ClassVar[str] = "CIFAR10DVS"
    sample_shape: ClassVar[tuple[int, ...]] = (128, 128, 2)
    num_classes: ClassVar[int] = 10
    class_names: ClassVar[tuple[str, ...]] = (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    )

    folder: str = folder_field("CIFAR10DVS")
    test_fraction: float = quantity(0.1, gt=0, lt=1, help="Share of each class kept for the test.", step=0.05)
    split_seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed of the split into training and test.", advanced=True)
