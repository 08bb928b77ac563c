"""POKER-DVS."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.tonic_set import TonicSet


class POKERDVS(TonicSet):
    """68 pips of playing cards that fly past a camera, 35 x 35 pixels and some 10 ms each, in 4 suits.

    The smallest set of its kind: a network learns it in seconds. tonic reads the files. Serrano-Gotarredona and
    Linares-Barranco 2015.
    """

    type: ClassVar[str] = "poker_dvs"
    title: ClassVar[str] = "POKER-DVS"
    tonic_class: ClassVar[str] = "POKERDVS"
    sample_shape: ClassVar[tuple[int, ...]] = (35, 35, 2)
    num_classes: ClassVar[int] = 4
    class_names: ClassVar[tuple[str, ...]] = ("clubs", "hearts", "diamonds", "spades")

    folder: str = folder_field("POKERDVS")
