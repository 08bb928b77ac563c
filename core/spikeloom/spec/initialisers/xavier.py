"""Values scaled by the numbers of inputs and outputs."""

from __future__ import annotations

from typing import ClassVar, Literal

from spikeloom.genn import Init, InitSnippet
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.initialiser import Initialiser

SNIPPETS = {
    "normal": InitSnippet(
        "XavierNormal", ("gain",), "value = gennrand_normal() * gain * sqrt(2.0 / (num_pre + num_post));"
    ),
    "uniform": InitSnippet(
        "XavierUniform",
        ("gain",),
        "value = ((2.0 * gennrand_uniform()) - 1.0) * gain * sqrt(6.0 / (num_pre + num_post));",
    ),
}


class Xavier(Initialiser):
    """Values with mean 0 and standard deviation gain * sqrt(2 / (fan in + fan out)) (Glorot and Bengio 2010).

    Fan in and fan out of a dense connection are the numbers of neurons of its source and target.
    """

    title: ClassVar[str] = "Xavier (fan in and out)"

    gain: float = quantity(1.0, gt=0, help="Factor on the standard deviation.", step=0.1)
    distribution: Literal["normal", "uniform"] = setting("normal", help="Shape of the distribution.")

    def genn_init(self) -> Init:
        """A snippet that uses the numbers of source and target neurons."""
        return Init(SNIPPETS[self.distribution], {"gain": self.gain})
