"""Train an ordinary net, 784-128-10 with ReLU and no biases, whose weights also work in integrate-and-fire neurons.

    python tests/benchmarks/train_ann.py --out resources/examples/mnist_ann.safetensors [--epochs N] [--seed N]

A ReLU is the rate of an integrate-and-fire neuron: with threshold 1, a neuron that receives `a` per timestep spikes
`a` times per timestep, up to 1. So each layer's weights are scaled until its activations lie in 0 to 1, which changes
no decision of the ReLU net. The weights are written as float16, and the spiking net that they make is simulated with
either reset and with several input gains: first on images held out from training, to choose, then on the test images.
MNIST is read from the folder of data sets (SPIKELOOM_DATA).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from safetensors.numpy import save

import spikeloom as sl
from spikeloom.data import load_dataset

TENSORS = ("image_hidden.connectivity.weight", "hidden_output.connectivity.weight")
SIZES = (784, 128, 10)
HELD_OUT = 5000  # the last training images: settings are chosen on them
BATCH_SIZE = 128
LEARNING_RATE = 2e-3  # at the start; it falls to 0 along a cosine
DROPOUT = 0.1  # of hidden neurons: 98.4 % right of the images held out, 98.1 % without it
PERCENTILE = 99.0  # of a layer's activations, which becomes 1; 50 to 100 do as well after 100 timesteps
GAINS = (0.1, 0.25, 0.5, 1.0)  # of the input neurons: what a white pixel adds to V per timestep
STEPS = (25, 50, 100)

Weights = list[np.ndarray]


# -- the net with ReLU -----------------------------------------------------------------------------------------------
def mnist() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Images (examples, 784) in 0 to 1 and labels: ``train``, ``held_out`` and ``test``."""
    arrays = {
        split: (part.x.reshape(len(part), -1) / np.float32(part.largest), part.labels)
        for split, part in load_dataset(sl.MNIST()).items()
    }
    x, labels = arrays["train"]
    return {
        "train": (x[:-HELD_OUT], labels[:-HELD_OUT]),
        "held_out": (x[-HELD_OUT:], labels[-HELD_OUT:]),
        "test": arrays["test"],
    }


def activations(weights: Weights, x: np.ndarray) -> list[np.ndarray]:
    """Of the hidden and of the output layer; the output is not rectified."""
    hidden = np.maximum(x @ weights[0], 0)
    return [hidden, hidden @ weights[1]]


