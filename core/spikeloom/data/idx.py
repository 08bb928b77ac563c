"""Files in the IDX format of MNIST, plain or gzipped."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path
from typing import IO

import numpy as np

from spikeloom.errors import UserError

GZIP = b"\x1f\x8b"
UNSIGNED_BYTE = 8
PIECE = 2**24  # bytes
AGAIN = "Download it again."


def read_idx(path: Path, axes: int) -> np.ndarray:
    """The array of unsigned bytes in a file; uint8, with `axes` axes.

    The format: two zero bytes, the type (8: unsigned byte), the number of axes, the size of each axis as a big-endian
    32-bit integer, then the values in C order.

    Raises
    ------
    UserError
        If the file cannot be read, is of another format, or is cut short.
    """
    try:
        with path.open("rb") as plain:
            zipped = plain.read(2) == GZIP
            plain.seek(0)
            file: IO[bytes] = gzip.GzipFile(fileobj=plain) if zipped else plain  # type: ignore[assignment]
            header = file.read(4 + 4 * axes)
            if header[:4] != bytes([0, 0, UNSIGNED_BYTE, axes]) or len(header) < 4 + 4 * axes:
                raise UserError(f"is no IDX file of bytes with {axes} axes", place=str(path), hint=AGAIN)
            shape = tuple(int(size) for size in np.frombuffer(header, ">u4", axes, 4))
            content = _read(file, prod(shape) + 1)  # one more than there should be
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError("the file is damaged or cut short", place=str(path), hint=AGAIN) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
    if len(content) != prod(shape):
        found = f"{len(content)} values" if len(content) < prod(shape) else "more values"
        message = f"{found} found, its header says {prod(shape)}: the file is damaged or cut short"
        raise UserError(message, place=str(path), hint=AGAIN)
    return np.frombuffer(content, np.uint8).reshape(shape)


def _read(file: IO[bytes], most: int) -> bytes:
    """At most so many bytes, a piece at a time: a header may claim what no memory could hold."""
    pieces: list[bytes] = []
    while most and (piece := file.read(min(most, PIECE))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)
