"""Checkpoints: weights and the optimiser's state as safetensors, with the place in training as metadata."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.errors import RunError, UserError

FORMAT = "spikeloom-checkpoint/1"


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
    """Write `arrays` and `state` (JSON data: epoch, step, seed) to `path`."""
    from safetensors.numpy import save

    # One key: safetensors writes several in random order, and equal checkpoints shall be equal files.
    metadata = {"state": json.dumps({"format": FORMAT, **state}, sort_keys=True)}
    write_atomically(path, save({name: np.ascontiguousarray(a) for name, a in arrays.items()}, metadata))


def load_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read a checkpoint; `path` may also be a run folder, whose last checkpoint is taken.

    Raises
    ------
    UserError
        If there is no such file, or it is not a checkpoint.
    """
    from safetensors import SafetensorError, safe_open

    if path.is_dir():
        path = path / "checkpoints" / "last.safetensors"
    if not path.is_file():
        raise UserError("no such checkpoint", place=str(path), hint="give a .safetensors file or a run folder")
    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
            state = json.loads(metadata.get("state", "{}"))
    except (SafetensorError, ValueError, TypeError, OSError, RecursionError) as error:
        raise UserError(f"is not a readable checkpoint ({error})", place=str(path)) from None
    if not isinstance(state, dict) or not all(_is_count(state.get(key, 0)) for key in ("epoch", "step")):
        raise UserError("is not a readable checkpoint (its place in training is damaged)", place=str(path))
    state.pop("format", None)
    return arrays, state


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53
