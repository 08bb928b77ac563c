"""The fields of data sets whose files say what classes there are."""

from __future__ import annotations

from typing import Any

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.problem import printable, refuse


def classes_field(default: int) -> Any:
    """The declaration of ``classes``."""
    return quantity(default, ge=1, le=10**6, help="Number of classes.")


def label_names_field() -> Any:
    """The declaration of ``label_names``."""
    return setting(
        factory=list, help="Names of the classes, in the order of their labels; those of the files by default."
    )


def check_label_names(names: list[str], classes: int) -> None:
    """Refuse names that are not one for each class."""
    if not names:
        return
    if len(names) != classes:
        message = f"{len(names)} names found, expected one for each of {classes} classes"
        refuse(message, place="label_names")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        refuse(f"'{printable(twice, 64)}' found twice, expected a name of its own for each class", place="label_names")
