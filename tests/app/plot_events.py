"""Events of a run as a worker sends them, made by hand, and what tests of plots share."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget


def shown(qtbot: Any, widget: Any, width: int = 600, height: int = 320) -> Any:
    """The widget on the screen."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def colours_of(widget: QWidget) -> set[str]:
    """The colours that are to be seen."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF
    return {f"#{value:06x}" for value in np.unique(pixels)}


def epoch(number: int, **more: Any) -> dict[str, Any]:
    """A finished epoch of 100 batches and 2 s."""
    return {
        "event": "epoch",
        "epoch": number,
        "epochs": 10,
        "loss": 2.0 / number,
        "accuracy": 1 - 0.5 / number,
        "validation_loss": 2.5 / number,
        "validation_accuracy": 0.5,
        "seconds": 2.0,
        "elapsed": 2.0 * number,
        "step": 100 * number,
        "learning_rate": 0.01,
        "rates": {"hidden": 12.0},
        "outputs": {},
    } | more


def progress(number: int, fraction: float, loss: float, **more: Any) -> dict[str, Any]:
    """Batches of an epoch at hand."""
    step = round(100 * (number - 1 + fraction))
    return {
        "event": "progress",
        "phase": "train",
        "epoch": number,
        "epochs": 10,
        "fraction": fraction,
        "loss": loss,
        "accuracy": 0.5,
        "step": step,
        "seconds": step / 50,
        "batch_loss": loss,
        "batch_accuracy": 0.5,
        "learning_rate": 0.01,
        "rates": {"hidden": 10.0},
    } | more


def weights(connection: str = "input_hidden", step: int = 0, **more: Any) -> dict[str, Any]:
    """The weights of 64 sources, 8 x 8, onto 100 targets."""
    matrix = more.pop("matrix", None)
    if matrix is None:
        matrix = np.random.default_rng(step).normal(0.3, 0.1, (64, 100)).astype(np.float32)
    counts, edges = np.histogram(matrix, 60)
    return {
        "event": "weights",
        "connection": connection,
        "values": "weights",
        "epoch": 0,
        "step": step,
        "matrix": matrix,
        "counts": counts,
        "edges": edges.astype(np.float32),
        "minimum": float(matrix.min()),
        "maximum": float(matrix.max()),
        "source_shape": [8, 8],
        "target_shape": [100],
        "size": [64, 100],
    } | more


LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2], np.int32)
PREDICTIONS = np.array([0, 0, 2, 1, 1, 0, 2, 2, -1, 0], np.int32)


def evaluated(split: str = "test", **more: Any) -> dict[str, Any]:
    """Ten examples of three classes; numbers 2, 5, 8 and 9 are wrong."""
    confusion = np.zeros((3, 3), np.int64)
    decided = PREDICTIONS >= 0
    np.add.at(confusion, (LABELS[decided], PREDICTIONS[decided]), 1)
    return {
        "event": "evaluated",
        "split": split,
        "epoch": 4,
        "loss": 0.3,
        "accuracy": 0.6,
        "examples": 10,
        "classes": 3,
        "labels": LABELS,
        "predictions": PREDICTIONS,
        "confusion": confusion,
    } | more


def example(number: int = 0, **more: Any) -> dict[str, Any]:
    """An example of the test split: 64 inputs, 20 hidden neurons, three outputs."""
    known = {"label": int(LABELS[number]), "prediction": int(PREDICTIONS[number]), "readout": [0.5, -1.0, 2.0]}
    return _probed(number, {"input": 64, "hidden": 20}, spikes=90, **known) | {"variables": []} | more


def digit(number: int = 12, spikes: int = 150, **more: Any) -> dict[str, Any]:
    """An example of the digits, with the voltages of some neurons: 64 inputs, 100 hidden neurons, ten outputs."""
    random = np.random.default_rng(number)
    watched = {
        "variables": [["hidden", "V", [0, 1, 5]], ["output", "V", list(range(10))]],
        "hidden.V": random.random((30, 3), dtype=np.float32),
        "output.V": random.normal(size=(30, 10)).astype(np.float32),
    }
    known = {"examples": 359, "label": 3, "prediction": 3, "readout": [0.0] * 10}
    return _probed(number, {"input": 64, "hidden": 100}, spikes, **known) | watched | more


def _probed(number: int, sizes: dict[str, int], spikes: int, **more: Any) -> dict[str, Any]:
    """An example as a probe sends it: 30 steps of 0.5 ms, in which each population has as many `spikes`."""
    random = np.random.default_rng(number)
    event: dict[str, Any] = {
        "event": "example",
        "epoch": 2,
        "example": number,
        "examples": 10,
        "split": "test",
        "timesteps": 30,
        "dt": 0.5,
        "populations": [{"name": name, "size": size} for name, size in sizes.items()],
        "thresholds": {"hidden": 1.0},
        "source": "input",
        "input_shape": [64],
    }
    for name, size in sizes.items():
        event[f"{name}.steps"] = np.sort(random.integers(0, 30, spikes)).astype(np.int32)
        event[f"{name}.ids"] = random.integers(0, size, spikes).astype(np.int32)
    return event | more
