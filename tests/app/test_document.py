"""The open document without Qt: every change undone and redone with the document compared as text."""

import random
from pathlib import Path

import numpy as np
import pytest

from spikeloom.errors import SpikeloomError, UserError
from spikeloom.spec import LI, LIF, Array, AvgVar, Document, InvalidDocument, Normal, SpikeRecorder
from spikeloom_app.document import OpenDocument, Recovery, Signal, UndoStack, undo

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
TAU_MEM = ("network", "populations", "hidden", "neuron", "tau_mem")
EPOCHS = ("experiment", "training", "epochs")
WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


@pytest.fixture
def document() -> OpenDocument:
    """The digits example, opened from its file."""
    opened = OpenDocument()
    opened.open(DIGITS)
    return opened


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every edit a step of its own, however quick the test is."""
    monkeypatch.setattr(undo, "MERGE_SECONDS", 0.0)


def text(document: OpenDocument) -> str:
    return document.document.dumps()


CHANGES = {
    "add a population": lambda d: d.add_population("lif", (10.0, 20.0), 7),
    "add a connection": lambda d: d.add_connection("hidden", "hidden"),
    "delete a connection": lambda d: d.remove(["hidden_output"]),
    "delete a population": lambda d: d.remove(["hidden"]),
    "delete all": lambda d: d.remove(d.document.network.names()),
    "rename a population": lambda d: d.rename("hidden", "middle"),
    "rename a connection": lambda d: d.rename("input_hidden", "first"),
    "rename by path": lambda d: d.set_value(("network", "populations", "output", "name"), "classes"),
    "move": lambda d: d.move({"hidden": (1.5, -3.0), "output": None}),
    "set a number": lambda d: d.set_value(TAU_MEM, 35.0),
    "set a shape": lambda d: d.set_value(("network", "populations", "hidden", "shape"), (10, 10)),
    "set a type": lambda d: d.set_value(("network", "populations", "hidden", "neuron"), LI(tau_mem=3.0)),
    "set a type by name": lambda d: d.set_value(("experiment", "learning", "optimiser"), {"type": "sgd"}),
    "set nothing": lambda d: d.set_value(("experiment", "learning"), None),
    "set a title": lambda d: d.set_value(("title",), "Other"),
    "set epochs": lambda d: d.set_value(EPOCHS, 3),
    "set weights": lambda d: d.set_value(WEIGHT, Array(np.ones((64, 100)))),
    "set the recording": lambda d: d.set_value(("experiment", "recording"), [SpikeRecorder(population="hidden")]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_one_step_of_undo(document: OpenDocument, change) -> None:
    before = text(document)
    change(document)
    after = text(document)
    assert after != before
    assert document.modified
    assert document.undo_stack.undo_label
    document.undo_stack.undo()
    assert text(document) == before
    assert not document.modified
    assert not document.undo_stack.undo_label
    assert document.undo_stack.redo_label
    document.undo_stack.redo()
    assert text(document) == after
    document.undo_stack.undo()
    assert text(document) == before


REFUSED = {
    "a number out of range": lambda d: d.set_value(TAU_MEM, -1.0),
    "a text for a number": lambda d: d.set_value(TAU_MEM, "20"),
    "two fields that contradict": lambda d: d.set_value((*TAU_MEM[:-1], "v_reset"), 2.0),
    "an unknown type": lambda d: d.set_value(TAU_MEM[:-1], {"type": "liff"}),
    "an empty shape": lambda d: d.set_value(("network", "populations", "hidden", "shape"), ()),
    "a name that is taken": lambda d: d.rename("hidden", "output"),
    "no name": lambda d: d.rename("hidden", "1 + 1"),
    "an empty name": lambda d: d.rename("hidden", ""),
    "a connection to the input": lambda d: d.add_connection("hidden", "input"),
    "a connection from what never spikes": lambda d: d.add_connection("output", "hidden"),
    "a shape of a new population": lambda d: d.add_population("lif", (0.0, 0.0), 0),
    "an unknown neuron": lambda d: d.add_population("liff", (0.0, 0.0)),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_a_refused_change_changes_nothing_and_is_no_step(document: OpenDocument, change) -> None:
    before = text(document)
    told: list[str] = []
    document.changed.connect(lambda: told.append("changed"))
    with pytest.raises(SpikeloomError):
        change(document)
    assert text(document) == before
    assert told == []
    assert not document.modified
    assert not document.undo_stack.undo_label
    document.undo_stack.undo()  # nothing happens
    assert text(document) == before


def test_a_refused_redo_or_edit_keeps_what_can_be_redone(document: OpenDocument) -> None:
    document.set_value(TAU_MEM, 30.0)
    document.undo_stack.undo()
    with pytest.raises(InvalidDocument):
        document.set_value(TAU_MEM, -1.0)
    document.undo_stack.redo()
    assert document.value(TAU_MEM) == 30.0


def test_the_same_value_again_is_no_step(document: OpenDocument) -> None:
    document.set_value(TAU_MEM, document.value(TAU_MEM))
    document.rename("hidden", "hidden")
    document.move({"hidden": document.position("hidden")})
    document.remove([])
    document.remove(["nobody"])
    assert not document.modified


def test_a_redo_ends_with_a_new_change(document: OpenDocument) -> None:
    document.set_value(TAU_MEM, 30.0)
    document.undo_stack.undo()
    document.set_value(EPOCHS, 2)
    assert document.undo_stack.redo_label == ""
    document.undo_stack.redo()
    assert document.value(TAU_MEM) == 20.0


class TestMerging:
    """Quick edits of one field are one step."""

    @pytest.fixture(autouse=True)
    def quick(self, apart: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(undo, "MERGE_SECONDS", 60.0)

    def test_quick_edits_of_a_field_are_one_step(self, document: OpenDocument) -> None:
        before = text(document)
        for value in (21.0, 22.0, 23.0):
            document.set_value(TAU_MEM, value)
        after = text(document)
        document.undo_stack.undo()
        assert text(document) == before
        document.undo_stack.redo()
        assert text(document) == after

    def test_edits_of_different_fields_are_not(self, document: OpenDocument) -> None:
        document.set_value(TAU_MEM, 21.0)
        document.set_value(EPOCHS, 2)
        document.set_value(TAU_MEM, 22.0)
        document.undo_stack.undo()
        assert document.value(TAU_MEM) == 21.0
        assert document.value(EPOCHS) == 2

    def test_an_edit_after_an_undo_is_a_step_of_its_own(self, document: OpenDocument) -> None:
        document.set_value(TAU_MEM, 21.0)
        document.set_value(EPOCHS, 2)
        document.undo_stack.undo()
        document.set_value(TAU_MEM, 30.0)
        document.undo_stack.undo()
        assert document.value(TAU_MEM) == 21.0

    def test_an_edit_after_saving_makes_it_unsaved(self, document: OpenDocument, tmp_path: Path) -> None:
        document.set_value(TAU_MEM, 21.0)
        document.save(tmp_path / "mine.snn")
        assert not document.modified
        document.set_value(TAU_MEM, 22.0)
        assert document.modified
        document.undo_stack.undo()
        assert not document.modified
        assert document.value(TAU_MEM) == 21.0

    def test_names_are_no_fields(self, document: OpenDocument) -> None:
        document.rename("hidden", "one")
        document.rename("one", "two")
        document.undo_stack.undo()
        assert document.document.network.population("one").name == "one"


def test_a_rename_is_told_everywhere_the_name_stands(document: OpenDocument) -> None:
    told: list[tuple[str, str]] = []
    document.part_renamed.connect(lambda old, new: told.append((old, new)))
    place = document.position("hidden")
    document.rename("hidden", "middle")
    network = document.document.network
    assert network.connection("input_hidden").target == "middle"
    assert network.connection("hidden_output").source == "middle"
    assert [recorder.population for recorder in document.document.experiment.recording] == ["input", "middle", "output"]
    assert document.position("middle") == place
    assert document.position("hidden") is None
    document.undo_stack.undo()
    assert told == [("hidden", "middle"), ("middle", "hidden")]
    assert not document.problems()


def test_a_recorder_of_nobody_does_not_follow_a_rename_that_is_undone(document: OpenDocument) -> None:
    document.set_value(("experiment", "recording"), [SpikeRecorder(population="ghost")])
    before = text(document)
    document.rename("hidden", "ghost")
    document.undo_stack.undo()
    assert text(document) == before


def test_what_a_removed_population_takes_with_it_comes_back_in_its_place(document: OpenDocument) -> None:
    before = document.document.network.names()
    told: list[str] = []
    document.part_removed.connect(lambda name: told.append(f"-{name}"))
    document.part_added.connect(lambda name: told.append(f"+{name}"))
    place = document.position("hidden")
    document.remove(["hidden"])
    assert document.document.network.names() == ["input", "output"]
    assert [recorder.population for recorder in document.document.experiment.recording] == ["input", "output"]
    assert document.position("hidden") is None
    document.undo_stack.undo()
    assert document.document.network.names() == before
    assert document.position("hidden") == place
    assert len(document.document.experiment.recording) == 3
    removed, added = told[:3], told[3:]
    assert [name[1:] for name in reversed(removed)] == [name[1:] for name in added]


def test_new_parts_get_names_of_their_own(document: OpenDocument) -> None:
    assert document.add_population(LIF(), (0.0, 0.0), 5) == "hidden2"
    assert document.add_population("spike_input", (0.0, 0.0)) == "input2"
    assert document.add_population(LI(readout=AvgVar()), (0.0, 0.0)) == "output2"
    assert document.add_connection("input", "hidden") == "input_hidden2"


def test_signals_say_what_changed(document: OpenDocument) -> None:
    told: list[tuple[str, ...]] = []
    names = "part_added part_removed part_changed part_renamed part_moved settings_changed changed replaced"
    for name in names.split():
        getattr(document, name).connect(lambda *values, name=name: told.append((name, *values)))
    document.set_value(TAU_MEM, 3.0)
    document.set_value(EPOCHS, 3)
    document.move({"input": (1.0, 1.0)})
    assert told == [
        ("part_changed", "hidden"),
        ("changed",),
        ("settings_changed",),
        ("changed",),
        ("part_moved", "input"),
        ("changed",),
    ]
    told.clear()
    document.replace(Document(), None)
    assert told == [("replaced",), ("changed",)]


def test_saving_and_opening(document: OpenDocument, tmp_path: Path) -> None:
    told: list[bool] = []
    document.file_changed.connect(lambda: told.append(document.modified))
    document.set_value(EPOCHS, 3)
    assert told[-1]
    document.save(tmp_path / "mine.snn")
    assert not told[-1]
    assert document.title == "mine"
    other = OpenDocument()
    other.open(tmp_path / "mine.snn")
    assert text(other) == text(document)
    document.undo_stack.undo()
    assert document.modified
    document.undo_stack.redo()
    assert not document.modified


def test_a_document_without_a_file_asks_for_one() -> None:
    with pytest.raises(UserError, match="no file"):
        OpenDocument().save()


def test_a_file_that_cannot_be_opened_leaves_what_is_open(document: OpenDocument, tmp_path: Path) -> None:
    document.set_value(EPOCHS, 3)
    before = text(document)
    (tmp_path / "broken.snn").write_text("{")
    with pytest.raises(UserError):
        document.open(tmp_path / "broken.snn")
    assert text(document) == before
    assert document.path == DIGITS
    assert document.modified


def test_a_method_that_listens_is_not_kept_alive() -> None:
    class Listener:
        def hear(self) -> None:
            heard.append(self)

    heard: list[object] = []
    signal = Signal()
    listener = Listener()
    signal.connect(listener.hear)
    signal.emit()
    assert len(heard) == 1
    heard.clear()
    del listener
    signal.emit()
    assert heard == []


def test_an_empty_stack_does_nothing() -> None:
    stack = UndoStack()
    stack.undo()
    stack.redo()
    assert stack.clean


class TestRecovery:
    """A window that is gone leaves a swap file, and the next one finds it."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "recovery"

    @pytest.fixture
    def gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever wrote the swap file is no longer there."""
        monkeypatch.setattr(Recovery, "_hold", lambda _self: None)

    def test_an_unsaved_document_is_found_again(self, document: OpenDocument, folder: Path, gone: None) -> None:
        document.set_value(EPOCHS, 3)
        recovery = Recovery(document, folder)
        assert recovery.write()
        (swap,) = Recovery.left_behind(folder)
        assert swap.original == DIGITS
        assert swap.load().dumps() == text(document)
        swap.remove()
        assert Recovery.left_behind(folder) == []
        assert list(folder.iterdir()) == []

    def test_a_saved_document_leaves_nothing(self, document: OpenDocument, folder: Path, tmp_path: Path) -> None:
        document.set_value(EPOCHS, 3)
        recovery = Recovery(document, folder)
        recovery.write()
        assert list(folder.iterdir())
        document.save(tmp_path / "mine.snn")
        recovery.write()
        assert list(folder.iterdir()) == []

    def test_a_window_that_lives_is_left_alone(self, document: OpenDocument, folder: Path) -> None:
        document.set_value(EPOCHS, 3)
        recovery = Recovery(document, folder)
        recovery.write()
        assert Recovery.left_behind(folder) == []
        recovery.let_go()
        assert len(Recovery.left_behind(folder)) == 1

    def test_arrays_in_memory_survive(self, document: OpenDocument, folder: Path, gone: None) -> None:
        weights = np.random.default_rng(1).normal(size=(64, 100)).astype(np.float32)
        document.set_value(WEIGHT, Array(weights))
        before = text(document)
        Recovery(document, folder).write()
        assert text(document) == before  # the open document does not refer to the swap file
        assert document.value(WEIGHT).in_memory
        found = Recovery.left_behind(folder)[0].load()
        np.testing.assert_array_equal(found.network.connection("input_hidden").connectivity.weight.values(), weights)

    def test_arrays_of_a_file_survive(self, document: OpenDocument, folder: Path, tmp_path: Path, gone: None) -> None:
        weights = np.random.default_rng(1).normal(size=(64, 100)).astype(np.float32)
        document.set_value(WEIGHT, Array(weights))
        document.save(tmp_path / "mine.snn")
        opened = OpenDocument()
        opened.open(tmp_path / "mine.snn")
        opened.set_value(EPOCHS, 3)
        before = text(opened)
        Recovery(opened, folder).write()
        assert text(opened) == before
        swap = Recovery.left_behind(folder)[0]
        recovered = OpenDocument()
        recovered.replace(swap.load(), swap.original, recovered=True)
        assert recovered.modified
        swap.remove()
        recovered.save()
        again = Document.load(tmp_path / "mine.snn")
        assert again.experiment.training.epochs == 3
        np.testing.assert_array_equal(again.network.connection("input_hidden").connectivity.weight.values(), weights)

    def test_a_folder_that_cannot_be_written_is_no_disaster(self, document: OpenDocument, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        document.set_value(EPOCHS, 3)
        assert not Recovery(document, tmp_path / "file").write()

    def test_rubbish_in_the_folder_is_passed_over(self, folder: Path, gone: None) -> None:
        folder.mkdir()
        for name, words in (("a", "{"), ("b", "[]"), ("c", "{}"), ("d", '{"written": 1, "original": 2, "pid": 3}')):
            (folder / f"{name}.json").write_text(words)
        assert Recovery.left_behind(folder) == []


def _random_change(document: OpenDocument, draw: random.Random) -> None:
    network = document.document.network
    names = network.names()
    populations = [population.name for population in network.populations]
    some = draw.choice(names) if names else ""
    one, other = (draw.choice(populations), draw.choice(populations)) if populations else ("", "")
    kind = draw.randrange(8)
    if kind == 0 or not populations:
        neuron = draw.choice(["lif", "li", "spike_input"])
        document.add_population(neuron, (draw.uniform(-9, 9), 0.0), draw.choice([None, 3, (2, 2)]))
    elif kind == 1:
        document.add_connection(one, other)
    elif kind == 2 and draw.random() < 0.5:
        document.remove(draw.sample(names, k=min(2, len(names))))
    elif kind == 3:
        document.rename(some, f"part {draw.randrange(10)}")
    elif kind == 4:
        document.move({one: draw.choice([None, (draw.uniform(-9, 9), 1.0)])})
    elif kind == 5:
        neuron = draw.choice([LIF(tau_mem=draw.uniform(1, 9)), LI(), LI(readout=AvgVar())])
        document.set_value(("network", "populations", one, "neuron"), neuron)
    elif kind == 6:
        document.set_value(EPOCHS, draw.randrange(5))
    elif network.connections:
        path = ("network", "connections", draw.choice(network.connections).name, "connectivity", "weight")
        document.set_value(path, Normal(mean=draw.random(), sd=draw.uniform(-0.2, 1)))


@pytest.mark.parametrize("seed", range(12))
def test_any_changes_are_undone_to_the_start_and_redone_to_the_end(document: OpenDocument, seed: int) -> None:
    draw = random.Random(seed)
    states = [text(document)]
    while len(states) < 51:
        try:
            _random_change(document, draw)
        except SpikeloomError:
            assert text(document) == states[-1]
        if text(document) != states[-1]:
            states.append(text(document))
        if draw.random() < 0.1 and len(states) > 1:
            document.undo_stack.undo()
            states.pop()
            assert text(document) == states[-1]
    while document.undo_stack.undo_label:
        document.undo_stack.undo()
    assert text(document) == states[0]
    for state in states[1:]:
        document.undo_stack.redo()
        assert text(document) == state
    for state in reversed(states[:-1]):
        document.undo_stack.undo()
        assert text(document) == state
