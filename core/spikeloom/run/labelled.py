"""Anybody's sequence of (example, label), as tonic and PyTorch have it, as the network takes it."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeloom.errors import UserError

MICROSECONDS = 1000.0  # of tonic's events, in a millisecond


def is_labelled(x: Any, y: Any) -> bool:
    """Whether `x` is a sequence of (example, label), as tonic and PyTorch have it."""
    if y is not None or isinstance(x, np.ndarray | dict | str | bytes) or not hasattr(x, "__getitem__"):
        return False
    try:
        pair = x[0] if len(x) else None
    except (TypeError, LookupError):
        return False
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return False
    if isinstance(pair[1], str | bytes | float | np.floating):
        hint = "Number the classes from 0."
        raise UserError(f"the label {pair[1]!r} found, expected a whole number", place="x[0][1]", hint=hint)
    return np.ndim(pair[1]) == 0 and np.asarray(pair[1]).dtype.kind in "iub"


def unzipped(x: Any, shape: tuple[int, ...]) -> tuple[Any, np.ndarray]:
    """The examples of a sequence of pairs as `Model.train` takes them, and their labels.

    Parameters
    ----------
    x
        Of pairs of an example and its label. An example is an array of numbers, (times in ms, neurons), or an array of
        events with the fields ``t`` (microseconds), ``x`` and, where there are, ``y`` and ``p``, as tonic has them.
    shape
        Of the input that takes them.

    Raises
    ------
    UserError
        With the number of the example.
    """
    examples, labels = [], []
    sensor = getattr(x, "sensor_size", None)
    for number in range(len(x)):
        try:
            example, label = x[number]
        except (TypeError, ValueError):
            message = "something else found, expected a pair (example, label)"
            raise UserError(message, place=f"x[{number}]") from None
        examples.append(_example(example, shape, sensor, f"x[{number}]"))
        labels.append(label)
    if examples and isinstance(examples[0], np.ndarray):
        if len({example.shape for example in examples}) > 1:
            raise UserError("arrays of different shapes found, expected one shape", place="x")
        return np.stack(examples), np.asarray(labels)
    return examples, np.asarray(labels)


def _example(example: Any, shape: tuple[int, ...], sensor: Any, place: str) -> Any:
    if isinstance(example, tuple | list) and len(example) == 2:
        return tuple(np.asarray(part) for part in example)
    array = np.asarray(example)
    if array.dtype.names is None:
        if array.ndim == 4:  # frames of a camera: (steps, polarities, rows, columns)
            array = array.transpose(0, 2, 3, 1)
        return array.reshape(len(array), -1) if array.ndim > 2 else array
    return _of_events(array, shape, sensor, place)


def _of_events(events: np.ndarray, shape: tuple[int, ...], sensor: Any, place: str) -> tuple[np.ndarray, np.ndarray]:
    """Times (ms) and neurons of an array of events: rows, columns and polarities in C order."""
    names = events.dtype.names or ()
    missing = [name for name in ("t", "x") if name not in names]
    if missing:
        message = f"events with the fields {', '.join(names)} found, expected t, x, and maybe y and p"
        raise UserError(message, place=place)
    columns, rows, polarities = _sensor(shape, sensor)
    ids = events["x"].astype(np.int64)
    if rows * polarities > 1 or "y" in names:
        y = events["y"].astype(np.int64) if "y" in names and rows > 1 else 0
        p = events["p"].astype(np.int64) if "p" in names and polarities > 1 else 0
        ids = (y * columns + ids) * polarities + p
    return events["t"] / MICROSECONDS, ids


def _sensor(shape: tuple[int, ...], sensor: Any) -> tuple[int, int, int]:
    """Columns, rows and polarities: tonic's ``sensor_size``, or what the shape of the input says."""
    if sensor is not None and len(tuple(sensor)) == 3:
        columns, rows, polarities = (int(extent) for extent in sensor)
        return columns, rows, polarities
    if len(shape) == 3:
        return shape[1], shape[0], shape[2]
    return (shape[1], shape[0], 1) if len(shape) == 2 else (int(np.prod(shape)), 1, 1)
