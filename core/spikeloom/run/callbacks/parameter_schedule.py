"""A parameter that follows a function in the course of training."""

from __future__ import annotations

from collections.abc import Callable

from spikeloom.errors import UserError
from spikeloom.run.arrays import refuse_to_encode
from spikeloom.run.callbacks.callback import Callback, Logs
from spikeloom.run.live import Live

UNITS = ("epoch", "batch")


class ParameterSchedule(Callback):
    """Sets a parameter of the document before each epoch or batch.

    It keeps its last value after training, for what comes after and in ``model.document`` (`Model.save` saves it).

    Parameters
    ----------
    path
        Where it stands: ``"experiment.learning.optimiser.alpha"``, ``"network.populations.input.neuron.rate"``. It must
        be one that can change while the network runs.
    function
        Of the number of the epoch, or of the batch since training began (both from 0); gives the value.
    per
        ``"epoch"`` or ``"batch"``.
    """

    def __init__(self, path: str, function: Callable[[int], float], per: str = "epoch") -> None:
        if per not in UNITS:
            raise UserError(f"'{per}' found, expected one of {', '.join(UNITS)}", place="ParameterSchedule.per")
        if not callable(function):
            message = f"{type(function).__name__} found, expected a function of the number of the {per}"
            raise UserError(message, place="ParameterSchedule.function")
        self.path, self.function, self.per = path, function, per

    @property
    def wants_batches(self) -> bool:
        """Only where it counts batches."""
        return self.per == "batch"

    def on_train_begin(self, logs: Logs) -> None:
        """Look whether it can be done."""
        session = self.model.session
        self._live = Live(session, session.listener, session.control, refuse_to_encode)
        self._last: float | None = None
        if self.per == "epoch":
            self._set(session.epoch)

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        """Set the value of the epoch."""
        if self.per == "epoch":
            self._set(epoch)

    def on_batch_begin(self, batch: int, logs: Logs) -> None:
        """Set the value of the batch."""
        if self.per == "batch":
            self._set(self.model.session.step)

    def _set(self, number: int) -> None:
        value = self.function(number)
        if value != self._last:
            self._live.session.listener(self._live.change(self.path, value))
            self._last = value
