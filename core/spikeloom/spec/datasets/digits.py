"""Handwritten digits."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import quantity, setting


class Digits(Dataset):
    """1797 handwritten digits of 8 x 8 pixels, in 10 classes (scikit-learn's)."""

    title: ClassVar[str] = "Handwritten digits"
    still: ClassVar[bool] = True
    sample_shape: ClassVar[tuple[int, ...]] = (8, 8)
    num_classes: ClassVar[int] = 10
    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")
    field_names: ClassVar[tuple[str, str]] = ("image", "digit")
    more_inputs: ClassVar[dict[str, tuple[int, ...]]] = {"left half": (8, 4), "right half": (8, 4)}
    more_labels: ClassVar[dict[str, int]] = {"parity": 2}

    encoder: Encoder = setting(factory=LinearLatency, help="How pixels become spikes.")
    test_fraction: float = quantity(0.2, gt=0, lt=1, help="Share of each class kept for the test.", step=0.05)
    split_seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed of the split into training and test.", advanced=True)
