"""What a spike that arrives at a population reads of its adjoint: one variable for each kind of synapse onto it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from spikeloom.genn import Var
from spikeloom.spec import LI, LIF, Connection, Delta, Exponential, Neuron, Synapse


@dataclass
class Sweeps:
    """The kinds of synapses onto a population, by the variable that their spikes read.

    Parameters
    ----------
    neuron, dt
        The target, and the timestep (ms).
    adjoint
        The variable of the population that holds what a unit of input to the voltage does to the loss.
    """

    neuron: Neuron
    dt: float
    adjoint: str
    synapses: list[Synapse] = field(default_factory=list)

    @classmethod
    def of(cls, neuron: Neuron, dt: float, adjoint: str, connections: Iterable[Connection]) -> Sweeps:
        """Those of the connections onto it."""
        found = cls(neuron, dt, adjoint)
        for connection in connections:
            if connection.synapse not in found.synapses:
                found.synapses.append(connection.synapse)
        return found

    def variable(self, synapse: Synapse) -> str:
        """What a spike reads that arrives through such a synapse."""
        if isinstance(synapse, Delta) and not self._scaled:
            return self.adjoint
        return f"Sweep{self.synapses.index(synapse)}"

    @property
    def _scaled(self) -> bool:
        return bool(getattr(self.neuron, "scale_i", False))

    @property
    def vars(self) -> tuple[Var, ...]:
        """The variables beside `adjoint`."""
        names = map(self.variable, self.synapses)
        return tuple(Var(name) for name in names if name != self.adjoint)

    @property
    def code(self) -> str:
        """What follows the step of `adjoint`: the derivative by an arrival."""
        lines = []
        for synapse in self.synapses:
            name = self.variable(synapse)
            if name == self.adjoint:
                continue
            gain, decay = self.filter(synapse)
            rest = f" + ({decay!r} * {name})" if decay else ""
            lines.append(f"{name} = ({gain!r} * {self.adjoint}){rest};")
        return "\n".join(lines)

    def filter(self, synapse: Synapse) -> tuple[float, float]:
        """What a unit of current adds to the voltage in a step, and what is left of the current after it."""
        scale = 1.0
        if self._scaled:
            assert isinstance(self.neuron, LIF | LI) or hasattr(self.neuron, "tau_mem")
            scale = -math.expm1(-self.dt / self.neuron.tau_mem)
        if isinstance(synapse, Exponential):
            return scale * self.neuron.current_gain(synapse.tau, self.dt), math.exp(-self.dt / synapse.tau)
        return scale, 0.0
