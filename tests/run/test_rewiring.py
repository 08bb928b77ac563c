"""Deep R: synapses that move while they learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run.prepare import prepare

SIZE = 32


def digits(rule: Any = None, rewiring: Any = "default", p: float = 0.2, recurrent: bool = False) -> sl.Document:
    """The digits through 20 % of the synapses, which move."""
    rule = rule or sl.EventProp(optimiser=sl.Adam(0.01))
    rewiring = sl.DeepR(0.02) if rewiring == "default" else rewiring
    with sl.Network() as net:
        image = sl.Population("spike_input", 64, "image")
        hidden = sl.Population(sl.LIF(tau_mem=20, relative_reset=isinstance(rule, sl.EProp)), 30, "hidden")
        output = sl.Population(sl.LI(tau_mem=20, readout="avg_var"), 10, "output")
        first = sl.FixedProbability(p, sl.Normal(0.3 / p, 0.3 / p))
        sl.Connection(image, hidden, first, sl.Exponential(5), "first", rewiring=rewiring)
        if recurrent:
            loop = sl.FixedProbability(0.3, sl.Normal(0.0, 0.2))
            sl.Connection(hidden, hidden, loop, sl.Exponential(5), "loop", rewiring=rewiring)
        last = sl.FixedProbability(0.5, sl.Normal(0.0, 0.5))
        sl.Connection(hidden, output, last, sl.Exponential(5), "last", rewiring=rewiring)
    document = sl.Document(network=net)
    document.experiment.dataset = sl.Digits()
    document.experiment.simulation = sl.Simulation(dt=1.0, example_time=30.0)
    document.experiment.learning = rule
    document.experiment.training = sl.Training(epochs=2, batch_size=SIZE, seed=1)
    return document


@pytest.fixture(scope="module")
def data() -> Any:
    return prepare(digits())["train"].take(range(480))


def structure(session: sl.Session, name: str) -> tuple[np.ndarray, np.ndarray]:
    return session.compiled.model.pairs(name)


def test_synapses_that_change_their_sign_go_and_others_come(data: Any) -> None:
    document = digits(sl.EventProp(optimiser=sl.Adam(0.05)))
    session = sl.Session(document, threads=2, precision="double")
    runtime = session.runtime
    before, weights = structure(session, "first"), runtime.get("first", "g")
    np.testing.assert_array_equal(runtime.get("first", "Sign"), np.sign(weights))
    moved = 0
    for number in range(10):
        pairs = structure(session, "first")
        session._train_batches(data, [np.arange(SIZE) + SIZE * number], [0.0])
        after, now, signs = structure(session, "first"), runtime.get("first", "g"), runtime.get("first", "Sign")
        kept = set(zip(*pairs, strict=True)) & set(zip(*after, strict=True))
        assert len(set(zip(*after, strict=True))) == len(after[0]) == len(before[0])  # none is there twice
        assert (now * signs >= 0).all()
        came = [k for k, pair in enumerate(zip(*after, strict=True)) if pair not in kept]
        assert (now[came] == 0).all()
        assert (runtime.get("first.optimiser", "FirstMoment")[came] == 0).all()
        moved += len(came)
        assert (np.diff(after[0]) >= 0).all()  # still sorted
    assert moved > 5
    assert session.rewirer is not None and session.rewirer.take_counts()["first"] == moved
    assert session.rewirer.take_counts()["first"] == 0


def test_weights_that_stay_move_as_without_rewiring(data: Any) -> None:
    """One step: what did not change its sign has gone down the gradient, and the pull beside it."""
    document = digits(sl.EventProp(optimiser=sl.SGD(0.5)))
    session = sl.Session(document, precision="double", threads=1)
    pairs, weights, signs = structure(session, "first"), *(session.runtime.get("first", v) for v in ("g", "Sign"))
    session.rewirer = None  # so that the gradient can be read in the order in which it was summed
    session._train_batches(data, [np.arange(SIZE)], [0.0])
    gradient = session.runtime.gradient("first", "Gradient") / SIZE
    expected = weights - 0.5 * (gradient + 0.02 * signs)
    other = sl.Session(document, precision="double", threads=1)
    other._train_batches(data, [np.arange(SIZE)], [0.0])
    found = dict(zip(zip(*structure(other, "first"), strict=True), other.runtime.get("first", "g"), strict=True))
    stay = expected * signs >= 0
    assert 0 < (~stay).sum() < len(stay) / 2
    for pair, value, stays in zip(zip(*pairs, strict=True), expected, stay, strict=True):
        assert found.get(pair, 0.0) == pytest.approx(value if stays else 0.0, abs=1e-12)


@pytest.mark.parametrize(
    "rule", [sl.EventProp(optimiser=sl.Adam(0.01)), sl.EProp(optimiser=sl.Adam(0.01))], ids=["eventprop", "eprop"]
)
def test_the_gradient_is_right_after_synapses_have_moved(rule: Any, data: Any) -> None:
    """A network whose synapses have moved does what one does that was built with them."""
    document = digits(rule, recurrent=True)
    moved = sl.Session(document, precision="double", threads=2)
    moved.train(data, epochs=1)
    listed = digits(rule, recurrent=True)
    for connection in listed.network.connections:
        pre, post = structure(moved, connection.name)
        connection.connectivity = sl.Sparse(pre, post, 0.0)
        connection.rewiring = None
    built = sl.Session(listed, precision="double", threads=1)
    for name in ("first", "loop", "last"):
        built.runtime.set(name, "g", moved.runtime.get(name, "g"))
    if isinstance(rule, sl.EProp):
        built.runtime.set("output", "Biases", moved.runtime.get("output", "Biases"))
    for session in (moved, built):
        session.runtime.run("train", data, [np.arange(SIZE)], timesteps=30)
    for name in ("first", "loop", "last"):
        ours, theirs = (session.runtime.gradient(name, "Gradient") for session in (moved, built))
        assert np.linalg.norm(theirs) > 0
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_the_record_of_rewiring_is_a_figure_of_each_epoch(data: Any) -> None:
    document = digits(sl.EventProp(optimiser=sl.Adam(0.05)))
    session, events = sl.Session(document, threads=2), list[dict[str, Any]]()
    session.listener.listener = events.append
    history = session.train(data)
    counted = [metrics.metrics["rewired:first"] for metrics in history]
    assert min(counted) > 0 and all(count == int(count) for count in counted)
    told = [event["metrics"]["rewired:first"] for event in events if event["event"] == "epoch"]
    assert told == counted
    assert sl.Model.from_document(document).session.train(data)[0].metrics == history[0].metrics


def test_a_population_does_not_come_to_connect_to_itself_where_it_may_not(data: Any) -> None:
    session = sl.Session(digits(recurrent=True, rewiring=sl.DeepR(0.2)), threads=2)
    history = session.train(data)
    pre, post = structure(session, "loop")
    assert (pre != post).all()
    assert history[-1].metrics["rewired:loop"] > 0


def test_a_matrix_that_is_nearly_full_still_moves(data: Any) -> None:
    session = sl.Session(digits(p=0.98, rewiring=sl.DeepR(0.5)), threads=2)
    count = len(structure(session, "first")[0])
    (metrics,) = session.train(data, epochs=1)
    pairs = structure(session, "first")
    assert len(set(zip(*pairs, strict=True))) == count
    assert metrics.metrics["rewired:first"] > 0


def test_every_few_batches_if_that_is_wanted(data: Any) -> None:
    session = sl.Session(digits(rewiring=sl.DeepR(0.2, every=4)), threads=2)
    moves = []
    for number in range(8):
        before = structure(session, "first")
        session._train_batches(data, [np.arange(SIZE) + SIZE * number], [0.0])
        moves.append(any((a != b).any() for a, b in zip(before, structure(session, "first"), strict=True)))
    assert moves == [False, False, False, True] * 2


def test_threads_and_resuming_change_nothing(data: Any) -> None:
    states = []
    for threads in (1, 3):
        session = sl.Session(digits(), threads=threads)
        session.train(data)
        states.append(session.state())
    first = sl.Session(digits(), threads=2)
    first.train(data, epochs=1)
    second = sl.Session(digits(), threads=2)
    second.restore(first.state(), {"epoch": first.epoch, "step": first.step})
    second.train(data, epochs=1)
    states.append(second.state())
    assert {"first.pre_ind", "first.post_ind", "first.Sign"} <= set(states[0])
    for state in states[1:]:
        assert state.keys() == states[0].keys()
        for name, values in state.items():
            np.testing.assert_array_equal(values, states[0][name], err_msg=name)


def test_what_was_rewired_is_saved_as_a_document(data: Any, tmp_path: Path) -> None:
    model = sl.Model.from_document(digits())
    model.session.train(data)
    expected = model.session.predict(data)[0]
    model.save(tmp_path / "rewired.snn")
    again = sl.Session(sl.Document.load(tmp_path / "rewired.snn"))
    np.testing.assert_array_equal(structure(again, "first"), structure(model.session, "first"))
    np.testing.assert_allclose(again.predict(data)[0], expected, rtol=1e-5, atol=1e-6)


def test_a_checkpoint_with_impossible_synapses_is_refused(data: Any) -> None:
    session = sl.Session(digits())
    state = session.state()
    for spoilt in (
        state["first.post_ind"] + 1000,
        state["first.post_ind"][:-1],
        np.zeros_like(state["first.post_ind"]),
    ):
        with pytest.raises(UserError, match="synapses of 'first' that the network cannot have"):
            session.restore(state | {"first.post_ind": spoilt}, {})


def test_weights_of_synapses_that_moved_fit_no_document_in_which_none_moves(data: Any) -> None:
    moved = sl.Session(digits(), threads=2)
    moved.train(data)
    plain = sl.Session(digits(rewiring=None), threads=2)
    before = plain.state()
    with pytest.raises(UserError, match="its synapses of 'first' have moved"):
        plain.restore(moved.state(), {})
    assert all(np.array_equal(values, before[name]) for name, values in plain.state().items())
    # Listed as they are now, they do.
    listed = digits(rewiring=None)
    for connection in listed.network.connections:
        connection.connectivity = sl.Sparse(*structure(moved, connection.name), 0.0)
    again = sl.Session(listed, threads=2)
    again.restore(moved.state(), {})
    np.testing.assert_allclose(again.predict(data)[0], moved.predict(data)[0], rtol=1e-5, atol=1e-6)


def test_what_was_learned_without_moving_gives_the_signs(data: Any) -> None:
    plain = sl.Session(digits(rewiring=None), threads=2)
    plain.train(data, epochs=1)
    session = sl.Session(digits(sl.EventProp(optimiser=sl.Adam(0.05))), threads=2)
    session.restore(plain.state(), {})
    weights = session.runtime.get("first", "g")
    np.testing.assert_array_equal(session.runtime.get("first", "Sign")[weights != 0], np.sign(weights[weights != 0]))
    assert session.train(data)[-1].metrics["rewired:first"] > 0


def test_weights_that_a_script_sets_bring_their_signs(data: Any) -> None:
    model = sl.Model.from_document(digits(sl.EventProp(optimiser=sl.SGD(1e-9))))
    model.set_weights({name: -values for name, values in model.weights.items()})
    (metrics,) = model.session.train(data, epochs=1)
    assert metrics.metrics["rewired:first"] == 0


def test_a_checkpoint_that_is_refused_changes_no_synapse(data: Any) -> None:
    moved, session = sl.Session(digits(), threads=2), sl.Session(digits(), threads=2)
    moved.train(data)
    before, state = session.state(), moved.state()
    state["last.g"] = state["last.g"][:-1]
    with pytest.raises(UserError):
        session.restore(state, {})
    for name, values in session.state().items():
        np.testing.assert_array_equal(values, before[name], err_msg=name)


def test_a_saved_loop_without_self_connections_gets_none(data: Any, tmp_path: Path) -> None:
    model = sl.Model.from_document(digits(recurrent=True, rewiring=sl.DeepR(0.2)))
    model.session.train(data)
    model.save(tmp_path / "saved.snn")
    again = sl.Session(sl.Document.load(tmp_path / "saved.snn"), threads=2)
    assert again.train(data)[-1].metrics["rewired:loop"] > 0
    pre, post = structure(again, "loop")
    assert (pre != post).all()


def test_only_sparse_connections_that_learn_rewire() -> None:
    document = digits()
    document.network.connection("first").connectivity = sl.Dense(0.1)
    document.network.connection("last").frozen = True
    dense, frozen = sl.validate(document)
    assert dense.place == "network.connections[0].rewiring" and "no synapses that could move" in dense.message
    assert frozen.place == "network.connections[1].rewiring" and frozen.fix is not None


def test_synapses_that_move_learn_more_than_those_that_stay(data: Any) -> None:
    losses = []
    for rewiring in (sl.DeepR(0.05), None):
        document = digits(sl.EventProp(optimiser=sl.Adam(0.05)), rewiring, p=0.1)
        document.experiment.training.epochs = 20
        losses.append(sl.Session(document).train(data)[-1].loss)
    assert losses[0] < losses[1] - 0.02


def test_the_best_epoch_has_its_own_synapses(data: Any) -> None:
    document = digits()
    document.experiment.training.early_stopping = sl.EarlyStopping("loss", patience=1, min_delta=1e3)
    session, first = sl.Session(document, threads=2), sl.Session(document, threads=2)
    first.train(data, epochs=1)
    assert len(session.train(data, epochs=5)) == 2
    assert any(
        not np.array_equal(a, b) for a, b in zip(structure(session, "first"), structure(first, "first"), strict=True)
    )
    assert session.restore_best()
    learned, expected = session.weights(), first.weights()
    for name in learned:
        np.testing.assert_array_equal(structure(session, name), structure(first, name))
        np.testing.assert_array_equal(learned[name], expected[name])


def test_synapses_that_move_have_no_record_of_their_weights() -> None:
    model = sl.Model.from_document(digits())
    with pytest.raises(UserError, match="the synapses of 'first' move while they learn"):
        model.train(np.zeros((32, 64)), np.zeros(32, int), epochs=1, callbacks=[sl.WeightRecorder("first")])
