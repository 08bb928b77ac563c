"""First weights: their distributions on every backend, and that a connection's depend on nothing but itself."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordVar
from spikeloom.compilers import compile_document
from spikeloom.genn.batch import BatchData
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


def connected(connectivity: sp.Connectivity, backend: str, source: tuple[int, ...], target: sp.Neuron, seed: int = 0):
    """The runtime of an input connected to a target by delta synapses, and the compiled network."""
    with sp.Network() as net:
        sp.Population("spike_input", source, "input")
        sp.Population(target, (POST,) if connectivity.target_shape(source) is None else None, "output")
        sp.Connection("input", "output", connectivity, sp.Exponential(4.0), "w")
    document = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=0.5, example_time=5.0)))
    assert sp.validate(document) == []
    compiled = compile_document(document)
    return built(backend, compiled.model, compiled.schedules, compiled.timesteps, seed=seed), compiled


LI = sp.LI(readout="var")
FANS = {
    "sparse": (sp.FixedProbability(0.2, sp.Kaiming(1.0)), (PRE,), np.sqrt(1 / (0.2 * PRE))),
    "sparse, xavier": (sp.FixedProbability(0.2, sp.Xavier(1.0)), (PRE,), np.sqrt(2 / (0.2 * (PRE + POST)))),
    "kernel": (sp.Conv2D(sp.Kaiming(2.0), 60, (5, 4)), (9, 9, 7), 2 / np.sqrt(5 * 4 * 7)),
    "kernel, xavier": (sp.Conv2D(sp.Xavier(1.0), 60, 5), (9, 9, 7), np.sqrt(2 / (25 * (7 + 60)))),
}


@each_backend
@pytest.mark.parametrize("name", FANS)
def test_fans_are_those_of_the_synapses_there_are(name, backend):
    connectivity, source, sd = FANS[name]
    runtime, _ = connected(connectivity, backend, source, LI)
    found = runtime.get("w", "g")
    assert found.std() == pytest.approx(sd, rel=0.03)
    assert found.mean() == pytest.approx(0, abs=5 * sd / np.sqrt(found.size))


@each_backend
def test_a_snippet_computes_weights_from_its_parameters_and_the_neurons(backend):
    snippet = sp.Snippet({"a": 2.0}, "value = (a * id_pre) - id_post;\nif (id_post > 100) { value = 0.5; }")
    runtime, _ = connected(sp.Dense(snippet), backend, (PRE,), LI)
    expected = 2.0 * np.arange(PRE)[:, None] - np.arange(POST)
    expected[:, 101:] = 0.5
    np.testing.assert_allclose(runtime.get("w", "g"), expected)


def test_a_snippet_has_the_same_values_in_a_sparse_connection() -> None:
    snippet = sp.Snippet({"a": 2.0}, "value = (a * id_pre) - (num_post * id_post) + (gennrand_uniform() * 0.01);")
    dense, _ = connected(sp.Dense(snippet), "embedded", (PRE,), LI)
    sparse, compiled = connected(sp.FixedProbability(0.1, snippet), "embedded", (PRE,), LI)
    pre, post = compiled.model.pairs("w")
    np.testing.assert_allclose(sparse.get("w", "g"), dense.get("w", "g")[pre, post], rtol=1e-12)


def test_fluctuation_driven_weights_make_the_membrane_fluctuate_as_it_is_asked_to() -> None:
    """Mean and spread of the free potential, simulated; the weights are drawn for a target with a threshold."""
    nu, mu_u, xi, inputs = 20.0, 0.3, 2.0, 150
    for share, synapse in ((1.0, sp.Exponential(6.0)), (0.25, sp.Exponential(6.0)), (1.0, sp.Delta())):
        found = []
        for target in (sp.LIF(tau_mem=15.0, v_thresh=1.0, readout="spike_count"), sp.LI(tau_mem=15.0, readout="var")):
            initialiser = sp.FluctuationDriven(mu_u, xi, nu, share) if not found else sp.Array(found[0])
            with sp.Network() as net:
                sp.Population(sp.PoissonInput(rate=nu), inputs, "input")
                sp.Population(target, POST, "cells")
                sp.Connection("input", "cells", sp.Dense(initialiser), synapse, "w")
            document = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=0.5, example_time=10_000.0)))
            assert sp.validate(document) == []
            compiled = compile_document(document)
            runtime = built("embedded", compiled.model, compiled.schedules, compiled.timesteps)
            found.append(runtime.get("w", "g"))
        data = BatchData({}, {"input:input": np.ones((1, inputs), np.float32)})
        record = RecordVar("cells", "V")
        result = runtime.run("predict", data, [np.array([0])], timesteps=compiled.timesteps, record=[record])
        v = result.recording.variables[record][0][400:]
        spikes = inputs * nu / 1000  # per ms
        first = 15.0 if isinstance(synapse, sp.Delta) else 6.0  # the integral of a potential, ms
        mean, sampling = share * mu_u / (spikes * first), found[0].std() / np.sqrt(found[0].size)
        assert found[0].mean() == pytest.approx(mean, abs=5 * sampling)
        assert v.mean() == pytest.approx(found[0].mean() * spikes * first, rel=0.03)
        # The mean of each neuron differs with its weights: fluctuations are those in time.
        assert np.sqrt(v.var(axis=0).mean()) == pytest.approx(np.sqrt(share) * (1 - mu_u) / xi, rel=0.05)


@pytest.mark.parametrize(
    ("connectivity", "shape"),
    [
        (sp.AvgPoolDense2D(0.0, 2), (12, 14)),
        (sp.AvgPoolConv2D(0.0, 8, 2, 5), (24, 24)),
        (sp.Conv2DTranspose(0.0, 8, 4, conv_strides=2), (10, 10, 5)),
        (sp.FixedProbability(0.3, 0.0), (150,)),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_fluctuations_are_as_large_through_windows_and_kernels(connectivity, shape) -> None:
    nu, mu_u, xi = 20.0, 0.3, 6.0
    drawn = connectivity.model_copy(deep=True)
    drawn.weight = sp.FluctuationDriven(mu_u, xi, nu)
    with sp.Network() as net:
        sp.Population(sp.PoissonInput(rate=nu), shape, "input")
        free = connectivity.target_shape(shape) is None
        sp.Population(sp.LIF(tau_mem=15.0, readout="spike_count"), 200 if free else None, "cells")
        sp.Connection("input", "cells", drawn, sp.Exponential(6.0), "w")
    document = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=0.5, example_time=3000.0)))
    assert sp.validate(document) == []
    compiled = compile_document(document)
    size = compiled.model.populations["cells"].size
    runtime = built("embedded", compiled.model, compiled.schedules, compiled.timesteps, seed=1)
    data = BatchData({}, {"input:input": np.ones((1, int(np.prod(shape))), np.float32)})
    cells = np.arange(size)
    if not free:  # those that no edge cuts off
        rows, columns, filters = connectivity.target_shape(shape)
        inside = np.zeros((rows, columns, filters), bool)
        inside[2:-2, 2:-2] = True
        cells = np.flatnonzero(inside)
    record = RecordVar("cells", "V", tuple(cells.tolist()))
    result = runtime.run("predict", data, [np.array([0])], timesteps=compiled.timesteps, record=[record])
    v = result.recording.variables[record][0][400:]
    # Kernels have few weights: their spread is that of the sample. Two standard deviations of it are enough here.
    assert np.sqrt(v.var(axis=0).mean()) == pytest.approx((1 - mu_u) / xi, rel=0.2)


@each_backend
def test_drawn_delays_are_rounded_to_steps_and_cut(backend):
    for delay, most in ((sp.Uniform(0.0, 6.0), None), (sp.Normal(3.0, 2.0), 6.0)):
        connectivity = sp.Dense(0.1, delay, max_delay=most)
        runtime, compiled = connected(connectivity, backend, (PRE,), LI)
        steps = runtime.get("w", "Delay")
        assert compiled.model.synapses["w"].max_delay == 12
        assert set(np.unique(steps)) == set(range(13))
        assert steps.mean() * 0.5 == pytest.approx(3.0, abs=0.05)
        shares = [np.mean(steps == step) for step in (0, 6, 12)]
        if most is None:  # the ends get half of what the others do
            np.testing.assert_allclose(shares, [1 / 24, 1 / 12, 1 / 24], rtol=0.1)


def test_a_fixed_probability_connects_each_pair_alike_and_by_name_and_structure_seed_alone() -> None:
    def synapses(p: float = 0.15, name: str = "w", itself: bool = False, **fields) -> np.ndarray:
        ends = sp.Ends((PRE,), (PRE if itself else POST,), name, itself)
        matrix = sp.FixedProbability(p, 1.0, **fields).matrix(ends)
        table = np.zeros((PRE, PRE if itself else POST), int)
        np.add.at(table, (matrix.sources, matrix.targets), 1)
        return table

    table = synapses()
    assert table.max() == 1
    for axis, size in ((0, PRE), (1, POST)):
        counts = table.sum(axis=axis)
        assert counts.mean() == pytest.approx(0.15 * size, rel=0.03)
        assert counts.var() == pytest.approx(0.15 * 0.85 * size, rel=0.35)
    np.testing.assert_array_equal(table, synapses())
    assert (table != synapses(name="other")).any()
    assert (table != synapses(structure_seed=1)).any()
    assert synapses(p=1.0).all()
    assert not np.diag(synapses(p=1.0, itself=True)).any()
    assert synapses(p=1.0, itself=True).sum() == PRE * (PRE - 1)
    assert synapses(p=1.0, itself=True, allow_self_connections=True).all()
