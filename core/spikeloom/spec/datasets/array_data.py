"""Arrays of a script."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.fields import setting


class ArrayData(Dataset):
    """Arrays that a Python script hands over; a document alone cannot load them."""

    title: ClassVar[str] = "Arrays of a script"

    encoder: Encoder | None = setting(None, help="How values become spikes; left out where the arrays are spikes.")
