"""Checkpoints: weights and the optimiser's state as safetensors, with the place in training as metadata; or as NPZ.

NPZ is what a script has that knows numpy alone, such as an exported one for PyGeNN.
"""

from __future__ import annotations

import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.errors import RunError, UserError
from spikeloom.spec.storage import arrays_as_npz

FORMAT = "spikeloom-checkpoint/1"
NPZ = ".npz"
STATE = "state"  # of an NPZ: the place in training, as JSON


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: what was there before stays until the new content is on the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        reason = error.strerror or str(error)
        raise RunError(
            f"could not be written ({reason})", place=str(path), hint="free some space or choose another folder"
        ) from None


def save_checkpoint(path: Path, arrays: dict[str, np.ndarray], state: dict[str, Any]) -> None:
    """Write `arrays` and `state` (JSON data: epoch, step, seed) to `path`; as NPZ where it ends in ``.npz``."""
    from safetensors.numpy import save

    text = json.dumps({"format": FORMAT, **state}, sort_keys=True)
    arrays = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    if path.suffix == NPZ:
        write_atomically(path, arrays_as_npz({STATE: np.array(text), **arrays}))
        return
    # One key: safetensors writes several in random order, and equal checkpoints shall be equal files.
    write_atomically(path, save(arrays, {STATE: text}))


def load_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read a checkpoint; `path` may also be a run folder, whose last checkpoint is taken.

    Raises
    ------
    UserError
        If there is no such file, or it is not a checkpoint.
    """
    if path.is_dir():
        path = path / "checkpoints" / "last.safetensors"
    if not path.is_file():
        raise UserError("no such checkpoint", place=str(path), hint="give a .safetensors file or a run folder")
    try:
        arrays, text = (_read_npz if path.suffix == NPZ else _read_safetensors)(path)
        state = json.loads(text)
    except (ValueError, TypeError, OSError, RecursionError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"is not a readable checkpoint ({error})", place=str(path)) from None
    if not isinstance(state, dict) or not all(_is_count(state.get(key, 0)) for key in ("epoch", "step")):
        raise UserError("is not a readable checkpoint (its place in training is damaged)", place=str(path))
    for name, values in arrays.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise UserError(f"holds NaN or infinity in '{name}'", place=str(path), hint="It is of a run that failed.")
    state.pop("format", None)
    return arrays, state


def _read_safetensors(path: Path) -> tuple[dict[str, np.ndarray], str]:
    """The arrays, and the state's text."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = file.metadata() or {}
            return {name: file.get_tensor(name) for name in file.keys()}, metadata.get(STATE, "{}")  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(str(error)) from None


def _read_npz(path: Path) -> tuple[dict[str, np.ndarray], str]:
    """The arrays, and the state's text; nothing pickled is ever read."""
    with np.load(path, allow_pickle=False) as file:
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise TypeError("a single array found, expected several")
        arrays = {name: file[name] for name in file.files}
    text = str(arrays.pop(STATE)) if STATE in arrays else "{}"
    if any(values.dtype.kind not in "fiub" for values in arrays.values()):
        raise TypeError("something else than numbers found in it")
    return arrays, text


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53
