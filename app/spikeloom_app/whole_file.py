"""Files that are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

from spikeloom.errors import RunError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one go.

    Raises
    ------
    RunError
        Where it cannot be written; what was there before stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RunError(f"cannot be written: {error.strerror or error}", place=str(path)) from None
