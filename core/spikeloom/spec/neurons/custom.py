"""A neuron in GeNN code."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from spikeloom.errors import nearest
from spikeloom.genn import NeuronModel, Var
from spikeloom.spec.fields import setting
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics
from spikeloom.spec.problem import refuse
from spikeloom.spec.readouts.readout import Readout

MOST_NAMES = 64


class CustomNeuron(Neuron):
    """A neuron whose equations you write, in GeNN's language: C with the names below, Isyn, id, t and dt.

    In each step `sim_code` runs with the step's input ``Isyn``; where `threshold` then holds, the neuron spikes and
    `reset` runs. Without a threshold it never spikes. The codes are checked before anything runs.
    """

    type: ClassVar[str] = "custom"
    title: ClassVar[str] = "Custom neuron"
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{each\ step:} \;\; x \leftarrow \mathrm{sim\_code}(x, I)",
        r"\mathrm{threshold}(x): \;\; x \leftarrow \mathrm{reset}(x)",
    )

    params: dict[str, float] = setting(
        factory=lambda: {"tau": 20.0}, help="Parameters of the codes, the same for all neurons: name = value."
    )
    variables: dict[str, float] = setting(
        factory=lambda: {"V": 0.0}, help="Variables of each neuron with their first values: name = value."
    )
    sim_code: str = setting("V += (dt / tau) * (Isyn - V);", help="What a step does.", code=True)
    threshold: str = setting("V >= 1.0", help="The condition for a spike.", code=True)
    reset: str = setting("V = 0.0;", help="What a spike does.", code=True)
    variable: str = setting("V", help="The variable that readouts and plots read.", max_length=64)
    readout: Readout | None = setting(None, help="What is read from the neurons, where they are an output.")

    @field_validator("params", "variables")
    @classmethod
    def _few(cls, values: dict[str, float]) -> dict[str, float]:
        if len(values) > MOST_NAMES:
            refuse(f"{len(values)} names found, expected at most {MOST_NAMES}")
        return values

    @property
    def spiking(self) -> bool:  # type: ignore[override]
        """Whether there is a threshold."""
        return bool(self.threshold.strip())

    @property
    def output_var(self) -> str:  # type: ignore[override]
        """The variable that readouts read."""
        return self.variable

    def own_equations(self) -> tuple[str, ...]:
        """Those of the type; without a threshold there is no reset."""
        return self.equations if self.spiking else self.equations[:1]

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The model as it was written."""
        model = NeuronModel(
            "Custom", tuple(self.params), tuple(map(Var, self.variables)), self.sim_code, self.threshold, self.reset
        )
        return NeuronDynamics(model, dict(self.params), dict(self.variables))

    def check_variable(self) -> str:
        """Why readouts cannot read the variable; empty where they can."""
        if self.variable in self.variables:
            return ""
        return f"no variable '{self.variable}'{nearest(self.variable, self.variables)}"
