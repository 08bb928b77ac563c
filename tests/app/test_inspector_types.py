"""Every type of the vocabulary is chosen in the inspector, and shows its fields."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.spec import (
    AdamW,
    Connectivity,
    CosineDecay,
    DeepR,
    ExponentialDecay,
    Initialiser,
    Neuron,
    describe,
    validate,
)
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


def test_how_a_connection_learns_is_chosen(inspector, document) -> None:
    name = "input_hidden"
    inspector.show_selection([name])

    def connection() -> Any:
        return document.document.network.connection(name)

    def switch(name: str) -> Any:
        editor = inspector.row(name).editor
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_Space)
        return editor

    frozen = switch("frozen")
    assert connection().frozen
    document.undo_stack.undo()
    assert not connection().frozen and not frozen.isChecked()
    choose(inspector, "rewiring", "Deep R")
    assert connection().rewiring == DeepR()
    assert any("no synapses that could move" in message for message in messages(inspector, "rewiring"))  # dense
    choose(inspector, "connectivity", "Fixed probability")
    assert not messages(inspector, "rewiring")
    write(inspector, "rewiring.l1_strength", "0.05")
    assert connection().rewiring.l1_strength == 0.05
    switch("train_delays")
    assert connection().train_delays
    problems = [problem.place for problem in validate(document.document)]
    assert problems == ["network.connections[0].connectivity.max_delay"]
    write(inspector, "max_weight", "2")
    assert connection().max_weight == 2.0


def test_schedules_and_clipping_are_chosen(inspector, document) -> None:
    optimiser = "experiment.learning.optimiser"
    choose(inspector, optimiser, "AdamW")
    choose(inspector, f"{optimiser}.schedule", "Cosine")
    write(inspector, f"{optimiser}.schedule.warm_up", "2")
    write(inspector, f"{optimiser}.clip_norm", "0.5")
    found = document.document.experiment.learning.optimiser
    assert found == AdamW(found.alpha, schedule=CosineDecay(warm_up=2.0), clip_norm=0.5)
    document.undo_stack.undo()
    assert document.document.experiment.learning.optimiser.clip_norm is None


def test_another_schedule_begins_with_a_decay_of_its_own(inspector, document) -> None:
    place = "experiment.learning.optimiser.schedule"
    choose(inspector, place, "Steps")
    write(inspector, f"{place}.decay", "0.2")
    choose(inspector, place, "Exponential")
    assert document.document.experiment.learning.optimiser.schedule == ExponentialDecay()


def test_delays_are_said_in_milliseconds(inspector, document) -> None:
    inspector.show_selection(["input_hidden"])
    choose(inspector, "connectivity.delay", "Uniform")
    assert inspector.row("connectivity.delay.max").editor.accessibleName() == "Max (ms)"
    write(inspector, "connectivity.delay.max", "8 ms")
    assert "from 0 ms to 8 ms" in inspector.row("connectivity.delay").picture.words()
    assert inspector.row("connectivity.weight.mean").field.unit == ""


def test_a_long_fraction_is_short_until_it_is_edited_and_stays_exact(inspector, document) -> None:
    place, exact = ("network", "populations", "hidden", "neuron", "tau_mem"), 19.142857142857142
    document.set_value(place, exact)
    inspector.show_selection(["hidden"])
    field = inspector.row("neuron.tau_mem").editor
    assert field.text() == "19.1429"
    field.setFocus()
    assert field.text() == "19.142857142857142"
    inspector.row("neuron").editor.setFocus()
    assert field.text() == "19.1429" and document.value(place) == exact
