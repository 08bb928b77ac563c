"""N-MNIST."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.tonic_set import TonicSet
from spikeloom.spec.fields import setting


class NMNIST(TonicSet):
    """70,000 handwritten digits, seen by a camera of 34 x 34 pixels that moves in three saccades of 105 ms.

    MNIST on a screen, recorded as brightness rises (polarity 1) and falls (0); tonic reads the files. Orchard et al.
    2015.
    """

    type: ClassVar[str] = "nmnist"
    title: ClassVar[str] = "N-MNIST"
    tonic_class: ClassVar[str] = "NMNIST"
    sample_shape: ClassVar[tuple[int, ...]] = (34, 34, 2)
    num_classes: ClassVar[int] = 10
    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")

    folder: str = folder_field("NMNIST")
    first_saccade_only: bool = setting(False, help="Only the first 100 ms, about a third of the spikes.")
    stabilise: bool = setting(False, help="Take the movement of the camera out, so that the digit stays where it is.")
