"""Sparse against dense connectivity: time and memory of a 784-2048-10 net whose first connection is thinned out.

    python tests/benchmarks/sparse.py [--examples N] [--threads N] [--json]

Prints, for 100, 20, 5 and 1 % of the synapses, the time of an example in inference and in EventProp training, the
memory of weights, state and gradients, and the ratio of each to the dense matrix, measured in the same run. The dense
matrix is the peer: at 100 % the sparse one holds the same synapses.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

import spikeloom as sl
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from spikeloom.run.session import Session

SIZES = (784, 2048, 10)
TIMESTEPS = 20
SPIKES = 150  # of the input, per example: about those of an MNIST image
SHARES = (1.0, 0.2, 0.05, 0.01)
REPEATS = 5


def document(connectivity: sl.Connectivity) -> sl.Document:
    """The net with such a first connection; weights grow as synapses get fewer, so that activity stays the same."""
    inputs, hidden, outputs = SIZES
    net = sl.sequential(
        sl.InputLayer("spike_input", inputs, "input"),
        sl.Layer(connectivity, sl.LIF(tau_mem=20.0), hidden, sl.Exponential(5.0), "hidden"),
        sl.Layer(sl.Dense(sl.Normal(0.0, 0.05)), sl.LI(readout="avg_var"), outputs, sl.Exponential(5.0), "output"),
    )
    experiment = sl.Experiment(
        simulation=sl.Simulation(1.0, float(TIMESTEPS)),
        learning=sl.EventProp(optimiser=sl.SGD(1e-9)),
        training=sl.Training(batch_size=32),
    )
    return sl.Document(net, experiment)


def weight(share: float) -> sl.Initialiser:
    """First weights for such a share of the synapses."""
    return sl.Normal(0.06 / share, 0.06 / share)


def examples(count: int) -> BatchData:
    """Random input spikes and labels."""
    rng = np.random.default_rng(1)
    ids = np.concatenate([rng.choice(SIZES[0], SPIKES, replace=False) for _ in range(count)])
    steps = rng.integers(0, TIMESTEPS - 5, len(ids))
    spikes = spike_data(count, np.repeat(np.arange(count), SPIKES), steps, ids)
    return BatchData({"input": spikes}, {"labels": rng.integers(0, SIZES[2], count).astype(np.int32)})


def measure(connectivity: sl.Connectivity, data: BatchData, threads: int) -> dict[str, float]:
    """Microseconds per example, bytes, synapses, and spikes per example of the hidden population."""
    session = Session(document(connectivity), threads=threads)
    found = {"predict_us": np.inf, "train_us": np.inf}
    for _ in range(REPEATS):
        started = time.perf_counter()
        session.predict(data)
        found["predict_us"] = min(found["predict_us"], 1e6 * (time.perf_counter() - started) / len(data))
        started = time.perf_counter()
        session.train(data, epochs=1)
        found["train_us"] = min(found["train_us"], 1e6 * (time.perf_counter() - started) / len(data))
    model = session.compiled.model
    return found | {"megabytes": session.runtime.memory / 1e6, "synapses": model.num_synapses("input_hidden")}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=512, help="examples per measurement")
    parser.add_argument("--threads", type=int, default=2, help="threads of the engine")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    data = examples(options.examples)
    dense = measure(sl.Dense(weight(1.0)), data, options.threads)
    rows = {"dense": dense}
    for share in SHARES:
        rows[f"sparse {share:.0%}"] = measure(sl.FixedProbability(share, weight(share)), data, options.threads)
    if options.json:
        print(json.dumps(rows))
        return
    inputs, hidden, outputs = SIZES
    print(f"{inputs}-{hidden}-{outputs}, {TIMESTEPS} steps, {SPIKES} input spikes, {options.threads} threads")
    print(f"{'':12} {'synapses':>10} {'predict':>16} {'train':>16} {'memory':>18}")
    for name, row in rows.items():
        cells = [
            f"{row[key]:8.1f} {unit} {row[key] / dense[key]:4.2f}x"
            for key, unit in (("predict_us", "us"), ("train_us", "us"), ("megabytes", "MB"))
        ]
        print(f"{name:12} {row['synapses']:10,} {'  '.join(cells)}")


if __name__ == "__main__":
    main()
