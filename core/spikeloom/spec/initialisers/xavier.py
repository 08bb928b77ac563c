"""Values scaled by the numbers of inputs and outputs."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from spikeloom.genn import Init
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.centred import centred
from spikeloom.spec.initialisers.initialiser import Around, Initialiser


class Xavier(Initialiser):
    """Values with mean 0 and standard deviation gain * sqrt(2 / (fan in + fan out)) (Glorot and Bengio 2010).

    Fan in and fan out are the numbers of synapses of a target and of a source neuron: of a dense connection the numbers
    of source and target neurons, of a sparse one their means, of a kernel those of its elements.
    """

    title: ClassVar[str] = "Xavier (fan in and out)"
    depends_on_connection: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{sd} = \mathrm{gain}\, \sqrt{\dfrac{2}{n_{\mathrm{in}} + n_{\mathrm{out}}}}, \;\; \mathrm{mean} = 0",
    )

    gain: float = quantity(1.0, gt=0, help="Factor on the standard deviation.", step=0.1)
    distribution: Literal["normal", "uniform"] = setting("normal", help="Shape of the distribution.")

    def genn_init(self, around: Around) -> Init:
        """GeNN's ``Normal`` or ``Uniform`` snippet with the standard deviation of this connection."""
        fans = max(around.fan_in + around.fan_out, 1.0)
        return centred(self.gain * math.sqrt(2.0 / fans), self.distribution)
