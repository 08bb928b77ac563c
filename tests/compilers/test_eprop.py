"""E-prop's gradient on the engine against the rule in numpy, its two modes against each other, and its options."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordSpikes
from spikeloom.compilers.eprop import compiler
from spikeloom.compilers.eprop.segments import segment_length
from tests.compilers.eprop_cases import AGAIN, CASES, IN, OUT
from tests.compilers.eprop_nets import EXAMPLES, LOOP, OUTPUT, Case, Engine, alif, error, lif, normal

DRAWS = 3
DELAYED_OUTPUTS = [name for name in CASES if "to the output" in name]  # which the forward mode has not
BOTH = [name for name in CASES if name not in DELAYED_OUTPUTS]


@pytest.mark.parametrize("name", CASES)
def test_the_adjoint_is_the_rule(name):
    """In a build in double precision, over random weights: every gradient, and the loss."""
    engine = Engine(CASES[name], 1, precision="double")
    spikes = 0
    for seed in range(DRAWS):
        engine.draw(seed)
        ours = engine.run()
        expected, count, losses = engine.expected()
        spikes += count
        found = error(ours, expected)
        print(f"\n{name}, draw {seed}: {count} hidden spikes, error {found:.1e}")
        assert found <= 1e-12
        assert sum(engine.losses.values()) == pytest.approx(losses["all"], rel=1e-10)
    assert spikes > 20 * DRAWS


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(("precision", "bound"), [("double", 1e-12), ("float", 1e-5)])
def test_the_adjoint_is_the_forward_mode(name, precision, bound):
    modes = {mode: Engine(CASES[name], 1, precision=precision, mode=mode) for mode in ("adjoint", "forward")}
    for seed in range(DRAWS):
        found = {}
        for mode, engine in modes.items():
            engine.draw(seed)
            found[mode] = engine.run()
        counts = [spikes_of(engine) for engine in modes.values()]
        assert counts[0] == counts[1]
        distance = error(found["adjoint"], found["forward"])
        print(f"\n{name}, draw {seed}, {precision}: {distance:.1e}")
        assert distance <= bound
        losses = [sum(engine.losses.values()) for engine in modes.values()]
        assert losses[0] == pytest.approx(losses[1], rel=bound)


def spikes_of(engine: Engine) -> list[int]:
    """Spikes of each hidden population."""
    record = [RecordSpikes(name) for name in engine.case.hidden]
    batch, steps = [np.arange(EXAMPLES)], engine.case.timesteps
    spikes = engine.runtime.run("predict", engine.data, batch, timesteps=steps, record=record).recording.spikes
    return [len(ids) for trains in spikes.values() for _, ids in trains]


@pytest.mark.parametrize("mode", ["adjoint", "forward"])
def test_a_silent_network_has_no_gradient_but_that_of_its_biases(mode):
    """Far below threshold the pseudo-derivative is 0: not almost nothing, but nothing."""
    silent = Case(connections={IN: normal(0.01, -0.5), AGAIN: LOOP, OUT: OUTPUT})
    engine = Engine(silent, 1, mode=mode)
    gradients = engine.run()
    assert not any(spikes_of(engine))
    biases = gradients.pop("output")
    assert np.abs(biases).max() > 1
    for gradient in gradients.values():
        assert np.abs(gradient).max() == 0
    expected, _, _ = engine.expected()
    assert np.allclose(biases, expected["output"], rtol=1e-5)


@pytest.mark.parametrize("name", ["adaptive, recurrent", "LIF, recurrent", "layers", "exponential synapses"])
def test_it_is_what_autograd_gives_with_recurrent_spikes_and_resets_detached(name):
    """Of PyTorch, where it is installed: the same network, written down a second time."""
    torch = pytest.importorskip("torch")
    from tests.reference.eprop_torch import gradients

    engine = Engine(CASES[name], 1, precision="double")
    engine.draw(1)
    ours = engine.run()
    theirs = gradients(torch, engine)
    distance = error({key: ours[key] for key in theirs}, theirs)
    print(f"\n{name}: {distance:.1e}")
    assert distance <= 1e-12


# -- segments ----------------------------------------------------------------------------------------------------------
SEGMENTED = [
    "refractory",
    "exponential synapses",
    "drawn delays",
    "drawn delays to the output",
    "regularised",
    "layers",
]


@pytest.mark.parametrize("name", [*SEGMENTED, "spikes of its own"])
@pytest.mark.parametrize("length", [1, 7, 25, 49])
def test_segments_change_nothing(name, length, monkeypatch):
    """Computed again, an example has the same spikes, and the sweep the same sums in the same order: the last bit."""
    case = CASES.get(name) or replace(CASES["adaptive, recurrent"], source=sp.PoissonInput)
    engines = [Engine(case, 2)]
    monkeypatch.setattr(compiler, "segment_length", lambda *_: length)
    engines.append(Engine(case, 2))
    for engine in engines:
        if name == "spikes of its own":
            rng = np.random.default_rng(0)
            engine.data.values = {**engine.data.values, "input:input": rng.random((EXAMPLES, 9), np.float32)}
    whole, parts = (engine.run() for engine in engines)
    assert engines[1].compiled.schedules["train"].each_example[-1].segments == -(-case.timesteps // length)
    assert any(np.abs(gradient).max() > 0 for gradient in whole.values())
    for key, gradient in whole.items():
        assert np.array_equal(gradient, parts[key])
    for key, loss in engines[0].losses.items():
        assert np.array_equal(loss, engines[1].losses[key])


def test_the_tape_keeps_to_the_memory_that_it_is_given():
    document = replace(CASES["adaptive, recurrent"], timesteps=18_000, size=512).document()
    learning = document.experiment.learning
    assert segment_length(document, learning) == 18_000  # 75 MB: below the default of 256
    document.experiment.learning = learning.model_copy(update={"tape_memory": 1e-9})
    assert segment_length(document, document.experiment.learning) < 1000  # the least: about as much state as tape
    long = replace(CASES["adaptive, recurrent"], timesteps=2000)
    whole, segmented = Engine(long, 1).runtime.memory, Engine(long, 1, tape_memory=0.05).runtime.memory
    assert segmented < 0.6 * whole


@pytest.mark.parametrize("name", ["adaptive, recurrent", "drawn delays", "regularised"])
def test_what_the_engine_keeps_of_the_steps_is_no_more_than_that(name):
    """Of all arrays that grow with steps or segments, in the engine's own layout; of tapes' few bytes at their ends."""
    for limit in (0.5, 0.3):  # MB; without segments it is 2.6
        engine = Engine(replace(CASES[name], timesteps=10_000, size=32), 1, tape_memory=limit)
        fields = engine.runtime.layout.fields
        tapes = [place for (_, what), place in fields.items() if what.startswith("Tape") or what in ("tape", "kept")]
        kept = sum(4 * place.rows * place.stride for place in tapes)
        print(f"\n{name}: {kept / 1e6:.3f} of {limit} MB")
        assert kept <= 1.02 * limit * 1e6


# -- updates within an example -----------------------------------------------------------------------------------------
def updated(engine: Engine) -> dict[str, np.ndarray]:
    """By how much one batch moves the weights."""
    before = engine.compiled.weights
    first = {name: engine.runtime.get(ref.group, ref.var) for name, ref in before.items()}
    dynamic = engine.compiled.dynamic(1, [EXAMPLES])
    batch, steps = [np.arange(EXAMPLES)], engine.case.timesteps
    engine.runtime.run("train", engine.data, batch, timesteps=steps, update=True, dynamic=dynamic)
    return {name: engine.runtime.get(ref.group, ref.var) - first[name] for name, ref in before.items()}


@pytest.mark.parametrize("name", ["adaptive, recurrent", "exponential synapses", "drawn delays", "layers"])
@pytest.mark.parametrize("steps", [1, 7, 49])
def test_online_updates_add_up_to_the_gradient_where_they_are_small(name, steps):
    rate = 1e-9
    options = {"mode": "forward", "precision": "double"}
    gradient = Engine(CASES[name], 1, **options).run()
    engine = Engine(CASES[name], 1, online=steps, optimiser=sp.SGD(rate), **options)
    assert engine.compiled.schedules["train"].updates == -(-(50 + 2) // steps)
    moved = updated(engine)
    distance = error({key: -change * EXAMPLES / rate for key, change in moved.items()}, {k: gradient[k] for k in moved})
    print(f"\n{name}, every {steps} steps: {distance:.1e}")
    assert distance <= 1e-5


def test_online_updates_act_within_the_example_and_do_not_depend_on_threads():
    case = CASES["adaptive, recurrent"]
    options = {"mode": "forward", "optimiser": sp.SGD(1e-3)}
    whole = updated(Engine(case, 1, **options))
    online = [updated(Engine(case, 1, online=10, threads=threads, **options)) for threads in (1, 3)]
    assert error(online[0], whole) > 1e-3
    for name, moved in online[0].items():
        assert np.array_equal(moved, online[1][name])


# -- feedback, rates ---------------------------------------------------------------------------------------------------
def test_adaptive_feedback_comes_to_agree_with_the_weights():
    case = replace(CASES["adaptive feedback"], rule={"feedback": "adaptive", "feedback_decay": 0.05})
    engine = Engine(case, 1)
    back, forward = "hidden_output.feedback", "hidden_output"

    def apart() -> tuple[float, np.ndarray]:
        difference = engine.runtime.get(back, "Difference")
        assert np.array_equal(engine.runtime.get(back, "g"), engine.runtime.get(forward, "g").T)
        return float(np.linalg.norm(difference)), engine.runtime.get(forward, "g")

    first, weights = apart()
    for _ in range(10):
        updated(engine)
    last, moved = apart()
    assert last == pytest.approx(first * 0.95**10, rel=1e-4)
    assert not np.array_equal(weights, moved)


def test_random_feedback_stays():
    engine = Engine(CASES["random feedback"], 1)
    first = engine.runtime.get("hidden_output.feedback", "Random")
    updated(engine)
    assert np.array_equal(first, engine.runtime.get("hidden_output.feedback", "Random"))
    assert first.std() == pytest.approx(1.0, abs=0.4)


@pytest.mark.parametrize("mode", ["adjoint", "forward"])
def test_rates_cross_from_batch_to_batch_as_the_document_says(mode):
    """An example starts from the mean over the batch before it, at the end of its examples, or from the target."""
    rule = {"c_reg": 1e-9, "f_target": 40.0, "tau_reg": 30.0}
    engine = Engine(replace(CASES["regularised"], rule=rule), 1, precision="double", mode=mode)
    assert engine.runtime.get("hidden", "RateStart") == pytest.approx(0.04)
    net = engine.reference()
    ends = []
    for example in range(EXAMPLES):
        answers = {name: given[example] for name, given in engine.answers.items()}
        trace = net.simulate({"input": engine.spikes[example]}, answers)
        keep, rate = np.exp(-1 / 30), net.rates["hidden"].copy()
        for n in range(engine.case.timesteps):
            rate = keep * rate + (1 - keep) * (trace.spikes["hidden"][n - 1] if n else 0)
        ends.append(rate)
    updated(engine)
    assert np.allclose(engine.runtime.get("hidden", "RateStart"), np.mean(ends, axis=0), rtol=1e-10)
    engine = Engine(replace(CASES["regularised"], rule={**rule, "rate_start": "target"}), 1, mode=mode)
    updated(engine)
    assert engine.runtime.get("hidden", "RateStart") == pytest.approx(0.04)


def test_regularisation_brings_rates_to_the_target():
    rule = {"c_reg": 50.0, "f_target": 100.0, "tau_reg": 50.0, "optimiser": sp.Adam(0.01)}
    engine = Engine(Case(rule=rule, connections={IN: normal(0.4, 0.3), AGAIN: LOOP, OUT: OUTPUT}), 1)

    def distance() -> float:
        return abs(np.mean(spikes_of(engine)) / 8 / 0.05 - 100.0)  # Hz: 8 neurons for 50 ms

    before = distance()
    for _ in range(150):
        updated(engine)
    print(f"\n{before:.0f} Hz from the target, then {distance():.0f}")
    assert distance() < before / 3


# -- the same numbers, whatever the machine ----------------------------------------------------------------------------
def test_training_does_not_depend_on_threads():
    case = Case(hidden={"first": alif(), "second": lif()}, connections=CASES["layers"].connections, timesteps=40)
    weights = []
    for threads in (1, 3):
        engine = Engine(replace(case, rule={"c_reg": 1.0}), 1, threads=threads)
        for _ in range(5):
            updated(engine)
        weights.append({name: engine.runtime.get(ref.group, ref.var) for name, ref in engine.compiled.weights.items()})
    for name, values in weights[0].items():
        assert np.array_equal(values, weights[1][name])
