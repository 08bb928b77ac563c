"""A small model of three classes, and data that it learns in a moment."""

from __future__ import annotations

import numpy as np

import spikeloom as sl
from spikeloom.run import Model

INPUTS, HIDDEN, CLASSES, TIME = 6, 12, 3, 20.0


def network() -> sl.Network:
    with sl.Network() as net:
        source = sl.Population("spike_input", INPUTS, name="source")
        hidden = sl.Population(sl.LIF(tau_mem=20.0), HIDDEN, name="hidden")
        output = sl.Population(sl.LI(tau_mem=20.0, readout="avg_var"), CLASSES, name="output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(2.0, 1.5)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.4)), sl.Exponential(5.0))
    return net


def make(
    learning: sl.Learning | None = None, encoder: object = "linear_latency", infer: bool = False, **settings: object
) -> Model:
    """A model of three classes; `infer`: one that does not learn."""
    rule = None if infer else learning or sl.EventProp(optimiser=sl.Adam(0.05))
    settings = {"example_time": TIME, "batch_size": 8, "seed": 1, "threads": 2} | settings
    return Model(network(), rule, encoder=encoder, **settings)


def toy(count: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Intensities with the two inputs of their class above the others."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(CLASSES, size=count)
    x = rng.uniform(0.0, 0.5, (count, INPUTS))
    for example, label in enumerate(labels):
        x[example, [2 * label, 2 * label + 1]] += 0.5
    return x, labels


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    assert first.keys() == second.keys()
    return all(first[name].tobytes() == second[name].tobytes() for name in first)
