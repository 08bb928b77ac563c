"""What the files of a data set say about themselves, so that its fields can be filled in with one click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.classes import listed
from spikeloom.spec import Dataset


@dataclass(frozen=True)
class Findings:
    """What was found.

    Parameters
    ----------
    fields
        Values that fields of the data set should have, by name; what the files do not decide is left out.
    words
        The same in sentences, and what else is worth knowing.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    words: Sequence[str] = ()

    def changes(self, dataset: Dataset) -> dict[str, Any]:
        """Those fields that have other values now."""
        return {name: value for name, value in self.fields.items() if getattr(dataset, name) != value}

    def applied(self, dataset: Dataset) -> Dataset:
        """The data set with these fields; those that depend on each other change at once."""
        return Dataset.make(dataset.model_dump(mode="json") | dict(self.fields))


@singledispatch
def inspect(dataset: Dataset, base: Path | None = None) -> Findings:
    """Look into the files of a data set; no spikes are made, and large files are not held in memory.

    Parameters
    ----------
    base
        The folder of the document, to which a data set may name its files relative.

    Raises
    ------
    UserError
        Where there are no files, or they cannot be read.
    """
    return Findings(words=(f"'{dataset.title}' knows all about itself.",))


def words_of_parts(counts: Mapping[str, int], noun: str, whole: str) -> str:
    """How many examples there are."""
    if list(counts) == [whole]:
        return f"{counts[whole]} {noun}, not divided: its split, or a fifth of each class, is the test."
    each = ", ".join(f"{count} for {'training' if part == 'train' else part}" for part, count in counts.items())
    return f"{sum(counts.values())} {noun}: {each}."


def words_of_classes(names: Sequence[str], labels: Sequence[int] | np.ndarray) -> str:
    """Which classes there are, and how many examples of each."""
    counts = np.bincount(np.asarray(labels, np.int64), minlength=len(names)) if len(labels) else np.zeros(1, int)
    balance = (
        f"{counts.min()} to {counts.max()} examples each" if counts.min() != counts.max() else f"{counts.min()} each"
    )
    return f"{len(names)} classes ({listed(names)}), {balance}."
