"""Every connectivity and delay on every backend against the same network step by step in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.compilers import compile_document
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.backends.installed import built, each_backend
from tests.backends.step_by_step import counts_of, simulate
from tests.reference.wiring import wiring

EXAMPLES = 3
STEPS = 30
RNG = np.random.default_rng(5)
PAIRS = np.argwhere(RNG.random((30, 12)) < 0.3)
RECURRENT = np.argwhere(RNG.random((12, 12)) < 0.3)


def weights(*shape: int, mean: float = 0.4, sd: float = 0.4) -> sp.Array:
    return sp.Array(np.random.default_rng(int(np.prod(shape))).normal(mean, sd, shape))


def delays(*shape: int, longest: int = 6) -> sp.Array:
    return sp.Array(np.random.default_rng(9).integers(0, longest + 1, shape).astype(float))


# From an input of shape [5, 6] or [5, 3, 2] to a hidden population; shape of the weights from the definitions.
INTO_HIDDEN: dict[str, tuple[sp.Connectivity, tuple[int, ...], tuple[int, ...] | None]] = {
    "dense, delayed": (sp.Dense(weights(30, 12), 3.0), (5, 6), (12,)),
    "dense, delays drawn": (sp.Dense(weights(30, 12), delays(30, 12)), (5, 6), (12,)),
    "one to one": (sp.OneToOne(weights(30, mean=0.9)), (5, 6), None),
    "one to one, delayed": (sp.OneToOne(weights(30, mean=0.9), delays(30)), (5, 6), None),
    "sparse": (sp.Sparse(PAIRS[:, 0], PAIRS[:, 1], weights(len(PAIRS))), (5, 6), (12,)),
    "sparse, delayed": (sp.Sparse(*PAIRS.T, weights(len(PAIRS)), delays(len(PAIRS))), (5, 6), (12,)),
    "sparse, one delay": (sp.Sparse(*PAIRS.T, weights(len(PAIRS)), 2.0), (5, 6), (12,)),
    "convolution": (sp.Conv2D(weights(2, 3, 1, 3), 3, (2, 3)), (5, 6), None),
    "convolution, channels": (sp.Conv2D(weights(2, 2, 2, 3), 3, 2), (5, 3, 2), None),
    "convolution, strides": (sp.Conv2D(weights(3, 2, 1, 2), 2, (3, 2), conv_strides=(2, 1)), (5, 6), None),
    "convolution, same": (sp.Conv2D(weights(3, 2, 1, 2), 2, (3, 2), conv_padding="same"), (5, 6), None),
    "convolution, same, strides": (
        sp.Conv2D(weights(3, 4, 1, 2), 2, (3, 4), conv_strides=2, conv_padding="same"),
        (5, 6),
        None,
    ),
    "convolution, delayed": (sp.Conv2D(weights(2, 2, 2, 3), 3, 2, delay=2.0), (5, 3, 2), None),
    "transposed convolution": (sp.Conv2DTranspose(weights(2, 3, 1, 2), 2, (2, 3)), (3, 4), None),
    "transposed convolution, strides": (
        sp.Conv2DTranspose(weights(3, 2, 2, 2), 2, (3, 2), conv_strides=2),
        (3, 2, 2),
        None,
    ),
    "transposed convolution, same": (
        sp.Conv2DTranspose(weights(3, 3, 1, 2), 2, 3, conv_strides=2, conv_padding="same"),
        (3, 4),
        None,
    ),
    "average pooling": (sp.AvgPool2D((2, 3)), (5, 6), None),
    "average pooling, overlapping": (sp.AvgPool2D(2, pool_strides=1), (4, 3, 2), None),
    "average pooling + convolution": (sp.AvgPoolConv2D(weights(2, 2, 2, 3, mean=1.0), 3, 2, 2), (6, 6, 2), None),
    "average pooling + convolution, overlapping": (
        sp.AvgPoolConv2D(weights(2, 1, 1, 3, mean=1.0), 3, (2, 3), (2, 1), pool_strides=(1, 2), conv_padding="same"),
        (5, 7),
        None,
    ),
    "average pooling + dense": (sp.AvgPoolDense2D(weights(2, 3, 1, 12, mean=1.0), 2), (5, 6), (12,)),
    "average pooling + dense, channels": (sp.AvgPoolDense2D(weights(2, 1, 2, 12, mean=1.0), 2), (5, 3, 2), (12,)),
}
RECURRENTLY = {
    "recurrent, dense, delayed": sp.Dense(weights(12, 12, mean=0.0), 4.0),
    "recurrent, sparse": sp.Sparse(*RECURRENT.T, weights(len(RECURRENT), mean=0.0)),
    "recurrent, sparse, delayed": sp.Sparse(
        *RECURRENT.T, weights(len(RECURRENT), mean=0.0), delays(len(RECURRENT), longest=9)
    ),
    "recurrent, one to one, delayed": sp.OneToOne(weights(12, mean=0.0), 1.0),
}


def network(name: str) -> sp.Document:
    """Input, hidden LIF neurons, a leaky output."""
    into, shape, hidden = INTO_HIDDEN.get(name, INTO_HIDDEN["sparse"])
    with sp.Network() as net:
        source = sp.Population("spike_input", shape, "input")
        threshold = 0.1 if isinstance(into, sp.OneToOne | sp.AvgPool2D) else 1.0  # they bring little input
        neurons = sp.Population(sp.LIF(tau_mem=20.0, v_thresh=threshold), hidden, "hidden")
        sp.Population(sp.LI(readout="avg_var"), 3, "output")
        sp.Connection(source, neurons, into.model_copy(deep=True), sp.Exponential(5.0))
        if name in RECURRENTLY:
            sp.Connection(neurons, neurons, RECURRENTLY[name].model_copy(deep=True), sp.Exponential(5.0))
    document = sp.Document(net, sp.Experiment(simulation=sp.Simulation(example_time=STEPS)))
    size = int(np.prod(sp.infer_shapes(document)["hidden"]))
    out = sp.Sparse(np.arange(size), np.arange(size) % 3, weights(size, mean=0.0), 1.0)
    with net:
        sp.Connection("hidden", "output", out, sp.Delta())
    return document


def spikes(neurons: int) -> BatchData:
    drawn = np.random.default_rng(3).random((EXAMPLES, STEPS, neurons)) < 0.2
    drawn[1] = False
    return BatchData({"input": spike_data(EXAMPLES, *np.nonzero(drawn))})


@each_backend
@pytest.mark.parametrize("name", [*INTO_HIDDEN, *RECURRENTLY])
def test_a_connection_does_what_its_definition_says(name: str, backend: str) -> None:
    document = network(name)
    assert sp.validate(document) == []
    compiled = compile_document(document)
    inputs = int(np.prod(sp.infer_shapes(document)["input"]))
    batch = spikes(inputs)
    runtime = built(backend, compiled.model, compiled.schedules, STEPS)
    record: list[Any] = [RecordSpikes("hidden"), RecordVar("hidden", "V"), RecordVar("output", "V")]
    result = runtime.run("predict", batch, [np.arange(EXAMPLES)], timesteps=STEPS, record=record)
    emitted = 0.0
    for example in range(EXAMPLES):
        expected = simulate(document, counts_of(batch, "input", example, STEPS, inputs))
        found = np.zeros_like(expected.spikes["hidden"])
        np.add.at(found, result.recording.spikes["hidden"][example], 1)
        np.testing.assert_array_equal(found, expected.spikes["hidden"])
        emitted += found.sum()
        for population in ("hidden", "output"):
            ours = result.recording.variables[RecordVar(population, "V")][example]
            np.testing.assert_allclose(ours, expected.voltages[population], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(result.results["y"][example], expected.y, rtol=1e-9, atol=1e-12)
    assert emitted > 20


@pytest.mark.parametrize("name", INTO_HIDDEN)
def test_the_shape_of_the_target_is_inferred(name: str) -> None:
    connectivity, source, target = INTO_HIDDEN[name]
    made = connectivity.target_shape(source)
    if target is not None:
        assert made is None
        return
    wired = wiring(connectivity, source, made)
    assert made == source or wired.post.max() == np.prod(made) - 1
    assert connectivity.target_shape(source) == sp.infer_shapes(network(name))["hidden"]


@each_backend
def test_weights_are_read_and_written_by_synapse(backend: str) -> None:
    for name in ("sparse", "convolution, channels", "average pooling + dense"):
        document = network(name)
        compiled = compile_document(document)
        runtime = built(backend, compiled.model, compiled.schedules, STEPS)
        given = document.network.connections[0].connectivity.weights.values()
        if name == "sparse":
            order = np.lexsort((PAIRS[:, 1], PAIRS[:, 0]))
            given = given[order]
        np.testing.assert_allclose(runtime.get("input_hidden", "g"), given, rtol=1e-6)
        runtime.set("input_hidden", "g", 2 * given)
        np.testing.assert_allclose(runtime.get("input_hidden", "g"), 2 * given, rtol=1e-6)
        with pytest.raises(sp.InvalidDocument.__mro__[1], match="was given, expected"):
            runtime.set("input_hidden", "g", given.ravel()[:-1])
