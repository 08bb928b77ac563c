"""The family of splits: which examples of a data set are for training and which for the test.

Where a data set names none, its own split counts. All of these put both of its parts together first. They hold settings
alone; `spikeloom.data.splits` divides.
"""

from __future__ import annotations

from typing import Any

from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity, setting


def seed_field() -> Any:
    """The declaration of ``seed``."""
    return quantity(0, ge=0, le=2**32 - 1, help="Seed with which examples are drawn.", advanced=True)


def stratified_field() -> Any:
    """The declaration of ``stratified``."""
    return setting(True, help="Draw as large a share of each class; else of all examples alike.")


class Split(Type):
    """Which examples are for training and which for the test."""
