"""RMSprop."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import CustomUpdateModel, Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.optimisers.optimiser import GRADIENT_AND_VARIABLE, Optimiser


class RMSprop(Optimiser):
    """Steps scaled by a running average of the squared gradient (Tieleman and Hinton 2012).

    ``v = decay v + (1 - decay) g^2``, ``u = momentum u + g / (sqrt(v) + epsilon)``, ``w -= alpha u`` in every batch.
    """

    type: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    by_position: ClassVar[tuple[str, ...]] = ("alpha", "decay", "momentum", "epsilon")
    equations: ClassVar[tuple[str, ...]] = (
        r"v \leftarrow \rho v + (1 - \rho)\, g^2, \;\; \rho = \mathrm{decay}",
        r"u \leftarrow \mathrm{momentum} \cdot u + g / (\sqrt{v} + \epsilon)",
        r"w \leftarrow w - \alpha\, u",
    )

    alpha: float = quantity(
        0.001, gt=0, label="Learning rate", help="Step of the weights along the gradient.", scale="log", live=True
    )
    decay: float = quantity(0.99, ge=0, lt=1, help="Decay of the squared gradient's average per batch.", advanced=True)
    momentum: float = quantity(0.0, ge=0, lt=1, help="Share of the last step that is kept.", step=0.1)
    epsilon: float = quantity(1e-8, gt=0, help="Keeps the division finite.", scale="log", advanced=True)

    def update_model(self) -> CustomUpdateModel:
        """The average, the velocity, then the step."""
        return CustomUpdateModel(
            name="RMSprop",
            params=("Alpha", "Decay", "Momentum", "Epsilon"),
            vars=(Var("SquareAverage"), Var("Velocity")),
            var_refs=GRADIENT_AND_VARIABLE,
            update_code="""
SquareAverage = (Decay * SquareAverage) + ((1.0 - Decay) * Gradient * Gradient);
Velocity = (Momentum * Velocity) + (Gradient / (sqrt(SquareAverage) + Epsilon));
Variable -= Alpha * Velocity;
""",
        )

    def constants(self) -> dict[str, float]:
        """The decay, the momentum and epsilon."""
        return {"Decay": self.decay, "Momentum": self.momentum, "Epsilon": self.epsilon}
