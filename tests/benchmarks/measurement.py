"""What the benchmarks of learning rules share: figures of training, each from a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from timing import best_of

import spikeloom as sl
from spikeloom.backends.interface import RecordSpikes
from spikeloom.genn.batch import BatchData
from spikeloom.run import Session


def measure_training(
    document: sl.Document, data: BatchData, batch_size: int, threads: int, seconds: float, recorded: int = 8
) -> dict:
    """Milliseconds per example, seconds to build, spikes of input and hidden population per example, peak memory.

    Spikes are those of the first `recorded` examples.
    """
    started = time.perf_counter()
    session = Session(document, threads=threads)
    built = time.perf_counter() - started
    batches = [np.arange(k, k + batch_size) for k in range(0, len(data) - batch_size + 1, batch_size)]
    timesteps = session.compiled.timesteps

    def run(count: int) -> None:
        chosen = [batches[k % len(batches)] for k in range(count)]
        dynamic = session.compiled.dynamic(1, [batch_size] * count)
        session.runtime.run("train", data, chosen, update=True, dynamic=dynamic, timesteps=timesteps)

    milliseconds = best_of(run, seconds) / batch_size * 1e3
    peak = peak_megabytes()  # before anything is recorded
    few = np.arange(min(recorded, len(data)))
    recording = session.runtime.run(
        "predict", data.take(few), [few], timesteps=timesteps, record=[RecordSpikes("hidden"), RecordSpikes("input")]
    ).recording
    return {
        "milliseconds": milliseconds,
        "build_seconds": built,
        "spikes": {key: float(np.mean([len(ids) for _, ids in trains])) for key, trains in recording.spikes.items()},
        "peak_megabytes": peak,
        "engine_megabytes": round(session.runtime.memory / 1e6, 1),  # type: ignore[attr-defined]
    }


def peak_megabytes() -> int:
    """The most memory that this process had so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def in_a_process(script: str, arguments: list[str], cache: str) -> dict:
    """What `script` prints as JSON in its last line, run with a build cache of its own."""
    environment = os.environ | {"SPIKELOOM_CACHE": cache}
    command = [sys.executable, script, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict = json.loads(done.stdout.splitlines()[-1])
    return found


def peer(python: str, script: str, arguments: list[str]) -> dict | None:
    """What a script beside this one prints in another Python; None, and a line that says why, where it cannot run."""
    command = [python, str(Path(__file__).with_name(script)), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        print(f"no peer: {error}", file=sys.stderr)
        return None
    if done.returncode:
        print(f"no peer: {python}: {(done.stderr.strip().splitlines() or ['?'])[-1]}", file=sys.stderr)
        return None
    found: dict = json.loads(done.stdout.splitlines()[-1])
    return found
