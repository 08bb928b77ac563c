"""Load the data set that a document names: training and test arrays before encoding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.curves import Curves
from spikeloom.data.events import Events
from spikeloom.errors import UserError
from spikeloom.spec import ArrayData, Dataset


@dataclass(frozen=True)
class Arrays:
    """Examples with labels or targets, before encoding.

    Parameters
    ----------
    x
        (examples, ...), intensities in [0, `largest`]; or recorded spikes, which no encoder makes.
    labels
        int32, (examples,); None where targets change with time.
    more
        Other fields of the same examples, by name; values as in `x`, labels as in `labels`.
    largest
        What stands for full intensity: 255 for bytes, which take a quarter of the memory of floats.
    curves
        Targets that change with time, where there are no labels.
    groups
        By what the examples are grouped (``speaker``) -> int32, (examples,).
    """

    x: np.ndarray | Events
    labels: np.ndarray | None
    largest: float = 1.0
    more: Mapping[str, np.ndarray] = field(default_factory=dict)
    curves: Curves | None = None
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)

    def take(self, examples: np.ndarray) -> Arrays:
        """Some examples, by their numbers."""
        more = {name: values[examples] for name, values in self.more.items()}
        x = self.x.take(examples) if isinstance(self.x, Events) else self.x[examples]
        labels = self.labels[examples] if self.labels is not None else None
        curves = self.curves.take(examples) if self.curves is not None else None
        groups = {name: values[examples] for name, values in self.groups.items()}
        return Arrays(x, labels, self.largest, more, curves, groups)

    def joined(self, other: Arrays) -> Arrays:
        """These examples and the others, which have labels, fields and groups of the same kind."""
        assert self.labels is not None and other.labels is not None  # targets over time are never split
        x: np.ndarray | Events
        if isinstance(self.x, Events):
            assert isinstance(other.x, Events)
            x = self.x.joined(other.x)
        else:
            x = np.concatenate([self.x, other.x])
        more = {name: np.concatenate([values, other.more[name]]) for name, values in self.more.items()}
        both = self.groups.keys() & other.groups.keys()
        groups = {name: np.concatenate([self.groups[name], other.groups[name]]) for name in sorted(both)}
        return Arrays(x, np.concatenate([self.labels, other.labels]), self.largest, more, groups=groups)

    def __len__(self) -> int:
        return len(self.x)


@singledispatch
def load_dataset(dataset: Dataset, base: Path | None = None) -> dict[str, Any]:
    """The splits of a data set, ``train`` and ``test``, and ``validation`` where it has one of its own.

    Each is `Arrays`, or a `Source` where the examples are read a portion at a time.

    Parameters
    ----------
    base
        The folder of the document, to which a data set may name its files relative.
    """
    raise UserError(f"no loader for data set '{dataset.type}'", place="experiment.dataset")


@load_dataset.register
def _(dataset: ArrayData, base: Path | None = None) -> dict[str, Arrays]:
    raise UserError(
        "the document was made by a script and trains on arrays that only the script has",
        place="experiment.dataset",
        hint="load it there with spikeloom.load and train it, or choose a data set such as 'digits'",
    )


def of_digits(x: np.ndarray, labels: np.ndarray, largest: float = 1.0) -> Arrays:
    """Images of digits with the fields that both sets of them have: halves of the image, and whether it is odd."""
    middle = x.shape[2] // 2
    more = {"left half": x[:, :, :middle], "right half": x[:, :, middle:], "parity": labels % 2}
    return Arrays(x, labels, largest, more)
