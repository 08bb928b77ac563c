"""The networks of mlGeNN's tutorials, described in Python, kept as documents, and run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.examples import examples
from spikeloom.run.prepare import prepare


def mnist_inference() -> sl.Network:
    neuron = {"relative_reset": True}
    return sl.sequential(
        sl.InputLayer(sl.IFInput(**neuron), (28, 28)),
        sl.Layer(sl.Dense(sl.Normal(0.0, 0.1)), sl.IF(**neuron), 128),
        sl.Layer(sl.Dense(sl.Normal(0.0, 0.2)), sl.IF(**neuron, readout="spike_count"), 10),
    )


def eprop_mnist() -> sl.Network:
    """Recurrent adaptive neurons, delta synapses, a leaky output."""
    with sl.Network() as net:
        source = sl.Population("spike_input", 784)
        hidden = sl.Population(sl.ALIF(tau_mem=20.0, tau_refrac=5.0), 128)
        output = sl.Population(sl.LI(tau_mem=20.0, bias=0.1, readout="sum_var"), 10)
        sl.Connection(source, hidden, sl.Dense(sl.Normal(0.0, 1 / 28)))
        sl.Connection(hidden, hidden, sl.Dense(sl.Normal(0.0, 1 / 11)))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 1 / 11)))
    return net


def eventprop_mnist() -> sl.Network:
    return sl.sequential(
        sl.InputLayer("spike_input", (28, 28)),
        sl.Layer(sl.Dense(sl.Normal(0.078, 0.045)), sl.LIF(tau_mem=20.0), 128, sl.Exponential(5.0)),
        sl.Layer(
            sl.Dense(sl.Normal(0.2, 0.37)), sl.LI(tau_mem=20.0, readout="avg_var_exp_weight"), 10, sl.Exponential(5.0)
        ),
    )


def yin_yang_with_delays() -> sl.Network:
    """Delays are drawn, and here they stay as they are."""
    delay = sl.Uniform(0.0, 10.0)
    return sl.sequential(
        sl.InputLayer("spike_input", 5),
        sl.Layer(sl.Dense(sl.Normal(1.9, 0.78), delay), sl.LIF(tau_mem=20.0), 30, sl.Exponential(5.0)),
        sl.Layer(
            sl.Dense(sl.Normal(0.93, 0.1)), sl.LIF(tau_mem=20.0, readout="first_spike_time"), 3, sl.Exponential(5.0)
        ),
    )


TUTORIALS: dict[str, tuple[Callable[[], sl.Network], str]] = {
    "MNIST inference": (mnist_inference, ""),
    "e-prop MNIST": (eprop_mnist, ""),
    "EventProp MNIST": (eventprop_mnist, "eventprop"),
    "Yin-Yang with delays": (yin_yang_with_delays, "eventprop"),
}


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorials_network_is_a_document_that_runs(name: str) -> None:
    make, rule = TUTORIALS[name]
    rng = np.random.default_rng(0)
    net = make()
    values = net.inputs[0].neuron.takes_values
    model = sl.Model(net, rule or None, example_time=40.0, encoder=None if values else "linear_latency", threads=1)
    read = sl.Document.loads(model.document.dumps())
    assert read == model.document
    x = rng.random((8, int(np.prod(sl.infer_shapes(model.document)[net.inputs[0].name]))))
    y = model.predict(x).y
    assert np.ptp(y) > 0
    np.testing.assert_array_equal(sl.Model.from_document(read, threads=1).predict(x).y, y)
    if rule:
        before = model.weights
        model.train(x, rng.integers(0, y.shape[1], 8), epochs=2)
        assert all((model.weights[name] != weights).any() for name, weights in before.items())


def test_yin_yang_is_learned_through_delays() -> None:
    """The example with delays of its own for each of its first synapses."""
    document = sl.Document.load(examples()["yin_yang"])
    document.network.connections[0].connectivity.delay = sl.Uniform(0.0, 6.0)
    document.experiment.training.validation_fraction = 0.1
    session, data = sl.Session(document), prepare(document)
    session.train(data["train"], epochs=25)
    assert session.evaluate(data["validation"])["accuracy"] > 0.9
