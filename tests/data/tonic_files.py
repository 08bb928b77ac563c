"""Small sets in the formats on disk that tonic reads, and the events that are in them.

A set has a few recordings of each class: class c has events in places that tell it apart, so that a network can learn
them. `written` gives what was written, as (rows, columns, polarities, microseconds) by file.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import h5py
import numpy as np
import pytest
from tests.data.idx_files import idx
from tests.data.spike_files import ragged

Recording = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # y, x, p, t (µs)


def recording(label: int, rows: int, columns: int, rng: np.random.Generator, *, span: int = 40_000) -> Recording:
    """Some events of a class in rows of its own, in the order of time."""
    count = int(rng.integers(30, 60))
    y = (rng.integers(0, 3, count) + 3 * label) % rows
    t = np.sort(rng.integers(0, span, count))
    return y, rng.integers(0, columns, count), rng.integers(0, 2, count), t


def atis(path: Path, events: Recording) -> None:
    """N-MNIST's and N-Caltech101's format: five bytes of an event, the time in 23 bits."""
    y, x, p, t = events
    data = np.stack([x, y, (p << 7) | (t >> 16), (t >> 8) & 255, t & 255], axis=1).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.tobytes())


def columns(path: Path, events: Recording, order: str, scale: int = 1) -> None:
    """An array with a row for each event and four columns."""
    y, x, p, t = events
    by_name = {"x": x, "y": y, "p": p, "t": t // scale}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.stack([by_name[name] for name in order], axis=1).astype(np.int64))


def named(path: Path, events: Recording) -> None:
    """An array of events with names, as DVS-Lip's are."""
    y, x, p, t = events
    found = np.empty(len(t), [("t", np.int32), ("x", np.int16), ("y", np.int16), ("p", np.uint8)])
    found["t"], found["x"], found["y"], found["p"] = t, x, y, p
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, found)


def matlab(path: Path, events: Recording) -> None:
    """A MATLAB file, as ASL-DVS has them; it counts rows from below."""
    import scipy.io

    y, x, p, t = events
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"ts": t, "x": x, "y": 179 - y, "pol": p}
    scipy.io.savemat(path, {name: np.asarray(value)[:, None] for name, value in values.items()})


def nmnist(folder: Path, each: int = 3, seed: int = 0) -> dict[Path, Recording]:
    """``Train/<digit>/*.bin`` and ``Test/<digit>/*.bin``."""
    rng = np.random.default_rng(seed)
    return _written(
        (folder / part / str(digit) / f"{number:05}.bin", recording(digit, 34, 34, rng), atis)
        for part in ("Train", "Test")
        for digit in range(10)
        for number in range(each)
    )


def dvs_gesture(folder: Path, seed: int = 0) -> dict[Path, Recording]:
    """``ibmGestureTrain/userNN_<light>/<label>.npy``: x, y, p, t in ms."""
    rng = np.random.default_rng(seed)
    users = {"Train": (1, 2, 10), "Test": (24, 25)}
    found = {}
    for part, numbers in users.items():
        for user in numbers:
            for light in ("fluorescent", "led"):
                for label in range(11):
                    path = folder / f"ibmGesture{part}" / f"user{user:02}_{light}" / f"{label}.npy"
                    y, x, p, t = recording(label, 128, 128, rng)
                    events = y, x, p, (t + 7_000) // 1000 * 1000  # its clock does not start with the gesture
                    columns(path, events, "xypt", 1000)
                    found[path] = events
    return found


def poker_dvs(folder: Path, each: int = 4, seed: int = 0) -> dict[Path, Recording]:
    """``pips_train/{cl,he,di,sp}/*.npy``: t, x, y, p."""
    rng = np.random.default_rng(seed)
    return _written(
        (
            folder / part / suit / f"{number}.npy",
            recording(label, 35, 35, rng, span=9_000),
            lambda path, events: columns(path, events, "txyp"),
        )
        for part in ("pips_train", "pips_test")
        for label, suit in enumerate(("cl", "he", "di", "sp"))
        for number in range(each)
    )


def dvs_lip(
    folder: Path, words: tuple[str, ...] = ("accused", "action", "allow"), seed: int = 0
) -> dict[Path, Recording]:
    """``DVS-Lip/train/<word>/*.npy``."""
    rng = np.random.default_rng(seed)
    return _written(
        (folder / "DVS-Lip" / part / word / f"{number}.npy", recording(label, 128, 128, rng), named)
        for part in ("train", "test")
        for label, word in enumerate(words)
        for number in range(3)
    )


def asl_dvs(folder: Path, letters: str = "abc", seed: int = 0) -> dict[Path, Recording]:
    """``<letter>/*.mat``."""
    rng = np.random.default_rng(seed)
    return _written(
        (folder / letter / f"{letter}_{number}.mat", recording(label, 180, 240, rng), matlab)
        for label, letter in enumerate(letters)
        for number in range(10)
    )


def ncaltech101(
    folder: Path, names: tuple[str, ...] = ("anchor", "bonsai", "crab"), seed: int = 0
) -> dict[Path, Recording]:
    """``Caltech101/<class>/*.bin``; tonic takes the smallest row and column for 0."""
    rng = np.random.default_rng(seed)
    found = {}
    for label, name in enumerate(names):
        for number in range(10):
            y, x, p, t = recording(label, 180, 230, rng)
            path = folder / "Caltech101" / name / f"image_{number:04}.bin"
            atis(path, (y, x, p, t))
            found[path] = (y - y.min(), x - x.min(), p, t)
    return found


