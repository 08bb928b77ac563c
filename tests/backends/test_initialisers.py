"""First weights: their distributions on every backend, and that a connection's depend on nothing but itself."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.compilers import compile_document
from tests.backends.installed import built, each_backend

PRE, POST = 300, 200


def weights(initialiser: sp.Initialiser, backend: str = "embedded", *, seed: int = 0, more: bool = False) -> np.ndarray:
    """The first weights of a connection of 300 x 200 neurons; `more` adds another population before it."""
    with sp.Network() as net:
        sp.Population("spike_input", PRE, name="input")
        if more:
            sp.Population("lif", 7, name="another")
            sp.Connection("input", "another", sp.Dense(sp.Normal(0, 1)))
        sp.Population(sp.LI(readout="var"), POST, name="output")
        sp.Connection("input", "output", sp.Dense(initialiser), sp.Exponential(5.0), "w")
    document = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=5.0)))
    compiled = compile_document(document)
    return built(backend, compiled.model, compiled.schedules, compiled.timesteps, seed=seed).get("w", "g")


DISTRIBUTIONS = {
    "normal": (sp.Normal(0.2, 0.5), 0.2, 0.5, None),
    "uniform": (sp.Uniform(-0.5, 1.0), 0.25, 1.5 / np.sqrt(12), (-0.5, 1.0)),
    "kaiming normal": (sp.Kaiming(1.5), 0.0, 1.5 / np.sqrt(PRE), None),
    "kaiming uniform": (
        sp.Kaiming(2.0, "uniform"),
        0.0,
        2.0 / np.sqrt(PRE),
        (-2.0 * np.sqrt(3 / PRE), 2.0 * np.sqrt(3 / PRE)),
    ),
    "xavier normal": (sp.Xavier(), 0.0, np.sqrt(2 / (PRE + POST)), None),
    "xavier uniform": (
        sp.Xavier(0.5, "uniform"),
        0.0,
        0.5 * np.sqrt(2 / (PRE + POST)),
        (-0.5 * np.sqrt(6 / (PRE + POST)), 0.5 * np.sqrt(6 / (PRE + POST))),
    ),
}


@each_backend
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_distribution(name, backend):
    initialiser, mean, sd, bounds = DISTRIBUTIONS[name]
    found = weights(initialiser, backend)
    assert found.shape == (PRE, POST)
    assert found.mean() == pytest.approx(mean, abs=5 * sd / np.sqrt(found.size))
    assert found.std() == pytest.approx(sd, rel=0.02)
    if bounds is not None:
        assert bounds[0] <= found.min() < bounds[0] + 0.01 * sd
        assert bounds[1] - 0.01 * sd < found.max() <= bounds[1]
    else:
        tails = (np.abs(found - mean) > 2 * sd).mean()
        assert tails == pytest.approx(0.0455, abs=0.005)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_seed_fixes_the_weights_and_another_population_changes_none(name):
    initialiser = DISTRIBUTIONS[name][0]
    first = weights(initialiser)
    np.testing.assert_array_equal(first, weights(initialiser))
    np.testing.assert_array_equal(first, weights(initialiser, more=True))
    assert (first != weights(initialiser, seed=1)).mean() > 0.99
