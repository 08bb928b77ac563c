"""Where training begins: with first weights, after the last epoch of another run, or with its weights alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.errors import UserError
from spikeloom.run.best import Checkpoint
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.session import Session


@dataclass(frozen=True)
class Beginning:
    """What a run takes from another one.

    Parameters
    ----------
    checkpoint
        A checkpoint's file or a run folder; None: nothing is taken.
    resumed
        Whether training goes on where the checkpoint was taken, with its epoch and its optimiser's state; else
        only what was learned is taken, and training begins at epoch 0.
    arrays, state
        What `load_checkpoint` gave.
    """

    checkpoint: Path | None = None
    resumed: bool = False
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, resume: Path | None, weights: Path | None) -> Beginning:
        """Read the checkpoint of one of two options.

        Raises
        ------
        UserError
            If both are given, or it is not a checkpoint.
        """
        if resume is not None and weights is not None:
            hint = "--resume goes on with that run; --weights begins anew with what it has learned."
            raise UserError("given together with --weights, expected one of them", place="--resume", hint=hint)
        path = resume or weights
        if path is None:
            return cls()
        arrays, state = load_checkpoint(path)
        return cls(path.absolute(), resume is not None, arrays, state)

    def prepare(self, session: Session) -> None:
        """Bring a new session to where it begins.

        Raises
        ------
        UserError
            If the checkpoint is that of another network.
        """
        if self.checkpoint is None:
            return
        arrays, state = self.arrays, self.state
        if not self.resumed:
            compiled = session.compiled
            optimiser = {name for name, ref in compiled.checkpointed.items() if ref.group in compiled.learned}
            arrays, state = {name: array for name, array in arrays.items() if name not in optimiser}, {}
        session.restore(arrays, state, place=str(self.checkpoint))
        if session.best is not None and session.best.epoch and self.resumed:
            session.best.checkpoint = self._best(session.best.epoch)

    def _best(self, epoch: int) -> Checkpoint | None:
        """The checkpoint of the best epoch, beside this one or this one itself; None where it is lost."""
        assert self.checkpoint is not None
        if self.state.get("epoch") == epoch:
            return self.arrays, self.state
        folder = self.checkpoint / "checkpoints" if self.checkpoint.is_dir() else self.checkpoint.parent
        try:
            arrays, state = load_checkpoint(folder / "best.safetensors")
        except UserError:
            return None
        fits = arrays.keys() == self.arrays.keys() and state.get("epoch") == epoch
        return (arrays, state) if fits else None

    def facts(self) -> dict[str, Any]:
        """What the new run's folder says about it."""
        if self.checkpoint is None:
            return {}
        parent = {"checkpoint": str(self.checkpoint), "resumed": self.resumed, "epoch": int(self.state.get("epoch", 0))}
        run = _run_of(self.checkpoint)
        return {"parent": parent | {"run": "" if run is None else str(run)}}


def _run_of(checkpoint: Path) -> Path | None:
    """The run folder that a checkpoint lies in, or is."""
    folder = checkpoint if checkpoint.is_dir() else checkpoint.parent.parent
    return folder if (folder / "run.json").is_file() else None
