"""Arrays of the user's own, in files."""

from __future__ import annotations

from math import isfinite, prod
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import field_validator, model_validator

from spikeloom.spec.datasets.classes import check_label_names, classes_field, label_names_field
from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.folder import check_folder, folder_field
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.problem import printable, refuse

SUFFIXES = (".npz", ".npy", ".csv", ".tsv", ".txt")
MOST_VALUES = 10**8  # of an example


class ArrayFile(Dataset):
    """Numbers of your own from NPZ, NPY or CSV files: images, measurements, or spikes that were counted in steps.

    An NPZ file has the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``, or ``x`` and ``y``, which `split`
    divides; `examples` and `labels` say it where they are called otherwise. An NPY file has the examples, and another,
    `labels`, their labels. A CSV file has an example in each line. Values are scaled so that `smallest` is 0 and
    `largest` is 1. Without an encoder, values are spikes: an example is (timesteps, `shape`), and what is not 0 is a
    spike.
    """

    title: ClassVar[str] = "Arrays from a file"

    encoder: Encoder | None = setting(
        factory=LinearLatency, help="How values become spikes; none where they are spikes, in (timesteps, shape)."
    )
    folder: str = folder_field("arrays")
    file: str = setting("data.npz", max_length=255, help="File of the examples, or of those for training.")
    test_file: str = setting("", max_length=255, help="File of the test examples, where they have one.")
    examples: str = setting("x", max_length=128, help="Name of the array of examples in an NPZ file.", advanced=True)
    labels: str = setting(
        "",
        max_length=255,
        help="Labels: array in an NPZ file (y by default), file beside NPY, column of CSV (the last by default).",
    )
    test_labels: str = setting(
        "", max_length=255, help="File of the labels of the test examples, beside an NPY file.", advanced=True
    )
    header: bool = setting(True, help="Whether a CSV file's first line names the columns.")
    shape: tuple[int, ...] = setting((28, 28), help="Shape of an example; that of a timestep where it is spikes.")
    classes: int = classes_field(10)
    label_names: list[str] = label_names_field()
    smallest: float = quantity(0.0, help="Value that stands for 0.")
    largest: float = quantity(1.0, help="Value that stands for 1: 255 for images of bytes.")
    timestep: float = quantity(1.0, gt=0, unit="ms", help="Duration of a step of examples that are spikes.", step=0.5)

    @property
    def gives_spikes(self) -> bool:
        """Where there is no encoder."""
        return self.encoder is None

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """As its field says."""
        return self.shape

    @property
    def num_classes(self) -> int:
        """As many as its field says."""
        return self.classes

    @property
    def class_names(self) -> tuple[str, ...]:
        """As its field says."""
        return tuple(self.label_names)

    @field_validator("folder")
    @classmethod
    def _check_folder(cls, folder: str) -> str:
        return check_folder(folder, "arrays")

    @field_validator("file", "test_file", "test_labels")
    @classmethod
    def _check_file(cls, name: str) -> str:
        if name and (set(name) & set("/\\\0") or not name.lower().endswith(SUFFIXES)):
            refuse(f"'{printable(name, 64)}' found, expected the name of a file that ends with {', '.join(SUFFIXES)}")
        return name

    @field_validator("shape", mode="before")
    @classmethod
    def _check_shape(cls, shape: Any) -> Any:
        if isinstance(shape, int | np.integer) and not isinstance(shape, bool):
            shape = (shape,)
        if not isinstance(shape, list | tuple):
            return shape
        sizes = [size.item() if isinstance(size, np.integer) else size for size in shape]
        if not all(type(size) is int and size >= 1 for size in sizes) or not 1 <= len(sizes) <= 4:
            refuse("expected 1 to 4 whole numbers of at least 1, such as [28, 28]")
        if prod(sizes) > MOST_VALUES:
            refuse(f"{prod(sizes)} values found, expected at most {MOST_VALUES:g}")
        return tuple(sizes)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_label_names(self.label_names, self.classes)
        if not self.file:
            refuse("no file found, expected one such as 'data.npz'", place="file")
        if self.largest <= self.smallest:
            refuse(f"{self.largest:g} found, expected more than smallest ({self.smallest:g})", place="largest")
        if not isfinite(self.largest - self.smallest):
            refuse(f"{self.largest:g} found, too far from smallest ({self.smallest:g})", place="largest")
        if self.test_file and self.test_file[-4:].lower() != self.file[-4:].lower():
            refuse(f"'{printable(self.test_file, 64)}' found, expected the kind of '{self.file}'", place="test_file")
        if set(self.labels) & set("/\\\0"):
            refuse("a path found, expected a name", place="labels")
        return self
