"""What a spike that arrives at a population reads of its adjoint: one variable for each kind of synapse onto it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from spikeloom.compilers.eprop.filters import filter_of
from spikeloom.genn import Var
from spikeloom.spec import Connection, Delta, Neuron, Synapse


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
        if isinstance(synapse, Delta) and not getattr(self.neuron, "scale_i", False):
            return self.adjoint
        return f"Sweep{self.synapses.index(synapse)}"

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
            through = filter_of(self.neuron, synapse, self.dt)
            rest = f" + ({through.left!r} * {name})" if through.left else ""
            lines.append(f"{name} = ({through.gain!r} * {self.adjoint}){rest};")
        return "\n".join(lines)
