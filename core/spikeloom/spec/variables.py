"""The variables of a part that a plot can show over time, known before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from spikeloom.errors import UserError
from spikeloom.genn import Access
from spikeloom.spec.document import Document
from spikeloom.spec.network import Connection, Population
from spikeloom.spec.synapses.exponential import Exponential

CURRENT = "Isyn"  # what all synapses of a neuron put into it in a step
WORDS = {
    "V": "Membrane voltage",
    "A": "Adaptation",
    "RefracTime": "Refractory time left",
    CURRENT: "Synaptic current",
    "LambdaV": "Adjoint of the voltage",
    "LambdaI": "Adjoint of the current",
    "Eligibility": "Eligibility trace",
    "Adaptation": "Adaptation trace",
    "Filtered0": "Filtered eligibility trace",
}
UNITS = {"RefracTime": "ms"}
HIDDEN = ("Spiked", "Spike")  # flags of a model's own


@dataclass(frozen=True)
class PlotVariable:
    """A variable of a part.

    Parameters
    ----------
    name
        In models and events: ``V``.
    words
        For people: ``Membrane voltage``; the name where there are none.
    unit
        Empty where it has none.
    backward
        Whether it belongs to the backward pass of a learning rule.
    """

    name: str
    words: str
    unit: str = ""
    backward: bool = False


def plot_variables(document: Document, part: Population | Connection) -> list[PlotVariable]:
    """What can be shown of a population, or of the synapses of a connection, while the document runs."""
    rule = document.experiment.learning
    if isinstance(part, Connection):
        known = {population.name for population in document.network.populations}
        names = (
            () if rule is None or not {part.source, part.target} <= known else rule.synapse_variables(document, part)
        )
        return [_variable(name) for name in names]
    found = [_variable(name) for name in _own(document, part)]
    if rule is not None and not part.neuron.is_input:
        found += [_variable(name, backward=True) for name in rule.backward_variables(document, part)]
    return found


def _own(document: Document, population: Population) -> list[str]:
    """Of the neurons themselves, that which a readout reads first; an input is shown by its spikes alone."""
    neuron = population.neuron
    if neuron.is_input:
        return []
    try:
        model = neuron.dynamics(document.experiment.simulation.dt).model
    except UserError:  # a model of the user's own that is not finished; the problems say so
        return []
    names = [var.name for var in model.vars if var.access is not Access.READ_ONLY and var.name not in HIDDEN]
    if neuron.output_var in names:
        names.sort(key=lambda name: name != neuron.output_var)
    into = [c for c in document.network.connections if c.target == population.name]
    return [*names, CURRENT] if any(isinstance(c.synapse, Exponential) for c in into) else names


def _variable(name: str, *, backward: bool = False) -> PlotVariable:
    return PlotVariable(name, WORDS.get(name, name), UNITS.get(name, ""), backward)
