"""Data sets in the window: their forms, and what the cards at both ends of the network say of them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

import spikeloom as sl
from spikeloom_app.canvas.words import dataset_words, learning_words
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector
from tests.app.inspecting import choose, document, inspector, messages, write

__all__ = ["document", "inspector"]  # fixtures


@pytest.mark.parametrize(
    ("title", "cls", "fact"),
    [
        ("Spikes in SHD's format", sl.SpikeHDF5, "700 · 20 classes"),
        ("Pattern generation", sl.Pattern, "20 · 3 curves"),
        ("N-MNIST", sl.NMNIST, "34 × 34 × 2 · 10 classes"),
        ("Sequential MNIST (tonic)", sl.SMNIST, "99 · 10 classes"),
        ("Other sets of tonic's", sl.TonicDataset, "700 · 20 classes"),
    ],
)
def test_a_data_set_is_chosen_and_taken_back(inspector: Inspector, document: OpenDocument, title, cls, fact) -> None:
    choose(inspector, "experiment.dataset", title)
    assert document.document.experiment.dataset == cls()
    assert dataset_words(document.document).kind == fact
    document.undo_stack.undo()
    assert isinstance(document.document.experiment.dataset, sl.Digits)


def test_channels_decide_on_the_input(inspector: Inspector, document: OpenDocument) -> None:
    choose(inspector, "experiment.dataset", "Spikes in SHD's format")
    write(inspector, "experiment.dataset.channels", "128")
    assert sl.infer_shapes(document.document)["input"] == (128,)


def test_the_name_of_a_set_of_tonics_decides_on_shape_and_classes(inspector: Inspector, document: OpenDocument) -> None:
    choose(inspector, "experiment.dataset", "Other sets of tonic's")
    document.set_value(("experiment", "dataset", "name"), "ASLDVS")
    assert sl.infer_shapes(document.document)["input"] == (180, 240, 2)
    assert dataset_words(document.document).kind == "180 × 240 × 2 · 26 classes"


def test_the_names_of_classes_are_shown(inspector: Inspector, document: OpenDocument) -> None:
    named = sl.SpikeHDF5(classes=2, label_names=["yes", "no"])
    document.set_value(("experiment", "dataset"), named)
    texts = [label.text() for label in inspector.findChildren(QLabel)]
    assert "Label names: yes, no" in texts


def test_curves_have_no_accuracy(document: OpenDocument) -> None:
    assert learning_words(document.document).kind == "Cross-entropy · accuracy"
    document.set_value(("experiment", "dataset"), sl.Pattern())
    words = learning_words(document.document)
    assert words.kind == "Cross-entropy" and "accuracy" not in words.tooltip


def test_images_pixel_by_pixel_ask_for_time(inspector: Inspector, document: OpenDocument) -> None:
    choose(inspector, "experiment.dataset.encoder", "Threshold crossing")
    assert "spikes of 81 neurons" in dataset_words(document.document).tooltip
    assert "64 ms" in messages(inspector, "experiment.simulation.example_time")[0]
