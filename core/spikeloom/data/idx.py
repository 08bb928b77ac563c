"""Files in the IDX format of MNIST, plain or gzipped."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from spikeloom.errors import UserError

GZIP = b"\x1f\x8b"
UNSIGNED_BYTE = 8


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
        content = path.read_bytes()
        if content[:2] == GZIP:
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError("the file is damaged or cut short", place=str(path), hint="Download it again.") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
    start = 4 + 4 * axes
    if content[:4] != bytes([0, 0, UNSIGNED_BYTE, axes]) or len(content) < start:
        raise UserError(f"is no IDX file of bytes with {axes} axes", place=str(path), hint="Download it again.")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", axes, 4))
    if len(content) - start != prod(shape):
        found, wanted = len(content) - start, prod(shape)
        message = f"{found} values found, its header says {wanted}: the file is damaged or cut short"
        raise UserError(message, place=str(path), hint="Download it again.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
