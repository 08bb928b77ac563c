"""Values scaled by the number of inputs."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from spikeloom.genn import Init
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.centred import centred
from spikeloom.spec.initialisers.initialiser import Around, Initialiser


class Kaiming(Initialiser):
    """Values with mean 0 and standard deviation gain / sqrt(fan in) (He et al. 2015).

    The fan in is the number of synapses of a target neuron: of a dense connection the number of source neurons, of a
    sparse one its mean, of a kernel the number of its elements per output channel.
    """

    title: ClassVar[str] = "Kaiming (fan in)"
    depends_on_connection: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{sd} = \dfrac{\mathrm{gain}}{\sqrt{n_{\mathrm{in}}}}, \;\; \mathrm{mean} = 0",
    )

    gain: float = quantity(1.0, gt=0, help="Standard deviation for one input.", step=0.1)
    distribution: Literal["normal", "uniform"] = setting("normal", help="Shape of the distribution.")

    def genn_init(self, around: Around) -> Init:
        """GeNN's ``Normal`` or ``Uniform`` snippet with the standard deviation of this connection."""
        return centred(self.gain / math.sqrt(max(around.fan_in, 1.0)), self.distribution)
