"""Every type: metadata, defaults, positional values, names, the user's own subclasses, assignment."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spikeloom.spec as sl
from spikeloom.errors import UserError
from spikeloom.spec.base import Type
from spikeloom.spec.node import Node

FAMILIES = [
    sl.Neuron,
    sl.Synapse,
    sl.Connectivity,
    sl.Initialiser,
    sl.Readout,
    sl.Loss,
    sl.Optimiser,
    sl.RateSchedule,
    sl.Rewiring,
    sl.Dataset,
    sl.Encoder,
    sl.Split,
    sl.Transform,
    sl.Learning,
    sl.Recorder,
]
# Ours: other test modules may have defined types by the time this one is read.
TYPES = [t for family in FAMILIES for t in family.types().values() if t.__module__.startswith("spikeloom.")]
NODES = [sl.Document, sl.Network, sl.Population, sl.Connection, sl.Experiment, sl.Simulation, sl.Training, sl.View]
REQUIRED: dict[type, dict[str, Any]] = {
    sl.Dense: {"weight": 0.5},
    sl.OneToOne: {"weight": 0.5},
    sl.FixedProbability: {"weight": 0.5},
    sl.Conv2D: {"weight": 0.5, "conv_strides": 2},
    sl.Conv2DTranspose: {"weight": 0.5},
    sl.AvgPoolConv2D: {"weight": 0.5, "pool_strides": (1, 2)},
    sl.AvgPoolDense2D: {"weight": 0.5, "delay": 3},
    sl.Sparse: {
        "pre_ind": {"file": "some.safetensors", "tensor": "pre"},
        "post_ind": {"file": "some.safetensors", "tensor": "post"},
        "weight": 0.5,
    },
    sl.SpikeRecorder: {"population": "hidden"},
    sl.VariableRecorder: {"population": "hidden"},
    sl.SynapseRecorder: {"connection": "input_hidden"},
}


def test_the_families_have_the_types_of_the_first_version() -> None:
    names = {family.__name__: set(family.types()) for family in FAMILIES}
    assert names["Neuron"] >= {"spike_input", "lif", "li"}
    assert names["Synapse"] >= {"delta", "exponential"}
    assert names["Connectivity"] >= {"dense", "one_to_one", "fixed_probability", "sparse", "conv2d", "conv2d_transpose"}
    assert names["Connectivity"] >= {"avg_pool2d", "avg_pool_conv2d", "avg_pool_dense2d"}
    assert names["Initialiser"] >= {"constant", "normal", "uniform", "array", "kaiming", "xavier"}
    assert names["Initialiser"] >= {"fluctuation_driven", "snippet"}
    readouts = {"spike_count", "var", "sum_var", "avg_var", "max_var", "avg_var_exp_weight", "first_spike_time"}
    assert names["Readout"] >= readouts
    assert names["Loss"] >= {"sparse_categorical_crossentropy", "mean_square_error"}
    assert names["Optimiser"] >= {"adam", "adam_w", "rmsprop", "sgd"}
    assert names["RateSchedule"] == {"constant", "step", "exponential", "cosine"}
    assert names["Encoder"] >= {"linear_latency", "log_latency", "threshold_crossing"}
    assert names["Learning"] >= {"inference", "eventprop"}
    assert names["Dataset"] >= {"digits", "mnist", "pattern", "spike_hdf5", "yin_yang"}


@pytest.mark.parametrize("cls", TYPES + NODES, ids=lambda cls: cls.__name__)
def test_every_field_describes_itself(cls: type[Node]) -> None:
    for field in sl.describe(cls):
        assert field.help.endswith("."), f"{cls.__name__}.{field.name}: no help"
        assert field.label
        assert isinstance(field.unit, str)
        if (
            field.name.startswith(("tau", "min_time", "max_time", "example_time", "dt", "delay"))
            and "opt" not in field.name
        ):
            assert field.unit == "ms"
        if field.unit == "ms" and field.kind != "family":
            assert field.minimum is not None, f"{cls.__name__}.{field.name}: no range"
        if field.kind in {"float", "int"} and field.default is not None and field.minimum is not None:
            assert field.default >= field.minimum
        if field.kind == "family":
            assert field.family in FAMILIES


@pytest.mark.parametrize("cls", TYPES, ids=lambda cls: cls.__name__)
def test_every_type_has_a_name_a_title_and_help(cls: type[Type]) -> None:
    assert cls.type == cls.type.lower()
    assert cls.title
    assert cls.help().endswith(".")


@pytest.mark.parametrize("cls", TYPES, ids=lambda cls: cls.__name__)
def test_every_type_round_trips(cls: type[Type]) -> None:
    made = cls(**REQUIRED.get(cls, {}))
    written = made.model_dump(mode="json")
    assert next(iter(written)) == "type"
    read = cls.family().make(written)
    assert type(read) is cls
    assert read == made
    assert read.model_dump(mode="json") == written


def test_describe_gives_what_a_form_needs() -> None:
    fields = {field.name: field for field in sl.describe(sl.LIF)}
    tau = fields["tau_mem"]
    assert (tau.kind, tau.unit, tau.default, tau.minimum, tau.exclusive_minimum) == ("float", "ms", 20.0, 0, True)
    assert tau.expected == "a number greater than 0 (ms)"
    assert fields["relative_reset"].kind == "bool"
    assert fields["readout"].kind == "family"
    assert fields["readout"].optional
    fraction = {field.name: field for field in sl.describe(sl.Training)}["validation_fraction"]
    assert fraction.expected == "a number from 0 to below 1"
    assert sl.describe(sl.Population)[1].kind == "shape"


def test_values_by_position_follow_the_fields() -> None:
    assert sl.Normal(0.1, 0.05) == sl.Normal(mean=0.1, sd=0.05)
    assert sl.Exponential(5).tau == 5.0
    assert sl.Dense(0.5).weight == sl.Constant(value=0.5)
    assert sl.Simulation(0.5, 20).timesteps == 40
    assert sl.VariableRecorder("hidden", "V", [1]).neurons == [1]


def test_numpy_scalars_are_numbers() -> None:
    assert sl.LIF(tau_mem=np.float32(10)).tau_mem == 10.0
    assert sl.Training(epochs=np.int64(3)).epochs == 3
    assert isinstance(sl.Training(epochs=np.int64(3)).epochs, int)
    assert sl.Dense(np.float32(0.5)).weight == sl.Constant(0.5)


def test_a_family_takes_an_object_a_name_a_class_or_a_dict() -> None:
    readout = sl.AvgVar()
    assert sl.LI(readout=readout).readout is readout
    for value in ("avg_var", sl.AvgVar, {"type": "avg_var"}):
        assert sl.LI(readout=value).readout == readout
    assert sl.SpikeInput().readout is None


def test_an_old_name_loads() -> None:
    assert sl.Learning.make("event_prop") == sl.EventProp()
    assert "event_prop" not in sl.Learning.types()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sl.LIF(tau_men=3), "LIF: unknown key 'tau_men'; did you mean 'tau_mem'?"),
        (lambda: sl.LIF(tau_mem=-5), "LIF.tau_mem: -5 found, expected a number greater than 0 (ms)"),
        (lambda: sl.LIF(tau_mem="fast"), "LIF.tau_mem: 'fast' (text) found, expected a number (ms)"),
        (lambda: sl.LIF(tau_mem=True), "LIF.tau_mem: true found, expected a number (ms)"),
        (lambda: sl.LIF(tau_mem=float("nan")), "LIF.tau_mem: NaN found, expected a finite number (ms)"),
        (lambda: sl.LIF(v_thresh=float("inf")), "LIF.v_thresh: inf found, expected a finite number"),
        (lambda: sl.LIF(v_reset=2), "LIF.v_thresh: 1 found, expected more than v_reset (2)"),
        (lambda: sl.Uniform(2, 1), "Uniform.max: 1 found, expected at least min (2)"),
        (lambda: sl.LinearLatency(30, 20), "LinearLatency.max_time: 20 found, expected more than min_time (30 ms)"),
        (lambda: sl.Training(epochs=1.5), "Training.epochs: 1.5 found, expected a whole number"),
        (lambda: sl.Training(validation_fraction=1), "expected a number from 0 to below 1"),
        (lambda: sl.LI(readout="avg_vra"), "LI.readout: no readout 'avg_vra'; did you mean 'avg_var'?"),
        (lambda: sl.LI(readout="lif"), "LI.readout: 'lif' is a neuron, expected a readout"),
        (lambda: sl.LI(readout=sl.Normal()), "LI.readout: an initialiser ('normal') found, expected a readout"),
        (lambda: sl.LI(readout=3), "LI.readout: 3 found, expected a readout"),
        (sl.Dense, "Dense: 'weight' is missing, expected an initialiser"),
        (lambda: sl.Dense({"type": "normal", "sd": -1}), "Dense.weight.sd: -1 found, expected a number of at least 0"),
        (lambda: sl.Normal(1, 2, 3), "Normal: takes at most 2 values (mean, sd), not 3"),
        (lambda: sl.Normal(1, mean=2), "Normal.mean: given twice, by position and by name"),
    ],
)
def test_a_wrong_value_is_refused_where_it_is_made(make: Any, message: str) -> None:
    with pytest.raises(UserError) as raised:
        make()
    assert message in str(raised.value)


def test_a_refused_assignment_leaves_the_field_as_it_was() -> None:
    neuron = sl.LIF()
    for name, value in (("tau_mem", -1), ("v_reset", 3), ("readout", "no"), ("tau_men", 1)):
        with pytest.raises(sl.InvalidDocument):
            setattr(neuron, name, value)
    assert neuron == sl.LIF()
    neuron.tau_mem = 10
    neuron.readout = "spike_count"  # type: ignore[assignment]
    assert neuron.readout == sl.SpikeCount()


def test_a_class_of_the_users_own_works_everywhere() -> None:
    try:

        class Slow(sl.LIF):
            """Leaks at half the speed."""

            factor: float = sl.quantity(2.0, gt=0, help="How much slower.")

            def dynamics(self, dt: float) -> sl.NeuronDynamics:
                return sl.LIF(tau_mem=self.tau_mem * self.factor).dynamics(dt)

        with sl.Network() as network:
            sl.Population("spike_input", 4)
            sl.Population(Slow(factor=3), 5)
            sl.Population("slow", 5)
        read = sl.Document.loads(sl.Document(network).dumps())
        assert type(read.network.populations[1].neuron) is Slow
        assert read.network.populations[1].neuron == Slow(factor=3)
        assert "neuron.slow" in sl.json_schema()["$defs"]

        class Taken(sl.Neuron):
            """Has the right to be heard, but not by this name."""

            type: ClassVar[str] = "free"

        assert "free" not in sl.Neuron.types(), "abstract: it has no dynamics"
        with pytest.raises(UserError, match="the name 'lif' is taken by spikeloom"):

            class LIF(sl.LIF):
                """Another of the same name."""

    finally:
        sl.Neuron._registry.pop("slow", None)


def test_the_same_class_may_be_defined_again() -> None:
    def cell() -> type[sl.Loss]:
        class Mine(sl.Loss):
            """Defined in a notebook's cell."""

        return Mine

    try:
        first, second = cell(), cell()
        assert first is not second
        assert sl.Loss.types()["mine"] is second
    finally:
        sl.Loss._registry.pop("mine", None)


@settings(max_examples=60, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(min_value=0, max_value=1e300))
def test_numbers_round_trip_exactly(mean: float, sd: float) -> None:
    document = sl.Document()
    with document.network:
        sl.Population("lif", 1, "a")
        sl.Connection("a", "a", sl.Dense(sl.Normal(mean, sd)))
    weight = sl.Document.loads(document.dumps()).network.connections[0].connectivity.weight
    assert (weight.mean, weight.sd) == (mean, sd)  # type: ignore[attr-defined]
