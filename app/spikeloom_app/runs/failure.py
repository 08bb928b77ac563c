"""How a run failed: what happened, where in the document, what to do, and what there is to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom.worker import Kept, what_is_kept


@dataclass(frozen=True)
class Failure:
    """A run that failed.

    Parameters
    ----------
    message, hint
        What happened, without its place, and what to do about it (perhaps empty).
    place
        Where: ``output.V``, ``experiment.learning.optimiser``; empty where it has none in the document.
    kept
        The run's folder and its last checkpoint; None where there is no folder.
    """

    message: str
    hint: str = ""
    place: str = ""
    kept: Kept | None = None

    @classmethod
    def of(cls, error: SpikeloomError, folder: Path | None) -> Failure:
        """From the error that ended a run."""
        place = "" if error.place in ("worker", "task") else error.place
        kept = what_is_kept(folder) if folder is not None and folder.is_dir() else None
        return cls(error.message, error.hint, place, kept)

    @property
    def text(self) -> str:
        """What happened, its place first."""
        return f"{self.place}: {self.message}" if self.place else self.message

    @property
    def checkpoint(self) -> Path | None:
        """What the run can be resumed from."""
        return self.kept.checkpoint if self.kept is not None else None

    def part(self, document: Document) -> str:
        """The population or connection that the place lies in; empty where it lies in none."""
        network = document.network
        places = {network.place(part): part.name for part in network.parts()}
        places |= {name: name for name in network.names()}
        above = [place for place in places if self.place == place or self.place.startswith((f"{place}.", f"{place}["))]
        return places[max(above, key=len)] if above else ""
