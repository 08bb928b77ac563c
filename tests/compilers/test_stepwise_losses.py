"""Losses of every timestep under EventProp, and the pull on first spikes, against the event-driven reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from tests.compilers.nets import OUTPUT, Case, Draw, Engine, data, draw, reference_net
from tests.compilers.test_eventprop import CASES, SPIKING_OUTPUT, spike_counts, well_conditioned
from tests.reference.adjoint import gradient
from tests.reference.event_driven import simulate
from tests.reference.readouts import EARLY_ALPHA, EARLY_TAU, stepwise_loss

CROSS_ENTROPY = sp.SparseCategoricalCrossentropy()
PAIRS: list[tuple[str, str]] = [
    ("avg_var", "labels"),
    ("sum_var", "labels"),
    ("avg_var_exp_weight", "labels"),
    ("avg_var", "targets"),
    ("avg_var", "curves"),
    ("var", "curves"),
]
TIMESTEPS = [1 / 16, 1 / 64, 1 / 256]  # ms
DRAWS = 6


def curve(case: Case, drawn: Draw) -> Any:
    """Targets that change with time (ms): waves of the outputs' own heights."""
    return lambda t: drawn.target * (1 + np.sin(2 * np.pi * t / case.t_end + np.arange(case.n_outputs)))


def wanted(case: Case, drawn: Draw, kind: str) -> tuple[str, Any]:
    """The reference's loss and target."""
    if kind == "labels":
        return "cross_entropy", drawn.label
    return "mean_square", (lambda t: drawn.target) if kind == "targets" else curve(case, drawn)


def engine_of(case: Case, drawn: Draw, dt: float, readout: str, kind: str) -> tuple[Engine, Any]:
    """The engine with a loss of every timestep, and the example."""
    loss = CROSS_ENTROPY if kind == "labels" else sp.MeanSquareError(target_per_timestep=kind == "curves")
    engine = Engine(case, drawn, dt, readout, loss, per_timestep_loss=kind != "curves")
    batch = data(drawn, dt)
    if kind == "curves":
        times = dt * (1 + np.arange(engine.compiled.timesteps))
        batch.values["targets"] = np.array([[curve(case, drawn)(t) for t in times]])
    return engine, batch


def errors_of(case: Case, seed: int, readout: str, kind: str) -> list[float] | None:
    """Normwise relative error of the gradient at each timestep; None where a step changes a spike count."""
    drawn = draw(case, seed)
    counts = well_conditioned(case, drawn, readout)
    if counts is None:
        return None
    loss, target = wanted(case, drawn, kind)
    net, found = reference_net(case, drawn), []
    value, _, exact = gradient(net, drawn.times, case.t_end, readout, loss, target, stepwise=True)
    for dt in TIMESTEPS:
        engine, batch = engine_of(case, drawn, dt, readout, kind)
        if spike_counts(engine, case, batch) != counts:
            return None
        scale = dt if readout == "sum_var" else 1.0  # a sum over steps grows as they shrink
        ours = engine.gradients(batch)
        size = np.linalg.norm(np.concatenate([exact[pair].ravel() for pair in ours]))
        difference = np.concatenate([(scale * ours[pair] - exact[pair]).ravel() for pair in ours])
        found.append(float(np.linalg.norm(difference) / size))
    assert engine.loss(batch)[0] * scale == pytest.approx(value, rel=0.02)
    return found


@pytest.mark.parametrize(
    ("name", "readout", "kind"),
    [("recurrent", *pair) for pair in PAIRS] + [("two layers, the second recurrent", "avg_var", "labels")],
)
def test_the_gradient_approaches_the_exact_one_as_the_timestep_shrinks(name: str, readout: str, kind: str) -> None:
    errors: list[list[float]] = []
    seed = 0
    while len(errors) < DRAWS:
        found = errors_of(CASES[name], seed, readout, kind)
        seed += 1
        errors += [found] if found is not None else []
        assert seed < 100
    mean = np.exp(np.log(errors).mean(axis=0))
    per_halving = (mean[0] / mean[-1]) ** 0.25
    print(f"\n{name}, {readout}, {kind}: error {mean.round(5)}, falls {per_halving:.2f}x per halving")
    assert per_halving >= 1.8
    assert mean[-1] <= 0.01


