"""Networks on the engine against the same networks step by step in numpy: spikes, voltages, readouts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.compilers.inference import compile_inference
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.backends.step_by_step import counts_of, simulate

EXAMPLES = 4
Part = tuple[str, str, float, float, sp.Synapse]  # source, target, mean and sd of the weights, synapse


def document(
    populations: dict[str, tuple[sp.Neuron, int]],
    connections: list[Part],
    *,
    dt: float = 1.0,
    time: float = 40.0,
    inputs: int = 7,
) -> sp.Document:
    """A document with random weights, the same for the same sizes."""
    rng = np.random.default_rng(7)
    sizes = {"input": inputs} | {name: size for name, (_, size) in populations.items()}
    with sp.Network() as net:
        sp.Population("spike_input", inputs, name="input")
        for name, (neuron, size) in populations.items():
            sp.Population(neuron, size, name=name)
        for source, target, mean, sd, synapse in connections:
            weights = rng.normal(mean, sd, (sizes[source], sizes[target]))
            sp.Connection(source, target, sp.Dense(sp.Array(weights)), synapse)
    return sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=dt, example_time=time)))


def random_spikes(timesteps: int, neurons: int, rate: float = 0.15) -> BatchData:
    """Input spikes of several examples: some neurons spike twice in a step, one example is silent."""
    rng = np.random.default_rng(3)
    counts = rng.binomial(2, rate / 2, (EXAMPLES, timesteps, neurons))
    counts[1] = 0
    examples, steps, ids = (np.repeat(where, counts[counts > 0]) for where in np.nonzero(counts))
    return BatchData({"input": spike_data(EXAMPLES, examples, steps, ids)})


def delta(source: str, target: str, mean: float, sd: float) -> Part:
    return source, target, mean, sd, sp.Delta()


def exponential(source: str, target: str, mean: float, sd: float, tau: float = 5.0) -> Part:
    return source, target, mean, sd, sp.Exponential(tau)


def one_layer(neuron: sp.Neuron, connections: list[Part] | None = None, **settings) -> Callable[[], sp.Document]:
    """Input, one hidden population and an output."""
    into = [delta("input", "hidden", 0.35, 0.2)] if connections is None else connections
    out = exponential("hidden", "output", 0.0, 1.0, 4.0)
    populations = {"hidden": (neuron, 9), "output": (sp.LI(tau_mem=15.0, readout="avg_var"), 3)}
    return lambda: document(populations, [*into, out], **settings)


REFRACTORY = [exponential("input", "hidden", 1.0, 0.5), exponential("hidden", "hidden", 0.2, 0.3)]
NETWORKS: dict[str, Callable[[], sp.Document]] = {
    "delta synapses, absolute reset": one_layer(sp.LIF(tau_mem=20.0, v_reset=-0.3, v=0.4)),
    "delta synapses, relative reset": one_layer(sp.LIF(tau_mem=20.0, relative_reset=True)),
    "exponential synapses": one_layer(sp.LIF(tau_mem=20.0), [exponential("input", "hidden", 1.5, 1.0)]),
    "equal time constants": one_layer(sp.LIF(tau_mem=5.0), [exponential("input", "hidden", 1.5, 1.0)]),
    "a slow synapse on a fast membrane": one_layer(sp.LIF(tau_mem=3.0), [exponential("input", "hidden", 0.6, 0.4, 30)]),
    "a short timestep": one_layer(
        sp.LIF(tau_mem=20.0, tau_refrac=1.3), [exponential("input", "hidden", 3.0, 1.0)], dt=0.1, time=12.0
    ),
    "refractory, voltage held": one_layer(sp.LIF(tau_mem=10.0, tau_refrac=3.0, v_reset=0.2), REFRACTORY),
    "refractory, relative reset": one_layer(sp.LIF(tau_mem=10.0, tau_refrac=2.0, relative_reset=True), REFRACTORY),
    "refractory, integrating": one_layer(
        sp.LIF(tau_mem=10.0, tau_refrac=3.0, integrate_during_refrac=True, relative_reset=True), REFRACTORY
    ),
    "refractory for one step": one_layer(
        sp.LIF(tau_mem=10.0, tau_refrac=1.0, integrate_during_refrac=True), [exponential("input", "hidden", 4.0, 1.0)]
    ),
    "bias": one_layer(sp.LIF(tau_mem=15.0, bias=0.7), [exponential("input", "hidden", 0.8, 0.6)]),
    "scaled input": one_layer(sp.LIF(tau_mem=5.0, scale_i=True, bias=0.2), [delta("input", "hidden", 1.6, 1.0)]),
    "integrate-and-fire": one_layer(sp.IF(v_reset=-0.2, v=0.3)),
    "integrate-and-fire, a current and a bias": one_layer(
        sp.IF(relative_reset=True, tau_refrac=2.0, bias=0.047), [exponential("input", "hidden", 0.06, 0.05)], dt=0.5
    ),
    "integrate-and-fire, integrating while refractory": one_layer(
        sp.IF(relative_reset=True, tau_refrac=3.0, integrate_during_refrac=True)
    ),
    "adaptive": one_layer(sp.ALIF(tau_adapt=60.0, beta=0.3), [exponential("input", "hidden", 2.0, 1.0)]),
    "adaptive, voltage held, absolute reset": one_layer(
        sp.ALIF(
            tau_adapt=20.0,
            beta=0.5,
            a=0.4,
            tau_refrac=2.0,
            relative_reset=False,
            integrate_during_refrac=False,
            bias=0.1,
            scale_i=False,
        ),
        [exponential("input", "hidden", 3.0, 1.0), delta("hidden", "hidden", 0.05, 0.2)],
    ),
    "recurrent, several layers, a skip connection": lambda: document(
        {
            "first": (sp.LIF(tau_mem=20.0), 8),
            "second": (sp.LIF(tau_mem=12.0, v_thresh=0.8), 11),
            "output": (sp.LI(tau_mem=15.0, bias=0.3, v=-0.2, readout="avg_var"), 3),
        },
        [
            exponential("input", "first", 1.5, 0.8),
            exponential("first", "first", -0.1, 0.4),
            exponential("first", "second", 0.8, 0.6),
            exponential("second", "first", -0.3, 0.2),  # backwards: it acts a step later than the population's place
            delta("second", "output", 0.0, 0.5),
            exponential("input", "output", 0.1, 0.3),
        ],
    ),
    "several connections onto one target": lambda: document(
        {
            "hidden": (sp.LIF(tau_mem=20.0), 8),
            "output": (sp.LI(tau_mem=15.0, readout="avg_var"), 3),
        },
        [
            exponential("input", "hidden", 0.5, 0.5, 5.0),
            ("input", "hidden", 0.5, 0.5, sp.Exponential(5.0)),
            exponential("hidden", "hidden", 0.2, 0.3, 5.0),
            exponential("input", "hidden", 0.5, 0.5, 2.0),
            delta("hidden", "hidden", -0.05, 0.1),
            delta("input", "hidden", 0.05, 0.1),
            exponential("hidden", "output", 0.2, 0.5, 5.0),
        ],
    ),
}


class Engine:
    """A document on the engine."""

    def __init__(self, doc: sp.Document, precision: str) -> None:
        self.document = doc
        self.compiled = compile_inference(doc)
        self.runtime = EmbeddedRuntime(self.compiled.model, self.compiled.schedules, threads=2, precision=precision)

    def compare(self, data: BatchData, tolerance: float) -> int:
        """Assert that spikes, voltages and readouts are those of `simulate`; give the number of spikes."""
        populations = [p for p in self.document.network.populations if not p.neuron.is_input]
        spiking = [RecordSpikes(p.name) for p in self.document.network.populations if p.neuron.spiking]
        record = [*spiking, *(RecordVar(p.name, "V") for p in populations)]
        examples = np.arange(len(data))
        steps = self.compiled.timesteps
        result = self.runtime.run("predict", data, [examples], record=record, timesteps=steps)
        total = 0
        for example in examples:
            inputs = self.compiled.model.populations["input"].size
            expected = simulate(self.document, counts_of(data, "input", example, steps, inputs))
            for recorder in spiking:
                name = recorder.population
                trains = np.zeros_like(expected.spikes[name])
                np.add.at(trains, result.recording.spikes[name][example], 1)
                np.testing.assert_array_equal(trains, expected.spikes[name], err_msg=name)
                total += int(trains.sum()) if name != "input" else 0
            for population in populations:
                ours = result.recording.variables[RecordVar(population.name, "V")][example]
                assert_close(ours, expected.voltages[population.name], tolerance)
            assert_close(result.results["y"][example], expected.y, tolerance)
        return total


def assert_close(ours: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Equal to a share of the largest value."""
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).max() <= tolerance * max(1e-3, np.abs(expected).max())


