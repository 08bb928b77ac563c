"""What files of recorded spikes say about themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeloom.data.findings import Findings, inspect, words_of_classes, words_of_parts
from spikeloom.data.hdf5 import AGAIN, dataset, open_hdf5
from spikeloom.data.parts import WHOLE
from spikeloom.data.spike_hdf5 import EXAMPLES_AT_ONCE, LABELS, MOST_EXAMPLES, TIMES, UNITS, files
from spikeloom.errors import UserError
from spikeloom.spec import SpikeHDF5
from spikeloom.spec.problem import printable

if TYPE_CHECKING:
    import h5py

NAMES = "extra/keys"
LONGEST = 64  # characters of a name


@inspect.register
def _(of: SpikeHDF5, base: Path | None = None) -> Findings:
    labels: dict[str, np.ndarray] = {}
    channels = spikes = 0
    last = 0.0
    names: list[str] = []
    for part, path in files(of, base).items():
        with open_hdf5(path) as file:
            try:
                labels[part] = _labels(file, path)
                units, times = (_largest(file, path, key) for key in (UNITS, TIMES))
                names = names or _names(file)
            except (OSError, RuntimeError, ValueError, TypeError):
                raise UserError("the file is damaged or cut short", place=str(path), hint=AGAIN) from None
        channels, last = max(channels, int(units[0]) + 1), max(last, 1000 * times[0])
        spikes += units[1]
    every = np.concatenate(list(labels.values()))
    if not len(every) or not spikes:
        raise UserError("no spikes found in the files", place="experiment.dataset")
    classes = int(every.max()) + 1
    fields: dict[str, Any] = {"channels": channels, "classes": classes}
    fields["label_names"] = names if len(names) == classes else []
    words = [words_of_parts({part: len(found) for part, found in labels.items()}, "examples", WHOLE)]
    words.append(words_of_classes(fields["label_names"] or [str(label) for label in range(classes)], every))
    words.append(
        f"Spikes of channels up to {channels - 1}, {spikes / len(every):.0f} in an example, up to {last:.0f} ms."
    )
    return Findings(fields, words)


def _labels(file: h5py.File, path: Path) -> np.ndarray:
    found = dataset(file, LABELS, str(path))
    if found.ndim != 1 or found.dtype.kind not in "iu" or len(found) > MOST_EXAMPLES:
        message = f"values of {found.dtype}, shape {found.shape}, found, expected a whole number for each example"
        raise UserError(message, place=f"{path}: {LABELS}")
    labels = found[:].astype(np.int64)
    if labels.min(initial=0) < 0 or labels.max(initial=0) >= 10**6:
        raise UserError("labels found that count no classes", place=f"{path}: {LABELS}")
    return labels


def _largest(file: h5py.File, path: Path, key: str) -> tuple[float, int]:
    """The largest value of all examples, and how many values there are; some examples are held at a time."""
    import h5py

    found = dataset(file, key, str(path))
    if found.ndim != 1 or not isinstance(h5py.check_vlen_dtype(found.dtype), np.dtype):
        raise UserError(f"values of {found.dtype} found, expected an array for each example", place=f"{path}: {key}")
    largest, count = -1.0, 0
    for first in range(0, len(found), EXAMPLES_AT_ONCE):
        values = np.concatenate([np.zeros(0, np.float32), *found[first : first + EXAMPLES_AT_ONCE]])
        largest, count = max(largest, float(values.max(initial=-1))), count + len(values)
    return largest, count


def _names(file: h5py.File) -> list[str]:
    """What the classes are called, where the file says it."""
    try:
        found = dataset(file, NAMES, "")
    except UserError:
        return []
    if found.ndim != 1 or found.dtype.kind not in "SO" or len(found) > 10**4:
        return []
    names = [name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in found[:]]
    return [printable(name, LONGEST) for name in names] if len(set(names)) == len(names) else []
