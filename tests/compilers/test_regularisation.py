"""Firing-rate regularisation under EventProp: what it adds to the gradient, what it counts, what it does."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordSpikes
from spikeloom.run import Session
from spikeloom.run.prepare import prepare
from tests.compilers.nets import Case, Engine, data, draw, reference_net
from tests.compilers.test_eventprop import CASES, CROSS_ENTROPY, DRAWS, spike_counts, well_conditioned
from tests.reference.adjoint import gradient

UPPER, LOWER, TARGET = 0.02, 0.05, 2.0
TIMESTEPS = [1 / 16, 1 / 64, 1 / 256]  # ms


def errors_of(case: Case, seed: int) -> list[float] | None:
    """Normwise relative error of the gradient with regularisation at each timestep, on both sides of the target."""
    drawn = draw(case, seed)
    counts = well_conditioned(case, drawn, "avg_var")
    if counts is None:
        return None
    means = {layer: np.linspace(0.0, 2 * TARGET, case.sizes[layer]) for layer in case.layers[1:-1]}
    pushed = {name: -np.where(m > TARGET, UPPER, LOWER) * (m - TARGET) for name, m in means.items()}
    net, example = reference_net(case, drawn), (drawn.times, case.t_end, "avg_var", "cross_entropy", drawn.label)
    exact, plain = gradient(net, *example, spike_drive=pushed)[2], gradient(net, *example)[2]
    found = []
    for dt in TIMESTEPS:
        options = {"reg_lambda_upper": UPPER, "reg_lambda_lower": LOWER, "reg_nu_upper": TARGET}
        engine, batch = Engine(case, drawn, dt, "avg_var", CROSS_ENTROPY, **options), data(drawn, dt)
        if spike_counts(engine, case, batch) != counts:
            return None
        for layer, mean in means.items():
            engine.runtime.set(layer, "MeanSpikes", mean)
        ours = engine.gradients(batch)
        size = np.linalg.norm(np.concatenate([exact[pair].ravel() for pair in exact]))
        found.append(np.linalg.norm(np.concatenate([(ours[pair] - exact[pair]).ravel() for pair in exact])) / size)
    # It is no small part of what is compared.
    assert np.linalg.norm(np.concatenate([(exact[p] - plain[p]).ravel() for p in exact])) > 0.1 * size
    return found


@pytest.mark.parametrize("name", ["feed-forward", "recurrent", "two layers, the second recurrent"])
def test_the_gradient_with_regularisation_approaches_the_exact_one(name):
    errors: list[list[float]] = []
    seed = 0
    while len(errors) < DRAWS:
        found = errors_of(CASES[name], seed)
        seed += 1
        errors += [found] if found is not None else []
        assert seed < 100
    mean = np.exp(np.log(errors).mean(axis=0))
    print(f"\n{name}: error {mean.round(5)}, falls {(mean[0] / mean[-1]) ** 0.25:.2f}x per halving")
    assert (mean[0] / mean[-1]) ** 0.25 >= 1.8
    assert mean[-1] <= 0.01


def digits(**learning: float) -> sp.Document:
    """A small net on the digits."""
    with sp.Network() as net:
        sp.Population("spike_input", name="input")
        sp.Population(sp.LIF(), 40, name="hidden")
        sp.Population(sp.LI(readout="avg_var"), name="output")
        sp.Connection("input", "hidden", sp.Dense(sp.Normal(0.3, 0.2)), sp.Exponential(5.0))
        sp.Connection("hidden", "output", sp.Dense(sp.Normal(0.0, 0.3)), sp.Exponential(5.0))
    experiment = sp.Experiment(
        dataset=sp.Digits(),
        simulation=sp.Simulation(dt=1.0, example_time=30.0),
        learning=sp.EventProp(optimiser=sp.Adam(0.005), **learning),
        training=sp.Training(epochs=5, batch_size=24),
    )
    return sp.Document(net, experiment)


@pytest.fixture(scope="module")
def examples():
    return prepare(digits())["train"].take(range(600))


def spikes_per_neuron(session: Session, examples) -> np.ndarray:
    """Mean number of spikes of each hidden neuron in an example."""
    _, parts = session.predict(examples, [RecordSpikes("hidden")])
    trains = [ids for part in parts for _, ids in part.recording.spikes["hidden"]]
    return np.bincount(np.concatenate(trains), minlength=40) / len(trains)


def test_the_mean_is_that_of_the_batch_before(examples):
    session = Session(digits(reg_lambda_upper=1e-3, reg_nu_upper=3.0), threads=2)
    assert (session.runtime.get("hidden", "MeanSpikes") == 3.0).all()
    batch = examples.take(range(24))
    expected = spikes_per_neuron(session, batch)
    dynamic = session.compiled.dynamic(1, [24])
    session.runtime.run("train", batch, [np.arange(24)], update=True, dynamic=dynamic, timesteps=30)
    np.testing.assert_allclose(session.runtime.get("hidden", "MeanSpikes"), expected, rtol=1e-6)
    assert len(set(expected)) > 5


@pytest.mark.parametrize(("target", "strength"), [(0.5, "reg_lambda_upper"), (6.0, "reg_lambda_lower")])
def test_activity_moves_towards_the_target(examples, target, strength):
    without, with_it = Session(digits()), Session(digits(reg_nu_upper=target, **{strength: 3e-3}))
    for session in (without, with_it):
        session.train(examples)
    rates = [spikes_per_neuron(session, examples) for session in (without, with_it)]
    distances = [np.abs(rate[rate > 0] - target).mean() for rate in rates]
    assert distances[1] < 0.7 * distances[0]


def test_weights_and_means_do_not_depend_on_the_threads(examples):
    states = []
    for threads in (1, 2, 3):
        session = Session(digits(reg_lambda_upper=1e-3, reg_lambda_lower=1e-3, reg_nu_upper=2.0), threads=threads)
        session.train(examples, epochs=2)
        states.append(session.state())
    assert "hidden.MeanSpikes" in states[0]
    for state in states[1:]:
        assert state.keys() == states[0].keys()
        assert all(np.array_equal(state[name], states[0][name]) for name in state)


def test_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(examples):
    document = digits(reg_lambda_upper=1e-3, reg_nu_upper=2.0)
    whole, first, second = (Session(document) for _ in range(3))
    whole.train(examples, epochs=2)
    first.train(examples, epochs=1)
    second.restore(first.state(), {"epoch": first.epoch, "step": first.step})
    second.train(examples, epochs=1)
    assert all(np.array_equal(values, whole.state()[name]) for name, values in second.state().items())


def test_without_regularisation_nothing_is_counted():
    assert "MeanSpikes" not in {var.name for var in Session(digits()).compiled.model.populations["hidden"].model.vars}


def test_a_population_has_settings_of_its_own():
    document = digits(reg_lambda_upper=1e-3, reg_lambda_lower=2e-3, reg_nu_upper=2.0)
    assert Session(document).compiled.model.populations["hidden"].params["RegNuUpper"] == 2.0
    document.network.population("hidden").reg_nu_upper = 5.0
    document.network.population("hidden").reg_lambda_upper = 0.0
    params = Session(document).compiled.model.populations["hidden"].params
    assert (params["RegLambdaUpper"], params["RegLambdaLower"], params["RegNuUpper"]) == (0.0, 2e-3, 5.0)
    plain = digits()
    plain.network.population("hidden").reg_lambda_lower = 1e-3
    assert Session(plain).compiled.model.populations["hidden"].params["RegNuUpper"] == 14.0
    plain.network.population("output").reg_nu_upper = 1.0
    (problem,) = sp.validate(plain)
    assert problem.severity == "warning" and problem.place == "network.populations[2].reg_nu_upper"
