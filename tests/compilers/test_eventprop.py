"""EventProp's gradient against the event-driven float64 reference, and against differences of the engine itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikeloom.backends.interface import RecordSpikes
from tests.compilers.connected import CONNECTED
from tests.compilers.nets import OUTPUT, Case, Draw, Engine, data, draw, reference_net
from tests.reference.adjoint import gradient
from tests.reference.event_driven import simulate
from tests.reference.readouts import DELTA, read_out

CASES = {
    "feed-forward": Case(),
    "recurrent": Case(recurrent=(0,)),
    "two layers, the second recurrent": Case(hidden=(8, 7), recurrent=(1,)),
    "equal time constants": Case(tau_mem=(8.0, 8.0), tau_syn=(8.0, 8.0), threshold=2.0),
}
ADAPTING = {
    "adaptive": Case(adapting={"hidden0": (0.3, 30.0)}),
    "adaptive, recurrent": Case(recurrent=(0,), adapting={"hidden0": (0.3, 30.0)}),
    "adaptive, slow": Case(recurrent=(0,), adapting={"hidden0": (0.5, 400.0)}),
    "adaptive, negative": Case(adapting={"hidden0": (-0.15, 15.0)}),
    "LIF onto adaptive, recurrent": Case(hidden=(8, 7), recurrent=(1,), adapting={"hidden1": (0.3, 25.0)}),
}
SPIKING_OUTPUT = {
    f"{name}, spiking output": replace(CASES[name], spiking_output=True)
    for name in ("feed-forward", "recurrent", "two layers, the second recurrent")
}
SPIKING_OUTPUT["delays, spiking output"] = replace(CONNECTED["delays"], spiking_output=True)
CROSS_ENTROPY, MEAN_SQUARE = "sparse_categorical_crossentropy", "mean_square_error"
RELATIVE = "relative_mean_square_error"
LOSSES = {CROSS_ENTROPY: "cross_entropy", MEAN_SQUARE: "mean_square", RELATIVE: "relative_mean_square"}
TEMPERATURE = 4.0  # ms, of the cross-entropy of spike times
TIMESTEPS = [1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256]  # ms
DRAWS = 12


def well_conditioned(case: Case, drawn: Draw, readout: str) -> list[int] | None:
    """Spike counts of the hidden layers (and outputs that spike), or None for a draw that says little about the engine.

    A neuron that grazes its threshold has an arbitrarily large gradient that no grid resolves, and a maximum at the
    very time of a spike has a derivative by that time that the readout's sampling on a grid leaves out.
    """
    net = reference_net(case, drawn)
    try:
        trace = simulate(net, drawn.times, case.t_end)
    except RuntimeError:  # runaway activity
        return None
    spikes = [spike for layer in case.layers[1:-1] for spike in trace.spikes[layer]]
    currents = [
        (s.current, case.threshold_of(layer) + case.adapting.get(layer, (0.0,))[0] * s.adaptation)
        for layer in case.layers[1:-1]
        for s in trace.spikes[layer]
    ]
    counts = [len(trace.spikes[layer]) for layer in case.layers[1:-1]]
    if case.spiking_output:
        first = {spike.neuron: spike for spike in reversed(trace.spikes["output"])}
        spikes += first.values()
        currents += [(spike.current, case.threshold) for spike in first.values()]
        if len(first) < case.n_outputs:
            return None
    if min(counts) < 3 or any(current < 1.4 * threshold for current, threshold in currents):
        return None
    if readout == "max_var":
        times = np.array([spike.time for spike in spikes] + [t for train in drawn.times for t in train])
        if any(np.abs(times - sample.time).min() < 0.1 for sample in read_out(net, trace, readout).samples):
            return None
    return counts


class Errors:
    """How far the engine's gradient is from the exact one, for one case under one readout and loss."""

    def __init__(self, case: Case, readout: str, loss: str) -> None:
        self.case, self.readout, self.loss = case, readout, loss
        self.engines: dict[float, Engine] = {}

    def of(self, seed: int) -> list[float] | None:
        """Normwise relative error of a draw at each timestep; None if a step changes a spike count."""
        drawn = draw(self.case, seed)
        counts = well_conditioned(self.case, drawn, self.readout)
        if counts is None:
            return None
        exact = None
        found = []
        for dt in TIMESTEPS:
            scaled, scale = drawn, 1.0
            if self.readout == "sum_var":
                # A sum over steps grows as steps shrink: smaller weights into the output keep the loss the same.
                weights = {pair: w * dt if pair[1] == "output" else w for pair, w in drawn.weights.items()}
                scaled, scale = replace(drawn, weights=weights), 1 / dt
            engine, batch = self.engine(scaled, dt), data(scaled, dt)
            if spike_counts(engine, self.case, batch) != counts:
                return None
            if exact is None or scaled is not drawn:
                exact = self.exact(scaled, scale)
            ours = engine.gradients(batch)
            difference = np.concatenate([(ours[pair] - exact[pair]).ravel() for pair in ours])
            size = np.linalg.norm(np.concatenate([exact[pair].ravel() for pair in ours]))
            found.append(float(np.linalg.norm(difference) / size))
        return found

    def exact(self, drawn: Draw, scale: float) -> dict[tuple[str, str], np.ndarray]:
        """The gradient of the reference, in the shapes of what is trained."""
        target = drawn.target if self.loss == MEAN_SQUARE else drawn.label
        if self.loss == CROSS_ENTROPY and self.case.spiking_output:
            scale = 1 / TEMPERATURE
        net = reference_net(self.case, drawn)
        _, _, found = gradient(net, drawn.times, self.case.t_end, self.readout, LOSSES[self.loss], target, scale=scale)
        return {pair: drawn.wired[pair].gradient(found[pair]) for pair in found}

    def engine(self, drawn: Draw, dt: float) -> Engine:
        """The engine with the weights of a draw; the one of the draw before, where nothing but weights differs."""
        if dt in self.engines and not self.case.drawn_delays:
            self.engines[dt].use(drawn)
            return self.engines[dt]
        options: dict[str, Any] = {"type": self.loss}
        if self.loss == RELATIVE:
            options["delta"] = DELTA
        if self.loss == CROSS_ENTROPY and self.case.spiking_output:
            options["temperature"] = TEMPERATURE
        self.engines[dt] = Engine(self.case, drawn, dt, self.readout, options)
        return self.engines[dt]


