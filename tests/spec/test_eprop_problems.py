"""What e-prop cannot do, said at the part that it concerns, each with a way out."""

from __future__ import annotations

from typing import Any

import pytest

import spikeloom.spec as sl

Change = Any


def digits(**rule: Any) -> sl.Document:
    """A sound document under e-prop."""
    with sl.Network() as network:
        sl.Population("spike_input", name="input")
        sl.Population(sl.ALIF(), 100, "hidden")
        sl.Population(sl.LI(readout="sum_var"), name="output")
        sl.Connection("input", "hidden", sl.Dense(sl.Normal(0.1, 0.1)), sl.Delta())
        sl.Connection("hidden", "output", sl.Dense(sl.Normal(0.1, 0.1)), sl.Delta())
    return sl.Document(network, sl.Experiment(dataset="digits", learning=sl.EProp(**rule)))


def lines(document: sl.Document) -> list[str]:
    return [str(problem).split("\n")[0] for problem in sl.validate(document)]


def neuron_of(document: sl.Document, name: str, neuron: sl.Neuron) -> None:
    document.network.population(name).neuron = neuron


def absolute_reset(document: sl.Document) -> None:
    neuron_of(document, "hidden", sl.LIF(tau_refrac=3.0))


def integrate_and_fire(document: sl.Document) -> None:
    neuron_of(document, "hidden", sl.IF())


def spiking_output(document: sl.Document) -> None:
    neuron_of(document, "output", sl.LIF(readout="spike_count"))


def maximum(document: sl.Document) -> None:
    neuron_of(document, "output", sl.LI(readout="max_var"))


def relative_loss(document: sl.Document) -> None:
    document.experiment.learning.loss = "relative_mean_square_error"  # type: ignore[union-attr]


def own_synapse(document: sl.Document) -> None:
    document.network.connections[0].synapse = sl.CustomSynapse()


def kernel(document: sl.Document) -> None:
    document.network.population("hidden").shape = (7, 7, 2)
    document.network.connections[0].connectivity = sl.Conv2D(0.1, 2, 2)


def hidden_behind_hidden(document: sl.Document) -> None:
    with document.network:
        sl.Population(sl.ALIF(), 10, "deep")
        sl.Connection("input", "deep", sl.Dense(0.1), sl.Delta())
        sl.Connection("deep", "hidden", sl.Dense(0.1), sl.Delta())


def output_goes_on(document: sl.Document) -> None:
    neuron_of(document, "output", sl.ALIF(readout="spike_count"))
    with document.network:
        sl.Connection("output", "hidden", sl.Dense(0.1), sl.Delta())


def signed(document: sl.Document) -> None:
    neuron_of(document, "input", sl.PoissonInput(signed_spikes=True))


def late_errors(document: sl.Document) -> None:
    document.experiment.learning.error_start_timestep = 40  # type: ignore[union-attr]


def online_adjoint(document: sl.Document) -> None:
    document.experiment.learning.online = 5  # type: ignore[union-attr]


def online_mean(document: sl.Document) -> None:
    document.experiment.learning = sl.EProp(mode="forward", online=5, c_reg=0.1)


def late_outputs(document: sl.Document) -> None:
    document.experiment.learning = sl.EProp(mode="forward")
    document.network.connections[1].connectivity.delay = 3.0  # type: ignore[assignment]


def curves_of_labels(document: sl.Document) -> None:
    document.experiment.learning.loss = sl.MeanSquareError(target_per_timestep=True)  # type: ignore[union-attr]


def labels_of_curves(document: sl.Document) -> None:
    document.experiment.dataset = sl.Pattern()
    document.experiment.simulation.example_time = 1000.0


def traces_of_the_adjoint(document: sl.Document) -> None:
    document.experiment.recording = [sl.SynapseRecorder("input_hidden")]


BROKEN: list[tuple[Change, list[str]]] = [
    (
        absolute_reset,
        [
            "network.populations[1].neuron.relative_reset: e-prop needs a relative reset: "
            "traces of the voltage go on through a spike",
            "network.populations[1].neuron.integrate_during_refrac: e-prop's neurons go on integrating in their "
            "refractory period",
        ],
    ),
    (
        integrate_and_fire,
        [
            "network.populations[1].neuron: e-prop trains hidden populations of LIF and adaptive LIF neurons, "
            "'hidden' is an integrate-and-fire",
        ],
    ),
    (
        spiking_output,
        [
            "network.populations[2].neuron: e-prop needs LI neurons as output, 'output' is a leaky integrate-and-fire",
        ],
    ),
    (
        maximum,
        [
            "network.populations[2].neuron.readout: e-prop counts the error of every timestep, which readout "
            "'max_var' does not weigh"
        ],
    ),
    (relative_loss, ["experiment.learning.loss: e-prop has no rule for 'relative_mean_square_error'"]),
    (
        own_synapse,
        ["network.connections[0].synapse: e-prop needs delta or exponential synapses, this one is 'custom'"],
    ),
    (kernel, ["network.connections[0].connectivity: e-prop has no rule for weights that synapses share"]),
    (hidden_behind_hidden, ["network.populations[3]: no errors reach 'deep': it is connected to no output"]),
    (
        output_goes_on,
        [
            "network.populations[2].neuron: e-prop needs LI neurons as output, 'output' is an adaptive LIF",
            "network.connections[2].source: e-prop's output 'output' cannot have outgoing connections",
        ],
    ),
    (signed, ["network.populations[0].neuron.signed_spikes: e-prop has no rule for negative spikes"]),
    (
        late_errors,
        [
            "experiment.learning.error_start_timestep: 40 found, an example has timesteps 0 to 39: no error counts",
        ],
    ),
    (online_adjoint, ["experiment.learning.online: updates within an example need the forward mode"]),
    (
        online_mean,
        ["experiment.learning.rate_start: with updates within an example, the mean over a batch comes too late"],
    ),
    (
        late_outputs,
        [
            "network.connections[1].connectivity.delay: the forward mode has no delays of connections to an output",
        ],
    ),
    (
        curves_of_labels,
        ["experiment.learning.loss.target_per_timestep: the targets of 'digits' do not change with time"],
    ),
    (
        labels_of_curves,
        [
            "experiment.learning.loss: the targets of 'pattern' are curves, and 'sparse_categorical_crossentropy' "
            "takes one target per example"
        ],
    ),
    (
        traces_of_the_adjoint,
        ["experiment.recording[0].variable: no variable 'Eligibility' of the synapses of 'input_hidden'"],
    ),
]


def test_a_sound_document_has_no_problems() -> None:
    assert lines(digits()) == []
    assert lines(digits(mode="forward", online=3)) == []


@pytest.mark.parametrize(("change", "expected"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_what_it_cannot_do_is_said_at_its_place(change: Change, expected: list[str]) -> None:
    document = digits()
    change(document)
    assert lines(document) == expected
    for problem in sl.validate(document):
        assert problem.hint


def test_pooling_without_weights_of_its_own_may_lead_to_hidden_neurons() -> None:
    document = digits()
    with document.network:
        sl.Population(sl.ALIF(), None, "pooled")
        sl.Connection("input", "pooled", sl.AvgPool2D(2), sl.Delta())
        sl.Connection("pooled", "output", sl.Dense(0.1), sl.Delta())
    assert lines(document) == []
    sl.check(document)
