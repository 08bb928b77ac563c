"""Fashion-MNIST."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.mnist import MNIST


class FashionMNIST(MNIST):
    """70,000 photographs of clothes, 28 x 28 pixels, in 10 classes, in files like MNIST's (Xiao et al. 2017)."""

    type: ClassVar[str] = "fashion_mnist"
    title: ClassVar[str] = "Fashion-MNIST"
    class_names: ClassVar[tuple[str, ...]] = (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    )
    field_names: ClassVar[tuple[str, str]] = ("image", "article")
    more_labels: ClassVar[dict[str, int]] = {}

    folder: str = folder_field("fashion_mnist")
