"""Load the data set that a document names: training and test arrays before encoding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

import numpy as np

from spikeloom.errors import UserError
from spikeloom.spec import ArrayData, Dataset


@dataclass(frozen=True)
class Arrays:
    """Examples and labels, before encoding.

    Parameters
    ----------
    x
        (examples, ...), intensities: floats in [0, 1], or uint8 for 0 to 255 (which take a quarter of the memory).
    labels
        int32, (examples,).
    """

    x: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@singledispatch
def load_dataset(dataset: Dataset, base: Path | None = None) -> dict[str, Arrays]:
    """The splits of a data set, ``train`` and ``test``.

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
