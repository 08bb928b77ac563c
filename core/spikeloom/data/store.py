"""Spikes that were made once: arrays in a folder of the cache, memory-mapped, found by what they were made of.

An entry is a folder named by the digest of its key. It has a file of raw numbers for each array and ``about.json``,
which says their types and shapes; it is written beside its place and renamed when it is whole. Arrays are appended to
a portion at a time, so that they may be larger than memory, and read by mapping them: what is not looked at is never
read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import time
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from spikeloom.cache import cache_folder
from spikeloom.errors import RunError

VERSION = 1  # of the format
ABOUT = "about.json"
LIMIT_VARIABLE = "SPIKELOOM_DATA_CACHE_GB"
LIMIT = 20.0  # GB
STALE_SECONDS = 24 * 60 * 60  # after which what is half written is that of a process that was killed
BUILDING = "building-"
LOOKED_THROUGH = 2**28  # bytes of an entry of which every file is compared with its checksum
SMALL = 2**24  # bytes of a file that is compared in any entry
PIECE = 2**22


def folder_of(key: str) -> Path:
    """Where what was made of `key` lies, or would."""
    return cache_folder("data") / hashlib.sha256(f"{VERSION}\n{_code()}\n{key}".encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """A digest of the code that makes examples: what another version made is another thing."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Store:
    """An entry that is whole.

    Parameters
    ----------
    folder
        Its folder.
    about
        ``arrays``: name -> [type, shape, checksum]; ``facts``: what was noted with them.
    """

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.about = folder, about

    @classmethod
    def open(cls, key: str) -> Store | None:
        """The entry for `key`; None where there is none, or it is damaged."""
        folder = folder_of(key)
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            if not isinstance(about["facts"], dict) or not _is_whole(folder, about["arrays"]):
                return None
            os.utime(folder / ABOUT)  # it was used now
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None
        return cls(folder, about)

    @property
    def facts(self) -> dict[str, Any]:
        """What was noted with the arrays."""
        found: dict[str, Any] = self.about["facts"]
        return found

    def __contains__(self, name: str) -> bool:
        return name in self.about["arrays"]

    def array(self, name: str) -> np.ndarray:
        """An array, mapped; it cannot be written."""
        dtype, shape, _ = self.about["arrays"][name]
        if not np.prod(shape):  # of nothing there is no map
            return np.zeros(shape, dtype)
        return np.memmap(self.folder / name, dtype=dtype, mode="r", shape=tuple(shape))

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(int(np.prod(shape)) * np.dtype(dtype).itemsize for dtype, shape, _ in self.about["arrays"].values())


def _is_whole(folder: Path, arrays: dict[str, Any]) -> bool:
    """Whether the files of an entry are as long as they were and, as far as they are looked through, the same.

    Of a large entry, only small files are: to look through the others would take as long as to read them.
    """
    sizes = {name: int(np.prod(shape)) * np.dtype(dtype).itemsize for name, (dtype, shape, _) in arrays.items()}
    if any((folder / name).stat().st_size != size for name, size in sizes.items()):
        return False
    every = sum(sizes.values()) <= LOOKED_THROUGH
    for name, size in sizes.items():
        if every or size <= SMALL:
            checksum = 0
            with (folder / name).open("rb") as file:
                while piece := file.read(PIECE):
                    checksum = zlib.crc32(piece, checksum)
            if checksum != arrays[name][2]:
                return False
    return True


class StoreWriter:
    """An entry that is being made; `commit` puts it into its place.

    Raises
    ------
    RunError
        Where the disk takes no more.
    """

    def __init__(self, key: str) -> None:
        self._target = folder_of(key)
        self._folder = self._target.with_name(f"{BUILDING}{secrets.token_hex(8)}")
        self._files: dict[str, BinaryIO] = {}
        self._shapes: dict[str, tuple[str, list[int]]] = {}
        self._checksums: dict[str, int] = {}
        with self._said():
            self._folder.mkdir(parents=True)

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.discard()
            hint = "Free some space, or name another folder in the environment variable SPIKELOOM_CACHE."
            message = f"prepared examples cannot be kept: {error.strerror or error}"
            raise RunError(message, place=str(self._target.parent), hint=hint) from None

    def append(self, name: str, values: np.ndarray) -> None:
        """Append along the first axis; all parts of an array are of one type."""
        values = np.asarray(values, order="C")
        with self._said():
            if name not in self._files:
                self._files[name] = (self._folder / name).open("wb")
                self._shapes[name] = (values.dtype.str, [0, *values.shape[1:]])
            dtype, shape = self._shapes[name]
            shape[0] += len(values)
            values = values.astype(dtype, copy=False)
            self._checksums[name] = zlib.crc32(values.data if values.size else b"", self._checksums.get(name, 0))
            values.tofile(self._files[name])

    def commit(self, facts: dict[str, Any]) -> Store:
        """Put it into its place, and make room by removing what was used longest ago."""
        arrays = {name: [dtype, shape, self._checksums[name]] for name, (dtype, shape) in self._shapes.items()}
        about = {"arrays": arrays, "facts": facts}
        with self._said():
            for file in self._files.values():
                file.close()
            (self._folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
            if self._target.exists():  # damaged, or another process was quicker
                shutil.rmtree(self._target, ignore_errors=True)
            with contextlib.suppress(FileExistsError):
                self._folder.rename(self._target)
        store = Store(self._target, about)
        _make_room(self._target)
        return store

    def discard(self) -> None:
        """Leave nothing behind."""
        for file in self._files.values():
            with contextlib.suppress(OSError):
                file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _limit() -> float:
    try:
        return float(os.environ.get(LIMIT_VARIABLE, "")) * 1e9
    except ValueError:
        return LIMIT * 1e9


def _make_room(kept: Path) -> None:
    """Remove what was used longest ago, beyond the limit, and what processes that were killed have left."""
    entries = []
    for folder in kept.parent.iterdir():
        with contextlib.suppress(OSError):
            if folder.name.startswith(BUILDING):
                if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            size = sum(file.stat().st_size for file in folder.iterdir())
            entries.append(((folder / ABOUT).stat().st_mtime, size, folder))
    entries.sort(reverse=True)
    total = 0
    for _, size, folder in entries:
        total += size
        if total > _limit() and folder != kept:
            shutil.rmtree(folder, ignore_errors=True)
