"""Recordings of event cameras in all formats that are read, and files that are damaged."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.data.own_files import aedat3, davis, dvs128, events

import spikeloom.spec as sp
from spikeloom.data import inspect, load_dataset
from spikeloom.data.event_folder import read_recordings
from spikeloom.errors import UserError

ROWS, COLUMNS = 8, 10


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def small(**fields) -> sp.EventFolder:
    return sp.EventFolder(**{"rows": ROWS, "columns": COLUMNS, "classes": 2} | fields)


def as_csv(t, x, y, p) -> bytes:
    lines = ["polarity,Y,x,timestamp", *(f"{q},{b},{a},{time}" for time, a, b, q in zip(t, x, y, p, strict=True))]
    return "\n".join(lines).encode()


def write(path, content, t, x, y, p):
    """One of the formats of a file."""
    if callable(content):
        path.write_bytes(content(t, x, y, p))
    elif content == "structured":
        kind = [("x", "u2"), ("y", "u2"), ("p", "?"), ("t", "u8")]
        np.save(path, np.array(list(zip(x, y, p, t, strict=True)), dtype=kind))
    else:
        np.savez(path, ts=t, x=x.astype(np.uint8), y=y, p=2 * p - 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.aedat", dvs128),
        ("a.aedat", davis),
        ("a.aedat", aedat3),
        ("a.csv", as_csv),
        ("a.npy", "structured"),
        ("a.npz", "arrays"),
    ],
    ids=["dvs128", "davis", "aedat3", "csv", "npy", "npz"],
)
def test_every_format_gives_the_same_events(tmp_path, name, content):
    t, x, y, p = events(50, 0)
    write(tmp_path / name, content, t, x, y, p)
    found = read_recordings(small(), [tmp_path / name])
    expected = sorted(zip((t - t[0]) / 1000, (y * COLUMNS + x) * 2 + p, strict=True))
    order = np.lexsort((found.ids, found.times))
    np.testing.assert_allclose(found.times[order], [time for time, _ in expected], atol=1e-9)
    np.testing.assert_array_equal(found.ids[order], [neuron for _, neuron in expected])


def test_times_of_aedat_3_go_on_after_31_bits(tmp_path):
    def packet(overflow: int, time: int) -> bytes:
        return struct.pack("<hhiiiiii", 1, 0, 8, 4, overflow, 1, 1, 1) + struct.pack("<Ii", 1, time)

    (tmp_path / "a.aedat").write_bytes(b"#!AER-DAT3.1\r\n#!END-HEADER\r\n" + packet(0, 2**31 - 5) + packet(1, 5))
    assert read_recordings(small(), [tmp_path / "a.aedat"]).times.tolist() == pytest.approx([0.0, 0.01])


@pytest.mark.parametrize(("unit", "factor"), [("us", 0.001), ("ms", 1), ("s", 1000)])
def test_the_unit_of_times_is_the_documents(tmp_path, unit, factor):
    (tmp_path / "a.csv").write_text("t,x,y,p\n10,0,0,0\n12.5,1,1,1\n")
    found = read_recordings(small(time_unit=unit), [tmp_path / "a.csv"])
    np.testing.assert_allclose(found.times, [0, 2.5 * factor])


def test_one_polarity_and_a_shorter_time(tmp_path):
    (tmp_path / "a.csv").write_text("t,x,y,p\n0,1,0,0\n1,1,0,1\n9,2,2,1\n")
    found = read_recordings(small(polarities=1, time_unit="ms", duration=5.0), [tmp_path / "a.csv"])
    assert (found.ids.tolist(), found.times.tolist()) == ([1, 1], [0, 1])
    assert small(polarities=1).sample_shape == (ROWS, COLUMNS, 1)


def test_a_folder_for_each_class_and_silent_recordings(tmp_path):
    for number in range(10):
        path = tmp_path / "events" / ("left", "right")[number % 2] / f"{number}.aedat"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dvs128(*events(0 if number == 4 else 20 + number, number)))
    splits = load_dataset(small(), tmp_path)
    counts = np.concatenate([np.diff(part.x.offsets) for part in splits.values()])
    assert sorted(counts) == sorted([0, *(20 + number for number in range(10) if number != 4)])
    for part in splits.values():
        odd = np.diff(part.x.offsets) % 2 == 1
        np.testing.assert_array_equal(part.labels, odd)


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        ("a.aedat", dvs128(*events(5, 0))[:-3], "the file is damaged or cut short", ""),
        ("a.aedat", aedat3(*events(5, 0))[:-3], "a packet is cut short", ""),
        ("a.aedat", aedat3(*events(5, 0))[:-45], "is cut short", ""),
        ("a.aedat4", b"#!AER-DAT4.0\r\n", "AEDAT 4 is not read", "Convert it to CSV"),
        ("a.aedat", dvs128(*(np.array([k]) for k in (1, 12, 3, 0))), "x = 12 found, expected 0 to 9", "Set 'columns'"),
        ("a.csv", b"t,x,y\n1,2,3\n", "no column 'p' found", "It has t, x, y."),
        ("a.csv", b"t,x,y,p\n1,2,3,0\n1,2,z,0\n", "'z' found in column 'y'", ""),
        ("a.csv", b"t,x,y,p\n1,2.5,3,0\n", "a fraction found", ""),
        ("a.csv", b"t,x,y,p\n1,2,3,7\n", "polarity 7 found", ""),
        ("a.aedat", b"", "an empty file found", "Copy it again"),
        ("a.aedat", b"#!AER-DAT9.0\r\n", "'#!AER-DAT9.0' found, expected AEDAT 1, 2 or 3", ""),
        ("a.aedat", b"#!AER-DAT2.0", "the header is cut short", ""),
        ("a.csv", b"t,x,y,p\n1e300,2,3,0\n", "a time of 1e+300 us found, expected 0 to 9e+15 us", ""),
        ("a.csv", b"t,x,y,p\n-5,2,3,0\n", "a time of -5 us found", "let them begin at 0"),
        ("a.csv", b"1,2,3,0\n", "numbers found, expected the names", "Put the names of the columns there."),
        ("a.npy", b"", "the file is damaged or cut short", ""),
        ("a.npz", b"PK\x03\x04", "the file is damaged or cut short", ""),
    ],
)
def test_a_damaged_file_is_named(tmp_path, name, content, message, hint):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_recordings(small(), [tmp_path / name])
    assert message in caught.value.message and hint in caught.value.hint
    assert name in caught.value.place


def test_an_array_without_fields_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((5, 4)))
    with pytest.raises(UserError, match="expected one with fields t, x, y and p"):
        read_recordings(small(), [tmp_path / "a.npy"])


def test_the_recordings_say_how_large_the_camera_is(tmp_path):
    for number in range(6):
        path = tmp_path / "events" / ("left", "right")[number % 2] / f"{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_csv(*events(2000, number, rows=34, columns=30)))
    start = sp.EventFolder()
    found = inspect(start, tmp_path)
    changes = found.changes(start)
    assert changes == {"rows": 34, "columns": 34 if changes["columns"] == 34 else 30} | {
        "classes": 2,
        "label_names": ["left", "right"],
    }
    load_dataset(found.applied(start), tmp_path)


def test_a_table_of_labels_among_the_recordings(tmp_path):
    """It ends like a recording and is none."""
    (tmp_path / "events").mkdir()
    lines = ["subject,file,label"]
    for number in range(10):
        (tmp_path / "events" / f"{number}.csv").write_bytes(as_csv(*events(20 + number, number)))
        lines.append(f"{number % 5},{number}.csv,{('left', 'right')[number % 2]}")
    (tmp_path / "events" / "labels.csv").write_text("\n".join(lines))
    for part in load_dataset(small(labels_file="labels.csv"), tmp_path).values():
        numbers = np.diff(part.x.offsets) - 20
        np.testing.assert_array_equal(part.labels, numbers % 2)
        np.testing.assert_array_equal(part.groups["subject"], numbers % 5)
