"""The Yin-Yang set."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import quantity, setting


def _whole_range() -> LinearLatency:
    return LinearLatency(max_time=30.0, threshold=0.0)


class YinYang(Dataset):
    """Points in the plane, to be told apart by the part of the yin-yang figure they lie in: yin, yang or a dot.

    Each example has the values x, y, 1 - x, 1 - y and a constant, the bias (Kriener, Göltz and Petrovici 2022).
    """

    title: ClassVar[str] = "Yin-Yang"
    still: ClassVar[bool] = True
    sample_shape: ClassVar[tuple[int, ...]] = (5,)
    num_classes: ClassVar[int] = 3
    class_names: ClassVar[tuple[str, ...]] = ("yin", "yang", "dot")
    field_names: ClassVar[tuple[str, str]] = ("point", "part")

    encoder: Encoder = setting(factory=_whole_range, help="How coordinates become spikes.")
    train_size: int = quantity(5000, ge=1, le=10**7, help="Number of training examples.")
    test_size: int = quantity(1000, ge=1, le=10**7, help="Number of test examples.")
    bias: float = quantity(0.5, ge=0, le=1, help="Value of the fifth input, the same in every example.", step=0.1)
    data_seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed with which the points are drawn.", advanced=True)
