"""E-prop in numpy, in float64: a network step by step, and the rule as it is written, a trace for each synapse.

`simulate` follows the conventions of `spikeloom.genn`; `gradients` carries, for each synapse, what a change of its
weight does: to the current and voltage of its target, the target's adaptation and spikes (by the pseudo-derivative, and
through no other neuron and no reset), and through these to the outputs' voltages. Loops over synapses are arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

import spikeloom.spec as sp


@dataclass
class Wire:
    """A connection: its synapses one by one, with weights and delays (steps)."""

    connection: sp.Connection
    sources: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    delays: np.ndarray
    feedback: np.ndarray | None = None  # of a connection to an output, the weight back along each synapse

    @property
    def source(self) -> str:
        return self.connection.source

    @property
    def target(self) -> str:
        return self.connection.target


@dataclass
class Trace:
    """What happened, step by step: (timesteps, neurons) arrays by population."""

    spikes: dict[str, np.ndarray] = field(default_factory=dict)
    psi: dict[str, np.ndarray] = field(default_factory=dict)
    regularisation: dict[str, np.ndarray] = field(default_factory=dict)
    errors: dict[str, np.ndarray] = field(default_factory=dict)
    loss: float = 0.0


def synaptic(synapse: sp.Synapse, neuron: Any, dt: float) -> tuple[float, float]:
    """What a unit of current adds to the voltage in a step, and what is left of it after the step."""
    scale = 1 - np.exp(-dt / neuron.tau_mem) if getattr(neuron, "scale_i", False) else 1.0
    if isinstance(synapse, sp.Exponential):
        ts, tm = synapse.tau, neuron.tau_mem
        return scale * ts / (tm - ts) * (np.exp(-dt / tm) - np.exp(-dt / ts)), np.exp(-dt / ts)
    return scale, 0.0


def arrivals(wire: Wire, spikes: np.ndarray, n: int) -> np.ndarray:
    """For each synapse, whether a spike arrives through it in step n."""
    emitted = n - 1 - wire.delays
    inside = emitted >= 0
    return np.where(inside, spikes[np.maximum(emitted, 0), wire.sources], False)


def step_weights(readout: sp.Readout, timesteps: int, first: int) -> np.ndarray:
    """How much the error of each step counts."""
    n = np.arange(timesteps)
    weights = {
        "sum_var": lambda: np.ones(timesteps),
        "avg_var": lambda: np.full(timesteps, 1 / timesteps),
        "avg_var_exp_weight": lambda: np.exp(-readout.local_t_scale * n / timesteps) / timesteps,  # type: ignore[attr-defined]
        "var": lambda: (n == timesteps - 1).astype(float),
    }[readout.type]()
    return np.where(n >= first, weights, 0.0)


class Net:
    """A document with its synapses, for one example."""

    def __init__(
        self,
        document: sp.Document,
        sizes: dict[str, int],
        wires: list[Wire],
        biases: dict[str, np.ndarray],
        rates: dict[str, np.ndarray],
    ) -> None:
        self.document, self.sizes, self.wires, self.biases, self.rates = document, sizes, wires, biases, rates
        simulation = document.experiment.simulation
        self.timesteps, self.dt = simulation.timesteps, simulation.dt
        learning = document.experiment.learning
        assert isinstance(learning, sp.EProp)
        self.rule = learning
        self.hidden = [p for p in document.network.populations if not p.neuron.is_input and p.readout is None]
        self.outputs = document.network.outputs

    def into(self, name: str) -> list[Wire]:
        return [wire for wire in self.wires if wire.target == name]

    # -- forward -------------------------------------------------------------------------------------------------
    def simulate(self, given: dict[str, np.ndarray], answers: dict[str, Any]) -> Trace:
        """Run: `given` spikes of the inputs (timesteps, neurons), a label or target for each output."""
        trace, steps, dt = Trace(), self.timesteps, self.dt
        trace.spikes |= {name: spikes.astype(bool) for name, spikes in given.items()}
        state: dict[str, dict[str, np.ndarray]] = {}
        currents: dict[int, np.ndarray] = {}
        for population in [*self.hidden, *self.outputs]:
            size, name = self.sizes[population.name], population.name
            state[name] = {"v": np.full(size, population.neuron.v), "a": np.zeros(size), "z": np.zeros(size)}  # type: ignore[attr-defined]
            state[name] |= {"refractory": np.zeros(size), "rate": self.rates.get(name, np.zeros(size)).copy()}
            kinds = ("errors",) if population in self.outputs else ("psi", "regularisation")
            for kind in kinds:
                getattr(trace, kind)[name] = np.zeros((steps, size))
            if population in self.hidden:
                trace.spikes[name] = np.zeros((steps, size), bool)
        for number, wire in enumerate(self.wires):
            currents[number] = np.zeros(self.sizes[wire.target])
        for n in range(steps):
            for population in [*self.hidden, *self.outputs]:
                name, neuron = population.name, population.neuron
                own: Any = state[name]
                push = np.zeros(self.sizes[name])
                for number, wire in enumerate(self.wires):
                    if wire.target == name:
                        gain, left = synaptic(wire.connection.synapse, neuron, dt)
                        arrived = wire.weights * arrivals(wire, trace.spikes[wire.source], n)
                        currents[number] += np.bincount(wire.targets, arrived, self.sizes[name])
                        push += gain * currents[number]
                        currents[number] *= left
                alpha = np.exp(-dt / neuron.tau_mem)  # type: ignore[attr-defined]
                bias = neuron.bias + self.biases.get(name, 0.0)  # type: ignore[attr-defined]
                own["v"] = alpha * own["v"] + push + (1 - alpha) * bias
                if population in self.outputs:
                    self._judge(trace, population, own["v"], n, answers[name])
                else:
                    self._spike(trace, population, own, n)
        return trace

    def _spike(self, trace: Trace, population: sp.Population, own: Any, n: int) -> None:
        name, neuron, dt = population.name, population.neuron, self.dt
        assert isinstance(neuron, sp.LIF | sp.ALIF)
        beta = neuron.beta if isinstance(neuron, sp.ALIF) else 0.0
        if isinstance(neuron, sp.ALIF):
            own["a"] = np.exp(-dt / neuron.tau_adapt) * own["a"] + own["z"]
        keep = np.exp(-dt / self.rule.tau_reg)
        own["rate"] = keep * own["rate"] + (1 - keep) * own["z"]
        weight = np.mean([1.0 if o.readout.type == "sum_var" else 1 / self.timesteps for o in self.outputs])  # type: ignore[union-attr]
        target = self.rule.f_target * dt / 1000
        trace.regularisation[name][n] = self.rule.c_reg * weight * (own["rate"] - target)
        own["refractory"] = np.maximum(own["refractory"] - dt, 0)
        span = neuron.v_thresh - neuron.v_reset
        over = own["v"] - neuron.v_thresh - beta * own["a"]
        able = own["refractory"] <= dt / 2
        trace.psi[name][n] = able * self.rule.gamma / span * np.maximum(0, 1 - np.abs(over / span))
        own["z"] = (able & (over >= 0)).astype(float)
        own["v"] = own["v"] - span * own["z"]
        own["refractory"] = np.where(own["z"] > 0, neuron.tau_refrac, own["refractory"])
        trace.spikes[name][n] = own["z"] > 0

    def _judge(self, trace: Trace, population: sp.Population, v: np.ndarray, n: int, answer: Any) -> None:
        loss = self.rule.loss_of(population)
        assert population.readout is not None
        weight = step_weights(population.readout, self.timesteps, self.rule.error_start_timestep)[n]
        if isinstance(loss, sp.SparseCategoricalCrossentropy):
            scaled = v / loss.temperature
            share = np.exp(scaled - scaled.max()) / np.exp(scaled - scaled.max()).sum()
            trace.loss -= weight * np.log(share[answer])
            error = (share - np.eye(len(v))[answer]) / loss.temperature
        else:
            target = answer[n] if np.ndim(answer) == 2 else answer
            trace.loss += weight * ((v - target) ** 2).mean()
            error = 2 * (v - target) / len(v)
        trace.errors[population.name][n] = weight * error

    # -- the rule ------------------------------------------------------------------------------------------------
    def gradients(self, trace: Trace) -> dict[str, np.ndarray]:
        """Connection -> gradient of each synapse's weight; output -> gradient of its biases."""
        found = {}
        for wire in self.wires:
            to_output = wire.target in trace.errors
            found[wire.connection.name] = self._of_output(wire, trace) if to_output else self._of_hidden(wire, trace)
        for population in self.outputs:
            alpha = np.exp(-self.dt / population.neuron.tau_mem)  # type: ignore[attr-defined]
            risen, total = 0.0, np.zeros(self.sizes[population.name])
            for error in trace.errors[population.name]:
                risen = alpha * risen + (1 - alpha)
                total += error * risen
            found[population.name] = total
        return found

    def _of_output(self, wire: Wire, trace: Trace) -> np.ndarray:
        neuron: Any = self.document.network.population(wire.target).neuron
        gain, left = synaptic(wire.connection.synapse, neuron, self.dt)
        alpha = np.exp(-self.dt / neuron.tau_mem)
        current = voltage = total = np.zeros(len(wire.weights))
        for n in range(self.timesteps):
            current = current + arrivals(wire, trace.spikes[wire.source], n)
            voltage = alpha * voltage + gain * current
            current = left * current
            total = total + trace.errors[wire.target][n, wire.targets] * voltage
        return total

    def _of_hidden(self, wire: Wire, trace: Trace) -> np.ndarray:
        neuron: Any = self.document.network.population(wire.target).neuron
        gain, left = synaptic(wire.connection.synapse, neuron, self.dt)
        alpha, beta, rho = np.exp(-self.dt / neuron.tau_mem), 0.0, 0.0
        if isinstance(neuron, sp.ALIF):
            beta, rho = neuron.beta, np.exp(-self.dt / neuron.tau_adapt)
        count = len(wire.weights)
        current, voltage, adaptation, total = (np.zeros(count) for _ in range(4))
        eligibility = np.zeros((self.timesteps, count))
        backs = [back for back in self.wires if back.source == wire.target and back.feedback is not None]
        onward = [_Onward(self, back, wire.targets, count) for back in backs]
        for n in range(self.timesteps):
            current = current + arrivals(wire, trace.spikes[wire.source], n)
            voltage = alpha * voltage + gain * current
            current = left * current
            psi = trace.psi[wire.target][n, wire.targets]
            eligibility[n] = psi * (voltage - beta * adaptation)
            adaptation = rho * adaptation + eligibility[n]
            total += trace.regularisation[wire.target][n, wire.targets] * eligibility[n]
            for way in onward:
                total += way.step(eligibility, n, trace)
        return total


