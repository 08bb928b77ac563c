"""Events of cameras in a file: times, columns, rows and polarities, whatever the kind of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.aedat import Columns, read_aedat
from spikeloom.data.array_files import open_npz, read_npy
from spikeloom.data.number_table import read_numbers
from spikeloom.errors import UserError

SUFFIXES = (".aedat", ".aedat4", ".csv", ".npy", ".npz")
NAMES = {
    "t": ("t", "time", "timestamp", "timestamps", "ts"),
    "x": ("x", "column"),
    "y": ("y", "row"),
    "p": ("p", "pol", "polarity", "on"),
}
LATEST = 2.0**53  # us, up to which each is a number of its own
FROM_US = {"us": 1e-3, "ms": 1.0, "s": 1000.0}  # a unit in ms


def read_events(path: Path, unit: str) -> Columns:
    """Times (ms, as they are), x, y and polarity (0, 1) of the events of a file.

    Raises
    ------
    UserError
        With file and column, where one is missing or holds what it should not.
    """
    suffix = path.suffix.lower()
    if suffix in (".aedat", ".aedat4"):
        times, x, y, p = read_aedat(path)
        return times * FROM_US["us"], x, y, p
    columns = _from_text(path) if suffix == ".csv" else _from_arrays(path)
    times = _times(columns["t"], path, unit)
    x, y, p = (_whole(columns[name], path, name) for name in "xyp")
    if not len(times) == len(x) == len(y) == len(p):
        raise UserError(f"{len(times)} times, {len(x)} x, {len(y)} y and {len(p)} p found", place=str(path))
    if p.min(initial=0) < 0:  # some write -1 for darker
        p = (p > 0).astype(np.int64)
    return times, x, y, p


def _from_text(path: Path) -> dict[str, np.ndarray]:
    names, table = read_numbers(path)
    return {name: table[:, number] for name, number in _chosen(names, path).items()}


def _from_arrays(path: Path) -> dict[str, np.ndarray]:
    if path.suffix.lower() == ".npy":
        return _fields(read_npy(path), path)
    with open_npz(path) as arrays:
        if len(arrays.names) == 1:
            return _fields(arrays.read(arrays.names[0]), path)
        return {name: arrays.read(found) for name, found in _named(arrays.names, path).items()}


def _fields(array: np.ndarray, path: Path) -> dict[str, np.ndarray]:
    """Of an array with named fields."""
    if array.dtype.names is None or array.ndim != 1:
        message = f"an array of {array.dtype}, shape {array.shape}, found, expected one with fields t, x, y and p"
        raise UserError(message, place=str(path))
    return {name: array[found] for name, found in _named(list(array.dtype.names), path).items()}


def _chosen(names: list[str], path: Path) -> dict[str, int]:
    return {name: names.index(found) for name, found in _named(names, path).items()}


def _named(names: list[str], path: Path) -> dict[str, str]:
    """What t, x, y and p are called here."""
    plain = {name.strip().lower().split(" ")[0]: name for name in reversed(names)}
    found = {}
    for name, known in NAMES.items():
        called = next((plain[word] for word in known if word in plain), None)
        if called is None:
            message = f"no column '{name}' found, expected t, x, y and p"
            raise UserError(message, place=str(path), hint=f"It has {', '.join(names[:20])}.")
        found[name] = called
    return found


def _numbers(values: Any, path: Path, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 1 or values.dtype.kind not in "biuf":
        raise UserError(f"{values.dtype}, shape {values.shape}, found, expected numbers", place=f"{path}: {name}")
    values = values.astype(np.float64)
    if not np.isfinite(values).all():
        raise UserError("NaN or infinity found", place=f"{path}: {name}")
    return values


def _times(values: Any, path: Path, unit: str) -> np.ndarray:
    """In ms."""
    values = _numbers(values, path, "t")
    latest = LATEST * FROM_US["us"] / FROM_US[unit]
    wrong = values[(values < 0) | (values > latest)]
    if len(wrong):
        message = f"a time of {wrong[0]:g} {unit} found, expected 0 to {latest:.2g} {unit}"
        hint = "Times count forwards from any moment; let them begin at 0." if wrong[0] < 0 else ""
        raise UserError(message, place=f"{path}: t", hint=hint)
    return np.asarray(values * FROM_US[unit])


def _whole(values: Any, path: Path, name: str) -> np.ndarray:
    values = _numbers(values, path, name)
    if np.abs(values).max(initial=0) > 2**31:
        raise UserError(f"{np.abs(values).max():g} found, which is too large", place=f"{path}: {name}")
    if (values != np.floor(values)).any():
        raise UserError("a fraction found, expected whole numbers", place=f"{path}: {name}")
    return values.astype(np.int64)
