"""Recorded spikes in the format of the Spiking Heidelberg Digits."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import ValidationInfo, field_validator, model_validator

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.folder import check_folder, folder_field
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.problem import printable, refuse


class SpikeHDF5(Dataset):
    """Recorded spikes and labels from two HDF5 files, laid out as the Spiking Heidelberg Digits (SHD) are.

    A file has ``spikes/times`` (seconds) and ``spikes/units`` (channels), one array of each per example, and
    ``labels``; where it has ``extra/speaker`` too, a split may leave a speaker out. A spike at time t is one of
    timestep ``floor(t / dt)``; those at or after the end of an example are left out, and several spikes of a channel in
    one timestep are one. Cramer et al. 2022.
    """

    type: ClassVar[str] = "spike_hdf5"
    title: ClassVar[str] = "Spikes in SHD's format"
    field_names: ClassVar[tuple[str, str]] = ("spikes", "label")
    gives_spikes: ClassVar[bool] = True
    encoder: ClassVar[None] = None

    folder: str = folder_field("shd")
    train_file: str = setting("shd_train.h5", max_length=255, help="File of the training examples; also gzipped.")
    test_file: str = setting("shd_test.h5", max_length=255, help="File of the test examples; also gzipped.")
    validation_file: str = setting(
        "", max_length=255, help="File of the examples for validation, as SSC has one; none by default.", seldom=True
    )
    channels: int = quantity(700, ge=1, le=10**6, help="Number of input channels, one input neuron each.")
    classes: int = quantity(20, ge=1, le=10**6, help="Number of classes; labels count from 0.")
    label_names: list[str] = setting(
        factory=list, help="Names of the classes, in the order of their labels; none by default.", advanced=True
    )

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """A neuron for each channel."""
        return (self.channels,)

    @property
    def num_classes(self) -> int:
        """As many as its field says."""
        return self.classes

    @property
    def groups(self) -> dict[str, int]:
        """Speakers, where the files tell of them."""
        return {"speaker": 0}

    @property
    def class_names(self) -> tuple[str, ...]:
        """As its field says."""
        return tuple(self.label_names)

    @field_validator("folder")
    @classmethod
    def _check_folder(cls, folder: str) -> str:
        return check_folder(folder, "shd")

    @field_validator("train_file", "test_file", "validation_file")
    @classmethod
    def _check_file(cls, name: str, info: ValidationInfo) -> str:
        if not name and info.field_name == "validation_file":
            return name
        if not name.strip() or set(name) & set("/\\\0") or name in (".", ".."):
            found = f"'{printable(name, 64)}'" if name.strip() else "no file"
            refuse(f"{found} found, expected the name of a file in the folder, such as 'shd_train.h5'")
        return name

    @model_validator(mode="after")
    def _name_every_class(self) -> Self:
        if self.label_names and len(self.label_names) != self.classes:
            message = f"{len(self.label_names)} names found, expected one for each of {self.classes} classes"
            refuse(message, place="label_names")
        return self
