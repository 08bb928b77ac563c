"""The peer of `eprop.py` in PyTorch: the same net under backpropagation through time, with the same pseudo-derivative.

    python tests/benchmarks/eprop_torch.py [--threads N ...] [--seconds S]

It is given every advantage that PyTorch has: the products with the input weights are one large matrix product for all
timesteps, the outputs of all timesteps are a product with a matrix of powers of their decay, and the recurrent layer is
a function with a hand-written backward pass, in which the gradient of the recurrent weights is one product too. The
dense spikes are made before the clock starts. As in e-prop, no gradient flows through the reset. Prints one JSON
object with the milliseconds per example by number of threads.
"""

from __future__ import annotations

import argparse
import json
import resource

import eprop_net as given
import numpy as np
import torch
from timing import best_of

THETA = given.V_THRESH  # a reset lowers the voltage by it


class Hidden(torch.autograd.Function):
    """The spikes of the recurrent layer, (timestep, example, neuron), from what its inputs add to the voltages.

    Shapes are kept flat in time and examples where a matrix product wants it; all arrays are made once per call.
    """

    @staticmethod
    def forward(context, current, recurrent):
        timesteps, batch, hidden = current.shape
        spikes, psi = torch.empty_like(current), torch.empty_like(current)
        v, a = torch.zeros(batch, hidden), torch.zeros(batch, hidden)
        z, above = torch.zeros(batch, hidden), torch.empty(batch, hidden)
        for n in range(timesteps):
            v.mul_(given.ALPHA).add_(current[n])
            if n:
                v.addmm_(z, recurrent)
            a.mul_(given.RHO).add_(z)
            torch.sub(v, a, alpha=given.BETA, out=above)
            torch.sub(above, THETA, out=psi[n])  # as far above the threshold: made the pseudo-derivative below
            z = spikes[n]
            torch.ge(above, THETA, out=z)
            v.sub_(z, alpha=THETA)
        psi.abs_().div_(-THETA).add_(1).clamp_(min=0).mul_(0.3 / THETA)
        context.save_for_backward(recurrent, spikes, psi)
        return spikes

    @staticmethod
    def backward(context, from_outputs):
        recurrent, spikes, psi = context.saved_tensors
        timesteps, batch, hidden = spikes.shape
        by_voltage = torch.empty_like(spikes)
        by_v, by_a, by_z = (torch.zeros(batch, hidden) for _ in range(3))
        across = recurrent.t().contiguous()
        for n in reversed(range(timesteps)):
            # A spike reaches the next step's voltages and adaptation, and the outputs.
            torch.add(from_outputs[n], by_a, out=by_z)
            if n < timesteps - 1:
                by_z.addmm_(by_voltage[n + 1], across)
            by_z.mul_(psi[n])
            by_v.mul_(given.ALPHA).add_(by_z)
            by_voltage[n] = by_v
            by_a.mul_(given.RHO).sub_(by_z, alpha=given.BETA)
        flat = spikes[:-1].reshape(-1, hidden)
        return by_voltage, flat.t() @ by_voltage[1:].reshape(-1, hidden)


def outputs(x, w_in, recurrent, w_out, powers):
    """The voltages of the outputs in all timesteps: (timestep, example, output) of x (timestep, example, input)."""
    timesteps, batch, inputs = x.shape
    current = (x.reshape(-1, inputs) @ w_in).reshape(timesteps, batch, -1)
    spikes = Hidden.apply(current, recurrent)
    arriving = (spikes.reshape(timesteps * batch, -1) @ w_out).reshape(timesteps, -1)
    return (powers @ arriving).reshape(timesteps, batch, -1)


def decay_powers(timesteps: int) -> torch.Tensor:
    """What a spike of step m (column) adds to an output in step n (row): it arrives in m + 1."""
    n = np.arange(timesteps)
    age = n[:, None] - n[None, :] - 1
    return torch.from_numpy(np.where(age < 0, 0.0, given.KAPPA ** np.maximum(age, 0)).astype(np.float32))


def trainer(net: given.Net):
    """A function that trains some batches, and the hidden spikes per example."""
    weights = {name: torch.from_numpy(w).requires_grad_() for name, w in net.weights().items()}
    w_in, recurrent, w_out = weights["input"], weights["recurrent"], weights["output"]
    optimiser = torch.optim.Adam(weights.values(), 1e-9)
    examples = net.examples()
    x = torch.from_numpy(examples.dense())
    # An input spike arrives in the step after it, as all others do.
    x = torch.cat([torch.zeros(1, *x.shape[1:]), x[:-1]])
    labels = torch.from_numpy(examples.labels).long().repeat(net.timesteps)
    powers = decay_powers(net.timesteps)

    def train(count: int) -> None:
        for _ in range(count):
            y = outputs(x, w_in, recurrent, w_out, powers)
            loss = torch.nn.functional.cross_entropy(y.reshape(-1, given.OUTPUTS), labels, reduction="sum")
            optimiser.zero_grad(set_to_none=True)
            (loss / given.BATCH_SIZE).backward()
            optimiser.step()

    with torch.no_grad():
        current = (x.reshape(-1, given.INPUTS) @ w_in).reshape(net.timesteps, given.BATCH_SIZE, -1)
        spikes = float(Hidden.apply(current, recurrent).sum() / given.BATCH_SIZE)
    return train, spikes


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each figure")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    train, spikes = trainer(given.Net())
    found = {}
    for threads in options.threads:
        torch.set_num_threads(threads)
        found[str(threads)] = best_of(train, options.seconds) / given.BATCH_SIZE * 1e3
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    report = {"torch": torch.__version__, "milliseconds": found, "hidden_spikes": spikes, "peak_megabytes": peak}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
