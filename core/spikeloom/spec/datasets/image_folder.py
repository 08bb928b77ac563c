"""Images in folders."""

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
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import quantity, setting


class ImageFolder(Dataset):
    """Images of your own: a folder with a folder of files for each class.

    Files are PNG, JPEG, BMP, GIF, TIFF, PGM or PPM. Each is resized to `rows` x `columns`, whatever its proportions.
    Folders ``train`` and ``test``, and perhaps ``validation``, with the folders of the classes in them divide the
    examples; otherwise `split` does, or a fifth of each class is the test.
    """

    title: ClassVar[str] = "Images in folders"
    field_names: ClassVar[tuple[str, str]] = ("image", "label")
    still: ClassVar[bool] = True

    encoder: Encoder = setting(factory=LinearLatency, help="How pixels become spikes.")
    folder: str = folder_field("images")
    rows: int = quantity(28, ge=1, le=1024, help="Rows that images are resized to.")
    columns: int = quantity(28, ge=1, le=1024, help="Columns that images are resized to.")
    colours: Literal["grey", "rgb"] = setting("grey", help="Whether images are made grey, or have three channels.")
    inverted: bool = setting(False, help="Whether dark is 1 and light is 0: for ink on paper.", advanced=True)
    classes: int = classes_field(10)
    label_names: list[str] = label_names_field()
    pattern: str = pattern_field("{label}_{number}.png")
    labels_file: str = labels_file_field()

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Rows and columns, and three channels where there are colours."""
        return (self.rows, self.columns) if self.colours == "grey" else (self.rows, self.columns, 3)

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
        return check_folder(folder, "images")

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
