"""Weights that make the membrane fluctuate just below its threshold."""

from __future__ import annotations

import math
from typing import ClassVar

from spikeloom.genn import Init
from spikeloom.genn.models import NORMAL
from spikeloom.spec.fields import quantity
from spikeloom.spec.initialisers.initialiser import Around, Initialiser


class FluctuationDriven(Initialiser):
    """Normal weights whose input makes the target's membrane fluctuate below its threshold (Rossbroich et al. 2022).

    With n inputs that spike at the rate nu, the free membrane potential has the mean ``mu_u`` and the standard
    deviation ``sigma_u = (theta - mu_u) / xi``. The weights have the mean ``share mu_u / (n nu e1)`` and the variance
    ``share sigma_u^2 / (n nu e2) - mean^2``, where e1 and e2 are the integrals of the potential that a spike evokes and
    of its square.
    """

    title: ClassVar[str] = "Fluctuation-driven"
    depends_on_connection: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{mean} = \dfrac{\mathrm{share}\, (\mu_u - V_0)}{n\, \nu\, \epsilon_1}",
        r"\sigma_u = \dfrac{V_{\mathrm{thresh}} - \mu_u}{\xi}",
        r"\mathrm{sd}^2 = \dfrac{\mathrm{share}\; \sigma_u^2}{n\, \nu\, \epsilon_2} - \mathrm{mean}^2",
    )

    mu_u: float = quantity(0.0, help="Mean of the membrane potential.", step=0.1)
    xi: float = quantity(1.0, gt=0, help="Distance of the mean from the threshold, in standard deviations.", step=0.1)
    nu: float = quantity(15.0, gt=0, unit="Hz", help="Mean rate of the source neurons.", step=1.0)
    share: float = quantity(
        1.0, gt=0, le=1, help="Part of the fluctuation that this connection makes, where several do.", step=0.1
    )

    def genn_init(self, around: Around) -> Init:
        """GeNN's ``Normal`` snippet."""
        mean, variance = self._moments(around)
        return Init(NORMAL, {"mean": mean, "sd": math.sqrt(max(variance, 0.0))})

    def problem(self, around: Around) -> str:
        """It needs a target that leaks and has a threshold, and a mean that leaves room for fluctuations."""
        if around.psp is None or around.threshold is None:
            return "it needs a target with a leak, a threshold and no scale_i, and a delta or exponential synapse"
        if self.mu_u >= around.threshold:
            return f"mu_u of {self.mu_u:g} is not below the threshold ({around.threshold:g})"
        if self._moments(around)[1] < 0:
            return "the mean alone makes a larger fluctuation than xi allows; lower mu_u or xi"
        return ""

    def _moments(self, around: Around) -> tuple[float, float]:
        assert around.psp is not None and around.threshold is not None
        first, second = around.psp
        spikes = max(around.fan_in, 1.0) * self.nu / 1000.0  # that arrive per ms
        mean = self.share * (self.mu_u - around.rest) / (spikes * first)
        sigma = (around.threshold - self.mu_u) / self.xi
        return mean, self.share * sigma**2 / (spikes * second) - mean**2
