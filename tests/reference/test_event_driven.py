"""Prove the event-driven reference: its simulation by two other integrators, its gradient by central differences."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from tests.reference.adjoint import gradient
from tests.reference.event_driven import Layer, Net, Trace, simulate
from tests.reference.readouts import LOSSES, READOUTS, loss, read_out

T_END = 30.0  # ms
STEP = 1e-6  # of the central differences; with spike times exact to 1e-14 ms, it balances truncation and rounding
# Factors before the softmax that keep it from saturating.
SCALES = {
    "first_spike_time": 0.3,
    "avg_var": 2.0,
    "sum_var": 0.05,
    "avg_var_exp_weight": 5.0,
    "max_var": 1.0,
    "var": 1.0,
}
WEIGHT_TAU = 17.0  # ms


@dataclass(frozen=True)
class Case:
    """A net with its input and one target for each loss."""

    net: Net
    input_spikes: list[np.ndarray]
    targets: dict[str, int | np.ndarray]


def draw(
    seed: int,
    layers: list[Layer],
    n_inputs: int,
    edges: dict[tuple[str, str], tuple[float, float]],
    delayed: dict[tuple[str, str], tuple[float, ...]] | None = None,
) -> Case:
    """Draw a case, its weights normal with the mean and standard deviation given for each pair of layers.

    `delayed` has the delays (ms) that the synapses of a pair of layers draw from.
    """
    rng = np.random.default_rng(seed)
    sizes = {"input": n_inputs} | {x.name: x.size for x in layers}
    weights = {(i, j): rng.normal(*stats, (sizes[i], sizes[j])) for (i, j), stats in edges.items()}
    spikes = [np.sort(rng.uniform(0, 0.8 * T_END, 4)) for _ in range(n_inputs)]
    output = next((x for x in layers if x.threshold is None), layers[-1])
    label = int(rng.integers(output.size))
    targets = {"cross_entropy": label, "mean_square": rng.normal(0, 0.5, output.size), "relative_mean_square": label}
    delays = {pair: rng.choice(choices, weights[pair].shape) for pair, choices in (delayed or {}).items()}
    name = "" if output.threshold is None else output.name
    return Case(Net(layers, n_inputs, weights, name, delays), spikes, targets)


FEED = {("input", "h"): (0.9, 0.8), ("h", "out"): (0.2, 0.5)}
DRAWS = {
    "one_hidden": (17, [Layer("h", 5, 18.0, 6.0, 0.8), Layer("out", 3, 12.0, 4.0)], 6, FEED),
    "two_hidden": (
        19,
        [Layer("h", 5, 20.0, 5.0, 0.6), Layer("g", 4, 11.0, 7.0, 0.9), Layer("out", 3, 16.0, 3.0)],
        5,
        {("input", "h"): (0.9, 0.8), ("h", "g"): (0.8, 0.7), ("g", "out"): (0.2, 0.5)},
    ),
    "recurrent": (
        59,
        [Layer("h", 6, 18.0, 6.0, 0.8), Layer("out", 3, 25.0, 5.0)],
        5,
        FEED | {("h", "h"): (-0.1, 0.6)},
    ),
    "graph": (
        33,
        # The layers, one of them with the synapses slower than the membrane, and the output stand in no special order.
        [Layer("g", 3, 5.0, 9.0, 0.6), Layer("out", 2, 13.0, 4.0), Layer("h", 4, 20.0, 6.0, 0.8)],
        5,
        FEED
        | {("input", "out"): (0.0, 0.3), ("h", "g"): (0.5, 0.5), ("g", "h"): (-0.3, 0.5)}
        | {("g", "g"): (-0.3, 0.5), ("h", "h"): (-0.3, 0.5), ("g", "out"): (0.2, 0.5)},
    ),
    "equal_taus": (
        24,
        [Layer("h", 5, 10.0, 10.0, 0.7), Layer("out", 3, 7.0, 7.0)],
        5,
        FEED | {("h", "h"): (-0.3, 0.5)},
    ),
}

# Nets whose thresholds adapt: one layer with itself, and two layers of which the one adapts slowly, the other fast.
ADAPTIVE = {
    "adaptive": (
        61,
        [Layer("h", 6, 18.0, 6.0, 0.6, 0.3, 25.0), Layer("out", 3, 25.0, 5.0)],
        5,
        FEED | {("h", "h"): (-0.1, 0.6)},
    ),
    "adaptive_two_hidden": (
        19,
        [
            Layer("h", 5, 20.0, 5.0, 0.5, 0.2, 300.0),
            Layer("g", 4, 11.0, 7.0, 0.7, 0.15, 12.0),
            Layer("out", 3, 16.0, 3.0),
        ],
        5,
        {("input", "h"): (0.9, 0.8), ("h", "g"): (0.8, 0.7), ("g", "out"): (0.2, 0.5)},
    ),
}

# Nets whose outputs spike; they are read by the times of their first spikes.
SPIKING = {
    "spiking_output": (
        4,
        [Layer("h", 5, 18.0, 6.0, 0.8), Layer("out", 3, 12.0, 4.0, 0.5)],
        6,
        {("input", "h"): (0.9, 0.8), ("h", "out"): (0.7, 0.5)},
    ),
    "recurrent_spiking_output": (
        4,
        [Layer("h", 6, 18.0, 6.0, 0.8), Layer("out", 3, 25.0, 5.0, 0.5)],
        5,
        {("input", "h"): (0.9, 0.8), ("h", "out"): (0.7, 0.5), ("h", "h"): (-0.1, 0.6)},
    ),
}


@cache
def case(name: str) -> Case:
    """Draw a case by its name."""
    return draw(*(DRAWS | ADAPTIVE | SPIKING | DELAYED)[name])


DELAYED = {
    "delayed": (
        21,
        [Layer("h", 6, 18.0, 6.0, 0.8), Layer("out", 3, 25.0, 5.0)],
        5,
        FEED | {("h", "h"): (-0.1, 0.6)},
        {("input", "h"): (0.0, 1.3, 4.0), ("h", "h"): (0.0, 2.2), ("h", "out"): (3.1,)},
    ),
    "delayed_spiking": (
        22,
        [Layer("h", 6, 18.0, 6.0, 0.8), Layer("out", 3, 14.0, 5.0, 0.6)],
        5,
        {("input", "h"): (0.9, 0.8), ("h", "out"): (0.8, 0.4)},
        {("input", "h"): (0.7,), ("h", "out"): (0.0, 1.9, 2.4)},
    ),
}


@cache
def traced(name: str) -> Trace:
    """Simulate a case."""
    return simulate(case(name).net, case(name).input_spikes, T_END)


def order(trace: Trace) -> list[tuple[list[int], list[int]]]:
    """Return which inputs and neurons spike in each event."""
    return [(event.inputs.tolist(), event.neurons.tolist()) for event in trace.events]


# Simulation


def joined(net: Net) -> tuple[np.ndarray, ...]:
    """Return tau_mem, tau_syn, thresholds, input weights and weights over all neurons in a row."""
    at = {x.name: np.arange(x.size) + sum(y.size for y in net.layers[:k]) for k, x in enumerate(net.layers)}
    n = sum(x.size for x in net.layers)
    w_input, w = np.zeros((net.n_inputs, n)), np.zeros((n, n))
    for (source, target), weights in net.weights.items():
        into, rows = (w_input, np.arange(net.n_inputs)) if source == "input" else (w, at[source])
        into[np.ix_(rows, at[target])] = weights
    columns = [(x.tau_mem, x.tau_syn, np.inf if x.threshold is None else x.threshold) for x in net.layers]
    params = np.repeat(np.array(columns), [x.size for x in net.layers], axis=0).T
    return *params, w_input, w


def departures(net: Net) -> tuple[np.ndarray, np.ndarray]:
    """Delays of the synapses of the inputs and of all neurons in a row."""
    return joined(replace(net, weights=net.delays, delays={}))[3:]  # type: ignore[return-value]


def parts(weights: np.ndarray, delays: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """The weights of a row by delay."""
    return [(float(d), np.where(delays == d, weights, 0.0)) for d in np.unique(delays)]


def clocked(net: Net, input_spikes: list[np.ndarray], dt: float) -> tuple[list[tuple[float, int]], np.ndarray]:
    """Simulate with steps of dt, exact between them but with spikes at their ends; return spikes and final V."""
    tau_mem, tau_syn, threshold, w_input, w = joined(net)
    step = np.array(
        [expm(dt * np.array([[-1 / m, 1 / m], [0, -1 / s]])) for m, s in zip(tau_mem, tau_syn, strict=True)]
    )
    arrivals = [np.rint(times / dt).astype(int) for times in input_spikes]
    jumps = {k: sum(w_input[j] * np.sum(a == k) for j, a in enumerate(arrivals)) for a in arrivals for k in a}
    v, i, spikes = np.zeros_like(tau_mem), np.zeros_like(tau_mem), []
    for k in range(round(T_END / dt) + 1):
        if k:
            v, i = step[:, 0, 0] * v + step[:, 0, 1] * i, step[:, 1, 1] * i
        fired = v >= threshold
        if fired.any():
            spikes += [(k * dt, n) for n in np.flatnonzero(fired)]
            v = np.where(fired, 0.0, v)
            i = i + w[fired].sum(axis=0)
        if k in jumps:
            i = i + jumps[k]
    return spikes, v


def flat_spikes(trace: Trace, net: Net) -> list[tuple[float, int]]:
    """Return the spikes of all layers, in the order of time, with neurons counted through."""
    first = np.cumsum([0] + [x.size for x in net.layers])
    return sorted(
        (s.time, int(o) + s.neuron) for x, o in zip(net.layers, first, strict=False) for s in trace.spikes[x.name]
    )


@pytest.mark.parametrize("name", ["recurrent", "equal_taus"])
def test_a_clocked_simulation_converges_to_the_reference(name: str) -> None:
    net = case(name).net
    # Input spikes on the grid of the coarser steps, so that only the spikes of neurons are late.
    input_spikes = [np.round(x, 2) for x in case(name).input_spikes]
    trace = simulate(net, input_spikes, T_END)
    exact = flat_spikes(trace, net)
    errors = []
    for dt in (1e-2, 1e-3):
        spikes, v_end = clocked(net, input_spikes, dt)
        assert [n for _, n in sorted(spikes)] == [n for _, n in exact]
        late = np.array([t for t, _ in sorted(spikes)]) - [t for t, _ in exact]
        errors.append((np.abs(late).max(), np.abs(v_end - trace.v_end).max()))
    # Each spike is late by up to a step, and the delays add up along the causes of a spike.
    assert errors[1][0] < 2e-2
    assert errors[1][1] < 5e-3
    assert np.all(np.array(errors[1]) < 0.2 * np.array(errors[0]))


def key(arrival: tuple[float, int, np.ndarray]) -> tuple[float, int]:
    """The order of arrivals; weights have none."""
    return arrival[:2]


def integrated(net: Net, input_spikes: list[np.ndarray]) -> tuple[list[tuple[float, int]], np.ndarray, np.ndarray]:
    """Simulate with a Runge-Kutta method of high order; return spikes, final V and the three integrals of V.

    The integrals are those of V, of exp(-t / WEIGHT_TAU) V and of exp(-t / T_END) V, of shape (3, n_neurons).
    """
    tau_mem, tau_syn, threshold, w_input, w = joined(net)
    n = tau_mem.size
    rates = np.array([0.0, 1 / WEIGHT_TAU, 1 / T_END])[:, None]
    sizes = [layer.size for layer in net.layers]
    beta, tau_adapt = (np.repeat([getattr(x, name) for x in net.layers], sizes) for name in ("beta", "tau_adapt"))

    def motion(t: float, x: np.ndarray) -> np.ndarray:
        v, i, a = x[:n], x[n : 2 * n], x[5 * n :]
        return np.concatenate([(i - v) / tau_mem, -i / tau_syn, (np.exp(-rates * t) * v).ravel(), -a / tau_adapt])

    def excess(x: np.ndarray) -> np.ndarray:
        return np.asarray(x[:n] - threshold - beta * x[5 * n :])

    def crossing(_t: float, x: np.ndarray) -> float:
        return float(np.max(excess(x)))

    crossing.terminal, crossing.direction = True, 1
    t, x, spikes = 0.0, np.zeros(6 * n), []
    d_input, d = departures(net)
    sent = [(time, parts(w_input[j], d_input[j])) for j, times in enumerate(input_spikes) for time in times]
    arrivals = sorted([(time + delay, k, row) for k, (time, rows) in enumerate(sent) for delay, row in rows], key=key)
    while t < T_END:
        stop = min(T_END, arrivals[0][0]) if arrivals else T_END
        if t < stop:
            s = solve_ivp(motion, (t, stop), x, "DOP853", events=crossing, rtol=1e-12, atol=1e-13, max_step=2.0)
            t, x = float(s.t[-1]), s.y[:, -1].copy()
            if s.status == 1:
                fired = int(np.argmax(excess(x)))
                spikes.append((t, fired))
                x[fired] = 0.0
                x[5 * n + fired] += 1.0
                arrivals += [(t + delay, -1, row) for delay, row in parts(w[fired], d[fired])]
                arrivals.sort(key=key)
        else:
            x[n : 2 * n] += arrivals.pop(0)[2]
    return spikes, x[:n], x[2 * n : 5 * n].reshape(3, n)


@pytest.mark.parametrize("name", [*DRAWS, *ADAPTIVE, "delayed"])
def test_an_adaptive_integrator_finds_the_same_spikes_and_readouts(name: str) -> None:
    net, trace = case(name).net, traced(name)
    spikes, v_end, integrals = integrated(net, case(name).input_spikes)
    exact = flat_spikes(trace, net)
    assert [n for _, n in spikes] == [n for _, n in exact]
    np.testing.assert_allclose([t for t, _ in spikes], [t for t, _ in exact], atol=1e-10, rtol=0)
    out = np.concatenate([np.full(x.size, x.threshold is None) for x in net.layers])
    expected = {"avg_var": integrals[0, out] / T_END, "sum_var": integrals[0, out], "var": v_end[out]}
    for readout, y in expected.items():
        np.testing.assert_allclose(read_out(net, trace, readout).y, y, atol=1e-10, rtol=0)
    for tau, y in [(WEIGHT_TAU, integrals[1, out] / T_END), (None, integrals[2, out] / T_END)]:
        np.testing.assert_allclose(read_out(net, trace, "avg_var_exp_weight", tau).y, y, atol=1e-10, rtol=0)


@pytest.mark.parametrize("name", DRAWS)
def test_the_maximum_is_reached_and_never_exceeded(name: str) -> None:
    net, trace = case(name).net, traced(name)
    read = read_out(net, trace, "max_var")
    # A trial cut short at t is exact there, and its events are the same.
    for sample, y in zip(read.samples, read.y, strict=True):
        cut = simulate(net, case(name).input_spikes, sample.time)
        assert read_out(net, cut, "var").y[sample.output] == pytest.approx(y, abs=1e-13)
    times = np.linspace(0.1, T_END, 100)
    dense = np.array([read_out(net, simulate(net, case(name).input_spikes, t), "var").y for t in times])
    assert np.all(read.y >= dense.max(axis=0) - 1e-13)


def test_nearly_equal_time_constants_approach_the_limit() -> None:
    net, spikes, target = case("equal_taus").net, case("equal_taus").input_spikes, 0
    apart = replace(net, layers=[replace(x, tau_syn=x.tau_syn * (1 + 1e-9)) for x in net.layers])
    for readout in READOUTS:
        value, y, grads = gradient(net, spikes, T_END, readout, "cross_entropy", target)
        value_apart, y_apart, grads_apart = gradient(apart, spikes, T_END, readout, "cross_entropy", target)
        assert value_apart == pytest.approx(value, rel=1e-6)
        np.testing.assert_allclose(y_apart, y, rtol=1e-6, atol=1e-8)
        for key, grad in grads.items():
            assert np.linalg.norm(grads_apart[key] - grad) <= 1e-6 * np.linalg.norm(grad)


def test_equal_neurons_spike_in_one_event() -> None:
    w = {("input", "h"): np.full((1, 3), 3.0), ("h", "h"): np.full((3, 3), -0.3), ("h", "out"): np.ones((3, 1))}
    net = Net([Layer("h", 3, 20.0, 5.0, 0.5), Layer("out", 1, 20.0, 5.0)], 1, w)
    trace = simulate(net, [np.array([1.0, 1.0, 9.0])], 30.0)
    spiking = [event for event in trace.events if event.neurons.size]
    assert spiking
    assert all(event.neurons.tolist() == [0, 1, 2] for event in spiking)
    assert trace.events[0].inputs.tolist() == [0, 0]
    assert trace.events[0].i_after.tolist() == [6.0, 6.0, 6.0, 0.0]


def test_recurrent_excitation_that_runs_away_is_reported() -> None:
    w = {("input", "h"): np.array([[9.0]]), ("h", "h"): np.array([[9.0]]), ("h", "out"): np.ones((1, 1))}
    net = Net([Layer("h", 1, 20.0, 5.0, 0.5), Layer("out", 1, 20.0, 5.0)], 1, w)
    with pytest.raises(RuntimeError, match="events"):
        simulate(net, [np.array([0.0])], T_END, max_events=100)


# Gradient


@cache
def differences(name: str) -> tuple[dict[tuple[str, str], list], int, int]:
    """Simulate a case with each weight moved down and up by STEP.

    The loss jumps where a spike comes or goes, and has a kink where two spikes change their order: the spike that was
    first no longer moves the other. So a weight counts only if neither happens to it.

    Returns the pairs of traces for each pair of layers (None where the order of the events changes), the number of
    weights so skipped, and the number of all.
    """
    net, input_spikes = case(name).net, case(name).input_spikes
    usual = order(traced(name))
    pairs: dict[tuple[str, str], list] = {}
    for key, weights in net.weights.items():
        pairs[key] = []
        for k in range(weights.size):
            moved = [weights.copy(), weights.copy()]
            moved[0].flat[k] -= STEP
            moved[1].flat[k] += STEP
            traces = [simulate(replace(net, weights=net.weights | {key: w}), input_spikes, T_END) for w in moved]
            pairs[key].append(traces if all(order(x) == usual for x in traces) else None)
    every = [pair for group in pairs.values() for pair in group]
    return pairs, sum(pair is None for pair in every), len(every)


def errors(name: str, readout: str, kind: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Return, for each pair of layers, the norm of (gradient - central differences) and that of the gradient."""
    net, target = case(name).net, case(name).targets[kind]
    options = {"scale": SCALES[readout], "weight_tau": WEIGHT_TAU}
    _, _, grads = gradient(net, case(name).input_spikes, T_END, readout, kind, target, **options)
    result = {}
    for key, pairs in differences(name)[0].items():
        kept = np.array([pair is not None for pair in pairs])
        ends = [[loss(net, x, readout, kind, target, **options)[0] for x in pair] for pair in pairs if pair]
        slope = (np.array(ends) @ [-1, 1]) / (2 * STEP)
        exact = grads[key].ravel()[kept]
        result[key] = (float(np.linalg.norm(exact - slope)), float(np.linalg.norm(exact)))
    return result


