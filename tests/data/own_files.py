"""Small files of the kinds that users have, in their true formats."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
from PIL import Image

RATE = 8000


def write_image(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE, width: int = 2) -> Path:
    """Samples within -1..1, (samples,) or (samples, channels), in `width` bytes each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = np.round(np.asarray(samples) * (2 ** (8 * width - 1) - 1)).astype(np.int64)
    whole = whole + 128 if width == 1 else whole
    little = whole.reshape(-1).astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if np.ndim(samples) == 1 else np.shape(samples)[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(little.tobytes())
    return path


def write_fractions(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """A WAV file of 32-bit fractions, with a chunk of something else before the sound."""
    data = np.asarray(samples, "<f4").tobytes()
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 3, 1, rate, 4 * rate, 4, 32)
    chunks += b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(data)) + data
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return path


def tone(frequency: float, duration: float = 0.2, rate: int = RATE) -> np.ndarray:
    """A sine that fades in and out."""
    time = np.arange(round(duration * rate)) / rate
    return np.sin(2 * np.pi * frequency * time) * np.sin(np.pi * time / duration)


def dvs128(t: np.ndarray, x: np.ndarray, y: np.ndarray, p: np.ndarray) -> bytes:
    """AEDAT 2 of a DVS128."""
    events = np.stack([y << 8 | x << 1 | p, t], axis=1).astype(">u4")
    return b"#!AER-DAT2.0\r\n# This is a raw AE data file\r\n" + events.tobytes()


def davis(t: np.ndarray, x: np.ndarray, y: np.ndarray, p: np.ndarray) -> bytes:
    """AEDAT 2 of a DAVIS, with a pixel of a frame among the events."""
    events = np.stack([y << 22 | x << 12 | p << 11, t], axis=1)
    frame = np.array([[1 << 31 | 5 << 12, 0]])
    lines = b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n"
    return lines + np.concatenate([events, frame]).astype(">u4").tobytes()


def aedat3(t: np.ndarray, x: np.ndarray, y: np.ndarray, p: np.ndarray) -> bytes:
    """AEDAT 3.1: a packet of something else, then two of polarity events, each with one that is not valid."""
    content = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n"
    content += struct.pack("<hhiiiiii", 0, 1, 8, 4, 0, 1, 1, 1) + bytes(8)
    for part in np.array_split(np.arange(len(t)), 2):
        data = (x[part] << 17 | y[part] << 2 | p[part] << 1 | 1).astype(np.int64)
        events = np.stack([np.append(data, 7 << 17), np.append(t[part], 0)], axis=1).astype("<u4")
        number = len(events)
        content += struct.pack("<hhiiiiii", 1, 1, 8, 4, 0, number, number, number - 1) + events.tobytes()
    return content


def events(size: int, seed: int, rows: int = 8, columns: int = 10) -> tuple[np.ndarray, ...]:
    """T (us), x, y, p of some events, in the order of time."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.integers(1000, 50_000, size))
    return t, rng.integers(0, columns, size), rng.integers(0, rows, size), rng.integers(0, 2, size)
