"""What documents are called and say of themselves: read once for each state of a file, since pages show many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spikeloom.spec import Document

MOST_KEPT = 256  # files


@dataclass(frozen=True)
class Heading:
    """The title of a document, and what it says below; either may be empty."""

    title: str
    description: str


def heading_of(path: Path) -> Heading:
    """What the document in a file is called.

    Raises
    ------
    SpikeloomError
        It cannot be read.
    """
    try:
        state = path.stat()
    except OSError:
        return _read(path, 0, 0)  # says in words what is wrong
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(MOST_KEPT)
def _read(path: Path, _changed: int, _size: int) -> Heading:
    document = Document.load(path)
    return Heading(document.title or "", document.description or "")
