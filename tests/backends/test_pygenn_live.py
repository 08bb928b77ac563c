"""Parameters that move while a network runs on PyGeNN, as they do on the embedded engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.compilers import compile_document
from spikeloom.data import spike_data
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run import Control, Session
from spikeloom.run.live import Live
from spikeloom.run.live_params import live_params
from spikeloom.run.prepare import prepare
from tests.backends.digits_runs import digits
from tests.backends.installed import needs_pygenn


def eventprop() -> sl.Document:
    learning = sl.EventProp(optimiser=sl.SGD(0.01), reg_lambda_upper=1e-3, reg_nu_upper=0.2)
    return digits(batch_size=16, learning=learning)


def eprop() -> sl.Document:
    with sl.Network() as net:
        image = sl.Population("spike_input", 64, "input")
        hidden = sl.Population(sl.LIF(tau_mem=20, relative_reset=True), 20, "hidden")
        output = sl.Population(sl.LI(tau_mem=20, readout="avg_var"), 10, "output")
        sl.Connection(image, hidden, sl.Dense(sl.Normal(0.3, 0.2)), name="in")
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), name="out")
    document = sl.Document(network=net)
    document.experiment.dataset = sl.Digits()
    document.experiment.simulation = sl.Simulation(dt=1.0, example_time=30.0)
    document.experiment.learning = sl.EProp(optimiser=sl.SGD(0.01), c_reg=0.1, f_target=20.0)
    document.experiment.training = sl.Training(epochs=1, batch_size=16, seed=1)
    return document


DOCUMENTS = {"eventprop": eventprop, "eprop": eprop}
FIELDS = {"eventprop": ("reg_lambda_upper", 0.05), "eprop": ("c_reg", 30.0)}


@pytest.fixture(scope="module")
def data() -> BatchData:
    return prepare(eprop())["train"].take(range(64))


def test_what_regularises_is_found_among_the_parameters():
    for name, document in DOCUMENTS.items():
        drawn = document()
        found = live_params(drawn, compile_document(drawn), compile_document)
        assert {group for group, _ in found} == {"hidden"}, name
        before = compile_document(drawn).model
        field, value = FIELDS[name]
        setattr(drawn.experiment.learning, field, value)
        after = compile_document(drawn).model
        moved = {
            (group, param)
            for group, population in before.populations.items()
            for param, value in population.params.items()
            if after.populations[group].params[param] != value
        }
        assert moved
        assert moved <= found


def test_what_is_off_moves_nothing():
    """To turn it on makes another program of the network."""
    document = digits(learning=sl.EventProp())
    assert not {group for group, _ in live_params(document, compile_document(document), compile_document)}


def lived(name: str, backend: str, data: BatchData, *, halfway: bool) -> tuple[Session, list[dict[str, Any]]]:
    """Train for two epochs, before the second of which a parameter moves."""
    session, events = Session(DOCUMENTS[name](), backend=backend, precision="double"), list[dict[str, Any]]()
    if backend == "pygenn":
        session.restore(Session(DOCUMENTS[name](), precision="double").state(), {})
    live = Live(session, events.append, Control(), lambda document: None)
    session.train(data, epochs=1)
    if halfway:
        field, value = FIELDS[name]
        live.set(f"experiment.learning.{field}", value)
    session.train(data, epochs=1)
    return session, events


@needs_pygenn
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_parameter_moves_in_a_run_as_on_the_embedded_engine(name, data):
    embedded, pygenn = (lived(name, backend, data, halfway=True) for backend in ("embedded", "pygenn"))
    unmoved, _ = lived(name, "embedded", data, halfway=False)
    for _, events in (embedded, pygenn):
        assert [event["event"] for event in events] == ["live"], events
    theirs, ours = pygenn[0].state(), embedded[0].state()
    weights = next(key for key in ours if key.startswith("in.g"))
    assert np.abs(ours[weights] - unmoved.state()[weights]).max() > 1e-3 * np.abs(ours[weights]).max()
    for key, values in ours.items():
        np.testing.assert_allclose(theirs[key], values, rtol=1e-6, atol=1e-9, err_msg=key)


@needs_pygenn
def test_what_moved_stays_where_pygenn_is_loaded_again(data):
    """An example with more spikes than any before it makes it load once more."""
    found = []
    for more in (False, True):
        session = Session(DOCUMENTS["eprop"](), backend="pygenn", precision="double")
        live = Live(session, lambda event: None, Control(), lambda document: None)
        live.change("experiment.learning.c_reg", 30.0)
        if more:
            dense = np.ones((1, 30, 64), bool)
            session.predict(BatchData({"input": spike_data(1, *np.nonzero(dense))}))
        session.train(data, epochs=1)
        found.append(session.state())
    for key, values in found[0].items():
        np.testing.assert_array_equal(found[1][key], values, err_msg=key)


@needs_pygenn
def test_what_would_make_another_program_is_refused():
    session = Session(DOCUMENTS["eprop"](), backend="pygenn")
    live = Live(session, lambda event: None, Control(), lambda document: None)
    with pytest.raises(UserError, match="another program"):
        live.change("experiment.learning.c_reg", 0.0)
