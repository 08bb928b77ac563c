"""Milliseconds per training example under EventProp, against backpropagation through time in PyTorch in the same run.

    python tests/benchmarks/eventprop.py [--peer PYTHON] [--snntorch]

`--peer` is a Python that has torch (and snntorch); by default the one that runs this. MNIST is read from the folder of
data sets (SPIKELOOM_DATA); without it, random spikes of the same number stand in. Each figure comes from a process of
its own. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile

import numpy as np
from measurement import in_a_process, measure_training, peer

import spikeloom as sl
from spikeloom.data import encode, load_dataset, spike_data
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData

GENN_MILLISECONDS = 15.3  # per example of `recurrent` on GeNN's single-threaded CPU backend with -O3


# -- the two nets ----------------------------------------------------------------------------------------------------
def mnist(batch_size: int) -> tuple[sl.Document, BatchData]:
    """784-128-10, 20 steps of 1 ms, one latency spike per pixel."""
    with sl.Network() as net:
        image = sl.Population("spike_input", 784, name="input")
        hidden = sl.Population(sl.LIF(tau_mem=20.0), 128, name="hidden")
        output = sl.Population(sl.LI(tau_mem=20.0, readout="avg_var"), 10, name="output")
        sl.Connection(image, hidden, sl.Dense(sl.Normal(0.08, 0.05)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5.0))
    document = under_eventprop(net, 20.0, batch_size)
    encoder = sl.LinearLatency(max_time=19.0)
    try:
        arrays = load_dataset(sl.MNIST())["train"]
        x, labels = arrays.x[:16384], arrays.labels[:16384]
    except UserError as error:
        print(f"random spikes instead of MNIST: {error}", file=sys.stderr)
        rng = np.random.default_rng(0)
        x = (rng.random((16384, 784)) < 126.6 / 784) * rng.integers(52, 256, (16384, 784))
        x, labels = x.astype(np.uint8), rng.integers(0, 10, 16384).astype(np.int32)
    return document, BatchData({"input": encode(encoder, x, 1.0, 20, largest=255)}, {"labels": labels})


def recurrent(batch_size: int) -> tuple[sl.Document, BatchData]:
    """700-256 recurrent-20, 1000 steps of 1 ms, 7000 input spikes at random."""
    with sl.Network() as net:
        cochlea = sl.Population("spike_input", 700, name="input")
        hidden = sl.Population(sl.LIF(tau_mem=20.0), 256, name="hidden")
        output = sl.Population(sl.LI(tau_mem=20.0, readout="avg_var"), 20, name="output")
        sl.Connection(cochlea, hidden, sl.Dense(sl.Normal(0.03, 0.01)), sl.Exponential(5.0))
        sl.Connection(hidden, hidden, sl.Dense(sl.Normal(0.0, 0.02)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.03)), sl.Exponential(5.0))
    document = under_eventprop(net, 1000.0, batch_size)
    rng, examples = np.random.default_rng(0), 256
    owners = np.repeat(np.arange(examples), 7000)
    spikes = spike_data(examples, owners, rng.integers(1000, size=len(owners)), rng.integers(700, size=len(owners)))
    return document, BatchData({"input": spikes}, {"labels": rng.integers(0, 20, examples).astype(np.int32)})


def under_eventprop(net: sl.Network, example_time: float, batch_size: int) -> sl.Document:
    """A net that learns; the learning rate is so small that its activity stays what it was."""
    learning = sl.EventProp(optimiser=sl.Adam(1e-9))
    experiment = sl.Experiment(
        simulation=sl.Simulation(dt=1.0, example_time=example_time),
        learning=learning,
        training=sl.Training(batch_size=batch_size),
    )
    return sl.Document(net, experiment)


NETS = {"mnist": mnist, "recurrent": recurrent}


# -- figures -----------------------------------------------------------------------------------------------------------
def figures(cache: str, name: str, batch_size: int, threads: int, seconds: float) -> dict:
    """What training one of the nets costs."""
    arguments = ["--measure", name, str(batch_size), str(threads), "--seconds", str(seconds)]
    return in_a_process(__file__, arguments, cache)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peer", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--snntorch", action="store_true", help="the peer uses snnTorch instead of its own net")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    parser.add_argument("--measure", nargs=3, metavar=("NET", "BATCH", "THREADS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        name, batch_size, threads = options.measure
        document, data = NETS[name](int(batch_size))
        print(json.dumps(measure_training(document, data, int(batch_size), int(threads), options.seconds)))
        return
    report: dict = {"mnist": {}, "recurrent": {}}
    with tempfile.TemporaryDirectory() as cache:
        first = figures(cache, "mnist", 32, 1, 0.1)
        again = figures(cache, "mnist", 32, 1, 0.1)
        report["build_seconds"] = {"first": first["build_seconds"], "cached": again["build_seconds"]}
        print(f"mnist: built in {first['build_seconds']:.2f} s, from the cache in {again['build_seconds']:.3f} s")
        for name, sizes in (("mnist", (32, 512)), ("recurrent", (32,))):
            for batch_size in sizes:
                for threads in (1, 2):
                    found = figures(cache, name, batch_size, threads, options.seconds)
                    report[name][f"{batch_size}/{threads}"] = found
                    say(name, batch_size, threads, found)
                one, two = (report[name][f"{batch_size}/{threads}"]["milliseconds"] for threads in (1, 2))
                print(f"{name}: batch {batch_size}: 2 threads are {one / two:.2f} times as fast as 1")
    kind = ["--snntorch"] if options.snntorch else []
    report["peer"] = theirs = peer(options.peer, "torch_peer.py", ["--seconds", str(options.seconds), *kind])
    if theirs is not None:
        for key, value in theirs["milliseconds"].items():
            print(f"torch {theirs['torch']}: batch/threads {key}: {value:.4f} ms per example")
        best = min(theirs["milliseconds"].values())
        ratios = {key: best / found["milliseconds"] for key, found in report["mnist"].items()}
        report["times_faster"] = ratios
        print(f"torch at its best: {best:.4f} ms, {theirs['peak_megabytes']} MB")
        for key, ratio in ratios.items():
            print(f"mnist, batch/threads {key}: {ratio:.1f} times faster than torch at its best")
    best = min(found["milliseconds"] for found in report["recurrent"].values())
    report["times_faster_than_genn_cpu"] = GENN_MILLISECONDS / best
    print(f"recurrent: {GENN_MILLISECONDS / best:.1f} times faster than {GENN_MILLISECONDS} ms (GeNN's CPU backend)")
    print(json.dumps(report, default=lambda value: None if math.isnan(value) else value))


def say(name: str, batch_size: int, threads: int, found: dict) -> None:
    """One line of the table."""
    spikes = ", ".join(f"{count:.0f} {key}" for key, count in found["spikes"].items())
    memory = f"engine {found['engine_megabytes']} MB, process {found['peak_megabytes']} MB"
    figure = f"{found['milliseconds']:.4f} ms per example"
    print(f"{name}: batch {batch_size}, {threads} thread(s): {figure} ({spikes} spikes; {memory})")


if __name__ == "__main__":
    main()
