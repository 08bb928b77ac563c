"""Small networks for scripts, with examples in a file as a script takes them and as a session does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import spikeloom as sl
import spikeloom.spec as sp
from spikeloom.exporters import export
from spikeloom.genn.batch import BatchData, SpikeData

INPUTS, CLASSES, EXAMPLES, STEPS = 16, 3, 7, 25
IN, LOOP, OUT = ("input", "hidden"), ("hidden", "hidden"), ("hidden", "output")


def dense(mean: float, sd: float, **options: Any) -> Any:
    return lambda: sp.Dense(sp.Normal(mean, sd), **options)


def sparse(pre: int, post: int, mean: float, sd: float) -> Any:
    pairs = np.argwhere(np.random.default_rng(pre + post).random((pre, post)) < 0.5)
    return lambda: sp.Sparse(*pairs.T, sp.Normal(mean, sd))


LIF = {"tau_mem": 20.0, "v_thresh": 0.5, "relative_reset": False, "integrate_during_refrac": False}


@dataclass
class Case:
    """A network with one hidden population."""

    learning: Any
    hidden: Any = field(default_factory=lambda: sp.LIF(**LIF))
    shape: Any = 8
    source_shape: Any = INPUTS
    connections: dict[tuple[str, str], Any] = field(default_factory=lambda: {IN: dense(0.8, 0.5), OUT: dense(0.1, 0.4)})
    synapse: Any = field(default_factory=lambda: lambda: sp.Exponential(5.0))
    output: Any = field(default_factory=lambda: sp.LI(tau_mem=20.0, readout="avg_var"))
    training: dict[str, Any] = field(default_factory=dict)
    of_connections: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    targets: bool = False

    def document(self) -> sl.Document:
        with sp.Network() as network:
            made = {
                "input": sp.Population(sp.SpikeInput(), self.source_shape, name="input"),
                "hidden": sp.Population(self.hidden.model_copy(deep=True), self.shape, name="hidden"),
                "output": sp.Population(self.output.model_copy(deep=True), CLASSES, name="output"),
            }
            for pair, connect in self.connections.items():
                sp.Connection(
                    *(made[name] for name in pair), connect(), self.synapse(), **self.of_connections.get(pair, {})
                )
        experiment = sp.Experiment(
            simulation=sp.Simulation(dt=1.0, example_time=float(STEPS)),
            learning=self.learning.model_copy(deep=True),
            training=sp.Training(**({"batch_size": 3, "seed": 5, "epochs": 2} | self.training)),
        )
        return sl.Document(network, experiment)

    def examples(self, seed: int) -> BatchData:
        rng = np.random.default_rng(seed)
        spikes = rng.random((EXAMPLES, STEPS, INPUTS)) < 0.2
        example, steps, ids = np.nonzero(spikes)
        offsets = np.searchsorted(example, np.arange(EXAMPLES + 1)).astype(np.int64)
        given = SpikeData(offsets, steps.astype(np.int32), ids.astype(np.int32))
        if self.targets:
            values = {"targets": rng.normal(size=(EXAMPLES, STEPS, CLASSES)).astype(np.float32)}
        else:
            values = {"labels": rng.integers(0, CLASSES, EXAMPLES).astype(np.int32)}
        return BatchData({"input": given}, values)


def save_examples(path: Path, **splits: BatchData) -> Path:
    """A file for ``--data``, as the docstrings of scripts describe it."""
    arrays: dict[str, np.ndarray] = {}
    for name, data in splits.items():
        for population, spikes in data.spikes.items():
            arrays[f"{name}.{population}.offsets"] = spikes.offsets
            arrays[f"{name}.{population}.steps"] = spikes.steps
            arrays[f"{name}.{population}.ids"] = spikes.ids
        arrays |= {f"{name}.{key}": np.asarray(values) for key, values in data.values.items()}
    np.savez(path, **arrays)
    return path


def run_script(document: sl.Document, folder: Path, *options: str) -> str:
    """What the exported script prints, run in a process of its own that knows nothing of this library."""
    script = folder / "net.py"
    export(document, "pygenn", "net").save(script)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(script), *options]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, cwd=folder, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
