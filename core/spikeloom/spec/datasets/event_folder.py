"""Recordings of event cameras in folders."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import field_validator, model_validator

from spikeloom.spec.datasets.classes import check_label_names, classes_field, label_names_field
from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.file_pattern import (
    check_labels_file,
    check_pattern,
    groups_in,
    labels_file_field,
    pattern_field,
)
from spikeloom.spec.datasets.folder import check_folder, folder_field
from spikeloom.spec.fields import quantity, setting


class EventFolder(Dataset):
    """Recordings of event cameras: a folder with a folder of files for each class.

    A file is AEDAT 1, 2 or 3 (of a DVS128 or a DAVIS), CSV with columns t, x, y and p in any order, or NPY or NPZ with
    an array of that many fields, or an array for each. Times count from the first event of a recording. Pixels are
    numbered as the file has them; AEDAT 1, 2 and 3.0 count rows from the lower edge.
    """

    title: ClassVar[str] = "Camera events in folders"
    field_names: ClassVar[tuple[str, str]] = ("events", "label")
    gives_spikes: ClassVar[bool] = True
    encoder: ClassVar[None] = None

    folder: str = folder_field("events")
    rows: int = quantity(128, ge=1, le=4096, help="Rows of the camera.")
    columns: int = quantity(128, ge=1, le=4096, help="Columns of the camera.")
    polarities: int = quantity(2, ge=1, le=2, help="2 keeps darker and brighter apart, 1 makes them one.")
    time_unit: Literal["us", "ms", "s"] = setting("us", help="Unit of the times in CSV, NPY and NPZ files.")
    duration: float | None = quantity(
        None, gt=0, unit="ms", help="Events after this time are left out; none by default.", step=100.0
    )
    classes: int = classes_field(10)
    label_names: list[str] = label_names_field()
    pattern: str = pattern_field("{label}/{subject}_{take}.aedat")
    labels_file: str = labels_file_field()

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """A neuron for each pixel and polarity."""
        return (self.rows, self.columns, self.polarities)

    @property
    def num_classes(self) -> int:
        """As many as its field says."""
        return self.classes

    @property
    def class_names(self) -> tuple[str, ...]:
        """As its field says."""
        return tuple(self.label_names)

    @property
    def groups(self) -> dict[str, int]:
        """What the pattern names besides the label."""
        return groups_in(self.pattern)

    @field_validator("folder")
    @classmethod
    def _check_folder(cls, folder: str) -> str:
        return check_folder(folder, "events")

    @field_validator("pattern")
    @classmethod
    def _check_pattern(cls, pattern: str) -> str:
        return check_pattern(pattern)

    @field_validator("labels_file")
    @classmethod
    def _check_labels_file(cls, name: str) -> str:
        return check_labels_file(name)

    @model_validator(mode="after")
    def _name_every_class(self) -> Self:
        check_label_names(self.label_names, self.classes)
        return self
