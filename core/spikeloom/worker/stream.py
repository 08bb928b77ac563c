"""How events travel from the worker to its parent: a line of JSON each, and the arrays they carry as raw bytes.

An event is a dictionary with a name under ``"event"``. Where values of it are arrays, the line has a list
``"blobs"`` of ``{"name", "dtype", "shape", "bytes"}`` in their place, and that many bytes of each array, in C order,
follow the line at once. JSON has no NaN and no infinity: such a number travels as null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from spikeloom.errors import RunError

if TYPE_CHECKING:
    import numpy as np

LONGEST_LINE = 16 * 2**20  # bytes; a longer one is not ours
SEARCHED = 2**16  # bytes in which the end of a line is looked for at once
DTYPES = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"})


def plain(value: Any) -> Any:
    """`value` as JSON can say it: numpy's numbers as Python's, paths as text, null for what is not finite."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def encode_event(event: Mapping[str, Any]) -> bytes:
    """The bytes of an event; arrays (of numbers) among its values become blobs.

    Raises
    ------
    TypeError
        For a value that can be neither: an array within a list, an array of objects.
    """
    message: dict[str, Any] = {}
    blobs: list[dict[str, Any]] = []
    contents: list[bytes] = []
    for key, value in event.items():
        if not getattr(value, "shape", ()):
            message[key] = plain(value)
            continue
        array: np.ndarray = value
        if array.dtype.str[1:] not in DTYPES:
            raise TypeError(f"an array of {array.dtype} cannot travel in an event")
        contents.append(array.tobytes())
        blobs.append({"name": key, "dtype": array.dtype.str, "shape": list(array.shape), "bytes": len(contents[-1])})
    if blobs:
        message["blobs"] = blobs
    line = json.dumps(message, allow_nan=False, separators=(",", ":"))
    return b"".join((line.encode("ascii"), b"\n", *contents))


class EventDecoder:
    """Events out of a stream that arrives in pieces of any size.

    ::

        decoder = EventDecoder()
        for event in decoder.feed(data):
            ...

    The arrays of an event stand in it under their names, read-only.
    """

    def __init__(self) -> None:
        self._line = bytearray()  # of an event that is not whole yet
        self._event: dict[str, Any] | None = None  # whose blobs are on their way
        self._blobs = bytearray()  # room for them
        self._filled = 0

    @property
    def between_events(self) -> bool:
        """Whether nothing of an unfinished event has arrived; a stream that ends elsewhere was cut off."""
        return not self._line and self._event is None

    def feed(self, data: bytes | bytearray | memoryview) -> list[dict[str, Any]]:
        """The events that are complete with `data`, perhaps none.

        Raises
        ------
        RunError
            If this is no stream of events; the decoder is of no use after that.
        """
        events: list[dict[str, Any]] = []
        rest = memoryview(data)
        while rest or (self._event is not None and self._filled == len(self._blobs)):
            rest = self._take_line(rest) if self._event is None else self._take_blobs(rest, events)
        return events

    def _take_line(self, data: memoryview) -> memoryview:
        """Take what belongs to the line of an event; what is left comes after it."""
        # A line is short; what follows it may be long, and is copied once, to where it stays.
        for start in range(0, len(data), SEARCHED):
            part = bytes(data[start : start + SEARCHED])
            end = part.find(b"\n")
            if end >= 0:
                self._line += part[:end]
                self._event, missing = _read_line(bytes(self._line))
                self._line.clear()
                self._blobs, self._filled = _room(missing), 0
                return data[start + end + 1 :]
            self._line += part
            if len(self._line) > LONGEST_LINE:
                raise _damaged()
        return data[len(data) :]

    def _take_blobs(self, data: memoryview, events: list[dict[str, Any]]) -> memoryview:
        """Take what belongs to the blobs of an event, which may now be whole."""
        count = min(len(data), len(self._blobs) - self._filled)
        self._blobs[self._filled : self._filled + count] = data[:count]
        self._filled += count
        if self._filled == len(self._blobs) and self._event is not None:
            event, self._event = self._event, None
            content, start = memoryview(self._blobs).toreadonly(), 0
            for blob in event.pop("blobs", ()):
                end = start + blob["bytes"]
                event[blob["name"]] = _array(content[start:end], blob["dtype"], blob["shape"])
                start = end
            self._blobs, self._filled = bytearray(), 0
            events.append(event)
        return data[count:]


def _read_line(line: bytes) -> tuple[dict[str, Any], int]:
    """An event and the number of bytes that follow it."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise _damaged()
    blobs = event.get("blobs", [])
    if not isinstance(blobs, list) or not all(_is_blob(blob) for blob in blobs):
        raise _damaged()
    return event, sum(blob["bytes"] for blob in blobs)


def _is_blob(blob: Any) -> bool:
    if not isinstance(blob, dict) or not all(isinstance(blob.get(key), str) for key in ("name", "dtype")):
        return False
    dtype, shape = blob["dtype"], blob.get("shape")
    if dtype[:1] not in {"<", ">", "|"} or dtype[1:] not in DTYPES:
        return False
    if not isinstance(shape, list) or not all(type(extent) is int and extent >= 0 for extent in shape):
        return False
    return type(blob.get("bytes")) is int and blob["bytes"] == math.prod(shape) * int(dtype[2:])


def _room(size: int) -> bytearray:
    try:
        return bytearray(size)
    except (MemoryError, OverflowError):
        raise _damaged() from None


def _array(content: memoryview, dtype: str, shape: list[int]) -> np.ndarray:
    import numpy as np

    return np.frombuffer(content, dtype).reshape(shape)


def _damaged() -> RunError:
    return RunError(
        "what the worker sent is no stream of events", place="worker", hint="This is a defect of Spikeloom."
    )
