"""Every type of the vocabulary is chosen in the inspector, and shows its fields."""

from typing import Any

import pytest

from spikeloom.spec import Connectivity, Initialiser, Neuron, describe
from tests.app.inspecting import choose, document, inspector, messages, write

__all__ = ["document", "inspector"]  # fixtures


def plain(family: type[Any]) -> list[Any]:
    """The built-in types of a family."""
    return [found for found in family.types().values() if found.__module__.startswith("spikeloom.")]


@pytest.mark.parametrize("cls", plain(Connectivity), ids=lambda cls: cls.type)
def test_every_connectivity_is_chosen_with_the_weights_kept(inspector, document, cls) -> None:
    inspector.show_selection(["input_hidden"])
    place = ("network", "connections", "input_hidden", "connectivity")
    weights = document.value((*place, "weight"))
    first = "one_to_one" if cls.type == "dense" else "dense"
    document.set_value(place, {"type": first, "weight": weights})
    choose(inspector, "connectivity", cls.title)
    chosen = document.value(place)
    assert type(chosen) is cls
    if cls.trained:
        assert chosen.weights == weights
    for field in describe(cls):
        if not field.advanced:
            assert inspector.row(f"connectivity.{field.name}").isVisible()
    document.undo_stack.undo()
    assert document.value(place).type == first


@pytest.mark.parametrize("cls", plain(Neuron), ids=lambda cls: cls.type)
def test_every_neuron_is_chosen(inspector, document, cls) -> None:
    inspector.show_selection(["input" if cls.is_input else "hidden"])
    place = ("network", "populations", "input" if cls.is_input else "hidden", "neuron")
    choose(inspector, "neuron", cls.title)
    assert type(document.value(place)) is cls
    for field in describe(cls):
        if not field.advanced:
            assert inspector.row(f"neuron.{field.name}").isVisible()


@pytest.mark.parametrize("cls", plain(Initialiser), ids=lambda cls: cls.type)
def test_every_initialiser_is_chosen_for_weights_and_delays(inspector, document, cls) -> None:
    inspector.show_selection(["input_hidden"])
    place = ("network", "connections", "input_hidden", "connectivity")
    choose(inspector, "connectivity.weight", cls.title)
    assert type(document.value((*place, "weight"))) is cls


def test_a_kernel_size_is_typed_as_one_number_or_two(inspector, document) -> None:
    place = ("network", "connections", "input_hidden", "connectivity")
    document.set_value(place, {"type": "conv2d", "weight": 0.1})
    inspector.show_selection(["input_hidden"])
    write(inspector, "connectivity.conv_size", "5")
    assert document.value((*place, "conv_size")) == (5, 5)
    write(inspector, "connectivity.conv_size", "3 x 2")
    assert document.value((*place, "conv_size")) == (3, 2)
    write(inspector, "connectivity.conv_size", "3 x 2 x 1")
    assert document.value((*place, "conv_size")) == (3, 2)
    assert messages(inspector, "connectivity.conv_size")[0].startswith("[3, 2, 1] found, expected one or two")


def test_listed_neurons_are_typed_or_read_from_a_file(inspector, document) -> None:
    place = ("network", "connections", "input_hidden", "connectivity")
    document.set_value(place, {"type": "sparse", "weight": 0.1})
    inspector.show_selection(["input_hidden"])
    field = write(inspector, "connectivity.pre_ind", "0, 3 5")
    assert document.value((*place, "pre_ind")).values().tolist() == [0, 3, 5]
    assert field.text() == "0, 3, 5"
    write(inspector, "connectivity.post_ind", "mine.safetensors: targets")
    chosen = document.value((*place, "post_ind"))
    assert (chosen.file, chosen.tensor) == ("mine.safetensors", "targets")
    write(inspector, "connectivity.pre_ind", "0, three")
    assert "expected neuron numbers such as 0, 3, 5" in messages(inspector, "connectivity.pre_ind")[0]
    assert document.value((*place, "pre_ind")).values().tolist() == [0, 3, 5]
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.value((*place, "pre_ind")).file is None
