"""HDF5 files that others made: opened without following them anywhere, plain or gzipped."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from spikeloom.errors import RunError, UserError

if TYPE_CHECKING:
    import h5py

GZIP = b"\x1f\x8b"
PIECE = 2**24  # bytes
LARGEST = 2**35  # bytes that a gzipped file may unfold to
AGAIN = "Download it again."


@contextmanager
def open_hdf5(path: Path) -> Iterator[h5py.File]:
    """The file at `path`, for reading; a gzipped one unfolds into a temporary folder.

    Raises
    ------
    UserError
        If the file cannot be read, is no HDF5 file, or is cut short.
    """
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == GZIP
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
    if not zipped:
        with _opened(path, path) as found:
            yield found
        return
    with tempfile.TemporaryDirectory(prefix="spikeloom-", ignore_cleanup_errors=True) as folder:
        unfolded = Path(folder) / "unfolded.h5"
        _unfold(path, unfolded)
        with _opened(unfolded, path) as found:
            yield found


@contextmanager
def _opened(path: Path, place: Path) -> Iterator[h5py.File]:
    """The HDF5 file at `path`, which messages call `place`."""
    import h5py

    try:
        if not h5py.is_hdf5(path):
            raise UserError("is no HDF5 file", place=str(place), hint=AGAIN)
        file = _unlocked(path)
    except OSError:
        raise UserError("the file is damaged or cut short", place=str(place), hint=AGAIN) from None
    with file:
        yield file


def _unlocked(path: Path) -> h5py.File:
    """Without a lock, since nobody writes it and some network drives know none."""
    import h5py

    try:
        return h5py.File(path, "r", locking=False)
    except OSError:  # somebody in this process, such as tonic, has it open with a lock
        return h5py.File(path, "r")


def _unfold(path: Path, target: Path) -> None:
    try:
        with gzip.open(path) as source, target.open("wb") as file:
            written = 0
            while piece := _piece(source, path):
                written += len(piece)
                if written > LARGEST:
                    message = f"it unfolds to more than {LARGEST // 2**30} GB"
                    raise UserError(message, place=str(path), hint="Unfold it yourself, if that is as it should be.")
                file.write(piece)
    except OSError as error:
        raise RunError(f"cannot be unfolded: {error.strerror or error}", place=str(target.parent)) from None


def _piece(source: gzip.GzipFile, path: Path) -> bytes:
    try:
        return source.read(PIECE)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError("the file is damaged or cut short", place=str(path), hint=AGAIN) from None


def dataset(file: h5py.File, key: str, place: str) -> h5py.Dataset:
    """The data set `key`, of which every part lies in the file itself.

    Raises
    ------
    UserError
        If it is missing, or leads to another file or another place.
    """
    import h5py

    group: h5py.Group = file
    *parents, last = key.split("/")
    for name in parents:
        group = _child(group, name, key, place)
        if not isinstance(group, h5py.Group):
            raise UserError(f"no '{key}' in the file", place=place)
    found = _child(group, last, key, place)
    if not isinstance(found, h5py.Dataset):
        raise UserError(f"'{key}' holds no values", place=place)
    # Such a file could have us read any file of the user's.
    if found.is_virtual or found.external:
        raise UserError(f"'{key}' takes its values from another file, which is not followed", place=place)
    return found


def has(file: h5py.File, key: str, place: str) -> bool:
    """Whether the file has something of that name; raises as `dataset` does where it leads elsewhere."""
    import h5py

    group: h5py.Group = file
    for name in key.split("/"):
        if not isinstance(group, h5py.Group) or group.get(name, getlink=True) is None:
            return False
        group = _child(group, name, key, place)
    return True


def _child(group: h5py.Group, name: str, key: str, place: str) -> h5py.Group | h5py.Dataset:
    import h5py

    try:
        link = group.get(name, getlink=True)
        if link is None:
            raise UserError(f"no '{key}' in the file", place=place)
        if not isinstance(link, h5py.HardLink):
            raise UserError(f"'{key}' is a link to another place, which is not followed", place=place)
        return group[name]
    except (OSError, RuntimeError, KeyError, TypeError):
        raise UserError(f"'{key}' cannot be read: the file is damaged", place=place, hint=AGAIN) from None
