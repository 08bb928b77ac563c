"""AEDAT files, versions 1 to 3, as jAER and cAER write them; polarity events alone.

Addresses are taken as they are: versions 1, 2 and 3.0 count rows from the lower edge. Of a DVS128 an address has the
polarity in bit 0, x in bits 1 to 7 and y in 8 to 14; of a DAVIS the polarity in bit 11, x in 12 to 21 and y in 22 to
30. Version 3 has packets, each with a header of 28 bytes that says of what kind and how many its events are.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from spikeloom.errors import UserError
from spikeloom.spec.problem import printable

LARGEST = 2**32  # bytes
HEADER = 28  # bytes, of a packet
POLARITY = 1  # kind of an event of version 3
VERSION = re.compile(rb"#!AER-DAT(\d)\.(\d)")

Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # t (us), x, y, p


def read_aedat(path: Path) -> Columns:
    """Times (us), x, y and polarity of the events.

    Raises
    ------
    UserError
        If the file is of a version that is not read, is damaged, or is cut short.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"larger than {LARGEST // 2**30} GB", place=str(path), hint="Cut it into parts.")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
    if not content:
        raise UserError("an empty file found: it was cut short", place=str(path), hint="Copy it again.")
    version = _version(content, path)
    if version == 4:
        hint = "Convert it to CSV with columns t,x,y,p: dv-processing and DV can."
        raise UserError("AEDAT 4 is not read", place=str(path), hint=hint)
    start = _after_header(content, path)
    if version == 3:
        return _packets(content, start, path)
    return _addresses(content, start, 6 if version == 1 else 8, path)


def _version(content: bytes, path: Path) -> int:
    """As its first line says; the oldest have none."""
    found = VERSION.match(content)
    version = int(found[1]) if found else 0 if content.startswith(b"#!AER-DAT") else 1
    if 1 <= version <= 4:
        return version
    line = printable(content[:40].splitlines()[0].decode("latin-1"), 40)
    raise UserError(f"'{line}' found, expected AEDAT 1, 2 or 3: another version, or damaged", place=str(path))


def _after_header(content: bytes, path: Path) -> int:
    """Where the events begin: after lines that start with '#', or after the one that says that it is the last."""
    end = content.find(b"#!END-HEADER")
    if end >= 0:
        line = content.find(b"\n", end)
        return line + 1 if line >= 0 else len(content)
    at = 0
    while content[at : at + 1] == b"#":
        line = content.find(b"\n", at)
        if line < 0:
            raise UserError("the header is cut short", place=str(path), hint="Copy the file again.")
        at = line + 1
    return at


def _addresses(content: bytes, start: int, size: int, path: Path) -> Columns:
    body = content[start:]
    if len(body) % size:
        message = f"{len(body)} bytes of events found, expected {size} for each: the file is damaged or cut short"
        raise UserError(message, place=str(path))
    kind = np.dtype([("address", f">u{size - 4}"), ("t", ">i4")])
    events = np.frombuffer(body, kind)
    address, times = events["address"].astype(np.int64), events["t"].astype(np.int64)
    if b"davis" in content[:start].lower():
        keep = (address >> 31 == 0) & (address & 2**10 == 0)  # neither pixels of a frame nor external
        address = address[keep]
        return times[keep], address >> 12 & 0x3FF, address >> 22 & 0x1FF, address >> 11 & 1
    keep = address >> 15 == 0  # not external
    address = address[keep]
    return times[keep], address >> 1 & 0x7F, address >> 8 & 0x7F, address & 1


def _packets(content: bytes, at: int, path: Path) -> Columns:
    parts: list[np.ndarray] = []
    times: list[np.ndarray] = []
    while at < len(content):
        if at + HEADER > len(content):
            raise UserError("a packet's header is cut short", place=str(path))
        kind = int.from_bytes(content[at : at + 2], "little")
        size, stamp, overflow, _, number, _ = np.frombuffer(content, "<i4", 6, at + 4).tolist()
        at += HEADER
        if size < 8 or number < 0 or at + size * number > len(content):
            raise UserError("a packet is cut short: the file is damaged", place=str(path))
        if kind == POLARITY:
            if size != 8 or stamp != 4:
                raise UserError(f"events of {size} bytes found, expected 8: the file is damaged", place=str(path))
            events = np.frombuffer(content, "<u4,<i4", number, at)
            valid = events["f0"] & 1 == 1
            parts.append(events["f0"][valid].astype(np.int64))
            times.append(events["f1"][valid].astype(np.int64) + (overflow << 31))
        at += size * number
    data = np.concatenate([np.zeros(0, np.int64), *parts])
    return np.concatenate([np.zeros(0, np.int64), *times]), data >> 17 & 0x7FFF, data >> 2 & 0x7FFF, data >> 1 & 1
