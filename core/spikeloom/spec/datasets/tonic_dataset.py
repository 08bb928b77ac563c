"""Any other set of tonic's that has classes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import field_validator, model_validator

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.tonic_set import MOST_CLASSES, TonicSet
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.network import Shape
from spikeloom.spec.problem import refuse

# As published: the shape of an example, the number of classes, what they are called.
PUBLISHED: dict[str, tuple[tuple[int, ...], int, tuple[str, ...]]] = {
    "ASLDVS": ((180, 240, 2), 26, tuple("abcdefghijklmnopqrstuvwxyz")),
    "DVSLip": ((128, 128, 2), 100, ()),
    "NCALTECH101": ((180, 240, 2), 101, ()),
    "NTIDIGITS18": ((64,), 11, ("oh", *"123456789", "zero")),
    "SHD": ((700,), 20, ()),
    "SSC": ((700,), 35, ()),
}
OWN = {
    "NMNIST": "nmnist",
    "DVSGesture": "dvs_gesture",
    "POKERDVS": "poker_dvs",
    "SMNIST": "smnist",
    "CIFAR10DVS": "cifar10_dvs",
}
SPEAKERS = ("SHD", "SSC")


class TonicDataset(TonicSet):
    """One of tonic's other sets with classes, read by tonic's own class of that name.

    Signs of the American alphabet (ASLDVS, Bi et al. 2019), words read from lips (DVSLip, Tan et al. 2022),
    photographs (NCALTECH101, Orchard et al. 2015), spoken digits (NTIDIGITS18, Anumula et al. 2018) and the Heidelberg
    sets (SHD and SSC, Cramer et al. 2022). Those without a split of their own (ASLDVS, NCALTECH101) are divided with a
    seed. Times count from the first spike, but for sounds and saccades.
    """

    type: ClassVar[str] = "tonic"
    title: ClassVar[str] = "Other sets of tonic's"

    name: Literal["ASLDVS", "DVSLip", "NCALTECH101", "NTIDIGITS18", "SHD", "SSC"] = setting(
        "SHD", help="The name of tonic's class."
    )
    folder: str = folder_field("")
    shape: Shape = setting(
        None, help="Rows, columns and polarities, or channels; as published by default.", advanced=True
    )
    classes: int | None = quantity(
        None, ge=1, le=MOST_CLASSES, help="Number of classes; as published by default.", advanced=True
    )
    test_fraction: float = quantity(
        0.2, gt=0, lt=1, help="Share of each class for the test, where the set has no split of its own.", step=0.05
    )
    split_seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed of that split.", advanced=True)

    @property
    def tonic_class(self) -> str:
        """As its field says."""
        return self.name

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """As its field says, or as published."""
        return self.shape or PUBLISHED[self.name][0]

    @property
    def num_classes(self) -> int:
        """As its field says, or as published."""
        return self.classes or PUBLISHED[self.name][1]

    @property
    def class_names(self) -> tuple[str, ...]:
        """As published, where they are so many."""
        names = PUBLISHED[self.name][2]
        return names if len(names) == self.num_classes else ()

    @property
    def groups(self) -> dict[str, int]:
        """Speakers, where the files tell of them."""
        return {"speaker": 0} if self.name in SPEAKERS else {}

    @model_validator(mode="before")
    @classmethod
    def _has_no_own_type(cls, data: Any) -> Any:
        name = data.get("name") if isinstance(data, dict) else None
        if isinstance(name, str) and name in OWN:
            refuse(f"'{name}' is a data set of its own", place="name", hint=f"Choose the data set '{OWN[name]}'.")
        return data

    @field_validator("shape")
    @classmethod
    def _check_axes(cls, shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if shape is not None and len(shape) not in (1, 3):
            refuse(f"{list(shape)} found, expected rows, columns and polarities, or a number of channels")
        return shape

    @field_validator("folder")
    @classmethod
    def _check_folder(cls, folder: str) -> str:
        if "\0" in folder:
            refuse("no folder found, expected one such as 'SHD'")
        return folder
