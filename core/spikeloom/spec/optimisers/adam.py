"""Adam."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import CustomUpdateModel, Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.optimisers.optimiser import GRADIENT_AND_VARIABLE, Optimiser


class Adam(Optimiser):
    """Steps scaled by running averages of the gradient and its square (Kingma and Ba 2015).

    ``m = beta1 m + (1 - beta1) g``, ``v = beta2 v + (1 - beta2) g^2``,
    ``w -= alpha (m / (1 - beta1^n)) / (sqrt(v / (1 - beta2^n)) + epsilon)`` in batch n = 1, 2, ...
    """

    by_position: ClassVar[tuple[str, ...]] = ("alpha", "beta1", "beta2", "epsilon")
    equations: ClassVar[tuple[str, ...]] = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g",
        r"v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2",
        r"w \leftarrow w - \alpha\, \dfrac{m / (1 - \beta_1^n)}{\sqrt{v / (1 - \beta_2^n)} + \epsilon}",
    )

    alpha: float = quantity(
        0.001, gt=0, label="Learning rate", help="Step of the weights along the gradient.", scale="log", live=True
    )
    beta1: float = quantity(0.9, ge=0, lt=1, help="Decay of the gradient's average per batch.", advanced=True)
    beta2: float = quantity(0.999, ge=0, lt=1, help="Decay of the squared gradient's average.", advanced=True)
    epsilon: float = quantity(1e-8, gt=0, help="Keeps the division finite.", scale="log", advanced=True)

    def update_model(self) -> CustomUpdateModel:
        """Both averages, then the step with their bias corrected."""
        return CustomUpdateModel(
            name="Adam",
            params=("Alpha", "Beta1", "Beta2", "Epsilon", "FirstScale", "SecondScale"),
            vars=(Var("FirstMoment"), Var("SecondMoment")),
            var_refs=GRADIENT_AND_VARIABLE,
            update_code="""
FirstMoment = (Beta1 * FirstMoment) + ((1.0 - Beta1) * Gradient);
SecondMoment = (Beta2 * SecondMoment) + ((1.0 - Beta2) * Gradient * Gradient);
Variable -= (Alpha * FirstMoment * FirstScale) / (sqrt(SecondMoment * SecondScale) + Epsilon);
""",
        )

    def constants(self) -> dict[str, float]:
        """Decays and epsilon."""
        return {"Beta1": self.beta1, "Beta2": self.beta2, "Epsilon": self.epsilon}

    def dynamic(self, step: int, rate: float) -> dict[str, float]:
        """The learning rate, and what corrects the averages' bias towards 0."""
        first, second = 1.0 / (1.0 - self.beta1**step), 1.0 / (1.0 - self.beta2**step)
        return {"Alpha": rate, "FirstScale": first, "SecondScale": second}
