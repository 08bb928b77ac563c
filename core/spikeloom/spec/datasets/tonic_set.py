"""What data sets have in common that tonic reads: spikes of cameras and cochleas, recorded to files.

tonic is an optional package, which is imported only where a set is read.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import field_validator

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.datasets.folder import check_folder

MOST_CLASSES = 10**6


class TonicSet(Dataset):
    """Recorded spikes that tonic reads.

    Those of a camera have the shape rows, columns, polarities, and are numbered in this order; those of a cochlea have
    that of its channels. Each type has the field `folder`.
    """

    field_names: ClassVar[tuple[str, str]] = ("events", "label")
    gives_spikes: ClassVar[bool] = True
    encoder: ClassVar[None] = None

    @property
    @abstractmethod
    def tonic_class(self) -> str:
        """The name of tonic's class for it."""

    @field_validator("folder", check_fields=False)
    @classmethod
    def _check_folder(cls, folder: str) -> str:
        return check_folder(folder, cls.model_fields["folder"].default)
