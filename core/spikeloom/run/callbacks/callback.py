"""What a script does in the course of training, evaluation and prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikeloom.run.model import Model

Logs = Mapping[str, float]
BATCH_HOOKS = ("on_batch_begin", "on_batch_end")


class Callback:
    """The hooks, as Keras names them; override those that are wanted.

    Epochs and batches are counted from 0, as Keras does; at the end of an epoch `logs` has the numbers that the history
    has of it, by the same names.
    ``self.model.stop_training = True`` ends training after the batch or the epoch at hand; an epoch that it ends in the
    middle does not count. Many batches run at a time otherwise: a callback of batches makes training stop after each of
    them, which costs time where batches are small.

    Attributes
    ----------
    model
        The model that is trained.
    params
        ``epochs`` (after how many it ends), ``examples`` and ``batch_size``; empty in an evaluation.
    """

    model: Model
    params: Mapping[str, Any]

    @property
    def wants_batches(self) -> bool:
        """Whether it has something to do at each batch of training."""
        return any(getattr(type(self), hook) is not getattr(Callback, hook) for hook in BATCH_HOOKS)

    def set_model(self, model: Model) -> None:
        """Hear which model it is."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Hear how long training goes on."""
        self.params = params

    def on_train_begin(self, logs: Logs) -> None:
        """Training begins."""

    def on_train_end(self, logs: Logs) -> None:
        """Training has come to its end; `logs` are those of the last epoch."""

    def close(self) -> None:
        """Training, evaluation or prediction is over, however it ended: put away what was opened."""

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        """An epoch begins."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """An epoch has come to its end, validation included."""

    def on_batch_begin(self, batch: int, logs: Logs) -> None:
        """A batch of training begins."""

    def on_batch_end(self, batch: int, logs: Logs) -> None:
        """A batch of training is done; `logs` has its ``loss`` and ``accuracy``."""

    def on_test_begin(self, logs: Logs) -> None:
        """An evaluation begins, or the validation after an epoch."""

    def on_test_end(self, logs: Logs) -> None:
        """It is done."""

    def on_test_batch_begin(self, batch: int, logs: Logs) -> None:
        """Some examples of it begin."""

    def on_test_batch_end(self, batch: int, logs: Logs) -> None:
        """They are done."""

    def on_predict_begin(self, logs: Logs) -> None:
        """A prediction begins."""

    def on_predict_end(self, logs: Logs) -> None:
        """It is done."""

    def on_predict_batch_begin(self, batch: int, logs: Logs) -> None:
        """Some examples of it begin."""

    def on_predict_batch_end(self, batch: int, logs: Logs) -> None:
        """They are done."""
