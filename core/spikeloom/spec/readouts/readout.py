"""The family of readouts: what is read from an output's neurons over an example."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.base import Type


@dataclass(frozen=True)
class ReadoutDynamics:
    """What a readout adds to the GeNN model of its neuron.

    Parameters
    ----------
    vars, params, var_init
        Added to the neuron's own.
    sim_code, reset_code
        Appended to the neuron's; guarded so that they run in the forward phase alone.
    result
        The variable that holds the readout at the end of an example; the class is the neuron where it is largest.
    """

    result: str
    vars: tuple[Var, ...] = ()
    sim_code: str = ""
    reset_code: str = ""
    params: dict[str, float] = field(default_factory=dict)
    var_init: dict[str, float] = field(default_factory=dict)


class Readout(Type):
    """What is read from an output's neurons over an example; the class is the neuron where it is largest."""

    needs_spikes: ClassVar[bool] = False

    @abstractmethod
    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """What the readout adds to a neuron whose output variable is `output_var`."""


def forward(code: str) -> str:
    """`code`, run in the forward phase alone."""
    return f"if (phase == 0) {{ {code} }}"
