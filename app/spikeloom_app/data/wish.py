"""What somebody wants to see of a data set: under which settings, and which example. Knows no Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spikeloom.spec import Document

APART = ("encoder", "transforms", "augmentation")  # what changes neither the number of examples nor their classes


@dataclass(frozen=True)
class Wish:
    """An example of a data set under the settings of a document.

    Parameters
    ----------
    dataset, simulation
        As documents have them; no data set: the document names none.
    base
        The folder to which files are named relative; empty for a document without a file.
    seed
        Of the training, from which splits and augmentation draw.
    split, example, epoch
        What to show; `epoch` is that of the augmentation.
    """

    dataset: Mapping[str, Any] | None = None
    simulation: Mapping[str, Any] = field(default_factory=dict)
    validation_fraction: float = 0.0
    seed: int = 0
    base: str = ""
    split: str = "train"
    example: int = 0
    epoch: int = 0

    @classmethod
    def of(cls, document: Document, split: str = "train", example: int = 0, epoch: int = 0) -> Wish:
        """Of a document as it is now."""
        experiment = document.experiment
        training = experiment.training
        return cls(
            None if experiment.dataset is None else experiment.dataset.model_dump(mode="json"),
            experiment.simulation.model_dump(mode="json"),
            training.validation_fraction,
            training.seed,
            str(document.base.absolute()) if document.base is not None else "",
            split,
            example,
            epoch,
        )

    @property
    def files(self) -> str:
        """What decides on the number of examples and on their classes, as a text to compare."""
        told = {key: value for key, value in (self.dataset or {}).items() if key not in APART}
        return json.dumps([told, self.base, self.seed, self.validation_fraction], sort_keys=True)

    @property
    def command(self) -> dict[str, Any]:
        """As the command ``show`` of a worker."""
        return {
            "command": "show",
            "dataset": self.dataset,
            "simulation": self.simulation,
            "validation_fraction": self.validation_fraction,
            "split": self.split,
            "example": self.example,
            "epoch": self.epoch,
        }
