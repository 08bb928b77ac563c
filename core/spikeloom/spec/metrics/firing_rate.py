"""How often neurons spike."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.spec.metrics.population_metric import PopulationMetric
from spikeloom.spec.shapes import infer_shapes

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


class FiringRate(PopulationMetric):
    """Mean firing rate of the neurons of a population, in Hz, over examples and neurons."""

    def prepare(self, document: Document) -> None:
        """Note sizes and the duration of an example."""
        simulation, shapes = document.experiment.simulation, infer_shapes(document)
        self._sizes = {name: prod(shapes[name]) for name in self.populations(document)}
        self._seconds = simulation.timesteps * simulation.dt / 1000.0

    def reset(self) -> None:
        """Begin to count."""
        self._spikes: dict[str, int] = {}
        self._count = 0

    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Count spikes."""
        self._count += len(y)
        for name in self._sizes:
            if name in spikes:
                self._spikes[name] = self._spikes.get(name, 0) + int(spikes[name].sum())

    def result(self) -> dict[str, float]:
        """Hz, for each population."""
        shown = self._count * self._seconds
        known = {name: size for name, size in self._sizes.items() if name in self._spikes and shown}
        return {self._figure(name): self._spikes[name] / (size * shown) for name, size in known.items()}
