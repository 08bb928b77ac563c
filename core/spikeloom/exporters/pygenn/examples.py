"""The examples of a document as a script reads them: plain arrays, encoded as spikes.

Of each split (``train``, ``validation``, ``test``) there are, with its name and a dot in front: for an input that takes
spikes ``NAME.offsets`` (example e has the spikes ``offsets[e]:offsets[e + 1]``), ``NAME.steps`` and ``NAME.ids`` (the
timestep and the neuron of each); for an input that takes numbers ``NAME.values`` (examples, values); and for outputs
``labels`` (examples,) or ``targets`` (examples, outputs), or (examples, timesteps, outputs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.prepare import prepare
from spikeloom.spec import Document
from spikeloom.spec.storage import arrays_as_npz, write_files

MOST_BYTES = 64 * 2**20  # of examples that are written beside a script
BYTES = 255  # what stands for full intensity where numbers are kept as bytes


@dataclass(frozen=True)
class Examples:
    """What a script is given.

    Parameters
    ----------
    arrays
        By name, with the split in front; empty where there are none.
    why_not
        Where there are none: the reason, a sentence.
    as_bytes
        The inputs whose numbers are kept as bytes, 255 of them for full intensity.
    """

    arrays: Mapping[str, np.ndarray]
    why_not: str = ""
    as_bytes: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(array.nbytes for array in self.arrays.values())


def examples_of(document: Document, compiled: CompiledNetwork, keys: set[str]) -> Examples:
    """The examples of a document, or why there are none.

    Parameters
    ----------
    keys
        The values that the script asks for beside spikes.
    """
    try:
        splits = prepare(document)
    except (UserError, RunError) as error:
        return Examples({}, f"{error.message}.")
    used = [name for name in splits if compiled.learns or name == "test"]
    arrays: dict[str, np.ndarray] = {}
    for name in used:
        if len(splits[name]):
            arrays |= {f"{name}.{key}": array for key, array in _split(splits[name], compiled, keys).items()}
    arrays, kept = _bytes(arrays, compiled)
    found = Examples(arrays, as_bytes=kept)
    if found.size > MOST_BYTES:
        return Examples({}, f"They take {found.size / 2**20:.0f} MB, more than is written beside a script.", kept)
    return found


def _split(data: BatchData, compiled: CompiledNetwork, keys: set[str]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    data = data.take(range(len(data)))
    for name, spikes in data.spikes.items():
        arrays[f"{name}.offsets"] = _small(np.asarray(spikes.offsets))
        arrays[f"{name}.steps"] = _small(np.asarray(spikes.steps))
        arrays[f"{name}.ids"] = _small(np.asarray(spikes.ids))
    values = {key_in_file(key): np.asarray(data.values[key]) for key in sorted(keys) if key in data.values}
    return arrays | {key: _small(array) for key, array in values.items()}


def _small(array: np.ndarray) -> np.ndarray:
    """Whole numbers in as few bytes as hold them."""
    if array.dtype.kind not in "iu" or not len(array) or array.min() < 0:
        return array
    return array.astype(np.min_scalar_type(int(array.max())))


def _bytes(arrays: dict[str, np.ndarray], compiled: CompiledNetwork) -> tuple[dict[str, np.ndarray], frozenset[str]]:
    """Numbers for inputs as bytes, where every one of them is a whole number of parts of 255."""
    kept = set()
    for taken in compiled.inputs:
        names = [name for name in arrays if taken.key and name.partition(".")[2] == key_in_file(taken.key)]
        parts = {name: np.rint(arrays[name] * BYTES) for name in names}
        same = [
            np.array_equal((part / np.float32(BYTES)).astype(np.float32), arrays[name]) for name, part in parts.items()
        ]
        if names and all(same) and all(part.min() >= 0 and part.max() <= BYTES for part in parts.values()):
            kept.add(taken.key)
            arrays |= {name: part.astype(np.uint8) for name, part in parts.items()}
    return arrays, frozenset(kept)


def key_in_file(key: str) -> str:
    """What a value of a batch is called in the file: ``labels``, ``targets``, or ``NAME.values`` of an input."""
    return f"{key.removeprefix('input:')}.values" if key.startswith("input:") else key


def save_examples(document: Document, path: str | Path) -> None:
    """Write the examples of a document for its PyGeNN script, however large they are.

    Raises
    ------
    UserError
        If they are not there.
    """
    compiled, splits = compile_document(document), prepare(document)
    keys = {key for data in splits.values() for key in data.values}
    arrays = dict[str, np.ndarray]()
    for name, data in splits.items():
        if len(data):
            arrays |= {f"{name}.{key}": array for key, array in _split(data, compiled, keys).items()}
    write_files({Path(path): arrays_as_npz(_bytes(arrays, compiled)[0])})
