"""How weights move in the course of training."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeloom.errors import UserError, nearest
from spikeloom.run.callbacks.callback import Callback, Logs
from spikeloom.spec import infer_shapes
from spikeloom.spec.problem import InvalidDocument, Refused
from spikeloom.spec.selection import as_selection, chosen

UNITS = ("epoch", "batch")


class WeightRecorder(Callback):
    """Records weights of a connection before training and after every so many epochs or batches.

    Parameters
    ----------
    connection
        Its name.
    every, per
        So many ``"epoch"`` or ``"batch"``.
    sources, targets
        Between which neurons, as for recorders (`SynapseRecorder`).

    Attributes
    ----------
    pre, post
        Of each recorded synapse its source and target neuron.
    """

    def __init__(
        self, connection: Any, every: int = 1, per: str = "epoch", *, sources: Any = None, targets: Any = None
    ) -> None:
        if per not in UNITS:
            raise UserError(f"'{per}' found, expected one of {', '.join(UNITS)}", place="WeightRecorder.per")
        if type(every) is not int or every < 1:
            raise UserError(f"{every!r} found, expected a whole number of at least 1", place="WeightRecorder.every")
        self.connection, self.every, self.per = getattr(connection, "name", connection), every, per
        self._sources, self._targets = _selection(sources, "sources"), _selection(targets, "targets")
        self._steps: list[int] = []
        self._weights: list[np.ndarray] = []

    @property
    def wants_batches(self) -> bool:
        """Only where it counts batches."""
        return self.per == "batch"

    @property
    def steps(self) -> np.ndarray:
        """After how many batches each record was taken."""
        return np.array(self._steps, dtype=np.int64)

    @property
    def weights(self) -> np.ndarray:
        """(records, synapses)."""
        return np.array(self._weights)

    def on_train_begin(self, logs: Logs) -> None:
        """Find the synapses, and take the first weights."""
        session = self.model.session
        known = session.compiled.weights
        if self.connection not in known:
            message = f"no connection with weights '{self.connection}'{nearest(str(self.connection), known)}"
            raise UserError(message, place="WeightRecorder.connection")
        if session.rewirer is not None and self.connection in session.rewirer.rules:
            message = f"the synapses of '{self.connection}' move while they learn, and none can be followed"
            raise UserError(message, place="WeightRecorder.connection")
        model = session.compiled.model
        group, shapes = model.synapses[self.connection], infer_shapes(self.model.document)
        sources, targets, places = group.matrix.pairs(*model.ends(self.connection))
        ends = ((self._sources, sources, group.source), (self._targets, targets, group.target))
        kept = np.ones(len(sources), bool)
        for selection, numbers, population in ends:
            try:
                kept &= np.isin(numbers, chosen(selection, shapes[population], "neurons", population))
            except UserError as error:
                raise UserError(error.message, place="WeightRecorder", hint=error.hint) from None
        self.pre, self.post, self._places = sources[kept], targets[kept], places[kept]
        if not self._steps:
            self._take()

    def on_batch_end(self, batch: int, logs: Logs) -> None:
        """Take them, where it is time to."""
        if self.per == "batch" and self.model.session.step % self.every == 0:
            self._take()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Take them, where it is time to."""
        if self.per == "epoch" and (epoch + 1) % self.every == 0:
            self._take()

    def _take(self) -> None:
        session = self.model.session
        self._weights.append(session.weights()[self.connection].ravel()[self._places])
        self._steps.append(session.step)


def _selection(value: Any, name: str) -> Any:
    try:
        return as_selection(value)
    except Refused as refused:
        raise InvalidDocument([problem.inside(f"WeightRecorder.{name}") for problem in refused.problems]) from None
