"""Files that are there whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from spikeloom.errors import RunError


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file beside `path`, which takes its place in one go.

    Raises
    ------
    RunError
        Where it cannot be written; what was there before stays.
    """
    part = path.with_name(f".{uuid.uuid4().hex}.part")  # a name of its own: somebody else may write the same file
    try:
        with part.open("xb") as file:
            write(file)
        part.replace(path)
    except OSError as error:
        raise RunError(f"cannot be written: {error.strerror or error}", place=str(path)) from None
    finally:
        part.unlink(missing_ok=True)
