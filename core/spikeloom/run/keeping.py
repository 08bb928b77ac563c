"""What a session has learned, written into a document: weights, delays as they were drawn, biases, feedback weights."""

from __future__ import annotations

import numpy as np

from spikeloom.compilers import biases_key, delay_key
from spikeloom.genn import KernelMatrix, SparseMatrix
from spikeloom.run.session import Session
from spikeloom.spec import LI, Array, Document, EProp, ends_of, infer_shapes
from spikeloom.spec.connectivity.sparse import listed


def keep_state(document: Document, session: Session) -> None:
    """Write them into `document`, which describes the session's network."""
    shapes, dt = infer_shapes(document), document.experiment.simulation.dt
    weights, state = session.weights(), session.state()
    for population in document.network.populations:
        biases = state.get(biases_key(population.name))
        if biases is not None and isinstance(population.neuron, LI):
            population.neuron.biases = Array.of(biases)
    for connection in document.network.connections:
        connectivity, ends = connection.connectivity, ends_of(connection, shapes)
        if ends is None:
            continue
        steps, held = state.get(delay_key(connection.name)), weights.get(connection.name)
        delay = connectivity.delay if steps is None else Array.of(steps * dt)
        array = None if held is None else Array.of(held)
        if connection.name in session.compiled.rewired:
            matrix = session.compiled.model.synapses[connection.name].matrix
            assert isinstance(matrix, SparseMatrix)
            connection.connectivity = listed(matrix, array, delay, connectivity.max_delay)
            continue
        connection.connectivity = connectivity.holding(ends, array, delay)
    _keep_feedback(document, session, state)


def _keep_feedback(document: Document, session: Session, state: dict[str, np.ndarray]) -> None:
    """E-prop's own feedback weights, where they are those of one connection: a document has one field for them."""
    learning, model = document.experiment.learning, session.compiled.model
    own = [key for key in state if key.endswith((".feedback.Random", ".feedback.Difference"))]
    if isinstance(learning, EProp) and len(own) == 1:
        connection = own[0].rsplit(".", 2)[0]
        matrix = model.synapses[connection].matrix
        assert not isinstance(matrix, KernelMatrix)
        turned = np.empty(model.num_synapses(connection), np.float32)
        turned[matrix.transposed(*model.ends(connection))[1]] = state[own[0]].ravel()
        learning.feedback_weight = Array.of(turned.reshape(model.shape(connection)))
