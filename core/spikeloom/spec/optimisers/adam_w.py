"""Adam with weight decay of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from spikeloom.genn import CustomUpdateModel
from spikeloom.spec.fields import quantity
from spikeloom.spec.optimisers.adam import Adam


class AdamW(Adam):
    """Adam, after each weight has lost a share of itself (Loshchilov and Hutter 2019).

    ``w -= alpha weight_decay w``, then the step of `Adam`. The decay does not pass through Adam's averages.
    """

    title: ClassVar[str] = "AdamW"
    by_position: ClassVar[tuple[str, ...]] = ("alpha", "beta1", "beta2", "epsilon", "weight_decay")
    equations: ClassVar[tuple[str, ...]] = (
        r"w \leftarrow w - \alpha\, \lambda\, w, \;\; \lambda = \mathrm{weight\ decay}",
        *Adam.equations,
    )

    weight_decay: float = quantity(
        0.01, ge=0, help="Share of a weight that is lost in a batch, times the learning rate.", scale="log", live=True
    )

    def update_model(self) -> CustomUpdateModel:
        """The decay, then the step of Adam."""
        adam = super().update_model()
        code = f"Variable -= Alpha * WeightDecay * Variable;\n{adam.update_code}"
        return replace(adam, name="AdamW", params=(*adam.params, "WeightDecay"), update_code=code)

    def dynamic(self, step: int, rate: float) -> dict[str, float]:
        """What Adam's are, and the decay."""
        return {**super().dynamic(step, rate), "WeightDecay": self.weight_decay}
