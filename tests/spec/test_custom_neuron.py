"""A neuron in GeNN code: what it is, what is checked, and where a mistake is shown."""

from __future__ import annotations

import pytest

import spikeloom.spec as sl


def document(neuron: sl.Neuron) -> sl.Document:
    with sl.Network() as net:
        sl.Population("spike_input", 3, "input")
        sl.Population(neuron, 5, "cells")
        sl.Connection("input", "cells", sl.Dense(0.5))
        sl.Population(sl.LI(readout="var"), 2, "output")
        sl.Connection("cells", "output", sl.Dense(0.5))
    return sl.Document(net)


def problems(neuron: sl.Neuron) -> list[tuple[str, str]]:
    """Place below the neuron, and message."""
    return [
        (problem.place.removeprefix("network.populations[1].neuron").removeprefix("."), problem.message)
        for problem in sl.validate(document(neuron))
        if problem.severity == "error"
    ]


def test_the_default_is_sound_and_survives_a_file():
    made = document(sl.CustomNeuron())
    assert problems(sl.CustomNeuron()) == []
    again = sl.Document.loads(made.dumps())
    assert again == made
    assert again.dumps() == made.dumps()
    assert '"type": "custom"' in made.dumps()


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"sim_code": "V += Isyn; W = 2;"}, "sim_code", "line 1, column 12: unknown name 'W'"),
        ({"sim_code": "V += Isyn;\nV = sinus(V);"}, "sim_code", "line 2, column 5: unknown function 'sinus'"),
        ({"sim_code": "tau = 3;"}, "sim_code", "line 1, column 1: 'tau' is read-only here"),
        ({"sim_code": 'system("rm");'}, "sim_code", "unknown function 'system'"),
        ({"threshold": "V > ("}, "threshold", "line 1"),
        ({"reset": "V = 0"}, "reset", "line 1"),
        ({"variables": {"V": 0.0, "tau": 1.0}}, "", "'tau' is declared twice"),
        ({"params": {"dt": 1.0}}, "", "'dt' has a meaning of its own"),
        ({"params": {"no name": 1.0}}, "", "'no name' is no name"),
        ({"variable": "U"}, "variable", "no variable 'U'"),
    ],
)
def test_a_mistake_is_shown_where_it_is(fields, place, message):
    found = problems(sl.CustomNeuron(**fields))
    assert any(where == place and message in said for where, said in found), found


def test_without_a_threshold_it_never_spikes():
    silent = sl.CustomNeuron(threshold="")
    assert not silent.spiking
    assert sl.CustomNeuron().spiking
    assert ("never spikes" in " ".join(said for _, said in problems(silent))) is True


@pytest.mark.parametrize("field", ["params", "variables"])
def test_numbers_are_numbers(field):
    with pytest.raises(sl.InvalidDocument, match=field):
        sl.CustomNeuron(**{field: {"a": "b"}})
    with pytest.raises(sl.InvalidDocument, match="at most 64"):
        sl.CustomNeuron(**{field: {f"x{k}": 0.0 for k in range(65)}})


def test_what_it_is_to_forms_and_schema():
    kinds = {field.name: field.kind for field in sl.describe(sl.CustomNeuron)}
    assert kinds["params"] == kinds["variables"] == "numbers"
    assert kinds["sim_code"] == kinds["threshold"] == kinds["reset"] == "code"
    defined = sl.json_schema()["$defs"]["neuron.custom"]["properties"]
    assert defined["params"]["additionalProperties"] == {"type": "number"}
    assert defined["sim_code"]["type"] == "string"


def test_eventprop_refuses_it():
    made = document(sl.CustomNeuron())
    made.experiment.learning = sl.EventProp()
    assert any("'cells' is a custom neuron" in problem.message for problem in sl.validate(made))


# -- custom synapse ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({}, None, ""),
        ({"sim_code": "injectCurrent(inSyn); inSyn = W;"}, "sim_code", "line 1, column 31: unknown name 'W'"),
        ({"sim_code": "V = 2;"}, "sim_code", "unknown name 'V'"),
        ({"params": {"inSyn": 1.0}}, "", "'inSyn' has a meaning of its own"),
    ],
)
def test_a_mistake_in_a_custom_synapse_is_shown_where_it_is(fields, place, message):
    made = document(sl.LIF())
    made.network.connections[0].synapse = sl.CustomSynapse(**fields)
    errors = [problem for problem in sl.validate(made) if problem.severity == "error"]
    if place is None:
        assert not errors
        assert sl.Document.loads(made.dumps()) == made
        return
    expected = "network.connections[0].synapse" + (f".{place}" if place else "")
    assert any(problem.place == expected and message in problem.message for problem in errors), errors


def test_eventprop_refuses_a_custom_synapse():
    made = document(sl.LIF())
    made.network.connections[0].synapse = sl.CustomSynapse()
    made.experiment.learning = sl.EventProp()
    assert any("needs exponential synapses, this one is 'custom'" in problem.message for problem in sl.validate(made))
