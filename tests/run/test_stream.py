"""How events travel: what is encoded comes back, however the stream is cut."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikeloom.errors import RunError
from spikeloom.worker import EventDecoder, encode_event
from spikeloom.worker.stream import LONGEST_LINE

EVENTS = [
    {"event": "progress", "epoch": 3, "loss": 0.25, "text": "Ziffern äöü \udcff\n"},
    {
        "event": "spikes",
        "times": np.array([0.5, 1.5, 2.5]),
        "ids": np.array([[1, 2], [3, 4], [10, 255]], np.uint8),
        "flags": np.array([True, False]),
        "none": np.zeros((0, 4), np.float32),
    },
    {"event": "newlines", "values": np.frombuffer(b'\n{"event":"no"}\n\n', np.uint8)},
    {"event": "result", "result": {"seconds": 1}},
]


def same(one, other) -> bool:
    """Whether two events are equal, arrays included."""
    if one.keys() != other.keys():
        return False
    for key, value in one.items():
        if isinstance(value, np.ndarray):
            there = other[key]
            if there.dtype != value.dtype or there.shape != value.shape or not np.array_equal(there, value):
                return False
        elif other[key] != value:
            return False
    return True


def test_a_stream_cut_at_every_byte_gives_the_same_events():
    stream = b"".join(map(encode_event, EVENTS))
    for cut in range(len(stream) + 1):
        decoder = EventDecoder()
        events = decoder.feed(stream[:cut]) + decoder.feed(stream[cut:])
        assert len(events) == len(EVENTS) and all(map(same, events, EVENTS)), f"cut at byte {cut}"
        assert decoder.between_events


def test_byte_by_byte():
    decoder = EventDecoder()
    events = [event for byte in b"".join(map(encode_event, EVENTS)) for event in decoder.feed(bytes([byte]))]
    assert all(map(same, events, EVENTS)) and len(events) == len(EVENTS)


@given(st.lists(st.integers(1, 60), max_size=30))
def test_pieces_of_any_size(sizes):
    stream, decoder, events = b"".join(map(encode_event, EVENTS)), EventDecoder(), []
    for size in sizes:
        piece, stream = stream[:size], stream[size:]
        events += decoder.feed(piece)
    events += decoder.feed(stream)
    assert all(map(same, events, EVENTS)) and len(events) == len(EVENTS)


def test_an_event_is_given_as_soon_as_its_last_byte_is_there():
    decoder = EventDecoder()
    data = encode_event({"event": "a", "x": np.arange(3.0)})
    assert decoder.feed(data[:-1]) == [] and not decoder.between_events
    (event,) = decoder.feed(data[-1:])
    assert np.array_equal(event["x"], [0, 1, 2]) and "blobs" not in event
    assert not event["x"].flags.writeable


def test_the_line_is_json_that_everyone_reads():
    data = encode_event({"event": "a", "x": np.arange(3, dtype=np.float32), "y": 1})
    line, _, rest = data.partition(b"\n")
    assert json.loads(line) == {
        "event": "a",
        "y": 1,
        "blobs": [{"name": "x", "dtype": "<f4", "shape": [3], "bytes": 12}],
    }
    assert rest == np.arange(3, dtype=np.float32).tobytes()


def test_what_is_not_finite_becomes_null():
    event = {
        "event": "epoch",
        "loss": math.nan,
        "numpy": np.float32("inf"),
        "inside": {"list": [1.0, -math.inf], "path": Path("a") / "b"},
        "integer": np.int64(7),
        "flag": np.bool_(True),
    }
    line = encode_event(event)
    assert b"NaN" not in line and b"Infinity" not in line
    assert EventDecoder().feed(line) == [
        {
            "event": "epoch",
            "loss": None,
            "numpy": None,
            "inside": {"list": [1.0, None], "path": str(Path("a") / "b")},
            "integer": 7,
            "flag": True,
        }
    ]


def test_arrays_that_are_not_contiguous_or_big_endian():
    values = np.arange(12, dtype=">i4").reshape(3, 4)[:, ::2]
    (event,) = EventDecoder().feed(encode_event({"event": "a", "x": values}))
    assert np.array_equal(event["x"], values)


def test_a_large_array():
    values = np.random.default_rng(0).random(300_000)
    data, decoder, events = encode_event({"event": "a", "x": values}), EventDecoder(), []
    for start in range(0, len(data), 65536):
        events += decoder.feed(data[start : start + 65536])
    assert np.array_equal(events[0]["x"], values)


@pytest.mark.parametrize(
    "value", [np.array([object()]), np.array(["text"]), [np.zeros(2)], {"a": np.zeros(2)}, {1, 2}, np.zeros(2, "c8")]
)
def test_what_cannot_travel_is_refused(value):
    with pytest.raises(TypeError):
        encode_event({"event": "a", "x": value})


BLOB = {"name": "x", "dtype": "<f4", "shape": [2], "bytes": 8}


@pytest.mark.parametrize(
    "line",
    [
        b"Traceback (most recent call last):",
        b"",
        b"[]",
        b'{"no": "event"}',
        b'{"event": 3}',
        b"\xff\xfe",
        b"[" * 100_000,
        *(
            json.dumps({"event": "a", "blobs": blobs}).encode()
            for blobs in (
                3,
                [3],
                [BLOB | {"dtype": "O"}],
                [BLOB | {"dtype": "|O8"}],
                [BLOB | {"dtype": "<f1"}],
                [BLOB | {"dtype": "<i4,<i4"}],
                [BLOB | {"bytes": 9}],
                [BLOB | {"bytes": -8}],
                [BLOB | {"shape": [-2], "bytes": -8}],
                [BLOB | {"shape": [2.0]}],
                [BLOB | {"name": 3}],
                [{"name": "x"}],
            )
        ),
    ],
)
def test_a_damaged_stream_is_an_error_of_ours(line):
    with pytest.raises(RunError):
        EventDecoder().feed(line + b"\n")


def test_a_line_without_end_is_not_kept_for_ever():
    decoder = EventDecoder()
    with pytest.raises(RunError):
        for _ in range(LONGEST_LINE // 2**20 + 2):
            decoder.feed(b"x" * 2**20)