@pytest.mark.parametrize("name", [*DRAWS, *SPIKING])
def test_the_draws_exercise_the_nets(name: str) -> None:
    net, trace = case(name).net, traced(name)
    for layer in net.layers:
        if layer.threshold is not None:
            assert len(trace.spikes[layer.name]) >= 5
    _, skipped, total = differences(name)
    assert skipped <= 0.02 * total


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("name", DRAWS)
def test_the_gradient_is_that_of_central_differences(name: str, readout: str, kind: str) -> None:
    for key, (error, norm) in errors(name, readout, kind).items():
        assert norm > 1e-3, key
        assert error <= 1e-7 * norm, key


@pytest.mark.parametrize("readout", ["avg_var", "sum_var", "avg_var_exp_weight", "var"])
def test_the_gradient_through_delays_is_that_of_central_differences(readout: str) -> None:
    for key, (error, norm) in errors("delayed", readout, "cross_entropy").items():
        assert norm > 1e-3, key
        assert error <= 1e-7 * norm, key


@pytest.mark.parametrize("name", ADAPTIVE)
def test_the_gradient_through_adapting_thresholds_is_that_of_central_differences(name: str) -> None:
    assert sum(len(spikes) for spikes in traced(name).spikes.values()) >= 10
    for readout in ("avg_var", "var"):
        for key, (error, norm) in errors(name, readout, "cross_entropy").items():
            assert norm > 1e-3, key
            assert error <= 1e-7 * norm, key