class _Onward:
    """What the eligibility of synapses does to an output, along the connection `back` that leads there."""

    def __init__(self, net: Net, back: Wire, targets: np.ndarray, count: int) -> None:
        neuron: Any = net.document.network.population(back.target).neuron
        self.back = back
        self.gain, self.left = synaptic(back.connection.synapse, neuron, net.dt)
        self.alpha = np.exp(-net.dt / neuron.tau_mem)
        # (synapses of the hidden neurons, synapses to the output): which of the latter lead on from which of the former
        assert back.feedback is not None
        self.weights = np.where(targets[:, None] == back.sources[None, :], back.feedback[None, :], 0.0)
        self.current = np.zeros((count, net.sizes[back.target]))
        self.voltage = np.zeros((count, net.sizes[back.target]))

    def step(self, eligibility: np.ndarray, n: int, trace: Trace) -> np.ndarray:
        """What it adds to the gradient in step n."""
        back = self.back
        for k in range(self.current.shape[1]):
            chosen = np.flatnonzero(back.targets == k)
            emitted = n - 1 - back.delays[chosen]
            inside = emitted >= 0
            early = np.where(inside[None, :], eligibility[np.maximum(emitted, 0)].T, 0.0)
            self.current[:, k] += (self.weights[:, chosen] * early).sum(axis=1)
        self.voltage = self.alpha * self.voltage + self.gain * self.current
        self.current = self.left * self.current
        return self.voltage @ trace.errors[back.target][n]
