"""Sounds from WAV files: whole numbers of 8 to 32 bits or fractions, of any number of channels.

Written for this: what the standard library reads has no fractions, and what SciPy reads may end where it will.
"""

from __future__ import annotations

from math import gcd
from pathlib import Path

import numpy as np

from spikeloom.errors import UserError

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
LARGEST = 2**30  # bytes of a file
RATES = (100, 768_000)  # Hz
MOST_CHANNELS = 64
UNKNOWN = (0, 2**32 - 1)  # lengths that programs write which do not yet know


def read_sound(path: Path, rate: int, duration: float) -> np.ndarray:
    """A recording, mixed down to one channel, at a rate of our own, cut, with a loudest sample of 1.

    Parameters
    ----------
    rate
        Of what is returned, Hz.
    duration
        ms; shorter recordings stay as they are.

    Returns
    -------
    numpy.ndarray
        float64, (samples,); all 0 for silence.
    """
    samples, found = read_wav(path)
    needed = round(found * duration / 1000.0) + 1
    mono = samples[:needed].mean(axis=1)
    if not np.isfinite(mono).all():
        raise UserError("the sound holds NaN or infinity", place=str(path))
    if found != rate:
        from scipy.signal import resample_poly

        shared = gcd(rate, found)
        mono = resample_poly(mono, rate // shared, found // shared)
    mono = mono[: round(rate * duration / 1000.0)]
    loudest = np.abs(mono).max(initial=0)
    return mono / loudest if loudest > 0 else mono


def read_wav(path: Path) -> tuple[np.ndarray, int]:
    """The samples, float64 within -1..1, (samples, channels), and their rate (Hz).

    Raises
    ------
    UserError
        If the file is no WAV file, is of a kind that is not read, or is cut short.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"larger than {LARGEST // 2**30} GB", place=str(path), hint="Cut it into parts.")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise UserError("is no WAV file", place=str(path), hint="Convert it to WAV.")
    header, at, ends = b"", 12, len(content)
    while at + 8 <= ends:
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt ":
            header = content[at : at + size]
        elif name == b"data":
            if size in UNKNOWN:
                size = ends - at
            if at + size > ends:
                message = f"{ends - at} bytes of sound found, its header says {size}: the file is cut short"
                raise UserError(message, place=str(path))
            return _samples(content[at : at + size], header, path)
        at += size + size % 2
    raise UserError("no sound in the file: it is damaged or cut short", place=str(path))


def _samples(data: bytes, header: bytes, path: Path) -> tuple[np.ndarray, int]:
    if len(header) < 16:
        raise UserError("no header before the sound: the file is damaged", place=str(path))
    kind, channels, rate, _, _, bits = np.frombuffer(header[:16], "<u2,<u2,<u4,<u4,<u2,<u2")[0].tolist()
    if kind == EXTENSIBLE and len(header) >= 26:
        kind = int.from_bytes(header[24:26], "little")
    if (kind, bits) not in {(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)}:
        message = f"sound of kind {kind} with {bits} bits found, expected whole numbers or fractions (PCM)"
        raise UserError(message, place=str(path), hint="Convert it to 16-bit PCM.")
    if not 1 <= channels <= MOST_CHANNELS or not RATES[0] <= rate <= RATES[1]:
        raise UserError(f"{channels} channels at {rate} Hz found: the file is damaged", place=str(path))
    frame = channels * bits // 8
    whole = data[: len(data) // frame * frame]
    return _numbers(whole, kind, bits).reshape(-1, channels), rate


def _numbers(data: bytes, kind: int, bits: int) -> np.ndarray:
    if kind == FLOAT:
        return np.frombuffer(data, f"<f{bits // 8}").astype(np.float64)
    if bits == 8:  # the one size without a sign
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if bits == 24:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0] / 2.0**31
    return np.frombuffer(data, f"<i{bits // 8}") / 2.0 ** (bits - 1)