TOLERANCE = {"double": 1e-12, "float": 1e-4}


@pytest.mark.parametrize("precision", TOLERANCE)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_does_what_the_equations_say(name, precision):
    doc = NETWORKS[name]()
    data = random_spikes(doc.experiment.simulation.timesteps, 7)
    spikes = Engine(doc, precision).compare(data, TOLERANCE[precision])
    assert spikes > 50  # a silent network would prove little


READOUTS = {
    "avg_var": sp.AvgVar(),
    "sum_var": sp.SumVar(),
    "avg_var_exp_weight": sp.AvgVarExpWeight(local_t_scale=2.5),
    "max_var": sp.MaxVar(),
    "var": sp.VarReadout(),
}
SPIKE_READOUTS = {"spike_count": sp.SpikeCount(), "first_spike_time": sp.FirstSpikeTime()}


@pytest.mark.parametrize("precision", TOLERANCE)
@pytest.mark.parametrize("readout", [*READOUTS, *SPIKE_READOUTS])
def test_a_readout_is_what_its_formula_says(readout, precision):
    chosen = (READOUTS | SPIKE_READOUTS)[readout]
    neuron = sp.LIF(tau_mem=15.0, readout=chosen) if readout in SPIKE_READOUTS else sp.LI(tau_mem=15.0, readout=chosen)
    doc = document({"output": (neuron, 5)}, [exponential("input", "output", 0.2, 0.8)], dt=0.5, time=20.0)
    Engine(doc, precision).compare(random_spikes(40, 7), TOLERANCE[precision])


