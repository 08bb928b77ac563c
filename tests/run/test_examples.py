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


def trained(name: str, epochs: int) -> float:
    """Accuracy on the validation split after some epochs."""
    document = Document.load(examples()[name])
    data = prepare(document)
    history = Session(document).train(data["train"], data["validation"], epochs=epochs)
    assert np.isfinite([metrics.loss for metrics in history]).all()
    return history[-1].validation_accuracy


def test_yin_yang_is_told_apart_by_first_spikes():
    assert trained("yin_yang", 25) >= 0.9


@pytest.mark.skipif(
    not Path(os.environ.get("SPIKELOOM_DATA") or "/nonexistent", "mnist").is_dir(),
    reason="no MNIST in the folder SPIKELOOM_DATA",
)
def test_mnist_is_read():
    assert trained("mnist", 2) >= 0.93


def test_every_example_says_what_it_shows():
    for path in examples().values():
        document = Document.load(path)
        assert document.title
        assert document.description
