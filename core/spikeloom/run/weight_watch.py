"""A look at weights, at the gradients of the last batch or at delays while a network learns, as events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from spikeloom.compilers.compiled import DELAY
from spikeloom.errors import UserError, nearest
from spikeloom.genn import VarRef
from spikeloom.run.events import Listener
from spikeloom.run.pace import Pace
from spikeloom.run.session import Session
from spikeloom.spec import infer_shapes

VALUES = ("weights", "gradient", "delays")
INTERVAL = 0.5  # seconds between two looks
BINS = 60
MOST_ELEMENTS = 250_000  # of a matrix that is shown
FEWEST_TARGETS = 64  # whose receptive fields are worth keeping all sources for
MOST_COUNTED = 1_000_000  # of those a histogram counts; of more, every n-th


class WeightWatch:
    """Tells ``weights`` events of the connections that somebody watches.

    Parameters
    ----------
    session
        Built; `look` is to be called between two chunks of training.
    listener
        Is told.
    """

    def __init__(self, session: Session, listener: Listener) -> None:
        self.session, self.listener = session, listener
        self.watched: list[tuple[str, str]] = []
        self._pace = Pace(INTERVAL)

    def watch(self, wanted: Sequence[tuple[str, str]]) -> None:
        """Look at (connection, one of `VALUES`) each from now on; what there is not, a message says."""
        self.watched = []
        for connection, values in wanted:
            try:
                self._ref(connection, values)
            except UserError as error:
                self.listener({"event": "message", "text": error.message, "level": "warning"})
            else:
                self.watched.append((connection, values))

    def _ref(self, connection: str, values: str) -> VarRef:
        compiled = self.session.compiled
        if values not in VALUES:
            raise UserError(f"no values '{values}' of a connection{nearest(values, VALUES)}")
        if connection not in compiled.weights:
            raise UserError(f"no connection '{connection}' with weights{nearest(connection, compiled.weights)}")
        if values == "gradient":
            if connection not in compiled.gradients:
                raise UserError(f"'{connection}' does not learn, and so has no gradient")
            if not getattr(self.session.runtime, "keeps_gradients", False):
                raise UserError("this backend gives no gradients to look at")
            return compiled.gradients[connection]
        if values == "delays":
            if all(var.name != DELAY for var in compiled.model.synapses[connection].weight_update.vars):
                raise UserError(f"the synapses of '{connection}' have one delay, which does not learn")
            return VarRef(connection, DELAY)
        return compiled.weights[connection]

    def look(self, *, force: bool = False) -> None:
        """Look if it is time to, or if forced; before anything else is run, which would replace the gradient."""
        if not self.watched or not (force or self._pace.due):
            return
        with self._pace:
            for connection, values in self.watched:
                event = self.event(connection, values)
                if event is not None:
                    self.listener(event)

    def event(self, connection: str, values: str) -> dict[str, Any] | None:
        """The event, delays in ms; None for a gradient before the first batch."""
        session, model, ref = self.session, self.session.compiled.model, self._ref(connection, values)
        if values == "gradient":
            if not session.last_batch:
                return None
            found = session.runtime.gradient(ref.group, ref.var) / session.last_batch  # type: ignore[attr-defined]
        else:
            found = session.runtime.get(ref.group, ref.var)
        if values == "delays":
            found = found * session.document.experiment.simulation.dt  # ms, of steps
        finite = found[np.isfinite(found)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
        counted = finite[:: max(1, math.ceil(len(finite) / MOST_COUNTED))]
        counts, edges = np.histogram(counted, BINS, (low, high) if high > low else (low - 0.5, low + 0.5))
        shown, strides = thinned(found)
        group = model.synapses[connection]
        part = session.document.network.connection(connection)
        shapes = infer_shapes(session.document)
        return {
            "event": "weights",
            "connection": connection,
            "values": values,
            "epoch": session.epoch,
            "step": session.step,
            "matrix": shown.astype(np.float32),
            "strides": strides,
            "counts": counts.astype(np.int64),
            "edges": edges.astype(np.float32),
            "minimum": low,
            "maximum": high,
            "mean": float(finite.mean()) if len(finite) else 0.0,
            "deviation": float(finite.std()) if len(finite) else 0.0,
            "size": [model.populations[name].size for name in (group.source, group.target)],
            "source_shape": list(shapes.get(part.source, ())),
            "target_shape": list(shapes.get(part.target, ())),
        }


def thinned(matrix: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """A large matrix with every n-th row and m-th column alone, and [n, m]; kernels are small, and come whole.

    All sources are kept while `FEWEST_TARGETS` of them fit, or all targets: the receptive field of a neuron is whole or
    it is none.
    """
    if matrix.ndim != 2 or matrix.size <= MOST_ELEMENTS:
        return matrix, [1, 1]
    sources, targets = matrix.shape
    if sources * min(FEWEST_TARGETS, targets) <= MOST_ELEMENTS:
        stride = math.ceil(targets / (MOST_ELEMENTS // sources))
        return matrix[:, ::stride], [1, stride]
    strides = [1, 1]
    while math.ceil(sources / strides[0]) * math.ceil(targets / strides[1]) > MOST_ELEMENTS:
        longer = int(targets / strides[1] > sources / strides[0])
        strides[longer] += 1
    return matrix[:: strides[0], :: strides[1]], strides