def gradients(weights: Weights, x: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Weights:
    """Of the mean cross-entropy of a batch, with dropout."""
    kept = (rng.random((len(x), SIZES[1]), dtype=np.float32) >= DROPOUT) / np.float32(1 - DROPOUT)
    hidden = np.maximum(x @ weights[0], 0) * kept
    logits = hidden @ weights[1]
    error = np.exp(logits - logits.max(axis=1, keepdims=True))
    error /= error.sum(axis=1, keepdims=True)
    error[np.arange(len(x)), labels] -= 1
    error /= len(x)
    hidden_error = (error @ weights[1].T) * kept * (hidden > 0)
    return [x.T @ hidden_error, hidden.T @ error]


def train(x: np.ndarray, labels: np.ndarray, epochs: int, seed: int) -> Weights:
    """Adam on shuffled mini-batches, from weights after He."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, np.sqrt(2 / n), (n, m)).astype(np.float32) for n, m in pairwise(SIZES)]
    means, squares = ([np.zeros_like(w) for w in weights] for _ in range(2))
    per_epoch = len(x) // BATCH_SIZE
    for step in range(epochs * per_epoch):
        k = step % per_epoch
        if k == 0:
            order = rng.permutation(len(x))
        batch = order[k * BATCH_SIZE : (k + 1) * BATCH_SIZE]
        rate = LEARNING_RATE * (1 + np.cos(np.pi * step / (epochs * per_epoch))) / 2
        found = gradients(weights, x[batch], labels[batch], rng)
        for w, gradient, mean, square in zip(weights, found, means, squares, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            w -= rate * (mean / (1 - 0.9 ** (step + 1))) / (np.sqrt(square / (1 - 0.999 ** (step + 1))) + 1e-8)
    return weights


def normalised(weights: Weights, x: np.ndarray, percentile: float = PERCENTILE) -> Weights:
    """The same net with each layer scaled: `percentile` of what each image's strongest neuron does becomes 1."""
    before, scaled = 1.0, []
    for w, activation in zip(weights, activations(weights, x), strict=True):
        largest = float(np.percentile(activation.max(axis=1), percentile))
        scaled.append(w * np.float32(before / largest))
        before = largest
    return scaled


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """Per cent right, as the tool counts: the first of the largest scores, but nothing where all are equal."""
    decided = np.ptp(scores, axis=1) > 0
    return 100 * float(((scores.argmax(axis=1) == labels) & decided).mean())


# -- the net of integrate-and-fire neurons ---------------------------------------------------------------------------
def spike(v: np.ndarray, current: np.ndarray | float, relative_reset: bool) -> np.ndarray:
    """One timestep of integrate-and-fire neurons with threshold 1; 1 where one spikes. Changes `v`."""
    v += current
    spikes = (v >= 1).astype(np.float32)
    if relative_reset:
        v -= spikes
    else:
        v *= 1 - spikes
    return spikes


def spike_counts(
    weights: Weights, x: np.ndarray, gain: float, relative_reset: bool, v: float = 0.0
) -> tuple[dict[int, np.ndarray], list[float]]:
    """The spiking net with the images as constant currents. A spike acts on its target one timestep later.

    Parameters
    ----------
    gain
        What a white pixel adds per timestep to its input neuron.
    relative_reset
        A spike lowers the voltage by 1 instead of setting it to 0.
    v
        Voltage of all neurons at the start.

    Returns
    -------
    counts, means
        Spikes of each output neuron after each number of `STEPS`; spikes of each layer per image, after all.
    """
    counts: dict[int, list[np.ndarray]] = {steps: [] for steps in STEPS}
    totals = np.zeros(len(SIZES))
    for part in np.array_split(x, -(-len(x) // 500)):  # so few that they stay in the processor's cache
        current = part * np.float32(gain)
        voltages, spikes = ([np.full((len(part), n), start, np.float32) for n in SIZES] for start in (v, 0.0))
        count = np.zeros((len(part), SIZES[-1]), np.float32)
        for step in range(1, max(STEPS) + 1):
            arriving = [current, *(spikes[k] @ w for k, w in enumerate(weights))]
            spikes = [spike(voltage, i, relative_reset) for voltage, i in zip(voltages, arriving, strict=True)]
            count += spikes[-1]
            totals += [s.sum() for s in spikes]
            if step in counts:
                counts[step].append(count.copy())
    return {steps: np.concatenate(parts) for steps, parts in counts.items()}, list(totals / len(x))


def compare(weights: Weights, x: np.ndarray, labels: np.ndarray, starts: Sequence[float] = (0.0, 0.5)) -> None:
    """Print a table: the accuracy of the spiking net with each option."""
    columns = "".join(f"{f'{steps} steps':>11}" for steps in STEPS)
    print(f"  {'reset':<10}{'initial v':>9}{'gain':>7}{columns}   spikes per image (input, hidden, output)")
    for relative_reset, v, gain in product((False, True), starts, GAINS):
        counts, means = spike_counts(weights, x, gain, relative_reset, v)
        right = "".join(f"{accuracy(count, labels):>9.2f} %" for count in counts.values())
        spikes = ", ".join(f"{mean:.0f}" for mean in means)
        print(f"  {'relative' if relative_reset else 'to 0':<10}{v:>9g}{gain:>7g}{right}   {spikes}", flush=True)


def main() -> None:
    """Train, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the .safetensors file to write")
    parser.add_argument("--epochs", type=int, default=15, help="passes through the 55,000 images (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and dropout (%(default)s)")
    options = parser.parse_args()
    started = time.perf_counter()
    data = mnist()
    weights = normalised(train(*data["train"], options.epochs, options.seed), data["train"][0])
    rounded = [w.astype(np.float16) for w in weights]
    options.out.write_bytes(save(dict(zip(TENSORS, rounded, strict=True))))
    print(f"trained for {options.epochs} epochs with seed {options.seed} in {time.perf_counter() - started:.0f} s")
    read_back = [w.astype(np.float32) for w in rounded]
    for split in ("held_out", "test"):
        x, labels = data[split]
        exact, half = (accuracy(activations(w, x)[-1], labels) for w in (weights, read_back))
        print(f"{split}: {len(x)} images, ReLU net {exact:.2f} % with float32, {half:.2f} % with float16; spiking net:")
        compare(read_back, x, labels)
    print(f"{options.out}: {options.out.stat().st_size} bytes; {time.perf_counter() - started:.0f} s in all")


if __name__ == "__main__":
    main()