@pytest.mark.parametrize("kind", ["cross_entropy", "relative_mean_square"])
@pytest.mark.parametrize("name", [*SPIKING, "delayed_spiking"])
def test_the_gradient_of_first_spike_times_is_that_of_central_differences(name: str, kind: str) -> None:
    read = read_out(case(name).net, traced(name), "first_spike_time")
    assert len(read.first_spikes) == 3
    # Later spikes of the outputs, which the readout leaves out, are there too.
    assert len(traced(name).spikes["out"]) > 3
    for key, (error, norm) in errors(name, "first_spike_time", kind).items():
        assert norm > 1e-3, key
        assert error <= 1e-7 * norm, key


def test_a_drive_at_spikes_is_a_pull_on_the_voltage_there() -> None:
    """With fixed spike times, d added to lambda_V at a spike of n is the gradient of -tau_mem d V_n there."""
    net = Net([Layer("h", 1, 20.0, 5.0, 0.5), Layer("out", 1, 20.0, 5.0)], 1, {
        ("input", "h"): np.array([[4.0]]), ("h", "out"): np.array([[0.0]])})  # fmt: skip
    spikes = [np.array([1.0])]
    trace = simulate(net, spikes, T_END)
    (time,) = (spike.time for spike in trace.spikes["h"])
    grads = gradient(net, spikes, T_END, "avg_var", "mean_square", np.zeros(1), spike_drive={"h": np.array([0.3])})[2]

    s = time - 1.0
    v_per_weight = 5 / (20 - 5) * (np.exp(-s / 20) - np.exp(-s / 5))
    assert grads["input", "h"][0, 0] == pytest.approx(-20.0 * 0.3 * v_per_weight, rel=1e-9)


