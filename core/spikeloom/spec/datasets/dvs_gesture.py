"""DVS128 Gesture."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.tonic_set import TonicSet


class DVSGesture(TonicSet):
    """11 gestures of hands and arms by 29 subjects in several kinds of light, seen by a camera of 128 x 128 pixels.

    1341 recordings of about 6 s, with times in whole milliseconds; the subjects of the test are others than those of
    the training. ``subject`` groups them, so that a split may leave one out. tonic reads the files. Amir et al. 2017.
    """

    type: ClassVar[str] = "dvs_gesture"
    title: ClassVar[str] = "DVS128 Gesture"
    tonic_class: ClassVar[str] = "DVSGesture"
    sample_shape: ClassVar[tuple[int, ...]] = (128, 128, 2)
    num_classes: ClassVar[int] = 11
    class_names: ClassVar[tuple[str, ...]] = (
        "clap",
        "right hand waves",
        "left hand waves",
        "right arm clockwise",
        "right arm anticlockwise",
        "left arm clockwise",
        "left arm anticlockwise",
        "arms roll",
        "air drums",
        "air guitar",
        "other",
    )
    # Subjects count from 1.
    groups: ClassVar[dict[str, int]] = {"subject": 30}

    folder: str = folder_field("DVSGesture")
