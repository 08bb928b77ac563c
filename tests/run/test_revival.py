"""Silent neurons that are revived."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.backends.interface import RecordSpikes
from spikeloom.run.prepare import prepare
from spikeloom.run.revival import revive
from tests.run.test_optimisers import digits

DEAD = np.array([1, 5, 6])


@pytest.fixture(scope="module")
def data() -> Any:
    return prepare(digits(sl.Adam(0.01)))["train"].take(range(320))


def half_dead(rule: Any, step: float, **first: Any) -> sl.Document:
    """A network in which three hidden neurons cannot spike."""
    document = digits(sl.Adam(0.002), rule)
    weights = np.random.default_rng(0).normal(0.3, 0.1, (64, 16))
    weights[:, DEAD] = -0.01
    connection = document.network.connection("first")
    connection.connectivity.weight = sl.Array(weights)
    for name, value in first.items():
        setattr(connection, name, value)
    document.experiment.training.revive_silent = step
    return document


def spiking(session: sl.Session, data: Any) -> np.ndarray:
    parts = session.predict(data, [RecordSpikes("hidden")])[1]
    ids = np.concatenate([ids for part in parts for _, ids in part.recording.spikes["hidden"]])
    return np.bincount(ids, minlength=16) > 0


@pytest.mark.parametrize("rule", [sl.EventProp, sl.EProp])
def test_silent_neurons_come_back_to_life(rule: Any, data: Any) -> None:
    left, revived = (sl.Session(half_dead(rule, step), threads=2) for step in (0.0, 0.05))
    said: list[str] = []
    revived.listener.listener = lambda event: said.append(event.get("text", ""))
    assert list(np.flatnonzero(~spiking(revived, data))) == list(DEAD)
    before = revived.weights()["first"]
    revived.train(data, epochs=1)
    raised = revived.weights()["first"] - before
    assert np.median(raised[:, DEAD]) == pytest.approx(0.05, abs=0.02)
    assert np.abs(np.median(np.delete(raised, DEAD, axis=1))) < 0.02
    assert any("onto 3 neurons of 'hidden' were raised" in text for text in said)
    revived.train(data, epochs=9)
    left.train(data, epochs=10)
    assert spiking(revived, data).all()
    if rule is sl.EventProp:  # e-prop's gradient reaches neurons below the threshold, too
        assert list(np.flatnonzero(~spiking(left, data))) == list(DEAD)


def test_what_is_frozen_or_bounded_stays(data: Any) -> None:
    frozen = sl.Session(half_dead(sl.EventProp, 0.1, frozen=True), threads=2)
    before = frozen.weights()["first"]
    frozen.train(data, epochs=2)
    np.testing.assert_array_equal(frozen.weights()["first"], before)
    assert revive(frozen) == {}  # and nobody is told that anything was raised
    bounded = sl.Session(half_dead(sl.EventProp, 0.1, max_weight=0.005), threads=2)
    bounded.train(data, epochs=3)
    assert bounded.weights()["first"].max() <= np.float32(0.005)


def test_without_it_nothing_is_counted() -> None:
    session = sl.Session(half_dead(sl.EventProp, 0.0))
    assert not session.compiled.seen
    assert "SeenSpikes" not in {var.name for var in session.compiled.model.populations["hidden"].model.vars}
