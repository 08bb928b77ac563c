"""What differs between two documents, in words that a user reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikeloom.spec import Array, Document
from spikeloom_app.document import OpenDocument, differences, summary, text_difference

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")

EVENTPROP = "eventprop (reg_lambda_upper 0.0, reg_lambda_lower 0.0, reg_nu_upper 14.0)"
CHANGES: dict[str, tuple[Callable[[OpenDocument], object], list[str]]] = {
    "nothing": (lambda d: None, []),
    "a number": (
        lambda d: d.set_value(("experiment", "training", "epochs"), 20),
        ["~ experiment.training.epochs: 60 → 20"],
    ),
    "a field of a part": (
        lambda d: d.set_value(("network", "populations", "hidden", "neuron", "tau_mem"), 35.0),
        ["~ hidden.neuron.tau_mem: 20.0 → 35.0"],
    ),
    "another type": (
        lambda d: d.set_value(("experiment", "learning"), {"type": "inference"}),
        [f"~ experiment.learning: {EVENTPROP} → inference"],
    ),
    "nothing where something was": (
        lambda d: d.set_value(("experiment", "learning"), None),
        [f"- experiment.learning: {EVENTPROP}"],
    ),
    "a population and a connection more": (
        lambda d: (d.add_population("lif", (0.0, 0.0), 5, "hidden2"), d.add_connection("hidden", "hidden2")),
        ["+ population 'hidden2' (lif)", "+ connection 'hidden_hidden2' (hidden → hidden2)"],
    ),
    "one population less": (
        lambda d: d.remove(["hidden"]),
        [
            "- population 'hidden' (lif)",
            "- connection 'input_hidden' (input → hidden)",
            "- connection 'hidden_output' (hidden → output)",
            "- experiment.recording: spikes (population hidden)",
        ],
    ),
    "a name": (lambda d: d.rename("hidden", "middle"), ["~ population 'hidden' is called 'middle'"]),
    "a name of a connection": (
        lambda d: d.rename("hidden_output", "last"),
        ["~ connection 'hidden_output' is called 'last'"],
    ),
    "places": (lambda d: d.move({"hidden": (1.0, 2.0)}), ["~ 'hidden' was moved on the canvas"]),
    "several places": (
        lambda d: d.move({"hidden": (1.0, 2.0), "input": (3.0, 4.0)}),
        ["~ 2 parts were moved on the canvas"],
    ),
    "the title": (lambda d: d.set_value(("title",), "Other"), ['~ title: "Handwritten digits" → "Other"']),
}


@pytest.mark.parametrize(("change", "lines"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_one_line(change: Callable[[OpenDocument], object], lines: list[str]) -> None:
    document = OpenDocument()
    document.open(DIGITS)
    change(document)
    assert [str(found) for found in differences(Document.load(DIGITS), document.document)] == lines


def test_values_of_arrays_are_compared_and_their_files_are_not(tmp_path: Path) -> None:
    document = OpenDocument()
    document.open(DIGITS)
    document.set_value(WEIGHT, Array(np.ones((64, 100))))
    document.save(tmp_path / "mine.snn")
    (tmp_path / "other").mkdir()
    Document.load(tmp_path / "mine.snn").save(tmp_path / "other" / "copy.snn")
    mine, copied = Document.load(tmp_path / "mine.snn"), Document.load(tmp_path / "other" / "copy.snn")
    assert mine.dumps() != copied.dumps()  # each names its own file
    assert differences(mine, copied) == []
    assert text_difference(mine, copied) == []
    document.set_value(WEIGHT, Array(np.zeros((64, 100))))
    (found,) = differences(mine, document.document)
    assert str(found) == "~ input_hidden.connectivity.weight: other values (64 × 100)"


def test_a_long_list_is_cut_and_says_so() -> None:
    document = OpenDocument()
    for _ in range(60):
        document.add_population("lif", (0.0, 0.0), 3)
    lines = summary(differences(Document(), document.document), most=40)
    assert len(lines) == 41
    assert lines[-1] == "… and 20 more"


def test_the_text_difference_names_both_sides() -> None:
    document = OpenDocument()
    document.open(DIGITS)
    document.set_value(("experiment", "training", "epochs"), 20)
    lines = text_difference(Document.load(DIGITS), document.document)
    assert lines[:2] == ["--- saved", "+++ unsaved"]
    assert '-      "epochs": 60,' in lines
    assert '+      "epochs": 20,' in lines
