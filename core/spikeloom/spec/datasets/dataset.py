"""The family of datasets: where examples come from."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.base import Type
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import setting


class Dataset(Type):
    """Where the examples come from; holds settings alone, `data` loads the numbers."""

    sample_shape: ClassVar[tuple[int, ...]] = ()
    num_classes: ClassVar[int] = 0
    class_names: ClassVar[tuple[str, ...]] = ()

    encoder: Encoder | None = setting(factory=LinearLatency, help="How the numbers of an example become spikes.")
