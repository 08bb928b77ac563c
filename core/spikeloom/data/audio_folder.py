"""Sounds of the user's own as spikes: a bank of filters, and a leaky integrate-and-fire neuron behind each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.datasets import load_dataset
from spikeloom.data.events import Events
from spikeloom.data.file_source import joined, recordings
from spikeloom.data.filter_banks import responses
from spikeloom.data.labelled_files import files_of
from spikeloom.data.sound import read_sound
from spikeloom.spec import AudioFolder

SUFFIXES = (".wav", ".wave")
SMALL = 2**23  # bytes of files: some hundred words, a few seconds of work
VALUES_AT_ONCE = 2**24
BLOCK = 1024  # samples: transforms of a multiple of it are fast
RINGING = 0.05  # s, of the filters after the sound: it must not come round to its beginning


@load_dataset.register
def _(dataset: AudioFolder, base: Path | None = None) -> dict[str, Any]:
    return recordings(dataset, files_of(dataset, base, SUFFIXES), partial(read_spikes, dataset), SMALL)


def read_spikes(dataset: AudioFolder, paths: Sequence[Path]) -> Events:
    """The spikes of some recordings."""
    longest = max(1, round(dataset.sample_rate * dataset.duration / 1000.0)) * dataset.channels
    at_once = max(1, VALUES_AT_ONCE // longest)
    trains: list[tuple[np.ndarray, np.ndarray]] = []
    for first in range(0, len(paths), at_once):
        sounds = [read_sound(path, dataset.sample_rate, dataset.duration) for path in paths[first : first + at_once]]
        trains += spikes_of_sounds(dataset, sounds)
    return joined(trains)


def spikes_of_sounds(dataset: AudioFolder, sounds: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Times (ms) and channels of the spikes of each sound, in the order of time.

    Parameters
    ----------
    sounds
        (samples,) each, at the rate of the data set, within -1..1.
    """
    longest = max((len(sound) for sound in sounds), default=0)
    drive = np.zeros((longest, len(sounds), dataset.channels), np.float32)
    for number, sound in enumerate(sounds):
        if len(sound):
            drive[: len(sound), number] = filtered(dataset, sound).T
    step = 1000.0 / dataset.sample_rate
    drive *= dataset.gain * step
    decay = np.float32(np.exp(-step / dataset.tau))
    v = np.zeros(drive.shape[1:], np.float32)
    steps, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, arriving in enumerate(drive):
        v *= decay
        v += arriving
        spiking = np.flatnonzero(v >= 1)
        if len(spiking):
            v.flat[spiking] = 0
            steps.append(np.full(len(spiking), number))
            places.append(spiking)
    times = (np.concatenate(steps) * step).astype(np.float32)
    owners, channels = np.divmod(np.concatenate(places), dataset.channels)
    return [(times[owners == number], channels[owners == number].astype(np.int32)) for number in range(len(sounds))]


def filtered(dataset: AudioFolder, sound: np.ndarray) -> np.ndarray:
    """What each filter lets through, rectified and compressed; float32, (channels, samples)."""
    from scipy import fft

    # Sounds of about the same length share their filters, which take longer to make than to be used.
    size = -(-(len(sound) + round(RINGING * dataset.sample_rate)) // BLOCK) * BLOCK
    bank = _bank(dataset.front_end, dataset.channels, dataset.lowest, dataset.highest, size, dataset.sample_rate)
    through = fft.irfft(bank * fft.rfft(sound.astype(np.float32), size), size)[:, : len(sound)]
    return np.asarray(np.maximum(through, 0.0) ** np.float32(dataset.compression), np.float32)


@lru_cache(maxsize=16)
def _bank(kind: str, channels: int, lowest: float, highest: float, size: int, rate: int) -> np.ndarray:
    """The filters' responses for a transform of `size` samples."""
    found = responses(kind, channels, lowest, highest, np.fft.rfftfreq(size, 1.0 / rate))
    return found.astype(np.complex64 if np.iscomplexobj(found) else np.float32)
