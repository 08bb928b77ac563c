"""Networks built in a script: names, membership, look-up."""

from __future__ import annotations

import pytest

import spikeloom.spec as sl
from spikeloom.errors import UserError


def test_a_network_takes_in_what_is_made_inside_it() -> None:
    with sl.Network() as net:
        inp = sl.Population("spike_input", 64)
        hid = sl.Population(sl.LIF(tau_mem=20), 100, name="hidden")
        out = sl.Population(sl.LI(readout="avg_var"), 10)
        one = sl.Connection(inp, hid, sl.Dense(sl.Normal(0.1, 0.05)), sl.Exponential(5))
        two = sl.Connection(hid, "output", sl.Dense(0.5))
    assert net.populations == [inp, hid, out]
    assert net.populations[1] is hid
    assert [population.name for population in net.populations] == ["input", "hidden", "output"]
    assert [connection.name for connection in net.connections] == ["input_hidden", "hidden_output"]
    assert (one.source, one.target, two.synapse) == ("input", "hidden", sl.Delta())
    assert hid.shape == (100,)
    assert net.population("hidden") is hid
    assert net.connection("input_hidden") is one
    assert (net.inputs, net.outputs) == ([inp], [out])
    assert net.incoming("hidden") == [one]
    assert net.outgoing("hidden") == [two]
    assert net.place(two) == "network.connections[1]"


def test_names_are_made_unique() -> None:
    with sl.Network() as net:
        sl.Population("lif", 3)
        sl.Population("lif", 3)
        sl.Connection("hidden", "hidden2", sl.Dense(1))
        sl.Connection("hidden", "hidden2", sl.Dense(1))
    assert net.names() == ["hidden", "hidden2", "hidden_hidden2", "hidden_hidden22"]


def test_networks_nest_and_close() -> None:
    with sl.Network() as outer:
        with sl.Network() as inner:
            sl.Population("lif", 3)
        sl.Population("li", 3)
    assert len(outer.populations) == len(inner.populations) == 1
    with pytest.raises(UserError, match="'name' is missing"):
        sl.Population("lif", 3)
    with pytest.raises(ZeroDivisionError), sl.Network():
        1 / 0  # noqa: B018
    assert sl.Population("lif", 3, "alone").name == "alone"


def test_loading_a_document_inside_a_network_adds_nothing_to_it() -> None:
    text = sl.Document(sl.Network(populations=[sl.Population("lif", 3, "a")])).dumps()
    with sl.Network() as net:
        sl.Document.loads(text)
    assert net.populations == []


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("inptu", None, "Connection.source: no population 'inptu' in the network; did you mean 'input'?"),
        ("input", "input", "Connection.name: the name 'input' is taken"),
        ("input", "1st", "Connection.name: '1st' (text) found, expected a name"),
    ],
)
def test_a_wrong_connection_is_refused_and_not_added(source: str, name: str | None, message: str) -> None:
    with sl.Network() as net:
        sl.Population("spike_input", 3)
        with pytest.raises(UserError) as raised:
            sl.Connection(source, "input", sl.Dense(1), name=name)
    assert str(raised.value).startswith(message)
    assert net.connections == []


@pytest.mark.parametrize("shape", [0, -1, (), (3, 0), 2.5, "ten", True, (2**20, 2**20)])
def test_an_impossible_shape_is_refused(shape: object) -> None:
    with pytest.raises(sl.InvalidDocument, match=r"Population\.shape"):
        sl.Population("lif", shape, "a")


def test_a_population_of_an_unknown_network_is_named() -> None:
    with pytest.raises(UserError, match="no population 'hiden'; did you mean 'hidden'"):
        sl.Network(populations=[sl.Population("lif", 1, "hidden")]).population("hiden")
