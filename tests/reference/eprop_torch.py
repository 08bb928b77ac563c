"""The gradient that autograd in PyTorch finds where recurrent spikes and resets are detached: e-prop, by a machine.

Networks without delays and refractory periods, with cross-entropy in every timestep.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import spikeloom.spec as sp
from tests.compilers.eprop_nets import EXAMPLES, Engine
from tests.reference.eprop import Net, synaptic


def gradients(torch: Any, engine: Engine) -> dict[str, np.ndarray]:
    """Connection -> gradient of its weights, and output -> gradient of its biases, over the batch."""
    net = engine.reference()
    parameters = {
        wire.connection.name: torch.tensor(wire.weights, dtype=torch.float64, requires_grad=True) for wire in net.wires
    }
    for name in engine.case.outputs:
        parameters[name] = torch.tensor(net.biases[name], dtype=torch.float64, requires_grad=True)
    for example in range(EXAMPLES):
        answers = {name: int(given[example]) for name, given in engine.answers.items()}
        _loss(torch, net, parameters, engine.spikes[example], answers).backward()
    shape = engine.compiled.model.shape
    return {name: parameter.grad.numpy().reshape(shape(name)) for name, parameter in parameters.items()}


def _loss(torch: Any, net: Net, parameters: dict[str, Any], given: np.ndarray, answers: dict[str, int]) -> Any:
    class Spike(torch.autograd.Function):  # type: ignore[name-defined, misc]
        """A step; backward, the triangle of width `span`."""

        @staticmethod
        def forward(context: Any, over: Any, span: float) -> Any:
            context.save_for_backward(over)
            context.span = span
            return (over >= 0).to(over.dtype)

        @staticmethod
        def backward(context: Any, gradient: Any) -> Any:
            (over,) = context.saved_tensors
            psi = net.rule.gamma / context.span * (1 - (over / context.span).abs()).clamp(min=0)
            return gradient * psi, None

    def zeros(name: str) -> Any:
        return torch.zeros(net.sizes[name], dtype=torch.float64)

    populations = [*net.hidden, *net.outputs]
    v = {p.name: zeros(p.name) for p in populations}
    a, z = ({p.name: zeros(p.name) for p in net.hidden} for _ in range(2))
    currents = {wire.connection.name: zeros(wire.target) for wire in net.wires}
    z["input"] = zeros("input")
    loss = torch.zeros((), dtype=torch.float64)
    for n in range(net.timesteps):
        before = dict(z)
        for population in populations:
            name, neuron = population.name, population.neuron
            assert isinstance(neuron, sp.LIF | sp.ALIF | sp.LI)
            alpha = float(np.exp(-net.dt / neuron.tau_mem))
            v[name] = alpha * v[name]
            for wire in net.into(name):
                matrix = parameters[wire.connection.name].reshape(net.sizes[wire.source], net.sizes[name])
                spikes = before[wire.source]
                arrived = (spikes if population in net.outputs else spikes.detach()) @ matrix
                gain, left = synaptic(wire.connection.synapse, neuron, net.dt)
                current = currents[wire.connection.name] + arrived
                v[name] = v[name] + gain * current
                currents[wire.connection.name] = left * current
            if population in net.outputs:
                v[name] = v[name] + (1 - alpha) * (neuron.bias + parameters[name])
                label = torch.tensor([answers[name]])
                loss = loss + torch.nn.functional.cross_entropy(v[name][None], label)
                continue
            assert not isinstance(neuron, sp.LI)
            over = v[name] - neuron.v_thresh
            if isinstance(neuron, sp.ALIF):
                a[name] = float(np.exp(-net.dt / neuron.tau_adapt)) * a[name] + before[name]
                over = over - neuron.beta * a[name]
            span = neuron.v_thresh - neuron.v_reset
            z[name] = Spike.apply(over, span)
            v[name] = v[name] - span * z[name].detach()
        z["input"] = torch.tensor(given[n].astype(float))
    return loss
