"""What `validate` finds: shapes, structure, time, recorders, and what a learning rule cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import spikeloom.spec as sl
from spikeloom.errors import UserError

Change = Any


def digits(learning: Any = "eventprop") -> sl.Document:
    with sl.Network() as network:
        sl.Population("spike_input", name="input")
        sl.Population(sl.LIF(), 100, "hidden")
        sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection("input", "hidden", sl.Dense(sl.Normal(0.1, 0.1)), sl.Exponential(5))
        sl.Connection("hidden", "output", sl.Dense(sl.Normal(0.1, 0.1)), sl.Exponential(5))
    return sl.Document(network, sl.Experiment(dataset="digits", learning=learning))


def lines(document: sl.Document) -> list[str]:
    return [str(problem).split("\n")[0] for problem in sl.validate(document)]


def neuron(document: sl.Document, name: str) -> Any:
    return document.network.population(name).neuron


def connection(document: sl.Document, index: int) -> Any:
    return document.network.connections[index]


def test_shapes_come_from_the_dataset() -> None:
    document = digits()
    assert sl.infer_shapes(document) == {"input": (8, 8), "hidden": (100,), "output": (10,)}
    assert sl.validate(document) == []
    assert sl.check(document) == []
    document.network.population("input").shape = 64  # type: ignore[assignment]
    document.network.population("output").shape = (2, 5)
    assert sl.infer_shapes(document) == {"input": (64,), "hidden": (100,), "output": (2, 5)}
    assert sl.validate(document) == []


def test_fields_of_a_dataset_may_decide_on_shapes() -> None:
    document = digits()
    document.experiment.dataset = sl.SpikeHDF5(channels=128, classes=11)
    assert sl.infer_shapes(document) == {"input": (128,), "hidden": (100,), "output": (11,)}
    document.experiment.dataset.channels = 7
    document.network.population("output").shape = (10,)
    assert sl.infer_shapes(document)["input"] == (7,)
    assert lines(document) == ["network.populations[2].shape: 10 found, but 'spike_hdf5' has 11 classes"]


def test_curves_need_a_learning_rule_for_targets_over_time() -> None:
    class TakesCurves(sl.Inference):
        """A learning rule whose loss compares in every timestep."""

        targets_over_time: ClassVar[bool] = True

    class TakesLabels(sl.Inference):
        """A learning rule that knows one target for each example."""

        targets_over_time: ClassVar[bool] = False
        type: ClassVar[str] = "takes_labels"

    document = digits(learning=TakesLabels())
    document.experiment.dataset = sl.Pattern(curves=2)
    document.experiment.simulation.example_time = 1000.0
    assert sl.infer_shapes(document) == {"input": (20,), "hidden": (100,), "output": (2,)}
    assert lines(document) == [
        "experiment.learning: 'takes_labels' takes one target for each example, and those of 'pattern' change with time"
    ]
    document.experiment.learning = sl.EventProp()
    (line,) = lines(document)
    assert line.startswith("experiment.learning.loss: the targets of 'pattern' are curves")
    document.experiment.learning = sl.EventProp(loss=sl.MeanSquareError(target_per_timestep=True))
    assert lines(document) == []
    for rule in (None, "inference", TakesCurves()):
        document.experiment.learning = rule
        assert lines(document) == []


@pytest.mark.parametrize(
    ("time", "rest"), [(400, "the end of it is never seen"), (1500, "its input is silent after that")]
)
def test_examples_should_be_as_long_as_a_pattern(time: float, rest: str) -> None:
    document = digits(learning=None)
    document.experiment.dataset = sl.Pattern()
    document.experiment.simulation.example_time = time
    (problem,) = sl.validate(document)
    place = "experiment.simulation.example_time"
    assert (problem.place, problem.severity) == (place, "warning")
    assert problem.message == f"{time} ms found, but a pattern lasts 1000 ms; {rest}"
    assert problem.fix == sl.Fix("Use 1000 ms", place, 1000.0)


def test_outputs_of_another_number_than_the_curves() -> None:
    document = digits(learning=None)
    document.experiment.dataset = sl.Pattern()
    document.experiment.simulation.example_time = 1000
    document.network.population("output").shape = (4,)
    assert lines(document) == ["network.populations[2].shape: 4 found, but 'pattern' has 3 curves"]


def test_an_encoder_may_decide_on_the_shape_of_an_input() -> None:
    document = digits()
    document.experiment.dataset = sl.Digits(encoder=sl.ThresholdCrossing(neurons=20))
    document.experiment.simulation.example_time = 120
    assert sl.infer_shapes(document)["input"] == (21,)
    assert sl.validate(document) == []
    document.network.population("input").shape = (8, 8)
    problem = sl.validate(document)[0]
    assert str(problem).split("\n")[0] == (
        "network.populations[0].shape: 8 x 8 = 64 found, but 'threshold_crossing' makes spikes of 21"
    )
    assert problem.fix == sl.Fix("Infer the shape", "network.populations[0].shape", None)
    document.network.population("input").shape = None
    document.network.population("input").neuron = sl.PoissonInput()  # which takes the pixels themselves
    assert sl.infer_shapes(document)["input"] == (8, 8)
    document.experiment.simulation.example_time = 10
    assert sl.validate(document) == []


@pytest.mark.parametrize(
    ("time", "dt", "rest", "enough"),
    [
        (40, 1.0, "'threshold_crossing' shows an example for 128 ms; the rest is never seen", 184.0),
        (128, 1.0, "'threshold_crossing' shows an example for 128 ms; no time is left to answer", 184.0),
        (100, 5.0, "'threshold_crossing' shows an example for 128 ms; the rest is never seen", 185.0),
        (129, 1.0, "", 0.0),
    ],
)
def test_an_image_that_is_shown_pixel_by_pixel_needs_time(time: float, dt: float, rest: str, enough: float) -> None:
    document = digits()
    document.experiment.dataset = sl.Digits(encoder=sl.ThresholdCrossing(pixel_time=2.0))
    document.experiment.simulation.dt = dt
    document.experiment.simulation.example_time = time
    problems = sl.validate(document)
    place = "experiment.simulation.example_time"
    assert [(p.place, p.message, p.severity) for p in problems] == (
        [(place, f"{time} ms found, but {rest}", "warning")] if rest else []
    )
    for problem in problems:
        assert problem.fix == sl.Fix(f"Use {enough:g} ms", place, enough)
        document.experiment.simulation.example_time = enough
        assert sl.validate(document) == []


def test_the_half_of_an_image_needs_half_the_time() -> None:
    document = digits()
    document.experiment.dataset = sl.Digits(encoder=sl.ThresholdCrossing())
    document.experiment.simulation.example_time = 40.0
    assert "for 64 ms" in lines(document)[0]
    document.network.population("input").field = "left half"
    assert sl.validate(document) == []


def test_an_input_that_makes_spikes_of_numbers_takes_no_recorded_spikes() -> None:
    document = digits(learning=None)
    document.experiment.dataset = sl.SpikeHDF5()
    document.network.population("input").neuron = sl.PoissonInput()
    (problem,) = sl.validate(document)
    assert str(problem).split("\n")[0] == (
        "network.populations[0].neuron: 'input' makes spikes of numbers, but the examples of 'spike_hdf5' are spikes"
    )
    assert problem.fix is not None
    assert problem.fix == sl.Fix("Use a spike input", "network.populations[0].neuron", {"type": "spike_input"})
    document.network.population("input").neuron = problem.fix.value
    assert sl.validate(document) == []


def test_shapes_that_contradict_the_dataset_or_are_missing() -> None:
    document = digits()
    document.network.population("input").shape = (9, 9)
    document.network.population("output").shape = (11,)
    document.network.population("hidden").shape = None
    assert lines(document) == [
        "network.populations[0].shape: 9 x 9 = 81 found, but an example of 'digits' has 8 x 8 = 64",
        "network.populations[1].shape: the shape of 'hidden' is missing",
        "network.populations[2].shape: 11 found, but 'digits' has 10 classes",
    ]
    assert sl.validate(document)[0].fix == sl.Fix("Infer the shape", "network.populations[0].shape", None)
    document.experiment.dataset = None
    assert sl.infer_shapes(document) == {"input": (9, 9), "output": (11,)}


def set_delay(document: sl.Document) -> None:
    connection(document, 0).connectivity.delay = -2


def set_target_input(document: sl.Document) -> None:
    connection(document, 1).target = "input"


def set_count(document: sl.Document) -> None:
    neuron(document, "output").readout = "spike_count"


def set_short_example(document: sl.Document) -> None:
    document.experiment.simulation = sl.Simulation(1.0, 0.4)


def set_endless_example(document: sl.Document) -> None:
    document.experiment.simulation = sl.Simulation(1e-9, 1e6)


def set_array_of_wrong_shape(document: sl.Document) -> None:
    connection(document, 0).connectivity.weight = np.zeros((64, 99))


def set_array_that_is_missing(document: sl.Document) -> None:
    connection(document, 0).connectivity.weight = sl.Array(file="w.safetensors", tensor="w")


def set_array_of_nothing(document: sl.Document) -> None:
    connection(document, 0).connectivity.weight = sl.Array()


def set_recorders(document: sl.Document) -> None:
    document.experiment.recording = [
        sl.SpikeRecorder("hiden"),
        sl.SpikeRecorder("hidden", [0, 100]),
        sl.SpikeRecorder("output"),
        sl.VariableRecorder("output", "W"),
        sl.VariableRecorder("output", "V", [9]),
    ]


def set_nothing_to_read(document: sl.Document) -> None:
    neuron(document, "output").readout = None


def set_dangling(document: sl.Document) -> None:
    connection(document, 1).target = "ouput"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (set_delay, ["network.connections[0].connectivity.delay: -2 ms found, expected at least 0"]),
        (
            set_target_input,
            [
                "network.connections[1].target: 'input' is an input and takes no connections",
                "network.populations[2]: no connections lead from an input to 'output'",
            ],
        ),
        (
            set_count,
            ["network.populations[2].neuron.readout: 'spike_count' needs spikes, and 'li' (leaky integrator) has none"],
        ),
        (
            set_short_example,
            ["experiment.simulation.example_time: 0.4 ms is shorter than a timestep (1 ms)"],
        ),
        (
            set_endless_example,
            ["experiment.simulation.example_time: 1e+15 timesteps of 1e-09 ms found, expected at most 10000000"],
        ),
        (
            set_array_of_wrong_shape,
            [
                "network.connections[0].connectivity.weight: an array of 64 x 99 found, "
                "expected 64 x 100 (source x target)"
            ],
        ),
        (
            set_array_that_is_missing,
            ["network.connections[0].connectivity.weight: the document has no folder to find 'w.safetensors' in"],
        ),
        (set_array_of_nothing, ["network.connections[0].connectivity.weight: 'file' is missing"]),
        (
            set_recorders,
            [
                "experiment.recording[0].population: no population 'hiden'; did you mean 'hidden'?",
                "experiment.recording[1].neurons: 100 found, 'hidden' has neurons 0 to 99",
                "experiment.recording[2].population: 'output' (leaky integrator) never spikes",
                "experiment.recording[3].variable: no variable 'W' in 'output'",
            ],
        ),
        (
            set_nothing_to_read,
            [
                "network.populations[2].shape: the shape of 'output' is missing",
                "network: no output population: none has a readout",
            ],
        ),
        (set_dangling, ["network.connections[1].target: no population 'ouput'; did you mean 'output'?"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_keeps_a_document_from_running(change: Change, expected: list[str]) -> None:
    document = digits(learning=None)
    change(document)
    assert lines(document) == expected
    if sl.validate(document)[0].severity == "error":
        with pytest.raises(UserError):
            sl.check(document)


def test_an_empty_document_has_no_input_and_no_output() -> None:
    assert lines(sl.Document()) == [
        "network: no input population",
        "network: no output population: none has a readout",
    ]


def test_inputs_and_outputs_name_fields_of_the_dataset() -> None:
    document = digits()
    with document.network:
        left = sl.Population("poisson_input", None, "left", field="left half")
        odd = sl.Population(sl.LI(readout="var"), None, "odd", field="parity", loss="mean_square_error")
        sl.Connection(left, "hidden", sl.Dense(0.1), sl.Exponential(5))
        sl.Connection("hidden", odd, sl.Dense(0.1), sl.Exponential(5))
    assert lines(document) == []
    assert sl.infer_shapes(document)["left"] == (8, 4)
    assert sl.infer_shapes(document)["odd"] == (2,)
    left.field, odd.field = "left", "odd"
    left.neuron.input_frames = 3
    document.network.population("hidden").loss = sl.MeanSquareError()
    left.shape, odd.shape = (8, 4), (2,)
    assert lines(document) == [
        "network.populations[1].loss: only an output has a loss, and it has no readout",
        "network.populations[3].field: no field 'left' in 'digits'; did you mean 'left half'?",
        "network.populations[3].neuron.input_frames: 3 frames found, but the examples of 'digits' stand still",
        "network.populations[4].field: no field 'odd' in 'digits'",
    ]


def test_warnings_do_not_keep_it_from_running() -> None:
    document = digits()
    document.experiment.simulation.example_time = 10.4
    problems = sl.check(document)
    assert [str(problem).split("\n")[0] for problem in problems] == [
        "experiment.simulation.example_time: 10.4 ms is no whole number of timesteps; 10 will be run",
        "experiment.dataset.encoder.max_time: 20 found, but an example lasts 10.4 ms; later spikes are lost",
    ]
    assert {problem.severity for problem in problems} == {"warning"}


def test_an_array_of_the_right_shape_is_fine(tmp_path: Path) -> None:
    document = digits()
    connection(document, 0).connectivity.weight = np.zeros((64, 100))
    assert sl.validate(document) == []
    document.save(tmp_path / "a.snn")
    read = sl.Document.load(tmp_path / "a.snn")
    assert sl.validate(read) == []
    (tmp_path / "a.safetensors").unlink()
    assert lines(read) == [
        "network.connections[0].connectivity.weight: file 'a.safetensors' is not beside the document"
    ]


# -- EventProp -------------------------------------------------------------------------------------------------------
def relative_reset(document: sl.Document) -> None:
    neuron(document, "hidden").relative_reset = True


def refractory(document: sl.Document) -> None:
    neuron(document, "hidden").tau_refrac = 2


def hidden_li(document: sl.Document) -> None:
    document.network.population("hidden").neuron = "li"  # type: ignore[assignment]


def delta(document: sl.Document) -> None:
    connection(document, 1).synapse = "delta"


def two_taus(document: sl.Document) -> None:
    with document.network:
        sl.Connection("hidden", "hidden", sl.Dense(0), sl.Exponential(7))


def output_lif(document: sl.Document) -> None:
    document.network.population("output").neuron = sl.LIF(readout="spike_count")


def biased(document: sl.Document) -> None:
    document.network.population("hidden").neuron = sl.LIF(bias=0.3, scale_i=True)


def adaptive(document: sl.Document) -> None:
    document.network.population("hidden").neuron = sl.ALIF()


def biased_output(document: sl.Document) -> None:
    document.network.population("output").neuron = sl.LIF(readout="first_spike_time", bias=0.3)


class OfNobody(sl.Loss):
    """A loss that no rule knows."""


sl.Loss._registry.pop("of_nobody")


def signed(document: sl.Document) -> None:
    document.network.population("input").neuron = sl.PoissonInput(signed_spikes=True)


def two_outputs(document: sl.Document) -> None:
    with document.network:
        sl.Population(sl.LI(readout="var"), 10, "second", loss=OfNobody())
        sl.Connection("hidden", "second", sl.Dense(0), sl.Exponential(5))


def output_goes_on(document: sl.Document) -> None:
    with document.network:
        sl.Connection("output", "hidden", sl.Dense(0), sl.Exponential(5))


def nothing_arrives(document: sl.Document) -> None:
    with document.network:
        sl.Population(sl.LIF(), 5, "lonely")


EVENTPROP = [
    (relative_reset, ["network.populations[1].neuron.relative_reset: EventProp needs an absolute reset"]),
    (refractory, ["network.populations[1].neuron.tau_refrac: EventProp with a refractory period is not supported yet"]),
    (
        hidden_li,
        [
            "network.connections[1].source: 'hidden' (leaky integrator) never spikes",
            "network.populations[1].neuron: EventProp trains hidden LIF and ALIF neurons, "
            "'hidden' is a leaky integrator",
        ],
    ),
    (delta, ["network.connections[1].synapse: EventProp needs exponential synapses, this one is 'delta'"]),
    (
        two_taus,
        ["network.connections[2].synapse.tau: 7 found, but 'input_hidden' reaches 'hidden' with 5 (ms)"],
    ),
    (
        output_lif,
        ["network.populations[2].neuron.readout: EventProp has no rule for readout 'spike_count' of LIF neurons"],
    ),
    (
        biased,
        [
            "network.populations[1].neuron.bias: EventProp with a bias of spiking neurons is not supported yet",
            "network.populations[1].neuron.scale_i: EventProp integrates currents exactly and does not scale them",
        ],
    ),
    (
        adaptive,
        [
            "network.populations[1].neuron.relative_reset: EventProp needs an absolute reset",
        ],
    ),
    (
        biased_output,
        ["network.populations[2].neuron.bias: EventProp with a bias of spiking neurons is not supported yet"],
    ),
    (
        two_outputs,
        ["network.populations[3].loss: 'of_nobody' does not say how it is computed"],
    ),
    (
        signed,
        ["network.populations[0].neuron.signed_spikes: EventProp has no rule for negative spikes"],
    ),
    (
        nothing_arrives,
        [
            "network.populations[3]: no connections lead from an input to 'lonely'",
            "network.populations[3]: nothing is connected to 'lonely'",
        ],
    ),
    (
        output_goes_on,
        [
            "network.connections[2].source: 'output' (leaky integrator) never spikes",
            "network.connections[2].source: EventProp's output 'output' cannot have outgoing connections",
        ],
    ),
]


@pytest.mark.parametrize(("change", "expected"), EVENTPROP, ids=lambda value: getattr(value, "__name__", ""))
def test_what_eventprop_cannot_do_is_said_on_the_node_it_concerns(change: Change, expected: list[str]) -> None:
    document = digits()
    change(document)
    assert lines(document) == expected
    assert all(problem.hint for problem in sl.validate(document) if problem.severity == "error")


def test_a_fix_is_data_that_names_a_place_and_a_value() -> None:
    document = digits()
    relative_reset(document)
    fix = sl.validate(document)[0].fix
    assert fix == sl.Fix("Use absolute reset", "network.populations[1].neuron.relative_reset", False)


@pytest.mark.parametrize("readout", ["avg_var", "sum_var", "avg_var_exp_weight", "max_var", "var"])
def test_the_readouts_that_eventprop_has_rules_for(readout: str) -> None:
    document = digits(sl.EventProp(loss="mean_square_error"))
    neuron(document, "output").readout = readout
    assert sl.validate(document) == []


def test_a_loss_that_computes_nothing_is_a_problem() -> None:
    try:

        class Hinge(sl.Loss):
            """Max-margin."""

        assert lines(digits(sl.EventProp(loss="hinge"))) == [
            "experiment.learning.loss: 'hinge' does not say how it is computed"
        ]
    finally:
        sl.Loss._registry.pop("hinge", None)


def test_shards_never_depend_on_the_machine() -> None:
    assert sl.Training(batch_size=32).num_shards == 16
    assert sl.Training(batch_size=8).num_shards == 8
    assert sl.Training(batch_size=32, shards=4).num_shards == 4
