"""What is saved of networks whose synapses, weights or delays were drawn: all that a prediction depends on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl

RNG = np.random.default_rng(2)
PAIRS = RNG.permutation(np.argwhere(RNG.random((64, 30)) < 0.2))  # in no order
CONNECTIVITY = {
    "fixed probability": sl.FixedProbability(0.3, sl.Kaiming(4.0)),
    "fixed probability, delays drawn": sl.FixedProbability(0.3, sl.Kaiming(4.0), delay=sl.Uniform(0.0, 8.0)),
    "listed": sl.Sparse(*PAIRS.T, sl.Array(RNG.normal(0.6, 0.5, len(PAIRS)))),
    "listed, delays given": sl.Sparse(
        *PAIRS.T, sl.Array(RNG.normal(0.6, 0.5, len(PAIRS))), sl.Array(RNG.integers(0, 5, len(PAIRS)))
    ),
    "dense, delays drawn": sl.Dense(sl.Normal(0.2, 0.2), sl.Normal(3.0, 2.0), max_delay=9.0),
    "convolution": sl.Conv2D(sl.Normal(2.0, 2.0), 4, 3, conv_strides=2),
    "pooling, delays drawn": sl.AvgPool2D(2, delay=sl.Uniform(0.0, 6.0)),
    "pooling + dense": sl.AvgPoolDense2D(sl.Normal(2.0, 2.0), 2),
}


def model(name: str) -> sl.Model:
    connectivity = CONNECTIVITY[name].model_copy(deep=True)
    free = connectivity.target_shape((8, 8)) is None
    cells = sl.LIF(v_thresh=1.0 if connectivity.trained else 0.05)  # what is averaged is small
    net = sl.sequential(
        sl.InputLayer("spike_input", (8, 8), "input"),
        sl.Layer(connectivity, cells, 30 if free else None, sl.Exponential(5.0), "hidden"),
        sl.Layer(sl.Dense(sl.Normal(0, 0.3)), sl.LI(readout="avg_var"), 3, sl.Exponential(5.0), "output"),
    )
    return sl.Model(net, "eventprop", example_time=25.0, encoder="linear_latency", seed=5, threads=1)


@pytest.mark.parametrize("name", CONNECTIVITY)
def test_a_saved_network_predicts_the_same(name: str, tmp_path: Path) -> None:
    x, y = RNG.random((30, 8, 8)), RNG.integers(0, 3, 30)
    trained = model(name)
    trained.train(x, y, epochs=2)
    expected = trained.predict(x).y
    assert np.ptp(expected) > 0.01
    trained.save(tmp_path / "saved.snn")
    trained.save_checkpoint(tmp_path / "at.safetensors")
    loaded = sl.load(tmp_path / "saved.snn", threads=1)
    loaded.document.experiment.training.seed = 99
    np.testing.assert_allclose(loaded.predict(x).y, expected, rtol=1e-6, atol=1e-7)
    pre, post = trained.synapses("input_hidden")
    again = loaded.synapses("input_hidden")
    np.testing.assert_array_equal(again[0], pre)
    np.testing.assert_array_equal(again[1], post)
    # A checkpoint brings drawn delays along, into a network that drew others.
    other = model(name)
    other.document.experiment.training.seed = 6
    other = sl.Model.from_document(other.document, threads=1)
    other.load_checkpoint(tmp_path / "at.safetensors")
    np.testing.assert_allclose(other.predict(x).y, expected, rtol=1e-6, atol=1e-7)


def test_weights_of_listed_synapses_are_numbered_by_source_and_target() -> None:
    trained = model("listed")
    pre, post = trained.synapses("input_hidden")
    given = dict(zip(map(tuple, PAIRS.tolist()), CONNECTIVITY["listed"].weights.values(), strict=True))
    assert list(zip(pre.tolist(), post.tolist(), strict=True)) == sorted(given)
    np.testing.assert_allclose(trained.weights["input_hidden"], [given[pair] for pair in sorted(given)])
