"""How fast spikes are transformed, encoded and put into timesteps, and how fast training uses them up.

    SPIKELOOM_DATA=FOLDER python tests/benchmarks/input_pipeline.py [--threads 1] [--seconds 0.5] [--rounds 5]

Needs the spoken digits. Prints millions of spikes per second for each step of the input pipeline, and the ratio of the
augmented pipeline (jitter, shift, blend, timesteps) to what the engine consumes when it trains the example, on as many
threads, in the same run; one JSON object on the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from timing import best_of

import spikeloom as sl
from spikeloom.data import PORTION, Arrays, Events, encode, in_steps, load_dataset
from spikeloom.data.transforms import Surroundings, apply, transformed
from spikeloom.genn.batch import BatchData, SpikeData
from spikeloom.run import Session
from spikeloom.run.prepare import one_hot

EXAMPLE = Path(__file__).parents[2] / "resources" / "examples" / "spoken_digits.snn"
AUGMENTATION = (sl.TimeJitter(5.0), sl.ChannelShift(10), sl.Blend(0.5))
IMAGE = (16, 4, 2)  # the same channels as an image, for the transforms of images


def transforms() -> list[tuple[sl.Transform, tuple[int, ...]]]:
    """One of each kind, with the shape of the examples that it takes."""
    of_images = (sl.Crop(8, 4), sl.Downsample(2, 5.0), sl.MergePolarities(), sl.RandomFlip(), sl.SpatialJitter())
    special: dict[str, tuple[sl.Transform, tuple[int, ...]]] = {made.type: (made, IMAGE) for made in of_images}
    special |= {"denoise": (sl.Denoise(), IMAGE)}
    return [special.get(name, (cls(), (128,))) for name, cls in sl.Transform.types().items()]


def augmented(events: Events, labels: np.ndarray, rng: np.random.Generator, document: sl.Document) -> SpikeData:
    """The spikes of an epoch for some examples."""
    simulation = document.experiment.simulation
    around = Surroundings((128,), labels, simulation.example_time, rng)
    return in_steps(apply(AUGMENTATION, events, around), simulation.dt, simulation.timesteps)


def portions(arrays: Arrays) -> list[Arrays]:
    """The examples, some at a time, as a pipeline takes them."""
    numbers = np.arange(len(arrays))
    return [arrays.take(numbers[first : first + PORTION]) for first in numbers[::PORTION]]


def rate(run: Callable[[], object], spikes: int, seconds: float) -> float:
    """Millions of spikes per second."""

    def turns(count: int) -> None:
        for _ in range(count):
            run()

    return spikes / best_of(turns, seconds) / 1e6


def of_steps(arrays: Arrays, document: sl.Document, seconds: float) -> dict[str, float]:
    """Of each transform, of putting spikes into steps, and of the encoders of numbers."""
    assert isinstance(arrays.x, Events) and arrays.labels is not None
    simulation, events, found = document.experiment.simulation, arrays.x, {}
    for transform, shape in transforms():
        around = Surroundings(shape, arrays.labels, simulation.example_time, np.random.default_rng(0))
        found[transform.type] = rate(lambda t=transform, a=around: transformed(t, events, a), len(events.ids), seconds)
    found["in_steps"] = rate(lambda: in_steps(events, simulation.dt, simulation.timesteps), len(events.ids), seconds)
    x = np.random.default_rng(0).random((1000, 784))
    for encoder in (sl.LinearLatency(), sl.PoissonRate(), sl.PopulationCode()):
        made = len(encode(encoder, x, 1.0, 100).ids)
        found[encoder.type] = rate(lambda e=encoder: encode(e, x, 1.0, 100), made, seconds)
    return found


def training(document: sl.Document, arrays: Arrays, threads: int) -> Callable[[], object]:
    """What trains with these examples once."""
    assert isinstance(arrays.x, Events) and arrays.labels is not None
    simulation, size = document.experiment.simulation, document.experiment.training.batch_size
    session = Session(document, threads=threads)
    taken, output = session.compiled.inputs[0], session.compiled.outputs[0]
    spikes = in_steps(arrays.x, simulation.dt, simulation.timesteps)
    values = {output.labels: arrays.labels, output.targets: one_hot(arrays.labels, 10)}
    data = BatchData({taken.population: spikes}, values)
    batches = [np.arange(k, k + size) for k in range(0, len(data) - size + 1, size)]
    dynamic = session.compiled.dynamic(1, [size] * len(batches))
    return lambda: session.runtime.run(
        "train", data, batches, update=True, dynamic=dynamic, timesteps=simulation.timesteps
    )


def pipeline(document: sl.Document, arrays: Arrays, threads: int) -> Callable[[], object]:
    """What makes an epoch of augmented examples."""
    parts = portions(arrays)

    def one(part: Arrays, seed: np.random.SeedSequence) -> SpikeData:
        assert isinstance(part.x, Events) and part.labels is not None
        return augmented(part.x, part.labels, np.random.default_rng(seed), document)

    def epoch() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, parts, np.random.SeedSequence(0).spawn(len(parts))))

    return epoch


def in_turns(runs: list[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Seconds that each takes in each round of all: others on this machine disturb them alike."""
    found: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds + 1):
        for run, seconds in zip(runs, found, strict=True):
            started = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - started)
    return [seconds[1:] for seconds in found]  # the first round of all does not count


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.5, help="For each step.")
    parser.add_argument("--rounds", type=int, default=5, help="Epochs of the whole pipeline and of training.")
    options = parser.parse_args()
    if "SPIKELOOM_DATA" not in os.environ:
        raise SystemExit("Set SPIKELOOM_DATA to the folder with the spoken digits.")
    document = sl.Document.load(EXAMPLE)
    dataset = document.experiment.dataset
    assert dataset is not None
    arrays = load_dataset(dataset)["train"]
    assert isinstance(arrays.x, Events) and arrays.labels is not None
    steps = of_steps(arrays.take(np.arange(512)), document, options.seconds)
    for name, speed in steps.items():
        print(f"{name:20} {speed:8.1f} million spikes/s")
    runs = [make(document, arrays, options.threads) for make in (pipeline, training)]
    turns = in_turns(runs, options.rounds)
    made, consumed = (len(arrays) / statistics.median(seconds) for seconds in turns)
    ratio = statistics.median(used / needed for needed, used in zip(*turns, strict=True))
    print(f"{options.threads} thread(s): the pipeline makes {made:.0f} examples/s, training uses {consumed:.0f}/s")
    print(f"ratio {ratio:.1f} (median of {options.rounds} rounds)")
    print(
        json.dumps(
            {
                "million_spikes_per_second": {name: round(speed, 1) for name, speed in steps.items()},
                "threads": options.threads,
                "pipeline_examples_per_second": round(made),
                "engine_examples_per_second": round(consumed),
                "ratio": round(ratio, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
