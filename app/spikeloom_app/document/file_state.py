"""What a document's files on disk are like, so that a change by somebody else is noticed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

ARRAYS = ".safetensors"  # the file beside the document


@dataclass(frozen=True)
class FileState:
    """A document's file, and the arrays beside it, at one moment.

    Parameters
    ----------
    stamp
        Time of the last change (ns), size (bytes) and number on the disk of both; tells quickly that nothing happened.
    digest
        Of the content; a file that was touched, or came back as it was, has not changed.
    """

    stamp: tuple[tuple[int, int, int] | None, ...]
    digest: str

    @classmethod
    def of(cls, path: Path, known: FileState | None = None) -> FileState | None:
        """The state of a file now, or None where there is none; `known` saves reading it where it was left alone."""
        files = (path, path.with_suffix(ARRAYS))
        stamp = tuple(_stamp(file) for file in files)
        if stamp[0] is None:
            return None
        if known is not None and known.stamp == stamp:
            return known
        try:
            return cls(stamp, "-".join(_digest(file) for file in files))
        except OSError:
            return None

    def same_as(self, other: FileState | None) -> bool:
        """Whether the content is the same."""
        return other is not None and self.digest == other.digest


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "blake2b").hexdigest()[:32]