def test_every_readout_is_covered():
    assert set(sp.Readout.types()) == {*READOUTS, *SPIKE_READOUTS}


@pytest.mark.parametrize("readout", ["avg_var", "var"])
def test_a_spiking_output_can_be_read_by_its_voltage(readout):
    """An average sees the voltage that made the spike, `var` the one after the reset."""
    doc = document({"output": (sp.LIF(tau_mem=15.0, readout=readout), 5)}, [delta("input", "output", 0.4, 0.2)])
    assert Engine(doc, "double").compare(random_spikes(40, 7), 1e-12) > 20


def test_readouts_of_an_example_without_input():
    """Nothing is left over from the examples before: every readout is what an empty example gives."""
    expected = {"spike_count": 0, "first_spike_time": -20.0, "max_var": 0, "var": 0, "avg_var": 0, "sum_var": 0}
    for readout, value in expected.items():
        neuron = sp.LIF(readout=readout) if readout in SPIKE_READOUTS else sp.LI(readout=readout)
        doc = document({"output": (neuron, 5)}, [exponential("input", "output", 0.2, 0.8)], dt=0.5, time=20.0)
        engine = Engine(doc, "float")
        data = random_spikes(40, 7)
        for batch in ([0, 1], [1], [3, 2, 1]):
            result = engine.runtime.run("predict", data, [np.array(batch)], timesteps=40)
            np.testing.assert_array_equal(result.results["y"][batch.index(1)], np.full(5, value))


# -- input spikes -----------------------------------------------------------------------------------------------------


def integrator(time: float = 4.0, dt: float = 1.0) -> Engine:
    """Three inputs that each move the voltage of their own output neuron by 1, 10 and 100; no leak to speak of."""
    with sp.Network() as net:
        sp.Population("spike_input", 3, name="input")
        sp.Population(sp.LI(tau_mem=1e15, readout="var"), 3, name="output")
        sp.Connection("input", "output", sp.Dense(sp.Array(np.diag([1.0, 10.0, 100.0]))), sp.Delta())
    return Engine(sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=dt, example_time=time))), "double")


def voltages(spikes: list[tuple[int, int]]) -> tuple[list[list[float]], list[tuple[int, int]]]:
    """Output voltages after each step and recorded input spikes, for (step, neuron) input spikes."""
    engine = integrator()
    steps, ids = np.array(spikes, int).reshape(-1, 2).T
    data = BatchData({"input": spike_data(1, np.zeros(len(steps), int), steps, ids)})
    record = [RecordSpikes("input"), RecordVar("output", "V")]
    recording = engine.runtime.run("predict", data, [np.array([0])], record=record, timesteps=4).recording
    seen = [(int(step), int(neuron)) for step, neuron in zip(*recording.spikes["input"][0], strict=True)]
    return recording.variables[record[1]][0].round(9).tolist(), seen


def test_a_spike_of_the_first_step_acts_in_the_second():
    v, seen = voltages([(0, 0)])
    assert v == [[0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]]
    assert seen == [(0, 0)]


def test_a_spike_of_the_last_step_is_emitted_and_acts_on_nobody():
    v, seen = voltages([(3, 1), (2, 2)])
    assert v == [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 100]]
    assert seen == [(2, 2), (3, 1)]


def test_spikes_beyond_the_end_are_not_emitted():
    v, seen = voltages([(4, 0), (5, 1), (1000, 2)])
    assert v == [[0, 0, 0]] * 4
    assert seen == []


