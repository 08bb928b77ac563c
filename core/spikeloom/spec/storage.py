"""Files on disk: several written together or not at all, and arrays read from a safetensors file."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np

from spikeloom.errors import RunError, UserError
from spikeloom.spec.problem import printable, suggestion

SUFFIX = ".safetensors"


class MissingTensor(UserError):
    """A document names a file or a tensor that is not there."""


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Replace several files; where one cannot be written, all of them stay as they were.

    Each is written to a temporary file beside it and moved into place once all have reached the disk.

    Raises
    ------
    RunError
        With the path and the reason.
    """
    staged: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in contents.items():
            target = Path(os.path.realpath(path))  # a link stays a link
            temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
            staged.append((temporary, target))
            _write(temporary, content, target)
        for temporary, target in staged:
            path = target
            os.replace(temporary, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot be written: {reason}", place=str(path), hint="The old file is as it was.") from None
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _write(temporary: Path, content: bytes, target: Path) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb") as file:
        if target.exists():
            with contextlib.suppress(OSError):
                os.chmod(temporary, target.stat().st_mode & 0o777)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def tensors_as_bytes(tensors: Mapping[str, np.ndarray]) -> bytes:
    """The content of a safetensors file."""
    from safetensors.numpy import save

    return bytes(save({name: np.ascontiguousarray(values) for name, values in tensors.items()}))


def arrays_as_npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The content of an NPZ file; equal arrays give equal bytes, whatever they are called."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asarray(values, order="C"), allow_pickle=False)
    return buffer.getvalue()


def read_tensor(base_folder: Path | None, file: str, tensor: str, *, whole_numbers: bool = False) -> np.ndarray:
    """One array of float32, or int32, from a safetensors file beside the document.

    Raises
    ------
    UserError
        Where the file or the tensor is missing, damaged, not of such numbers, or not finite.
    """
    with _opened(base_folder, file, tensor) as tensors:
        dtype = str(tensors.get_slice(tensor).get_dtype())
        known = {"U8", "I16", "U16", "I32"} if whole_numbers else {"F16", "F32", "F64"}
        if dtype not in known:
            expected = "I32" if whole_numbers else "F32"
            raise UserError(f"tensor '{tensor}' of '{file}' is of type {dtype}, expected {expected}")
        values = np.asarray(tensors.get_tensor(tensor))
    if whole_numbers:
        return values.astype(np.int32)
    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    if not np.isfinite(values).all():
        raise UserError(f"tensor '{tensor}' of '{file}' holds values that are not finite (NaN or infinity)")
    return values


def tensor_shape(base_folder: Path | None, file: str, tensor: str) -> tuple[int, ...]:
    """The shape of an array in a safetensors file, from the file's header alone."""
    with _opened(base_folder, file, tensor) as tensors:
        return tuple(tensors.get_slice(tensor).get_shape())


@contextlib.contextmanager
def _opened(base_folder: Path | None, file: str, tensor: str) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    path = safe_path(base_folder, file)
    if not path.is_file():
        raise MissingTensor(f"file '{file}' is not beside the document", hint=f"It was looked for at {path}.")
    try:
        with safe_open(path, framework="numpy") as tensors:
            names = list(tensors.keys())
            if tensor not in names:
                raise MissingTensor(f"no tensor '{printable(tensor)}' in '{file}'{suggestion(tensor, names)}")
            yield tensors
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise UserError(f"file '{file}' is damaged or no safetensors file: {error}") from None


def safe_path(base_folder: Path | None, file: str) -> Path:
    """The path of a file that a document names, which must lie in the document's folder.

    Raises
    ------
    UserError
        Where it does not, whichever system's way of writing paths (or symbolic link) leads out of it.
    """
    if base_folder is None:
        raise UserError(f"the document has no folder to find '{file}' in", hint="Save it, or load it from a file.")
    windows = PureWindowsPath(file)
    parts = windows.parts
    hint = "Name a file beside the document, like 'trained.safetensors'."
    if not file or "\0" in file or windows.anchor or file.startswith("/") or ".." in parts:
        raise UserError(f"file '{printable(file)}' is outside the document's folder", hint=hint)
    if not file.endswith(SUFFIX):
        raise UserError(f"file '{printable(file)}' found, expected the name of a {SUFFIX} file", hint=hint)
    base = base_folder.resolve()
    try:
        path = (base / file).resolve()
    except (OSError, RuntimeError) as error:
        raise UserError(f"file '{printable(file)}' cannot be found: {error}", hint=hint) from None
    if not path.is_relative_to(base):
        raise UserError(f"file '{printable(file)}' is outside the document's folder", hint=hint)
    return path
