"""MNIST."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.folder import check_folder, folder_field
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import quantity, setting


class MNIST(Dataset):
    """70,000 handwritten digits of 28 x 28 pixels, in 10 classes, read from MNIST's four files (LeCun et al. 1998)."""

    title: ClassVar[str] = "MNIST"
    still: ClassVar[bool] = True
    sample_shape: ClassVar[tuple[int, ...]] = (28, 28)
    num_classes: ClassVar[int] = 10
    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")
    field_names: ClassVar[tuple[str, str]] = ("image", "digit")
    more_inputs: ClassVar[dict[str, tuple[int, ...]]] = {"left half": (28, 14), "right half": (28, 14)}
    more_labels: ClassVar[dict[str, int]] = {"parity": 2}

    encoder: Encoder = setting(factory=LinearLatency, help="How pixels become spikes.")
    folder: str = folder_field("mnist")
    train_limit: int | None = quantity(
        None, ge=1, help="Only so many of the training examples, the first ones; all by default.", advanced=True
    )
    test_limit: int | None = quantity(
        None, ge=1, help="Only so many of the test examples, the first ones; all by default.", advanced=True
    )

    @field_validator("folder")
    @classmethod
    def _check_folder(cls, folder: str) -> str:
        return check_folder(folder, cls.model_fields["folder"].default)