def test_several_spikes_of_a_step_all_count():
    v, seen = voltages([(1, 0), (1, 0), (1, 0), (1, 2), (2, 0)])
    assert v == [[0, 0, 0], [0, 0, 0], [3, 0, 100], [4, 0, 100]]
    assert seen == [(1, 0), (1, 0), (1, 0), (1, 2), (2, 0)]


def test_spikes_of_an_example_reach_no_other():
    """Each example has its own spikes, whatever their number, in whatever order the examples run."""
    engine = integrator()
    examples, steps, ids = np.array([0, 0, 2, 2, 2, 4]), np.array([0, 3, 0, 1, 2, 1]), np.array([0, 1, 0, 1, 2, 2])
    data = BatchData({"input": spike_data(5, examples, steps, ids)})
    order = np.array([4, 2, 1, 0, 3, 2])
    result = engine.runtime.run("predict", data, [order[:2], order[2:]], timesteps=4)
    last = {0: [1, 0, 0], 1: [0, 0, 0], 2: [1, 10, 100], 3: [0, 0, 0], 4: [0, 0, 100]}
    np.testing.assert_allclose(result.results["y"], [last[e] for e in order], rtol=1e-12)


def test_time_in_the_codes_starts_at_0_and_advances_by_dt():
    """Read through the first-spike readout, which is minus the time of the step."""
    neuron = sp.LIF(tau_mem=20.0, readout="first_spike_time")
    doc = document({"output": (neuron, 1)}, [delta("input", "output", 5.0, 0.0)], dt=0.1, time=2.0, inputs=1)
    engine = Engine(doc, "float")
    steps = np.arange(20)
    data = BatchData({"input": spike_data(20, steps, steps, np.zeros(20, int))})
    y = engine.runtime.run("predict", data, [steps], timesteps=20).results["y"][:, 0]
    np.testing.assert_allclose(-y, [*(0.1 * (steps[:-1] + 1)), 2.0], rtol=1e-6)


# -- fused inputs -----------------------------------------------------------------------------------------------------


def test_connections_with_one_time_constant_share_their_current():
    """Otherwise each connection would cost its own decay per neuron and step."""
    engine = Engine(NETWORKS["several connections onto one target"](), "float")
    layout = engine.runtime.layout
    groups = layout.inputs["hidden", "Isyn"]
    assert [len(group) for group in groups] == [3, 1, 2]
    for group in groups:
        assert len({layout[name, "inSyn"].offset for name in group}) == 1
    assert len({layout[group[0], "inSyn"].offset for group in groups}) == 3


def test_sharing_a_current_changes_no_voltage():
    """Two connections with half the weights each, against one with all of it."""
    whole = one_layer(sp.LIF(), [exponential("input", "hidden", 1.5, 1.0)])()
    halves = one_layer(sp.LIF(), [exponential("input", "hidden", 0, 0)] * 2)()
    for connection in halves.network.connections[:2]:
        connection.connectivity = sp.Dense(sp.Array(whole.network.connections[0].connectivity.weight.values() / 2))
    halves.network.connections[2].connectivity = replace_weights(whole.network.connections[1])
    data = random_spikes(40, 7)
    y = [
        engine.runtime.run("predict", data, [np.arange(EXAMPLES)], timesteps=40).results["y"]
        for engine in (Engine(whole, "double"), Engine(halves, "double"))
    ]
    np.testing.assert_allclose(y[0], y[1], rtol=1e-9, atol=1e-12)


def replace_weights(connection: sp.Connection) -> sp.Dense:
    return sp.Dense(sp.Array(connection.connectivity.weight.values()))


def test_the_same_model_runs_for_any_number_of_timesteps():
    """How long an example lasts is no part of the build."""
    doc = NETWORKS["exponential synapses"]()
    engine = Engine(doc, "double")
    data = random_spikes(40, 7)
    part = [np.array([0])]
    recorder = RecordVar("output", "V")
    runs = [
        engine.runtime.run("predict", data, part, record=[recorder], timesteps=steps).recording.variables[recorder][0]
        for steps in (40, 13)
    ]
    np.testing.assert_array_equal(runs[0][:13], runs[1])


def test_the_comparison_itself_would_notice():
    """A weight that is off by a hundredth is seen."""
    engine = Engine(NETWORKS["exponential synapses"](), "float")
    name = engine.document.network.connections[0].name
    engine.runtime.set(name, "g", engine.runtime.get(name, "g") * 1.01)
    with pytest.raises(AssertionError):
        engine.compare(random_spikes(40, 7), TOLERANCE["float"])
