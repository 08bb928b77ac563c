"""The leaky integrator."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import field_validator

from spikeloom.genn import Access, NeuronModel, Var
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.initialiser import Around, Initialiser
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics, membrane_gain
from spikeloom.spec.problem import refuse
from spikeloom.spec.readouts.readout import Readout

BIASES = "Biases"  # the variable that holds those of the neurons


class LI(Neuron):
    """Integrates its input and leaks, and never spikes: an output.

    ``tau_mem V' = -V + I + bias``; with `biases`, each neuron adds its own to the bias.
    """

    title: ClassVar[str] = "Leaky integrator"
    spiking: ClassVar[bool] = False
    equations: ClassVar[tuple[str, ...]] = (r"\tau_{\mathrm{mem}}\, \dot{V} = -V + I + b",)

    tau_mem: float = quantity(
        20.0, gt=0, unit="ms", help="Time constant of the membrane.", step=1.0, label="Membrane time constant"
    )
    v: float = quantity(0.0, help="Voltage at the start of an example.", label="Initial voltage", step=0.1)
    bias: float = quantity(0.0, help="Constant input.", step=0.1)
    biases: Initialiser | None = setting(
        None, help="A constant input for each neuron, added to the bias; training by e-prop learns them.", advanced=True
    )
    readout: Readout | None = setting(None, help="What is read from the neurons, where they are an output.")

    @field_validator("biases")
    @classmethod
    def _without_connection(cls, biases: Initialiser | None) -> Initialiser | None:
        if biases is not None and biases.depends_on_connection:
            refuse(f"'{biases.type}' draws for a connection, expected a constant, a distribution or an array")
        return biases

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The model: no threshold, no reset."""
        params = {"Alpha": math.exp(-dt / self.tau_mem), "Bias": self.bias}
        if self.biases is None:
            code = "V = (Alpha * V) + Isyn + ((1 - Alpha) * Bias);"
            return NeuronDynamics(NeuronModel("LI", tuple(params), (Var("V"),), code), params, {"V": self.v})
        code = f"V = (Alpha * V) + Isyn + ((1 - Alpha) * (Bias + {BIASES}));"
        variables = (Var("V"), Var(BIASES, access=Access.READ_ONLY))
        first = {"V": self.v, BIASES: self.biases.genn_init(Around())}
        return NeuronDynamics(NeuronModel("LI", tuple(params), variables, code), params, first)

    def current_gain(self, tau_syn: float, dt: float) -> float:
        """The exact integral of the current over a step (see `membrane_gain`)."""
        return membrane_gain(self.tau_mem, tau_syn, dt)
