"""The callbacks of one training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from spikeloom.errors import UserError
from spikeloom.run.callbacks.callback import Callback, Logs
from spikeloom.run.callbacks.recording import Recording
from spikeloom.spec import EarlyStopping

if TYPE_CHECKING:
    from spikeloom.run.model import Model


class CallbackGroup:
    """Calls all of them in their order.

    Parameters
    ----------
    callbacks
        `Callback` objects; an `EarlyStopping` may be among them.

    Attributes
    ----------
    early_stopping
        The one that was among them, or None.
    """

    def __init__(self, callbacks: Iterable[Any] = ()) -> None:
        self.callbacks: list[Callback] = []
        self.early_stopping: EarlyStopping | None = None
        if isinstance(callbacks, Callback | EarlyStopping | str) or not isinstance(callbacks, Iterable):
            name = type(callbacks).__name__
            raise UserError(f"{name} found, expected a list", place="callbacks", hint=f"Write [{name}(...)].")
        for index, callback in enumerate(callbacks):
            if isinstance(callback, EarlyStopping):
                if self.early_stopping is not None:
                    message = "a second EarlyStopping found, expected at most one"
                    raise UserError(message, place=f"callbacks[{index}]")
                self.early_stopping = callback
            elif isinstance(callback, Callback):
                self.callbacks.append(callback)
            else:
                name = callback.__name__ if isinstance(callback, type) else type(callback).__name__
                hint = f"Give an object: {name}(...)." if isinstance(callback, type) else ""
                raise UserError(f"{name} found, expected a Callback", place=f"callbacks[{index}]", hint=hint)

    def begin(self, model: Model, params: Mapping[str, Any]) -> None:
        """Tell them of the model."""
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    @property
    def want_batches(self) -> bool:
        """Whether one of them has something to do at batches."""
        return any(callback.wants_batches for callback in self.callbacks)

    @property
    def recordings(self) -> list[Recording]:
        """Those that record the examples that are trained on."""
        return [recording for recording in self.all_recordings if recording.asked]

    @property
    def all_recordings(self) -> list[Recording]:
        """Those that record examples at some time."""
        return [callback for callback in self.callbacks if isinstance(callback, Recording)]

    def call(self, hook: str, *values: Any) -> None:
        """Call a hook of each: with the number of an epoch or batch, where it takes one, and with logs."""
        given = values if values and isinstance(values[-1], Mapping) else (*values, _NOTHING)
        for callback in self.callbacks:
            getattr(callback, hook)(*given)

    def call_of_batch(self, hook: str, batch: int, logs: Logs | None = None) -> None:
        """Call a hook of each at a batch, where one of them wants that."""
        if self.want_batches:
            self.call(hook, batch, logs or _NOTHING)


_NOTHING: Logs = {}