@pytest.mark.parametrize(("readout", "kind"), PAIRS)
def test_weights_into_the_output_match_differences_of_the_engine(readout: str, kind: str) -> None:
    case = Case(hidden=(6,), t_end=20.0)
    drawn = draw(case, 3)
    engine, batch = engine_of(case, drawn, 0.5, readout, kind)
    exact = engine.gradients(batch)[OUTPUT]
    differences = engine.differences(batch, OUTPUT, drawn.weights[OUTPUT])
    assert np.linalg.norm(exact) > 0
    assert np.linalg.norm(exact - differences) <= 1e-6 * np.linalg.norm(differences)


@pytest.mark.parametrize(("readout", "kind"), PAIRS)
def test_the_reference_s_gradient_is_that_of_central_differences(readout: str, kind: str) -> None:
    case = CASES["recurrent"]
    seed = next(seed for seed in range(100) if well_conditioned(case, draw(case, seed), readout))
    drawn = draw(case, seed)
    net, (loss, target) = reference_net(case, drawn), wanted(case, drawn, kind)
    exact = gradient(net, drawn.times, case.t_end, readout, loss, target, stepwise=True)[2]
    step = 1e-6
    for pair, weights in net.weights.items():
        differences = np.zeros_like(weights)
        for place in np.ndindex(weights.shape):
            values = []
            for sign in (1, -1):
                before = weights[place]
                weights[place] = before + sign * step
                trace = simulate(net, drawn.times, case.t_end)
                values.append(stepwise_loss(net, trace, readout, loss, target)[0])
                weights[place] = before
            differences[place] = (values[0] - values[1]) / (2 * step)
        assert np.linalg.norm(exact[pair] - differences) <= 1e-6 * np.linalg.norm(exact[pair]), pair


# -- first spikes --------------------------------------------------------------------------------------------------
def test_the_pull_on_first_spikes_has_the_exact_gradient() -> None:
    case, errors, seed = SPIKING_OUTPUT["recurrent, spiking output"], [], 0
    loss = sp.SparseCategoricalCrossentropy(temperature=4.0)
    while len(errors) < DRAWS:
        drawn = draw(case, seed)
        seed += 1
        assert seed < 100
        counts = well_conditioned(case, drawn, "first_spike_time")
        if counts is None:
            continue
        options = (case.t_end, "first_spike_time", "early_cross_entropy", drawn.label)
        value, _, exact = gradient(reference_net(case, drawn), drawn.times, *options, scale=0.25)
        plain = gradient(reference_net(case, drawn), drawn.times, *options[:2], "cross_entropy", options[3], scale=0.25)
        found = []
        for dt in TIMESTEPS:
            pull = {"ttfs_alpha": EARLY_ALPHA, "ttfs_tau": EARLY_TAU}
            engine, batch = Engine(case, drawn, dt, "first_spike_time", loss, **pull), data(drawn, dt)
            if spike_counts(engine, case, batch) != counts:
                break
            ours = engine.gradients(batch)
            size = np.linalg.norm(np.concatenate([exact[pair].ravel() for pair in ours]))
            found.append(np.linalg.norm(np.concatenate([(ours[p] - exact[p]).ravel() for p in ours])) / size)
        else:
            assert engine.loss(batch)[0] == pytest.approx(value, rel=0.01)
            assert value > plain[0]
            errors.append(found)
    mean = np.exp(np.log(errors).mean(axis=0))
    print(f"\nerror {mean.round(5)}, falls {(mean[0] / mean[-1]) ** 0.25:.2f}x per halving")
    assert (mean[0] / mean[-1]) ** 0.25 >= 1.8 and mean[-1] <= 0.01


def test_a_pull_on_first_spikes_that_there_are_not_is_a_problem() -> None:
    case = Case()
    with pytest.raises(sp.InvalidDocument, match="no output has a cross-entropy of first spike times"):
        Engine(case, draw(case, 0), 1.0, "avg_var", CROSS_ENTROPY, ttfs_alpha=0.1)


@pytest.mark.parametrize("readout", ["max_var", "var"])
def test_a_readout_that_weighs_no_steps_has_no_loss_of_every_timestep(readout: str) -> None:
    case = Case()
    with pytest.raises(sp.InvalidDocument, match="counts steps as a readout does"):
        Engine(case, draw(case, 0), 1.0, readout, CROSS_ENTROPY, per_timestep_loss=True)
