"""Pattern generation: frozen random spikes, and the curves that the outputs are to draw meanwhile.

Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein and Maass (2020), A solution to the learning dilemma for recurrent
networks of spiking neurons, Nature Communications 11.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spikeloom.data.curves import Curves, drawn_curves
from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.events import Events
from spikeloom.spec import Pattern

SPIKES, CURVES = 0, 1  # streams of random numbers


@load_dataset.register
def _(dataset: Pattern, base: Path | None = None) -> dict[str, Arrays]:
    each = np.arange(dataset.patterns)
    test = Arrays(_spikes(dataset), None, curves=_curves(dataset))
    return {"train": test.take(np.tile(each, dataset.repeats)), "test": test}


def _rng(dataset: Pattern, stream: int, pattern: int) -> np.random.Generator:
    # A seed of its own for each: more patterns, or other curves, leave the rest as it was.
    return np.random.default_rng([dataset.data_seed, stream, pattern])


def _spikes(dataset: Pattern) -> Events:
    """Of each pattern, a Poisson train for each channel."""
    lengths, times, ids = [], [], []
    for pattern in range(dataset.patterns):
        rng = _rng(dataset, SPIKES, pattern)
        counts = rng.poisson(dataset.rate * dataset.duration / 1000.0, dataset.channels)
        lengths.append(counts.sum())
        times.append(rng.uniform(0, dataset.duration, lengths[-1]))
        ids.append(np.repeat(np.arange(dataset.channels, dtype=np.int32), counts))
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return Events(offsets, np.concatenate(times), np.concatenate(ids))


def _curves(dataset: Pattern) -> Curves:
    drawn = [
        drawn_curves(dataset.curves, dataset.duration, _rng(dataset, CURVES, pattern))
        for pattern in range(dataset.patterns)
    ]
    amplitudes, phases = (np.stack(parts) for parts in zip(*drawn, strict=True))
    return Curves(amplitudes, phases, np.arange(dataset.patterns))