def spike_counts(engine: Engine, case: Case, batch) -> list[int]:
    """Spikes of each hidden layer on the engine."""
    hidden = case.layers[1:-1]
    record = [RecordSpikes(layer) for layer in hidden]
    steps = engine.compiled.timesteps
    recording = engine.runtime.run("predict", batch, [np.array([0])], timesteps=steps, record=record).recording
    return [len(recording.spikes[layer][0][0]) for layer in hidden]


VOLTAGES = [
    ("avg_var", CROSS_ENTROPY),
    ("sum_var", CROSS_ENTROPY),
    ("avg_var_exp_weight", CROSS_ENTROPY),
    ("max_var", CROSS_ENTROPY),
    ("var", CROSS_ENTROPY),
    ("avg_var", MEAN_SQUARE),
    ("var", MEAN_SQUARE),
    ("var", RELATIVE),
]
TIMES = [("first_spike_time", CROSS_ENTROPY), ("first_spike_time", RELATIVE)]


@pytest.mark.parametrize(
    ("name", "readout", "loss"),
    [(name, *pair) for name in CASES for pair in VOLTAGES]
    + [(name, "avg_var", CROSS_ENTROPY) for name in (*CONNECTED, *ADAPTING)]
    + [(name, *pair) for name in SPIKING_OUTPUT for pair in TIMES],
)
def test_the_gradient_approaches_the_exact_one_as_the_timestep_shrinks(name, readout, loss, record_property):
    compared = Errors((CASES | CONNECTED | ADAPTING | SPIKING_OUTPUT)[name], readout, loss)
    errors: list[list[float]] = []
    seed = left_out = 0
    while len(errors) < DRAWS:
        found = compared.of(seed)
        seed += 1
        left_out += found is None
        errors += [found] if found is not None else []
        assert seed < 250, f"only {len(errors)} of {seed} draws could be compared"
    # Where a spike falls within its step is as good as random: the mean over draws is what falls with the step.
    mean = np.exp(np.log(errors).mean(axis=0))
    per_halving = (mean[0] / mean[-1]) ** (1 / (len(TIMESTEPS) - 1))
    record_property("errors", mean.tolist())
    record_property("left_out", left_out)
    print(f"\n{name}, {readout}, {loss}: error {mean.round(5)}, falls {per_halving:.2f}x, left out {left_out}/{seed}")
    assert per_halving >= 1.8
    assert mean[-1] <= 0.01


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("readout", ["avg_var", "sum_var", "avg_var_exp_weight", "max_var", "var"])
def test_weights_into_the_output_match_differences_of_the_engine(readout, loss):
    """They change no spike, so the loss is smooth in them and the backward step the exact transpose of the forward."""
    case = Case(hidden=(6,), t_end=20.0)
    drawn = draw(case, 3)
    if readout == "sum_var":
        drawn.weights["hidden0", "output"] *= 0.02
    engine, batch = Engine(case, drawn, 0.5, readout, loss), data(drawn, 0.5)
    exact = engine.gradients(batch)[OUTPUT]
    differences = engine.differences(batch, OUTPUT, drawn.weights[OUTPUT])
    assert np.linalg.norm(exact) > 0
    assert np.linalg.norm(exact - differences) <= 1e-6 * np.linalg.norm(differences)
