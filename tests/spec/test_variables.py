"""What can be shown of a part is known before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from spikeloom.spec import ALIF, Document, EProp, EventProp
from spikeloom.spec.variables import plot_variables

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"


@pytest.fixture
def document() -> Document:
    return Document.load(DIGITS)


def names(document: Document, part: str) -> list[str]:
    found = next(each for each in document.network.parts() if each.name == part)
    return [variable.name for variable in plot_variables(document, found)]


def test_eventprop_has_adjoints_of_hidden_neurons_and_outputs(document: Document) -> None:
    assert isinstance(document.experiment.learning, EventProp)
    assert names(document, "input") == []  # its spikes are all there is
    hidden = document.network.population("hidden")
    found = {variable.name: variable for variable in plot_variables(document, hidden)}
    assert next(iter(found)) == "V" and {"Isyn", "LambdaV", "LambdaI"} <= set(found)
    assert found["V"].words == "Membrane voltage" and not found["V"].backward
    assert found["LambdaI"].backward
    assert names(document, "output") == ["V", "Isyn", "LambdaV", "LambdaI"]


def test_no_rule_no_adjoints_and_no_exponential_synapse_no_current(document: Document) -> None:
    document.experiment.learning = None
    for connection in document.network.connections:
        connection.synapse = {"type": "delta"}
    assert names(document, "output") == ["V"]


def test_adaptation_and_eligibility_traces_of_eprop(document: Document) -> None:
    document.experiment.learning = EProp(mode="forward")
    document.network.population("hidden").neuron = ALIF(tau_refrac=2.0)
    found = names(document, "hidden")
    assert found[0] == "V" and {"A", "RefracTime"} <= set(found) and "Spiked" not in found
    first = next(c for c in document.network.connections if c.target == "hidden")
    assert names(document, first.name) == ["Eligibility", "Adaptation", "Filtered0"]
    document.experiment.learning = EProp()
    assert names(document, first.name) == []


def test_unknown_ends_of_a_connection_are_no_matter(document: Document) -> None:
    document.experiment.learning = EProp(mode="forward")
    document.network.connections[0].target = "gone"
    assert plot_variables(document, document.network.connections[0]) == []
