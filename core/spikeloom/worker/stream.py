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
        self._buffer = bytearray()
        self._searched = 0  # how much of the buffer is known to hold no end of a line
        self._event: dict[str, Any] | None = None  # whose blobs are on their way
        self._missing = 0  # bytes of those blobs, all in all

    @property
    def between_events(self) -> bool:
        """Whether nothing of an unfinished event has arrived; a stream that ends elsewhere was cut off."""
        return not self._buffer and self._event is None

    def feed(self, data: bytes | bytearray | memoryview) -> list[dict[str, Any]]:
        """The events that are complete with `data`, perhaps none.

        Raises
        ------
        RunError
            If this is no stream of events; the decoder is of no use after that.
        """
        self._buffer += data
        events: list[dict[str, Any]] = []
        while (event := self._next()) is not None:
            events.append(event)
        return events

    def _next(self) -> dict[str, Any] | None:
        if self._event is None:
            end = self._buffer.find(b"\n", self._searched)
            if end < 0:
                self._searched = len(self._buffer)
                if self._searched > LONGEST_LINE:
                    raise _damaged()
                return None
            self._event, self._missing = _read_line(bytes(self._buffer[:end]))
            del self._buffer[: end + 1]
            self._searched = 0
        if len(self._buffer) < self._missing:
            return None
        event, self._event = self._event, None
        start = 0
        for blob in event.pop("blobs", ()):
            end = start + blob["bytes"]
            event[blob["name"]] = _array(bytes(self._buffer[start:end]), blob["dtype"], blob["shape"])
            start = end
        del self._buffer[:start]
        return event


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


def _array(content: bytes, dtype: str, shape: list[int]) -> np.ndarray:
    import numpy as np

    return np.frombuffer(content, dtype).reshape(shape)


def _damaged() -> RunError:
    return RunError(
        "what the worker sent is no stream of events", place="worker", hint="This is a defect of Spikeloom."
    )
