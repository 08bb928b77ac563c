"""Values scaled by the number of inputs."""

from __future__ import annotations

from typing import ClassVar, Literal

from spikeloom.genn import Init, InitSnippet
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.initialiser import Initialiser

# A uniform distribution over +-1 has the standard deviation 1 / sqrt(3).
SNIPPETS = {
    "normal": InitSnippet("KaimingNormal", ("gain",), "value = gennrand_normal() * gain / sqrt(num_pre);"),
    "uniform": InitSnippet(
        "KaimingUniform", ("gain",), "value = ((2.0 * gennrand_uniform()) - 1.0) * gain * sqrt(3.0 / num_pre);"
    ),
}


class Kaiming(Initialiser):
    """Values with mean 0 and standard deviation gain / sqrt(fan in) (He et al. 2015).

    The fan in of a dense connection is the number of neurons of its source.
    """

    title: ClassVar[str] = "Kaiming (fan in)"

    gain: float = quantity(1.0, gt=0, help="Standard deviation for one input.", step=0.1)
    distribution: Literal["normal", "uniform"] = setting("normal", help="Shape of the distribution.")

    def genn_init(self) -> Init:
        """A snippet that divides by the square root of the number of source neurons."""
        return Init(SNIPPETS[self.distribution], {"gain": self.gain})
