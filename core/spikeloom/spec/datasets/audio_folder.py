"""Sounds in folders."""

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
from spikeloom.spec.problem import refuse


class AudioFolder(Dataset):
    """Sounds of your own: WAV files, which a bank of filters and spiking neurons turn into spikes.

    A recording is mixed down to one channel, resampled, cut to `duration` and scaled to a loudest sample of 1. A bank
    of band-pass filters follows, from `lowest` to `highest`: evenly spaced in mel and triangular in it (Stevens et al.
    1937), or a cochlea's, gammatone filters evenly spaced on the scale of equivalent rectangular bandwidths (Glasberg
    and Moore 1990; Patterson et al. 1995). The output of each is rectified, compressed and drives a leaky
    integrate-and-fire neuron, whose spikes are the channel's. In this way, with a finer model of the ear, the Spiking
    Heidelberg Digits were made (Cramer et al. 2022).
    """

    title: ClassVar[str] = "Sounds in folders"
    equations: ClassVar[tuple[str, ...]] = (
        r"\tau\, \dot V = -V + \tau\, g\, \max(0,\, h_k * s)^c, \;\; V \geq 1: \;\mathrm{spike}, \; V \leftarrow 0",
    )
    field_names: ClassVar[tuple[str, str]] = ("sound", "label")
    gives_spikes: ClassVar[bool] = True
    encoder: ClassVar[None] = None

    folder: str = folder_field("sounds")
    classes: int = classes_field(10)
    label_names: list[str] = label_names_field()
    pattern: str = pattern_field("{label}_{speaker}_{take}.wav")
    labels_file: str = labels_file_field()
    front_end: Literal["mel", "cochlear"] = setting("mel", help="Filters: triangular in mel, or gammatone filters.")
    channels: int = quantity(128, ge=1, le=4096, help="Number of filters, one input neuron each.")
    sample_rate: int = quantity(
        8000, ge=1000, le=96_000, unit="Hz", help="Rate that recordings are resampled to.", step=1000
    )
    duration: float = quantity(
        1000.0, gt=0, le=60_000, unit="ms", help="Recordings are cut after this time.", step=100.0
    )
    lowest: float = quantity(80.0, gt=0, unit="Hz", help="Centre of the first filter.", step=10.0, advanced=True)
    highest: float = quantity(3800.0, gt=0, unit="Hz", help="Centre of the last filter.", step=100.0, advanced=True)
    compression: float = quantity(
        0.3, gt=0, le=1, help="Exponent that makes loud and soft more alike; 1 for none.", step=0.1, advanced=True
    )
    gain: float = quantity(
        0.8, gt=0, le=100, unit="1/ms", help="How fast the loudest sound charges a neuron.", scale="log"
    )
    tau: float = quantity(20.0, gt=0, le=10**4, unit="ms", help="Time constant of the neurons' leak.", advanced=True)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """A neuron for each channel."""
        return (self.channels,)

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
        return check_folder(folder, "sounds")

    @field_validator("pattern")
    @classmethod
    def _check_pattern(cls, pattern: str) -> str:
        return check_pattern(pattern)

    @field_validator("labels_file")
    @classmethod
    def _check_labels_file(cls, name: str) -> str:
        return check_labels_file(name)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_label_names(self.label_names, self.classes)
        if self.highest <= self.lowest:
            refuse(f"{self.highest:g} found, expected more than lowest ({self.lowest:g} Hz)", place="highest")
        if self.highest > self.sample_rate / 2:
            message = f"{self.highest:g} found, expected at most half of sample_rate ({self.sample_rate / 2:g} Hz)"
            refuse(message, place="highest")
        return self