def test_the_draws_have_maxima_of_all_kinds() -> None:
    """The gradient of the maximum differs between a smooth one and one that a spike cuts off."""
    smooth = cut_by_neuron = 0
    for name in DRAWS:
        trace = traced(name)
        for sample in read_out(case(name).net, trace, "max_var").samples:
            event = trace.events[sample.segment] if sample.segment < len(trace.events) else None
            at_event = event is not None and event.time == sample.time
            smooth += not at_event and 0 < sample.time < T_END
            cut_by_neuron += at_event and event.neurons.size > 0
    assert smooth >= 2
    assert cut_by_neuron >= 2


def test_equal_neurons_that_spike_at_once_have_the_gradient_of_each() -> None:
    w = {("input", "h"): np.full((1, 3), 3.0), ("h", "out"): np.array([[1.0, 0.2], [-0.5, 0.4], [0.7, 0.1]])}
    net = Net([Layer("h", 3, 20.0, 5.0, 0.5), Layer("out", 2, 15.0, 5.0)], 1, w)
    example = ([np.array([1.0, 1.0, 9.0])], T_END)
    grads = gradient(net, *example, "avg_var", "cross_entropy", 1)[2]
    for key, weights in w.items():
        for k in range(weights.size):
            values = []
            for step in (-STEP, STEP):
                moved = weights.copy()
                moved.flat[k] += step
                trace = simulate(replace(net, weights=w | {key: moved}), *example)
                values.append(loss(net, trace, "avg_var", "cross_entropy", 1)[0])
            assert (values[1] - values[0]) / (2 * STEP) == pytest.approx(grads[key].flat[k], rel=1e-6)


def test_value_and_readout_of_the_gradient_are_those_of_the_loss() -> None:
    c = case("recurrent")
    for readout in READOUTS:
        for kind in LOSSES:
            value, y, grads = gradient(c.net, c.input_spikes, T_END, readout, kind, c.targets[kind])
            assert value == loss(c.net, traced("recurrent"), readout, kind, c.targets[kind])[0]
            assert y.shape == (3,)
            assert {key: g.shape for key, g in grads.items()} == {key: w.shape for key, w in c.net.weights.items()}
