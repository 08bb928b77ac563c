"""Synapses that move on PyGeNN: which they are, and what they carry, as on the embedded engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from spikeloom.run.prepare import prepare
from tests.backends.installed import needs_pygenn

pytestmark = needs_pygenn


def digits(rule: Any, p: float = 0.2, **connectivity: Any) -> sl.Document:
    """The digits through some of the synapses, which move."""
    rewiring = sl.DeepR(0.05)
    with sl.Network() as net:
        image = sl.Population("spike_input", 64, "image")
        hidden = sl.Population(sl.LIF(tau_mem=20, relative_reset=isinstance(rule, sl.EProp)), 20, "hidden")
        output = sl.Population(sl.LI(tau_mem=20, readout="avg_var"), 10, "output")
        synapse = sl.Delta() if isinstance(rule, sl.EProp) else sl.Exponential(5)
        first = sl.FixedProbability(p, sl.Normal(0.3 / p, 0.3 / p), **connectivity)
        sl.Connection(image, hidden, first, synapse, "first", rewiring=rewiring)
        loop = sl.FixedProbability(0.3, sl.Normal(0.0, 0.2))
        sl.Connection(hidden, hidden, loop, synapse, "loop", rewiring=rewiring)
        sl.Connection(hidden, output, sl.FixedProbability(0.5, sl.Normal(0.0, 0.5)), synapse, "last", rewiring=rewiring)
    document = sl.Document(network=net)
    document.experiment.dataset = sl.Digits()
    document.experiment.simulation = sl.Simulation(dt=1.0, example_time=30.0)
    document.experiment.learning = rule
    document.experiment.training = sl.Training(epochs=1, batch_size=8, seed=1)
    return document


@pytest.fixture(scope="module")
def data() -> BatchData:
    return prepare(digits(sl.EventProp()))["train"].take(range(80))


def sessions(rule: Any) -> tuple[sl.Session, sl.Session]:
    """Both backends in double, with the same weights and synapses."""
    embedded, pygenn = (
        sl.Session(digits(rule), backend=backend, precision="double") for backend in ("embedded", "pygenn")
    )
    pygenn.restore(embedded.state(), {})
    return embedded, pygenn


@pytest.mark.parametrize(
    "rule",
    [
        sl.EventProp(optimiser=sl.Adam(0.02)),
        sl.EProp(optimiser=sl.SGD(0.02)),
        sl.EProp(optimiser=sl.Adam(0.01), mode="forward"),
    ],
    ids=["eventprop", "eprop", "eprop forward"],
)
def test_synapses_move_as_on_the_embedded_engine(rule, data):
    both = sessions(rule)
    before = [both[0].compiled.model.pairs(name) for name in ("first", "loop", "last")]
    losses = [session.train(data, epochs=1)[0].loss for session in both]
    ours, theirs = (session.state() for session in both)
    moved = sum(
        int((pre != old[0]).sum() + (post != old[1]).sum())
        for old, (pre, post) in zip(before, map(both[0].compiled.model.pairs, ("first", "loop", "last")), strict=True)
    )
    assert moved > 20
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        np.testing.assert_allclose(theirs[name], values, rtol=1e-6, atol=1e-9, err_msg=name)
    readouts = [session.predict(data)[0] for session in both]
    np.testing.assert_allclose(readouts[1], readouts[0], rtol=1e-6, atol=1e-9)


def test_room_for_more_spikes_keeps_synapses_that_moved(data):
    """PyGeNN is loaded again where an example has more spikes than any before it."""
    session = sl.Session(digits(sl.EventProp(optimiser=sl.Adam(0.05))), backend="pygenn")
    few = data.take(range(8))
    session.train(few, epochs=4)
    before, state = session.predict(few)[0], session.state()
    dense = np.ones((1, 30, 64), bool)
    session.predict(BatchData({"image": spike_data(1, *np.nonzero(dense))}))
    np.testing.assert_array_equal(session.predict(few)[0], before)
    for name, values in session.state().items():
        np.testing.assert_array_equal(values, state[name], err_msg=name)