def cifar10_dvs(folder: Path, each: int = 10, seed: int = 0) -> dict[Path, Recording]:
    """``<class>/*.aedat4``; the clock shows the time of day."""
    rng = np.random.default_rng(seed)
    names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    return _written(
        (folder / name / f"cifar10_{name}_{number}.aedat4", recording(label, 128, 128, rng), aedat4)
        for label, name in enumerate(names)
        for number in range(each)
    )


def heidelberg(folder: Path, name: str, parts: tuple[str, ...], channels: int = 700, size: int = 20) -> None:
    """``shd_train.h5`` and the like, with keys and speakers."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, part in enumerate(parts):
        rng = np.random.default_rng(seed)
        with h5py.File(folder / f"{name}_{part}.h5", "w") as file:
            labels = np.arange(size) % 4
            counts = rng.integers(20, 40, size)
            ragged(file, "spikes/times", [np.sort(rng.uniform(0, 0.04, n)) for n in counts], np.float16)
            units = [(rng.integers(0, 20, n) + 30 * label) % channels for n, label in zip(counts, labels, strict=True)]
            ragged(file, "spikes/units", units, np.uint16)
            file["labels"] = labels.astype(np.uint16)
            file["extra/speaker"] = (np.arange(size) % 3).astype(np.uint16)
            file["extra/keys"] = np.array([f"word {n}".encode() for n in range(20)])


def tidigits(path: Path, seed: int = 0) -> None:
    """``n-tidigits.hdf5``: the names of the recordings, and arrays by these names; some have several digits."""
    rng = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for part in ("train", "test"):
            digits = ["o", "1", "z", "9", "12z", "1", "o", "z"]
            names = [f"speaker{n}-{digit}" for n, digit in enumerate(digits)]
            file[f"{part}_labels"] = np.array([name.encode() for name in names])
            for name in names:
                count = int(rng.integers(20, 40))
                file[f"{part}_addresses/{name}"] = rng.integers(0, 64, count)
                file[f"{part}_timestamps/{name}"] = np.sort(rng.uniform(0, 0.04, count))


def smnist(folder: Path, sizes: tuple[int, int] = (30, 20), seed: int = 0) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """MNIST's four files, unzipped; the images and labels of each part."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for prefix, size in zip(("train", "t10k"), sizes, strict=True):
        images, labels = rng.integers(0, 256, (size, 28, 28)), rng.integers(0, 10, size)
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(idx(images))
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(idx(labels))
        found[prefix] = images, labels
    return found


Writer = Callable[[Path, Recording], None]


def _written(recordings: Iterable[tuple[Path, Recording, Writer]]) -> dict[Path, Recording]:
    found = {}
    for path, events, write in recordings:
        write(path, events)
        found[path] = events
    return found


# -- AEDAT 4 ----------------------------------------------------------------------------------------------------------

SINCE_1970 = 1_500_000_000_000_000  # µs


def aedat4(path: Path, events: Recording) -> None:
    """One uncompressed packet of events, after a header that says so."""
    y, x, p, t = events
    info = (
        '<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/">'
        '<node name="0" path="/mainloop/Recorder/outInfo/0/">'
        '<attr key="compression" type="string">NONE</attr>'
        '<attr key="originalModuleName" type="string">capture</attr>'
        '<attr key="originalOutputName" type="string">events</attr>'
        '<attr key="typeDescription" type="string">Array of events.</attr>'
        '<attr key="typeIdentifier" type="string">EVTS</attr>'
        '<node name="info" path="/mainloop/Recorder/outInfo/0/info/">'
        '<attr key="sizeX" type="int">128</attr><attr key="sizeY" type="int">128</attr>'
        '<attr key="source" type="string">DVS128</attr></node></node></node></dv>'
    )
    structs = b"".join(
        struct.pack("<qhhB3x", SINCE_1970 + int(when), int(column), int(row), int(polarity))
        for row, column, polarity, when in zip(y, x, p, t, strict=True)
    )
    header, packet = _header(info.encode()), _packet(structs, len(t))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"#!AER-DAT4.0\r\n" + header + struct.pack("<ii", 0, len(packet)) + packet)


def _header(info: bytes) -> bytes:
    """The flat buffer `IOHeader`: no compression, no table of packets, and the information; its size is in front."""
    body = struct.pack("<I4sxx", 20, b"IOHE")  # where the table is
    body += struct.pack("<HHHHH", 10, 20, 16, 8, 4)  # at 10: where its fields are in it
    body += struct.pack("<iIqi", 10, 16, -1, 0)  # at 20: the table, whose text follows it
    body += struct.pack("<I", len(info)) + info + b"\0"
    return struct.pack("<I", len(body)) + body


def _packet(structs: bytes, count: int) -> bytes:
    """The flat buffer `EventPacket`: a vector of events; its size is in front."""
    body = struct.pack("<I4sxx", 16, b"EVTS")
    body += struct.pack("<HHH", 6, 8, 4)  # at 10
    body += struct.pack("<iI", 6, 8)  # at 16: the table, and how far the vector is from 20
    body += bytes(4)  # events lie at multiples of eight, and their number before them
    body += struct.pack("<I", count) + structs
    return struct.pack("<I", len(body)) + body


def aedat_is_there() -> bool:
    """Whether the package that tonic reads CIFAR10-DVS with is installed."""
    return importlib.util.find_spec("aedat") is not None


needs_aedat = pytest.mark.skipif(not aedat_is_there(), reason="aedat is not installed")
