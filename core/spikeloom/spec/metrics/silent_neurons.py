"""Which neurons take no part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spikeloom.spec.fields import setting
from spikeloom.spec.metrics.population_metric import PopulationMetric

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


class SilentNeurons(PopulationMetric):
    """Neurons of a population that never spiked in any of the examples."""

    by_position: ClassVar[tuple[str, ...]] = ("population", "share")

    share: bool = setting(False, help="Their share of the population rather than their number.")

    def counts(self, document: Document) -> list[str]:
        """The populations."""
        return self.populations(document)

    def prepare(self, document: Document) -> None:
        """Note the populations."""
        self._names = self.populations(document)

    def reset(self) -> None:
        """Begin to count."""
        self._spiked: dict[str, np.ndarray] = {}

    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Note which neurons spiked."""
        for name in self._names:
            if name in spikes and spikes[name].ndim == 2:
                spiked = np.asarray(spikes[name].any(axis=0))
                self._spiked[name] = self._spiked[name] | spiked if name in self._spiked else spiked

    def result(self) -> dict[str, float]:
        """The number, or share, for each population."""
        silent = {name: ~spiked for name, spiked in self._spiked.items()}
        return {self._figure(n): float(found.mean() if self.share else found.sum()) for n, found in silent.items()}
