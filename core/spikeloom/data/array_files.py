"""NPY and NPZ files that others made: read without pickle, and with their size known before memory is taken."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, NoReturn

import numpy as np

from spikeloom.errors import UserError, nearest

MOST_BYTES = 2**33  # of an array
AGAIN = "Save it again, with numpy.save or numpy.savez."
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    OverflowError,
    tokenize.TokenError,
)


@dataclass(frozen=True)
class Npz:
    """The arrays of an open NPZ file, by the names they were saved under."""

    archive: zipfile.ZipFile
    path: Path
    names: list[str]

    def read(self, name: str) -> np.ndarray:
        """An array.

        Raises
        ------
        UserError
            If there is none of that name, or it holds Python objects, is too large, or is damaged.
        """
        place = f"{self.path}: {name}"
        if name not in self.names:
            found = ", ".join(self.names[:20]) or "nothing"
            raise UserError(
                f"no array '{name}' in the file{nearest(name, self.names)}", place=place, hint=f"It has {found}."
            )
        try:
            with self.archive.open(f"{name}.npy") as file:
                _, size = _header(file, place)
            if size > MOST_BYTES:
                hint = "Save it as NPY, which need not fit into memory."
                raise UserError(f"larger than {MOST_BYTES / 2**30:.0f} GB", place=place, hint=hint)
            with self.archive.open(f"{name}.npy") as file:
                return np.asarray(np.lib.format.read_array(file, allow_pickle=False))
        except UserError:
            raise
        except (*BROKEN, OSError, MemoryError) as error:
            _damaged(error, place)


@contextmanager
def open_npz(path: Path) -> Iterator[Npz]:
    """The NPZ file at `path`.

    Raises
    ------
    UserError
        If it cannot be read.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (*BROKEN, OSError) as error:
        _damaged(error, str(path))
    with archive:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        yield Npz(archive, path, names)


def read_npy(path: Path) -> np.ndarray:
    """The array of a file, of which only what is looked at is read.

    Raises
    ------
    UserError
        If the file cannot be read, holds Python objects, or is cut short.
    """
    try:
        with path.open("rb") as file:
            empty, size = _header(file, str(path))
            there = path.stat().st_size - file.tell()
        if size > there:
            message = f"{there} bytes of numbers found, its header says {size}: the file is damaged or cut short"
            raise UserError(message, place=str(path), hint=AGAIN)
        return np.asarray(np.load(path, mmap_mode=None if empty else "r", allow_pickle=False))
    except UserError:
        raise
    except (*BROKEN, OSError, MemoryError) as error:
        _damaged(error, str(path))


def _header(file: IO[bytes], place: str) -> tuple[bool, int]:
    """Whether the array is empty, and how many bytes its header says that it has."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read(file)
    if kind.hasobject:
        hint = "Save numbers: an array whose rows are all of one length, with a type such as float32."
        raise UserError("Python objects found, expected numbers; they are never loaded", place=place, hint=hint)
    if any(type(size) is not int or size < 0 for size in shape):  # numpy takes True for a size at first
        raise ValueError("no shape")
    return 0 in shape, prod(shape) * kind.itemsize


def _damaged(error: BaseException, place: str) -> NoReturn:
    if isinstance(error, MemoryError):
        raise UserError("it does not fit into memory", place=place) from None
    if isinstance(error, OSError) and error.strerror:
        raise UserError(f"cannot be read: {error.strerror}", place=place) from None
    raise UserError("the file is damaged or cut short, or of another format", place=place, hint=AGAIN) from None
