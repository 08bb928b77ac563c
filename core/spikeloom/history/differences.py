"""What differs between the settings of two runs: of the documents as they ran, what ran them, and on what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spikeloom.history.record import Run

MOVED = "moved."
"""Before the path of a parameter that was moved while the network ran; its last value."""

ABSENT = None
"""The value of a setting that a run does not have."""

Difference = tuple[str, Any, Any]
"""A path (``network.populations.hidden.neuron.tau_mem``), its value in the one run and in the other."""

_NOT_COMPARED = ("format", "title", "description", "view")  # which change nothing of what is computed
_LONGEST_HEADER = 2**24  # bytes


def differences(a: Run, b: Run) -> list[Difference]:
    """The settings that differ, with their values in both runs, in the order of the documents."""
    one, other = settings_of(a), settings_of(b)
    return [
        (path, one.get(path, ABSENT), other.get(path, ABSENT))
        for path in dict.fromkeys([*one, *other])
        if one.get(path, ABSENT) != other.get(path, ABSENT)
    ]


def settings_of(run: Run, *, digests: bool = True) -> dict[str, Any]:
    """Path -> value of all that determines a run: its document without the view, its backend, seed and versions.

    Parts of the network are called by their names. Of an array its shape and the first digits of a digest stand for
    its values.

    Parameters
    ----------
    digests
        Whether to read arrays, which takes its time; else they are all ``array``.
    """
    try:
        document = json.loads(run.document.read_bytes())
    except (OSError, ValueError, RecursionError):
        document = {}
    found: dict[str, Any] = {}
    if isinstance(document, dict):
        kept = {key: value for key, value in document.items() if key not in _NOT_COMPARED}
        found |= dict(_flat("", kept, _Arrays(run.folder) if digests else None))
    if run.split:
        found["split"] = run.split
    found["backend"] = run.backend
    if "experiment.training.seed" not in found:
        found["seed"] = run.seed
    found |= {f"versions.{name}": version for name, version in run.versions.items()}
    found |= {f"{MOVED}{change.get('path')}": change.get("value") for change in run.changes}
    if run.parent is not None:
        found["resumed" if run.parent.resumed else "weights"] = str(run.parent.run or run.parent.checkpoint)
    return found


class _Arrays:
    """The arrays of a document, from the safetensors files beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._headers: dict[str, tuple[int, dict[str, Any]]] = {}

    def words(self, file: str, tensor: str) -> str:
        """``array 64 × 100 (3f2a91)``; ``array`` where it cannot be read."""
        try:
            start, header = self._header(file)
            first, end = header[tensor]["data_offsets"]
            shape = " × ".join(str(size) for size in header[tensor]["shape"])
            with (self._folder / Path(file).name).open("rb") as stream:
                stream.seek(start + first)
                digest = hashlib.blake2b(stream.read(end - first), digest_size=3).hexdigest()
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return "array"
        return f"array {shape} ({digest})"

    def _header(self, file: str) -> tuple[int, dict[str, Any]]:
        if file not in self._headers:
            with (self._folder / Path(file).name).open("rb") as stream:
                size = int.from_bytes(stream.read(8), "little")  # of the header, which is JSON
                self._headers[file] = 8 + size, json.loads(stream.read(min(size, _LONGEST_HEADER)))
        return self._headers[file]


def _flat(path: str, value: Any, arrays: _Arrays | None) -> Iterator[tuple[str, Any]]:
    """The plain values below `value`, with their paths."""
    if isinstance(value, dict) and isinstance(value.get("file"), str) and isinstance(value.get("tensor"), str):
        yield path, "array" if arrays is None else arrays.words(value["file"], value["tensor"])
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), item, arrays)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for k, item in enumerate(value):
            name = item.get("name")
            rest = {key: inner for key, inner in item.items() if key != "name"}
            yield from _flat(f"{path}.{name if isinstance(name, str) else k}", rest, arrays)
    else:
        yield path, value
