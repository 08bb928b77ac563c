"""Checkpoints in the course of training."""

from __future__ import annotations

from pathlib import Path

from spikeloom.errors import UserError
from spikeloom.run.callbacks.callback import Callback, Logs


class Checkpoint(Callback):
    """Saves a checkpoint after every so many epochs (`Model.load_checkpoint` takes it).

    Parameters
    ----------
    path
        Of the file; ``{epoch}`` in it becomes the number of epochs trained (``"run-{epoch:03d}.safetensors"``), else
        each one takes the place of the one before.
    every
        Epochs.
    kept
        How many of its files stay, the last ones; None: all of them.
    """

    def __init__(self, path: str | Path, every: int = 1, kept: int | None = None) -> None:
        for name, value in (("every", every), ("kept", 1 if kept is None else kept)):
            if type(value) is not int or value < 1:
                raise UserError(f"{value!r} found, expected a whole number of at least 1", place=f"Checkpoint.{name}")
        self.path, self.every, self.kept = str(path), every, kept
        self._written: list[Path] = []
        try:
            self.path.format(epoch=1)
        except (LookupError, ValueError, AttributeError, TypeError) as error:
            hint = "Only {epoch} has a meaning in it."
            raise UserError(f"'{self.path}' found ({error})", place="Checkpoint.path", hint=hint) from None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save one, where it is time to."""
        if (epoch + 1) % self.every == 0:
            path = Path(self.path.format(epoch=epoch + 1))
            self.model.save_checkpoint(path)
            self._written = [*(written for written in self._written if written != path), path]
            while self.kept is not None and len(self._written) > self.kept:
                self._written.pop(0).unlink(missing_ok=True)
