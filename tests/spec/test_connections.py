"""Connections: shapes that follow from them, and what is said where they cannot be."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import spikeloom.spec as sl
from spikeloom.errors import UserError


def document(connectivity: sl.Connectivity, source=(6, 6), target=8, **ends: sl.Type) -> sl.Document:
    """An input, a hidden population behind `connectivity`, and an output."""
    with sl.Network() as net:
        sl.Population("spike_input", source, "input")
        sl.Population(ends.get("neuron", sl.LIF()), target, "hidden")
        sl.Population(sl.LI(readout="avg_var"), 3, "output")
        sl.Connection("input", "hidden", connectivity, ends.get("synapse", sl.Exponential(5.0)))
        sl.Connection("hidden", "output", sl.Dense(0.1), sl.Exponential(5.0))
    return sl.Document(net)


def problems(doc: sl.Document) -> list[str]:
    return [f"{p.place.removeprefix('network.connections[0].connectivity')}: {p.message}" for p in sl.validate(doc)]


MADE: list[tuple[sl.Connectivity, tuple[int, ...], tuple[int, ...]]] = [
    (sl.OneToOne(1.0), (4, 5), (4, 5)),
    (sl.Conv2D(1.0, 3, 3), (7, 6), (5, 4, 3)),
    (sl.Conv2D(1.0, 3, (3, 2), conv_strides=(2, 1)), (7, 6, 2), (3, 5, 3)),
    (sl.Conv2D(1.0, 3, 3, conv_strides=2, conv_padding="same"), (7, 6), (4, 3, 3)),
    (sl.Conv2D(1.0, 3, 3, flatten=True), (7, 6), (60,)),
    (sl.Conv2DTranspose(1.0, 2, 3), (5, 4), (7, 6, 2)),
    (sl.Conv2DTranspose(1.0, 2, 3, conv_strides=2), (5, 4), (11, 9, 2)),
    (sl.Conv2DTranspose(1.0, 2, 3, conv_strides=2, conv_padding="same"), (5, 4), (10, 8, 2)),
    (sl.AvgPool2D(2), (7, 6, 4), (3, 3, 4)),
    (sl.AvgPool2D(3, pool_strides=2), (7, 7), (3, 3, 1)),
    (sl.AvgPoolConv2D(1.0, 5, 2, 2), (8, 6, 3), (3, 2, 5)),
]


@pytest.mark.parametrize(("connectivity", "source", "expected"), MADE)
def test_shapes_follow_connections_and_round_trip(connectivity, source, expected) -> None:
    doc = document(connectivity, source, None)
    assert problems(doc) == []
    assert sl.infer_shapes(doc)["hidden"] == expected
    assert sl.Document.loads(doc.dumps()) == doc
    assert sl.Document.loads(doc.dumps()).dumps() == doc.dumps()


def test_shapes_follow_several_connections_in_any_order() -> None:
    with sl.Network() as net:
        sl.Population(sl.LI(readout="avg_var"), None, "output")
        sl.Population("lif", None, "second")
        sl.Population("lif", None, "first")
        sl.Population("spike_input", None, "input")
        sl.Connection("second", "output", sl.Dense(1.0), sl.Exponential(5.0))
        sl.Connection("first", "second", sl.AvgPool2D(2), sl.Exponential(5.0))
        sl.Connection("input", "first", sl.Conv2D(1.0, 4, 3), sl.Exponential(5.0))
    doc = sl.Document(net, sl.Experiment(dataset="digits"))
    assert sl.validate(doc) == []
    assert sl.infer_shapes(doc) == {"input": (8, 8), "first": (6, 6, 4), "second": (3, 3, 4), "output": (10,)}


INDICES = np.array([0, 1, 2])
REFUSED: dict[str, tuple[Callable[[], sl.Document], list[str]]] = {
    "too large a kernel": (
        lambda: document(sl.Conv2D(1.0, 3, 7), target=None),
        [": the kernel is larger than what it slides over"],
    ),
    "too large a window": (
        lambda: document(sl.AvgPoolDense2D(1.0, 7)),
        [": the window is larger than what it slides over"],
    ),
    "no rows and columns": (
        lambda: document(sl.Conv2D(1.0, 3, 3), 36, None),
        [": a source of shape [36] found, expected rows, columns and, if there are several, channels"],
    ),
    "another shape": (
        lambda: document(sl.Conv2D(1.0, 3, 3), target=40),
        [": it makes 4 x 4 x 3 neurons, but 'hidden' has 40"],
    ),
    "one to one of different sizes": (
        lambda: document(sl.OneToOne(1.0)),
        [": it makes 6 x 6 neurons, but 'hidden' has 8"],
    ),
    "weights of a kernel": (
        lambda: document(sl.Conv2D(np.ones((3, 3, 3)), 3, 3), target=None),
        [
            ".weight: an array of 3 x 3 x 3 found, expected 3 x 3 x 1 x 3 "
            "(rows x columns x source channels x target channels)"
        ],
    ),
    "weights of listed synapses": (
        lambda: document(sl.Sparse(INDICES, INDICES, np.ones(4))),
        [".weight: an array of 4 found, expected 3 (one for each synapse)"],
    ),
    "delays of another shape": (
        lambda: document(sl.Dense(1.0, np.ones((6, 8)))),
        [".delay: an array of 6 x 8 found, expected 36 x 8 (source x target)"],
    ),
    "lists of different lengths": (
        lambda: document(sl.Sparse(INDICES, INDICES[:2], 1.0)),
        [".post_ind: 2 neurons found, expected as many as in pre_ind (3)"],
    ),
    "a neuron that is not there": (
        lambda: document(sl.Sparse(INDICES + 34, INDICES + 6, 1.0)),
        [
            ".pre_ind: neuron 36 found, the population has 0 to 35",
            ".post_ind: neuron 8 found, the population has 0 to 7",
        ],
    ),
    "a synapse twice": (
        lambda: document(sl.Sparse([0, 3, 0], [1, 1, 1], 1.0)),
        [".pre_ind: the synapse from 0 to 1 is listed twice"],
    ),
    "no synapse": (
        lambda: document(sl.Sparse([], [], 1.0)),
        [".pre_ind: no neurons found, expected at least one synapse"],
    ),
    "nothing drawn": (
        lambda: document(sl.FixedProbability(1e-6, 1.0)),
        [".p: 1e-06 found, with which no connection was drawn"],
    ),
    "hardly anything drawn": (
        lambda: document(sl.FixedProbability(1e-30, 1.0)),
        [".p: 1e-30 found, with which no connection was drawn"],
    ),
    "too many synapses": (
        lambda: document(sl.FixedProbability(0.5, sl.FluctuationDriven()), 10**6, 10**6),
        [".p: 0.5 found, which makes 5e+11 synapses, more than 2147483647"],
    ),
    "too many neurons": (
        lambda: document(sl.Conv2DTranspose(1.0, 8, 3, conv_strides=60_000), target=None),
        [": it makes 360000 x 360000 x 8 neurons, expected at most 2147483647"],
    ),
    "a large window": (
        lambda: document(sl.AvgPoolConv2D(1.0, 3, 9, 3, conv_padding="same"), target=None),
        [": the window is larger than what it slides over"],
    ),
    "negative delays": (
        lambda: document(sl.Dense(1.0, np.full((36, 8), -2.0))),
        [".delay: -2 ms found, expected at least 0"],
    ),
    "drawn negative delays": (
        lambda: document(sl.Dense(1.0, sl.Uniform(-5, 5))),
        [".delay: -5 ms found, expected at least 0"],
    ),
    "too long delays": (
        lambda: document(sl.Dense(1.0, np.full((36, 8), 1e6))),
        [".delay: 1e+06 ms are more than 65535 timesteps"],
    ),
    "too large a parameter": (
        lambda: document(sl.Dense(sl.Snippet({"x": 1e300}, "value = x;"))),
        [".weight.params.x: 1e+300 found, too large for single precision"],
    ),
    "a negative delay": (lambda: document(sl.Dense(1.0, -1.0)), [".delay: -1 ms found, expected at least 0"]),
    "delays without an end": (
        lambda: document(sl.Dense(1.0, sl.Normal(3.0, 1.0))),
        [".max_delay: 'normal' has no largest value, and room must be kept for the longest delay"],
    ),
    "too long a delay": (
        lambda: document(sl.Dense(1.0, 1e5)),
        [".delay: 100000 ms are more than 65535 timesteps"],
    ),
    "a target without leak": (
        lambda: document(sl.Dense(sl.FluctuationDriven()), neuron=sl.IF()),
        [".weight: it needs a target with a leak, a threshold and no scale_i, and a delta or exponential synapse"],
    ),
    "a target that scales its input": (
        lambda: document(sl.Dense(sl.FluctuationDriven()), neuron=sl.LIF(scale_i=True)),
        [".weight: it needs a target with a leak, a threshold and no scale_i, and a delta or exponential synapse"],
    ),
    "a mean above the threshold": (
        lambda: document(sl.Dense(sl.FluctuationDriven(mu_u=1.5))),
        [".weight: mu_u of 1.5 is not below the threshold (1)"],
    ),
    "a snippet with a mistake": (
        lambda: document(sl.Dense(sl.Snippet(code="value = scale *\n  gennrand_narmal();"))),
        [".weight.code: line 2, column 3: unknown function 'gennrand_narmal'; did you mean 'gennrand_normal'?"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_said_at_the_connection(name: str) -> None:
    make, expected = REFUSED[name]
    assert problems(make()) == expected


def test_a_list_of_neurons_stays_in_the_document() -> None:
    doc = document(sl.Sparse([3, 1, 2], [0, 1, 2], 0.5))
    again = sl.Document.loads(doc.dumps())
    assert '"pre_ind": [3, 1, 2]' in doc.dumps()
    assert again == doc
    assert again.network.connections[0].connectivity.pairs()[0].tolist() == [3, 1, 2]  # type: ignore[attr-defined]
    assert sl.validate(again) == []


def test_a_large_kernel_costs_nothing_to_draw() -> None:
    doc = document(sl.Conv2D(1.0, 1, 3000, conv_padding="same"), (3000, 3000), None)
    started = time.perf_counter()
    assert sl.infer_shapes(doc)["hidden"] == (3000, 3000, 1)
    assert problems(doc) == []
    assert time.perf_counter() - started < 5  # drawing its taps would take minutes


def test_frames_that_no_example_reaches_are_said() -> None:
    doc = document(sl.Dense(0.1), 36)
    doc.network.population("input").neuron = sl.BinaryInput(input_frames=40, input_frame_timesteps=3)
    (warning,) = sl.validate(doc)
    assert warning.severity == "warning"
    assert "40 frames of 3 timesteps found, but an example has 40 timesteps" in warning.message


def test_a_sequence_stands_alone() -> None:
    layer = sl.Layer(sl.Dense(0.1), "lif", 3)
    first = sl.InputLayer("spike_input", 3)
    net = sl.sequential(first, layer, layer)
    assert net.connections[0].connectivity is not net.connections[1].connectivity
    for layers, message in (((), "no layers"), ((layer,), "expected InputLayer"), ((first, first), "expected Layer")):
        with pytest.raises(UserError, match=message):
            sl.sequential(*layers)
    with sl.Network(), pytest.raises(UserError, match="inside of another network"):
        sl.sequential(first, layer)


def test_a_fix_gives_the_target_its_shape() -> None:
    doc = document(sl.Conv2D(1.0, 3, 3), target=40)
    fix = sl.validate(doc)[0].fix
    assert fix is not None
    assert (fix.place, fix.value) == ("network.populations[1].shape", [4, 4, 3])


def test_listed_synapses_are_saved_beside_the_document(tmp_path: Path) -> None:
    weights, delays = np.array([0.1, 0.2, 0.3]), np.array([1.0, 0.0, 2.0])
    doc = document(sl.Sparse([3, 1, 2], [0, 1, 2], weights, delays))
    doc.save(tmp_path / "a.snn")
    read = sl.Document.load(tmp_path / "a.snn").network.connections[0].connectivity
    assert isinstance(read, sl.Sparse)
    assert [array.tolist() for array in read.pairs()] == [[3, 1, 2], [0, 1, 2]]
    np.testing.assert_allclose(read.weights.values(), [0.1, 0.2, 0.3])  # type: ignore[attr-defined]
    assert read.longest_delay is None
    assert sl.validate(sl.Document.load(tmp_path / "a.snn")) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sl.Conv2D(1.0, 3, 0), "Conv2D.conv_size: "),
        (
            lambda: sl.Conv2D(1.0, 3, (3, 3, 3)),
            "[3, 3, 3] found, expected one or two whole numbers",
        ),
        (lambda: sl.Conv2D(1.0, 3, 2.5), "Conv2D.conv_size: 2.5 found"),
        (lambda: sl.Conv2D(1.0, 0), "Conv2D.filters: 0 found, expected a whole number"),
        (lambda: sl.Sparse([0.5], [1], 1.0), "expected whole numbers"),
        (lambda: sl.Sparse([2**40], [1], 1.0), "1099511627776 found, too large a whole number"),
        (lambda: sl.Dense(np.full((2, 2), 1j)), "expected an array of numbers"),
        (lambda: sl.Sparse(["a"], [1], 1.0), "expected an array of numbers"),
        (lambda: sl.FixedProbability(0.0, 1.0), "FixedProbability.p: 0.0 found"),
        (lambda: sl.FixedProbability(1.5, 1.0), "FixedProbability.p: 1.5 found"),
    ],
)
def test_wrong_values_are_refused_where_they_are_made(make: Callable[[], object], message: str) -> None:
    with pytest.raises(sl.InvalidDocument) as raised:
        make()
    assert message in str(raised.value)
