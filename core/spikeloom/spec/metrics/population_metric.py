"""Metrics of how much populations spike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from spikeloom.spec.fields import setting
from spikeloom.spec.metrics.metric import Metric
from spikeloom.spec.network import name_of
from spikeloom.spec.problem import Problem, printable, suggestion

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


class PopulationMetric(Metric):
    """A metric of how much a population spikes."""

    population: Annotated[str | None, BeforeValidator(name_of)] = setting(
        None, help="The population; all that spike, but for the inputs, where left out."
    )

    def populations(self, document: Document) -> list[str]:
        """The populations that it is of."""
        if self.population is not None:
            return [self.population]
        return [p.name for p in document.network.populations if p.neuron.spiking and not p.neuron.is_input]

    def figures(self, document: Document) -> list[str]:
        """One for each population."""
        return [self._figure(name) for name in self.populations(document)]

    def _figure(self, population: str) -> str:
        return f"{self.name}:{population}"

    def problems(self, document: Document) -> list[Problem]:
        """A population that there is not, or that has no spikes."""
        if self.population is None:
            return []
        known = {population.name: population for population in document.network.populations}
        if self.population not in known:
            message = f"no population '{printable(self.population, 64)}'{suggestion(self.population, known)}"
            return [Problem("population", message)]
        neuron = known[self.population].neuron
        if not neuron.is_input and not neuron.spiking:
            return [Problem("population", f"'{self.population}' ({neuron.title.lower()}) never spikes")]
        return []
