"""The family of neurons: each gives its GeNN model, parameters and first values.

The dynamics of a neuron hold the forward phase alone; what a learning rule adds is the compiler's.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from spikeloom.genn import NeuronModel
from spikeloom.genn.network import InitLike
from spikeloom.spec.base import Type

if TYPE_CHECKING:
    from spikeloom.spec.readouts.readout import Readout


@dataclass(frozen=True)
class NeuronDynamics:
    """A neuron for one timestep: its model, the values of the model's parameters, first values of its variables."""

    model: NeuronModel
    params: dict[str, float]
    var_init: Mapping[str, InitLike]


class Neuron(Type):
    """What a population is made of.

    A neuron that can be an output has a field `readout`.
    """

    is_input: ClassVar[bool] = False  # emits spikes of the example and takes no connections
    takes_values: ClassVar[bool] = False  # an input that makes its spikes of the numbers itself
    spiking: ClassVar[bool] = True
    output_var: ClassVar[str] = "V"  # what a readout of a variable reads

    if TYPE_CHECKING:

        @property
        def readout(self) -> Readout | None:
            """What is read from it; None where the neuron has no such field, since it can be no output."""
    else:
        # Not a property: a field of a subclass must not shadow one.
        def __getattr__(self, name: str) -> Any:
            return None if name == "readout" else super().__getattr__(name)

    @abstractmethod
    def dynamics(self, dt: float) -> NeuronDynamics:
        """The GeNN model for a timestep of `dt` ms."""

    @property
    def role(self) -> str:
        """``input``, ``output`` or ``hidden``: its place in a network; what never spikes can be an output alone."""
        if self.is_input:
            return "input"
        return "output" if self.readout is not None or not self.spiking else "hidden"

    @property
    def tau_leak(self) -> float | None:
        """Time constant (ms) with which a potential that a current evokes decays; None where it does not."""
        return None if getattr(self, "scale_i", False) else getattr(self, "tau_mem", None)

    def current_gain(self, tau_syn: float, dt: float) -> float:
        """What one unit of a current that decays with `tau_syn` (ms) adds to ``Isyn`` over a step of `dt` ms."""
        return 1.0


def membrane_gain(tau_mem: float, tau_syn: float, dt: float) -> float:
    """What a unit current that decays with `tau_syn` does to ``tau_mem V' = -V + I`` over a step, exactly.

    ``tau_syn / (tau_mem - tau_syn) * (exp(-dt / tau_mem) - exp(-dt / tau_syn))``, all in ms; where the constants
    agree, its limit ``dt / tau_mem * exp(-dt / tau_mem)``.
    """
    difference = dt / tau_syn - dt / tau_mem
    if abs(difference) > 1.0:
        return tau_syn / (tau_mem - tau_syn) * (math.exp(-dt / tau_mem) - math.exp(-dt / tau_syn))
    # The same, written so that nearly equal constants lose no digits.
    factor = -math.expm1(-difference) / difference if difference else 1.0
    return dt / tau_mem * math.exp(-dt / tau_mem) * factor
