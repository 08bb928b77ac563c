"""Milliseconds per training example under e-prop, against hand-written C++ and PyTorch in the same run.

    python tests/benchmarks/eprop.py [--peer PYTHON] [--quick]
    python tests/benchmarks/eprop.py --growth [--quick]

The net of `eprop_net.py`: 700 inputs, 256 recurrent adaptive LIF neurons, 20 leaky integrators, 1000 steps of 1 ms, an
error in every one of them. Four ways to learn, at 1 and at 2 threads, each figure from a process of its own:

- Spikeloom, by the adjoint of the rule and by the rule itself, which carries traces of every synapse forward;
- the same two as bare loops in C++ (`eprop_bare.cc`); the forward rule also in blocks of timesteps, which is not online
  any more but keeps traces in registers;
- backpropagation through time in PyTorch (`eprop_torch.py`). `--peer` is a Python that has torch and numpy.

`--growth` shows instead how time and memory grow with timesteps, hidden neurons and synapses. The last line is one JSON
object.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
from pathlib import Path

import eprop_net as given
import numpy as np
from eprop_bare import RULES, Bare, compile_bare
from measurement import in_a_process, measure_training, peer
from timing import best_of

import spikeloom as sl
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.data import spike_data
from spikeloom.genn import Access
from spikeloom.genn.batch import BatchData

MODES = ("adjoint", "forward")
THREADS = (1, 2)
SHARES = {"dense": 1.0, "5 % sparse": 0.05}
CHECKED = 8  # examples of the batch with which the bare rules are compared
TITLES = {
    "adjoint": "Spikeloom, adjoint",
    "forward": "Spikeloom, forward rule",
    "bare_adjoint": "bare C++, adjoint",
    "bare_forward": "bare C++, forward rule",
    "bare_forward_in_blocks": "bare C++, forward rule in blocks",
    "torch": "torch, backpropagation through time",
}


# -- Spikeloom -------------------------------------------------------------------------------------------------------
def document(net: given.Net, mode: str) -> sl.Document:
    """The net; the learning rate is so small that its activity stays what it was."""
    weights = net.weights()

    def onto_hidden(name: str) -> sl.Connectivity:
        if net.share < 1:
            return sl.FixedProbability(net.share, sl.Normal(*net.normal[name]))
        return sl.Dense(sl.Array(weights[name]))

    neuron = sl.ALIF(tau_mem=given.TAU_MEM, tau_adapt=given.TAU_ADAPT, beta=given.BETA, v_thresh=given.V_THRESH)
    with sl.Network() as network:
        inputs = sl.Population("spike_input", given.INPUTS, name="input")
        hidden = sl.Population(neuron, net.hidden, name="hidden")
        output = sl.Population(sl.LI(tau_mem=given.TAU_OUT, readout="sum_var"), given.OUTPUTS, name="output")
        sl.Connection(inputs, hidden, onto_hidden("input"), sl.Delta())
        sl.Connection(hidden, hidden, onto_hidden("recurrent"), sl.Delta())
        sl.Connection(hidden, output, sl.Dense(sl.Array(weights["output"])), sl.Delta())
    experiment = sl.Experiment(
        simulation=sl.Simulation(dt=1.0, example_time=float(net.timesteps)),
        learning=sl.EProp(optimiser=sl.Adam(1e-9), mode=mode, feedback="symmetric", train_biases=False),
        training=sl.Training(batch_size=given.BATCH_SIZE),
    )
    return sl.Document(network, experiment)


def measure_spikeloom(net: given.Net, mode: str, threads: int, seconds: float) -> dict:
    """What `measure_training` finds, or why the mode is not what it says."""
    what = document(net, mode)
    if mode == "forward" and not carries_traces(compile_document(what)):
        return {"missing": "what was compiled carries no trace for a synapse"}
    examples = net.examples()
    spikes = spike_data(given.BATCH_SIZE, *examples.listed())
    data = BatchData({"input": spikes}, {"labels": examples.labels})
    return measure_training(what, data, given.BATCH_SIZE, threads, seconds, recorded=given.BATCH_SIZE)


def carries_traces(compiled: CompiledNetwork) -> bool:
    """Whether synapses have a state of their own in an example: without one it is not the forward rule that runs."""
    synapses = compiled.model.synapses.values()
    return any(var.access is Access.READ_WRITE for one in synapses for var in one.weight_update.vars)


# -- bare loops ------------------------------------------------------------------------------------------------------
def measure_bare(library: Path, rule: str, threads: int, seconds: float) -> dict:
    """Milliseconds and spikes per example."""
    bare = Bare(library, given.Net(), threads)
    batch = np.arange(given.BATCH_SIZE)

    def run(count: int) -> None:
        for _ in range(count):
            bare.train(rule, batch)

    spikes = {"input": bare.examples.steps[0].size, "hidden": bare.train(rule, batch, rate=0.0)}
    milliseconds = best_of(run, seconds) / given.BATCH_SIZE * 1e3
    bare.close()
    return {"milliseconds": milliseconds, "spikes": spikes}


def compare_bare_rules(library: Path) -> dict[str, float]:
    """How far the forward rules' gradients of the same examples are from the adjoint's: norms, over both matrices."""
    bare = Bare(library, given.Net(), threads=max(THREADS))
    gradients = {}
    for rule in RULES:
        bare.train(rule, np.arange(CHECKED), rate=0.0)
        gradients[rule] = np.concatenate([part.ravel() for part in bare.gradient()]).astype(float)
    bare.close()
    expected = gradients.pop("adjoint")
    return {rule: float(np.linalg.norm(g - expected) / np.linalg.norm(expected)) for rule, g in gradients.items()}


# -- the rows, each in a process of its own --------------------------------------------------------------------------
def rows(python: str, cache: str, seconds: float) -> dict[int, dict]:
    """By number of threads: what each way to learn costs, printed as it is found."""
    library = compile_bare(given.Net(), Path(cache))
    for rule, distance in compare_bare_rules(library).items():
        print(f"bare {rule.replace('_', ' ')}: its gradient is the adjoint's to {distance:.1e} (normwise, float)")
    found: dict[int, dict] = {threads: {} for threads in THREADS}
    for threads in THREADS:
        for name in (*MODES, *(f"bare_{rule}" for rule in RULES)):
            arguments = ["--row", name, str(threads), "--library", str(library), "--seconds", str(seconds)]
            row = in_a_process(__file__, arguments, cache)
            if "missing" in row:
                print(f"{TITLES[name]:36} {threads} thread(s): not measured: {row['missing']}", flush=True)
                continue
            found[threads][name] = row
            spikes = ", ".join(f"{row['spikes'][key]:.0f} {key}" for key in ("input", "hidden"))
            say(name, threads, row["milliseconds"], f"{spikes} spikes per example")
    theirs = peer(python, "eprop_torch.py", ["--seconds", str(seconds), "--threads", *map(str, THREADS)])
    for threads in THREADS if theirs else ():
        milliseconds = theirs["milliseconds"][str(threads)]
        found[threads]["torch"] = {"milliseconds": milliseconds}
        say("torch", threads, milliseconds, f"{theirs['hidden_spikes']:.0f} hidden spikes, torch {theirs['torch']}")
    return found


def say(name: str, threads: int, milliseconds: float, more: str) -> None:
    """One line of the table."""
    print(f"{TITLES[name]:36} {threads} thread(s) {milliseconds:10.3f} ms per example ({more})", flush=True)


def measure_row(name: str, threads: int, library: Path, seconds: float) -> dict:
    """One of `TITLES`, torch left out."""
    if name in MODES:
        return measure_spikeloom(given.Net(), name, threads, seconds)
    return measure_bare(library, name.removeprefix("bare_"), threads, seconds)


def summary(rows_found: dict[int, dict], threads: int) -> dict:
    """Milliseconds per example, null where there is no figure, and how many times the adjoint's each of them is.

    PyTorch is compared at its best: with all these threads or with fewer, which can be faster on a busy machine.
    """
    found = rows_found[threads]
    milliseconds = {name: found.get(name, {}).get("milliseconds") for name in TITLES}
    ours = milliseconds["adjoint"]
    ratios = {name: theirs / ours for name, theirs in milliseconds.items() if theirs and name != "adjoint"}
    if "torch" in found:
        ratios["torch"] = min(rows_found[few]["torch"]["milliseconds"] for few in THREADS if few <= threads) / ours
    for name, ratio in ratios.items():
        times = f"{ratio:.1f} times faster" if ratio >= 1 else f"{1 / ratio:.2f} times slower"
        print(f"{threads} thread(s): Spikeloom's adjoint is {times} than {TITLES[name]}")
    if milliseconds["forward"]:
        ratios["forward_to_bare_forward"] = forward = milliseconds["forward"] / milliseconds["bare_forward"]
        print(f"{threads} thread(s): Spikeloom's forward rule takes {forward:.2f} times as long as bare C++")
    figures = {f"{name}_ms": value for name, value in milliseconds.items()}
    return figures | {"threads": threads, "hidden_spikes": found["adjoint"]["spikes"]["hidden"], "ratios": ratios}


# -- growth ----------------------------------------------------------------------------------------------------------
def growth(cache: str, quick: bool, seconds: float) -> list[dict]:
    """Time and memory of the adjoint at 2 threads, printed as they are found."""
    hidden, timesteps = (128, 512, 2048), (250, 1000, 4000)
    sizes = itertools.product(SHARES, hidden[:2] if quick else hidden, timesteps[:2] if quick else timesteps)
    print("synapses    hidden  steps   ms/example  input spikes  hidden spikes   engine MB  process MB")
    found = []
    for synapses, neurons, steps in sizes:
        net = ["--net", str(neurons), str(steps), str(SHARES[synapses])]
        row = in_a_process(__file__, [*net, "--seconds", str(seconds)], cache)
        spikes = f"{row['spikes']['input']:13.0f} {row['spikes']['hidden']:14.0f}"
        memory = f"{row['engine_megabytes']:11.1f} {row['peak_megabytes']:11}"
        print(f"{synapses:10} {neurons:7} {steps:6} {row['milliseconds']:12.3f} {spikes} {memory}", flush=True)
        found.append({"synapses": synapses, "hidden": neurons, "timesteps": steps} | row)
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peer", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and less to grow")
    parser.add_argument("--growth", action="store_true", help="how time and memory grow")
    parser.add_argument("--seconds", type=float, help="for each figure; 5 by default, 0.5 where it is quick")
    parser.add_argument("--row", nargs=2, metavar=("NAME", "THREADS"), help=argparse.SUPPRESS)
    parser.add_argument("--library", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--net", nargs=3, metavar=("HIDDEN", "TIMESTEPS", "SHARE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    seconds = options.seconds or (0.5 if options.quick else 5.0)
    if options.row:
        name, threads = options.row
        print(json.dumps(measure_row(name, int(threads), options.library, seconds)))
        return
    if options.net:
        hidden, timesteps, share = options.net
        net = given.Net(int(hidden), int(timesteps), float(share))
        print(json.dumps(measure_spikeloom(net, "adjoint", max(THREADS), seconds)))
        return
    with tempfile.TemporaryDirectory() as cache:
        if options.growth:
            print(json.dumps({"growth": growth(cache, options.quick, seconds)}))
            return
        found = rows(options.peer, cache, seconds)
    one, two = (summary(found, threads) for threads in THREADS)
    print(json.dumps(two | {"one_thread": one}))


if __name__ == "__main__":
    main()
