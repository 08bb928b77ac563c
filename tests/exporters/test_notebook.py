"""Documents as notebooks."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import spikeloom as sl
from spikeloom import examples
from spikeloom.exporters import export


def cells_of(text: str, kind: str) -> list[str]:
    """The cells of a kind."""
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == kind]


def test_a_notebook_trains_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib.use("Agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    document = sl.Document.load(examples.examples()["digits"])
    document.experiment.training.epochs = 3
    made = export(document, "notebook", "digits")
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells_of(made.text, "code"):
            exec(cell, space)
    history = space["history"]
    curves, rasters = (plt.figure(number) for number in plt.get_fignums())
    drawn = {line.get_label(): line.get_ydata() for axis in curves.axes for line in axis.lines}
    assert list(drawn) == ["loss", "validation loss", "accuracy", "validation accuracy"]
    np.testing.assert_array_equal(drawn["validation loss"], history["validation_loss"])
    assert len(history["epoch"]) == 3
    assert [axis.get_ylabel().split("\n")[0] for axis in rasters.axes] == ["input", "hidden"]
    assert all(len(axis.lines[0].get_xdata()) > 10 for axis in rasters.axes)
    plt.close("all")
    # Its cell again goes on.
    (training,) = [cell for cell in cells_of(made.text, "code") if "model.train(" in cell]
    with contextlib.redirect_stdout(io.StringIO()):
        exec(training, space)
    assert space["history"]["epoch"].tolist() == [4, 5, 6]
    # The same as the document itself.
    model = sl.Model.from_document(document)
    np.testing.assert_array_equal(model.train()["loss"], history["loss"])


@pytest.mark.parametrize("name", sorted(examples.examples()))
def test_every_example_is_a_notebook_in_jupyters_format(name: str) -> None:
    document = sl.Document.load(examples.examples()[name])
    made = export(document, "notebook", name)
    notebook = json.loads(made.text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    identities = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identities)) == len(identities)
    for cell in notebook["cells"]:
        assert set(cell) >= {"cell_type", "id", "metadata", "source"}
        assert ("outputs" in cell and "execution_count" in cell) == (cell["cell_type"] == "code")
    for number, cell in enumerate(cells_of(made.text, "code")):
        compile(cell, f"cell {number}", "exec")
    assert made.text == export(document, "notebook", name).text


def test_words_of_a_document_are_words_and_no_markup() -> None:
    document = sl.Document(title="<script>alert(1)</script> # [x](y)", description="![image](http://x)\n```\n\u2028")
    title = cells_of(export(document, "notebook").text, "markdown")[0]
    assert "<script>" not in title
    assert "](" not in title
    assert "\n```" not in title
    assert title.startswith("# \\<script")
