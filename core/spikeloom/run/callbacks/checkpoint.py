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
    """

    def __init__(self, path: str | Path, every: int = 1) -> None:
        if type(every) is not int or every < 1:
            raise UserError(f"{every!r} found, expected a whole number of at least 1", place="Checkpoint.every")
        self.path, self.every = str(path), every
        try:
            self.path.format(epoch=1)
        except (LookupError, ValueError, AttributeError, TypeError) as error:
            hint = "Only {epoch} has a meaning in it."
            raise UserError(f"'{self.path}' found ({error})", place="Checkpoint.path", hint=hint) from None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save one, where it is time to."""
        if (epoch + 1) % self.every == 0:
            self.model.save_checkpoint(self.path.format(epoch=epoch + 1))
