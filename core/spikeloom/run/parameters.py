"""What a network has learned, as arrays that a script reads and writes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spikeloom.compilers import biases_key
from spikeloom.errors import UserError, nearest
from spikeloom.genn import VarRef
from spikeloom.run.session import Session
from spikeloom.spec.neurons.li import BIASES


class Parameters:
    """The part of a `Model` that reads and writes weights and biases."""

    session: Session

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """Connection -> a copy of its weights (source neurons, target neurons); `biases` has those of outputs."""
        return self.session.weights()

    def set_weights(self, weights: dict[str, np.ndarray]) -> None:
        """Set weights by connection, (source neurons, target neurons): all of them or, where one does not fit, none."""
        self._set(weights, self.session.compiled.weights, "weights", "connection")
        if self.session.rewirer is not None:
            self.session.rewirer.take_signs(weights)

    @property
    def biases(self) -> dict[str, np.ndarray]:
        """Output -> a copy of the biases of its neurons, where it has some (e-prop learns them)."""
        state, names = self.session.state(), [output.population for output in self.session.compiled.outputs]
        return {name: state[biases_key(name)] for name in names if biases_key(name) in state}

    def set_biases(self, biases: dict[str, np.ndarray]) -> None:
        """Set biases by output, (neurons,): all of them or, where one does not fit, none."""
        self._set(biases, {name: VarRef(name, BIASES) for name in self.biases}, "biases", "output with biases")

    def _set(self, given: Mapping[str, np.ndarray], known: Mapping[str, VarRef], place: str, what: str) -> None:
        """Write arrays by name: all of them, or none."""
        runtime = self.session.runtime
        before = {name: runtime.get(ref.group, ref.var) for name, ref in known.items()}
        for name, values in given.items():
            try:
                if name not in known:
                    raise UserError(f"no {what} '{name}'{nearest(name, known)}", place=place)
                array = np.asarray(values)
                if array.dtype.kind == "f" and not np.isfinite(array).all():
                    raise UserError("expected finite values (no NaN, no infinity)", place=f"{place}[{name!r}]")
                runtime.set(known[name].group, known[name].var, array)
            except UserError:
                for done, ref in known.items():
                    runtime.set(ref.group, ref.var, before[done])
                raise

    def synapses(self, connection: str) -> tuple[np.ndarray, np.ndarray]:
        """The source and target neuron of each synapse of a connection.

        Where weights are one per synapse, they come in this order; the synapses of a kernel share its elements.
        """
        known = self.session.compiled.model.synapses
        if connection not in known:
            raise UserError(f"no connection '{connection}'{nearest(connection, known)}", place="synapses")
        return self.session.compiled.model.pairs(connection)
