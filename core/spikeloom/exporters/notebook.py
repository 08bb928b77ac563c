"""The Python script as a Jupyter notebook: a cell for each of its parts, and others that draw what comes of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from spikeloom.exporters.export import ARRAYS_STEM, Export
from spikeloom.exporters.python.layout import Brackets, Item, Text, laid_out
from spikeloom.exporters.python.sections import Parts, imports_of, parts_of
from spikeloom.spec import Document

MARKDOWN = str.maketrans({letter: f"\\{letter}" for letter in r"\`*_{}[]<>()#+-!|$~&"})

CURVES = """\
figures = [name for name in ("loss", "accuracy") if np.isfinite(history[name]).any()]
fig, axes = plt.subplots(
    1, len(figures), squeeze=False, figsize=(10, 3.5), layout="constrained"
)
for axis, figure in zip(axes[0], figures, strict=True):
    for name in (figure, f"validation_{figure}"):
        if np.isfinite(history[name]).any():
            axis.plot(history["epoch"], history[name], label=name.replace("_", " "))
    axis.set(xlabel="epoch", ylabel=figure)
    axis.legend()
plt.show()"""

RASTERS = """\
seen = model.predict(record=[sl.SpikeRecorder(name, examples=[0]) for name in names])
fig, axes = plt.subplots(
    len(names), 1, sharex=True, squeeze=False, figsize=(10, 6), layout="constrained"
)
for axis, name in zip(axes[:, 0], names, strict=True):
    spikes = seen.spikes[name][0]
    axis.plot(spikes.times, spikes.neurons, "|", markersize=4)
    axis.set(ylabel=f"{name}\\nneuron", xlim=(0, document.experiment.simulation.example_time))
    axis.yaxis.get_major_locator().set_params(integer=True)
axes[-1, 0].set(xlabel="time (ms)")
plt.show()"""


def write(document: Document, name: str) -> Export:
    """The notebook of a document.

    Parameters
    ----------
    name
        The stem of the file that it is to be saved as: a notebook does not know its own.

    Raises
    ------
    UserError
        As of the Python script.
    """
    parts = parts_of(document)
    title = _plain(document.title or "A spiking neural network").replace("\n", " ")
    cells = [_markdown(f"# {title}", _plain(document.description or ""))]
    cells.append(_code(_imports(parts, name)))
    for section in parts.sections:
        cells += [_markdown(f"## {section.heading}", section.about), _code("\n".join(section.lines))]
    cells += _running(document, parts)
    for number, cell in enumerate(cells):
        content = f"{number} {cell['source']}".encode()
        cell["id"] = hashlib.sha256(content).hexdigest()[:12]  # the same document gives the same file
        cell["source"] = cell["source"].splitlines(keepends=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notes = () if parts.has_data else ("The document names no data set: the notebook asks for your arrays.",)
    return Export(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", parts.arrays, notes=notes)


def _running(document: Document, parts: Parts) -> list[dict[str, Any]]:
    """Cells that train, test and look."""
    x = ("", "", "") if parts.has_data else ('data["x_train"], data["y_train"], ', 'data["x_test"], data["y_test"]', "")
    share = document.experiment.training.validation_fraction
    held = f", validation_split={share!r}" if share and not parts.has_data else ""
    build = "model = sl.Model.from_document(document)"
    if not parts.has_data:
        build = 'data = np.load("data.npz")  # x_train, y_train, x_test and y_test\n' + build
    cells: list[dict[str, Any]]
    if parts.learns:
        about = "Run the cell again to go on with as many epochs; `epochs=5` trains so many."
        train = f"history = model.train({x[0]}callbacks=[sl.ProgressBar()]{held})"
        cells = [_markdown("## The model", "From here on it holds what it has learned."), _code(build)]
        cells += [_markdown("## Training", about), _code(train), _code(CURVES)]
    else:
        cells = [_markdown("## The model", "Nothing learns here: it runs as it is."), _code(build)]
    dataset = document.experiment.dataset
    learned = dataset is not None and dataset.targets_over_time
    about = "On the patterns that it has learned." if learned else "On examples that it has not seen."
    cells += [_markdown("## Test", about), _code(f"model.evaluate({x[1]})")]
    spiking = [p.name for p in document.network.populations if p.neuron.is_input or p.neuron.spiking]
    if spiking:
        names = Brackets("[", tuple(Item(Text(population)) for population in spiking), "]")
        look = RASTERS
        if not parts.has_data:
            record = "record = [sl.SpikeRecorder(name, examples=[0]) for name in names]\n"
            look = record + 'seen = model.predict(data["x_test"], record=record)\n' + RASTERS.partition("\n")[2]
        cells.append(_markdown("## A look inside", "Spikes of the first test example."))
        cells.append(_code(f"names = {laid_out(names, len('names = '))}\n{look}"))
    cells.append(_markdown("## Keeping it", "The document with the weights as they are now; the window opens it."))
    cells.append(_code('# model.save("trained.snn")'))
    return cells


def _imports(parts: Parts, name: str) -> str:
    lines = imports_of(parts, "import matplotlib.pyplot as plt", *["import numpy as np"] * parts.learns)
    if parts.arrays:
        file = laid_out(Text(f"{name}{ARRAYS_STEM}.safetensors"))
        lines += ["", "# Weights and other arrays lie in a file beside this one.", f"arrays = load_file({file})"]
    return "\n".join(lines)


def _plain(words: str) -> str:
    """Words of a document as Markdown that is these words, and no markup."""
    shown = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in words)
    return shown.translate(MARKDOWN)


def _markdown(heading: str, words: str = "") -> dict[str, Any]:
    text = f"{heading}\n\n{words}".rstrip()
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": text}


def _code(text: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "id": "", "metadata": {}, "outputs": [], "source": text}
