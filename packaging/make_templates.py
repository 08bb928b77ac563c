"""Write the templates that ship with Spikeloom, with the Python API: ``python packaging/make_templates.py``.

The weights of `given_weights` come from a training of `classifier`, so that the document shows what it is for.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import spikeloom as sl

FOLDER = Path(__file__).parents[1] / "resources" / "templates"
ENCODER = sl.LinearLatency(0.0, 25.0, threshold=0.2)
GAP = 410.0  # px, from card to card


def first() -> sl.Dense:
    """Weights from the input, strong enough that the hidden neurons spike from the start."""
    return sl.Dense(sl.Normal(0.3, 0.2))


def document(network: sl.Network, title: str, description: str, *, epochs: int = 20) -> sl.Document:
    """A document that reads the digits with EventProp, its populations in a row."""
    experiment = sl.Experiment(
        dataset=sl.Digits(encoder=ENCODER),
        simulation=sl.Simulation(1.0, 30.0),
        learning=sl.EventProp(optimiser=sl.Adam(0.005)),
        training=sl.Training(epochs=epochs, batch_size=16),
    )
    for population in network.populations:
        if population.neuron.spiking:
            experiment.recording.append(sl.SpikeRecorder(population=population.name))
    experiment.recording.append(sl.VariableRecorder(population="output", variable="V"))
    made = sl.Document(network, experiment)
    made.title, made.description = title, description
    names = [population.name for population in network.populations]
    made.view.positions = {name: (GAP * column, 0.0) for column, name in enumerate(names)}
    return made


def classifier() -> sl.Document:
    """Input, hidden, output."""
    network = sl.sequential(
        sl.InputLayer("spike_input"),
        sl.Layer(first(), sl.LIF(), 100, sl.Exponential(5.0), "hidden"),
        sl.Layer(sl.Dense(sl.Normal(0.0, 0.3)), sl.LI(readout="avg_var"), None, sl.Exponential(5.0), "output"),
    )
    return document(network, "Classifier", "Input, one hidden population of LIF neurons, and an output that is read.")


def two_hidden_layers() -> sl.Document:
    """Input, two hidden populations, output."""
    network = sl.sequential(
        sl.InputLayer("spike_input"),
        sl.Layer(first(), sl.LIF(), 80, sl.Exponential(5.0), "hidden1"),
        sl.Layer(sl.Dense(sl.Normal(0.1, 0.15)), sl.LIF(), 60, sl.Exponential(5.0), "hidden2"),
        sl.Layer(sl.Dense(sl.Normal(0.0, 0.3)), sl.LI(readout="avg_var"), None, sl.Exponential(5.0), "output"),
    )
    return document(network, "Two hidden layers", "A deeper classifier: two populations of LIF neurons in a row.")


def recurrent_classifier() -> sl.Document:
    """A hidden population that is connected to itself."""
    made = classifier()
    made.title = "Recurrent classifier"
    made.description = "The hidden neurons also hear each other, one timestep later: for what unfolds over time."
    with made.network:
        sl.Connection("hidden", "hidden", sl.Dense(sl.Normal(0.0, 0.02)), sl.Exponential(5.0), name="recurrent")
    return made


def convolutional_classifier() -> sl.Document:
    """Features by convolution, pooled, then an output."""
    network = sl.sequential(
        sl.InputLayer("spike_input"),
        sl.Layer(sl.Conv2D(sl.Normal(0.7, 0.7), 16, 3), sl.LIF(), None, sl.Exponential(5.0), "features"),
        sl.Layer(
            sl.AvgPoolDense2D(sl.Normal(0.0, 0.3), 2), sl.LI(readout="avg_var"), None, sl.Exponential(5.0), "output"
        ),
    )
    text = "Sixteen features of 3 x 3 pixels slide over the picture and are pooled: for images."
    return document(network, "Convolutional classifier", text, epochs=40)


def given_weights() -> sl.Document:
    """The classifier with weights that were trained, to be evaluated and not trained."""
    made = classifier()
    made.title = "Given weights"
    made.description = "Weights from elsewhere, in a file beside the document: nothing is trained, Evaluate reads them."
    with tempfile.TemporaryDirectory() as folder:
        trained = _trained(made, Path(folder))
    for connection in made.network.connections:
        connection.connectivity.weight = sl.Array(trained[connection.name])  # type: ignore[attr-defined]
    made.experiment.learning = sl.Inference()
    return made


def _trained(made: sl.Document, folder: Path) -> dict[str, np.ndarray]:
    """The weights of each connection after a training, with the command that everybody uses."""
    made.experiment.training.epochs = 60
    made.save(folder / "train.snn")
    command = [sys.executable, "-m", "spikeloom.cli.main", "train", "train.snn", "--run-dir", "run"]
    subprocess.run(command, cwd=folder, check=True)
    found = load_file(folder / "run" / "checkpoints" / "last.safetensors")
    return {c.name: found[f"{c.name}.g"] for c in made.network.connections}


MAKERS = (classifier, two_hidden_layers, recurrent_classifier, convolutional_classifier, given_weights)

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for maker in MAKERS:
        maker().save(FOLDER / f"{maker.__name__}.snn")
