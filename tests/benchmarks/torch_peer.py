"""The peer of `eventprop.py`: MNIST's 784-128-10 net trained by backpropagation through time in PyTorch.

    python tests/benchmarks/torch_peer.py [--snntorch]

A plain hand-written net, or snnTorch's neurons. It is given every advantage that such a net has: the products with the
weights are one large matrix product for all timesteps, and the dense spikes are made before the clock starts. Prints
one JSON object with the milliseconds per example by batch size and number of threads.
"""

from __future__ import annotations

import argparse
import json
import math
import resource

import torch
from timing import best_of

TIMESTEPS, INPUTS, HIDDEN, OUTPUTS = 20, 784, 128, 10
TAU_MEM, TAU_SYN = 20.0, 5.0
SPIKES = 126.6  # per example, as MNIST has them with one latency spike per pixel above the threshold


class Spike(torch.autograd.Function):
    """A step forward, a fast sigmoid's derivative backward."""

    @staticmethod
    def forward(context, v):
        context.save_for_backward(v)
        return (v >= 0).to(v.dtype)

    @staticmethod
    def backward(context, gradient):
        (v,) = context.saved_tensors
        return gradient / (1 + 10 * v.abs()) ** 2


def plain(x, w1, w2):
    """The readout of a batch: x (timesteps, batch, inputs) to (batch, outputs)."""
    alpha, beta = math.exp(-1 / TAU_MEM), math.exp(-1 / TAU_SYN)
    gain = TAU_SYN / (TAU_MEM - TAU_SYN) * (alpha - beta)
    batch = x.shape[1]
    current = (x.reshape(-1, INPUTS) @ w1).reshape(TIMESTEPS, batch, HIDDEN)
    v, i = torch.zeros(batch, HIDDEN), torch.zeros(batch, HIDDEN)
    spikes = []
    for t in range(TIMESTEPS):
        i = beta * i + current[t]
        v = alpha * v + gain * i
        s = Spike.apply(v - 1)
        v = v * (1 - s.detach())
        spikes.append(s)
    current = (torch.stack(spikes).reshape(-1, HIDDEN) @ w2).reshape(TIMESTEPS, batch, OUTPUTS)
    v, i, total = torch.zeros(batch, OUTPUTS), torch.zeros(batch, OUTPUTS), 0
    for t in range(TIMESTEPS):
        i = beta * i + current[t]
        v = alpha * v + gain * i
        total = total + v
    return total / TIMESTEPS


def with_snntorch(x, w1, w2):
    """The same with snnTorch's synaptic neurons."""
    import snntorch

    alpha, beta = math.exp(-1 / TAU_SYN), math.exp(-1 / TAU_MEM)
    hidden = snntorch.Synaptic(alpha=alpha, beta=beta, reset_mechanism="zero")
    output = snntorch.Synaptic(alpha=alpha, beta=beta, reset_mechanism="none")
    i1, v1 = hidden.init_synaptic()
    i2, v2 = output.init_synaptic()
    total = 0
    for t in range(TIMESTEPS):
        s, i1, v1 = hidden(x[t] @ w1, i1, v1)
        _, i2, v2 = output(s @ w2, i2, v2)
        total = total + v2
    return total / TIMESTEPS


def milliseconds(net, batch: int, threads: int, seconds: float) -> float:
    """Of an example: the best of several times."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    w1 = (torch.randn(INPUTS, HIDDEN) * 0.05 + 0.08).requires_grad_()
    w2 = (torch.randn(HIDDEN, OUTPUTS) * 0.3).requires_grad_()
    optimiser = torch.optim.Adam([w1, w2], 1e-3)
    x = (torch.rand(TIMESTEPS, batch, INPUTS) < SPIKES / INPUTS / TIMESTEPS).float()
    labels = torch.randint(0, OUTPUTS, (batch,))

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(net(x, w1, w2), labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    def steps(count: int) -> None:
        for _ in range(count):
            step()

    return best_of(steps, seconds) / batch * 1e3


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--snntorch", action="store_true")
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128, 512])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    options = parser.parse_args()
    net = with_snntorch if options.snntorch else plain
    found = {
        f"{batch}/{threads}": milliseconds(net, batch, threads, options.seconds)
        for batch in options.batches
        for threads in options.threads
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"torch": torch.__version__, "milliseconds": found, "peak_megabytes": round(peak)}))


if __name__ == "__main__":
    main()
