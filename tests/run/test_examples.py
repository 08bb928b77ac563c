"""The examples that ship learn what they say, as ``spikeloom train`` runs them; shorter than their full course."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from spikeloom.examples import examples
from spikeloom.run import Session
from spikeloom.run.prepare import prepare
from spikeloom.spec import Document


def lies(folder: str) -> bool:
    """Whether the folder of a data set is there."""
    return Path(os.environ.get("SPIKELOOM_DATA") or "/nonexistent", folder).is_dir()


HAS_MNIST = pytest.mark.skipif(not lies("mnist"), reason="no MNIST in the folder SPIKELOOM_DATA")
HAS_SPOKEN_DIGITS = pytest.mark.skipif(
    not lies("spoken_digits"), reason="no spoken digits in the folder SPIKELOOM_DATA"
)


def trained(name: str, epochs: int, train_limit: int | None = None) -> float:
    """Accuracy on the validation split after some epochs, on the first so many examples where there is a limit."""
    document = Document.load(examples()[name])
    document.experiment.training.validation_fraction = 0.1
    if train_limit is not None:
        document.experiment.dataset.train_limit = train_limit
    data = prepare(document)
    history = Session(document).train(data["train"], data["validation"], epochs=epochs)
    assert np.isfinite([metrics.loss for metrics in history]).all()
    return history[-1].validation_accuracy


def test_yin_yang_is_told_apart_by_first_spikes():
    assert trained("yin_yang", 25) >= 0.9


def test_delays_that_learn_tell_yin_from_yang_with_few_neurons():
    assert trained("yin_yang_delays", 25) >= 0.94


def test_a_pattern_is_drawn_by_exact_gradients():
    document = Document.load(examples()["pattern"])
    data = prepare(document)
    history = Session(document).train(data["train"], epochs=60)
    assert history[-1].loss < 0.5 * history[0].loss


@HAS_SPOKEN_DIGITS
def test_spoken_digits_are_heard_by_exact_gradients():
    assert trained("spoken_digits", 6) >= 0.5


@HAS_MNIST
def test_mnist_is_read():
    assert trained("mnist", 2) >= 0.93


@HAS_MNIST
def test_mnist_is_read_by_a_tenth_of_the_synapses_which_move():
    assert trained("mnist_deep_r", 2, train_limit=20_000) >= 0.9


@HAS_MNIST
def test_mnist_is_read_better_through_convolutions():
    assert trained("mnist_conv", 2) >= 0.965


@HAS_MNIST
def test_the_weights_of_an_ann_read_mnist_as_spikes():
    """Within half a point of the ANN itself, whose rectified units the spikes count for."""
    document = Document.load(examples()["mnist_ann"])
    test = prepare(document)["test"]
    first, second = (connection.connectivity.weights.values() for connection in document.network.connections)
    pixels, labels = test.values["input:image"], test.values["labels"]
    ann = np.mean((np.maximum(pixels @ first, 0) @ second).argmax(axis=1) == labels)
    assert ann > 0.976
    assert Session(document).evaluate(test)["accuracy"] >= ann - 0.005


def test_eprop_draws_curves():
    """A network that did not learn, and draws their mean, would leave all of their variance."""
    document = Document.load(examples()["eprop_pattern"])
    data = prepare(document)
    session = Session(document)
    (targets,) = (values for name, values in data["test"].values.items() if name.endswith("targets"))
    variance = targets.var(axis=1).mean()
    assert session.evaluate(data["test"])["loss"] >= 0.8 * variance
    session.train(data["train"], epochs=20)
    assert session.evaluate(data["test"])["loss"] <= 0.03 * variance


@HAS_MNIST
def test_eprop_reads_mnist():
    """Of a sixth of it, once."""
    assert trained("eprop_mnist", 1, train_limit=10_000) >= 0.85


@HAS_MNIST
def test_eprop_reads_images_pixel_by_pixel():
    """Errors count after the image alone: what is right by then was remembered."""
    assert trained("eprop_sequential_mnist", 2, train_limit=3000) >= 0.45


@HAS_SPOKEN_DIGITS
def test_eprop_hears_digits():
    pytest.importorskip("h5py")
    assert trained("eprop_spoken_digits", 2) >= 0.75


@HAS_SPOKEN_DIGITS
def test_digits_are_heard_through_a_delay_line_and_augmented():
    assert trained("spoken_digits_augmented", 3) >= 0.4


def test_every_example_says_what_it_shows():
    for path in examples().values():
        document = Document.load(path)
        assert document.title
        assert document.description
