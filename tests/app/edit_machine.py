"""Any edits in any order: the canvas follows the document, and undo leads to the start and redo to the end.

    QT_QPA_PLATFORM=offscreen python -m tests.app.edit_machine [STEPS [RUNS]]

runs it for longer than the suite does (500 steps, 20 runs).
"""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from PySide6.QtWidgets import QApplication

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Connectivity, Document, Neuron, Note, Optimiser
from spikeloom_app.canvas import Canvas
from spikeloom_app.document import OpenDocument, fragment, undo
from spikeloom_app.document.conversion import converted
from spikeloom_app.inspector import Inspector
from spikeloom_app.inspector.edits import ValueEdit

NEURONS = sorted(set(Neuron.types()) - {"custom"})
CONNECTIVITIES = ["dense", "one_to_one", "fixed_probability", "conv2d", "avg_pool2d"]
PLACES = st.tuples(st.integers(-900, 900), st.integers(-900, 900)).map(lambda place: (float(place[0]), float(place[1])))
MOST = 30  # parts that are not doubled any more
LEARNING = [None, "eventprop", "inference"]
PICK = st.integers(0, 10**6)
NAMES = st.sampled_from(["a", "b", "hidden", "the name", "_x", "", "1", "a b-c", "é", "x" * 64])


def quiet(**how: Any) -> settings:
    """Settings without a clock: painting takes as long as it takes."""
    return settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, **how)


class Edits(RuleBasedStateMachine):
    """A document with a canvas that shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.application = QApplication.instance() or QApplication([])
        undo.MERGE_SECONDS = 0.0
        self.document = OpenDocument()
        self.canvas = Canvas(self.document)
        self.canvas.resize(900, 600)
        self.inspector = Inspector(self.document)
        self.canvas.selection_changed.connect(self.inspector.show_selection)
        self.start = self.text()

    # -- picking ---------------------------------------------------------------------------------------------------
    def text(self) -> str:
        return self.document.document.dumps()

    def populations(self) -> list[str]:
        return [part.name for part in self.document.document.network.populations]

    def connections(self) -> list[str]:
        return [part.name for part in self.document.document.network.connections]

    def everything(self) -> list[str]:
        return [*self.populations(), *self.connections(), *(m.name for m in self.document.document.view.annotations)]

    @staticmethod
    def one(names: list[str], pick: int) -> str:
        return names[pick % len(names)]

    def some(self, pick: int) -> list[str]:
        return [name for bit, name in enumerate(self.everything()) if pick >> (bit % 20) & 1]

    def attempt(self, act: Any) -> None:
        """Do it; where it is refused, nothing has changed and nothing can be undone for it."""
        before, position = self.text(), self.document.undo_stack.position
        try:
            act()
        except SpikeloomError:
            assert self.text() == before
            assert self.document.undo_stack.position == position

    # -- edits -----------------------------------------------------------------------------------------------------
    @rule(kind=st.sampled_from(NEURONS), place=PLACES, shape=st.sampled_from([None, 5, (2, 3), 0]))
    def add(self, kind: str, place: tuple[float, float], shape: Any) -> None:
        self.attempt(lambda: self.document.add_population(kind, place, shape))

    @precondition(lambda self: self.populations())
    @rule(first=PICK, second=PICK)
    def connect(self, first: int, second: int) -> None:
        ends = [self.one(self.populations(), pick) for pick in (first, second)]
        self.attempt(lambda: self.document.add_connection(*ends))

    @precondition(lambda self: self.connections())
    @rule(pick=PICK, kind=st.sampled_from(NEURONS), place=PLACES)
    def insert(self, pick: int, kind: str, place: tuple[float, float]) -> None:
        self.attempt(lambda: self.document.insert_population(self.one(self.connections(), pick), kind, place, 4))

    @precondition(lambda self: self.populations())
    @rule(pick=PICK, kind=st.sampled_from(NEURONS))
    def replace(self, pick: int, kind: str) -> None:
        cls = Neuron.types()[kind]
        self.attempt(lambda: self.document.replace_neuron(self.one(self.populations(), pick), cls))

    @precondition(lambda self: self.connections())
    @rule(pick=PICK, kind=st.sampled_from(CONNECTIVITIES), synapse=st.sampled_from(["delta", "exponential"]))
    def rewire(self, pick: int, kind: str, synapse: str) -> None:
        path = ("network", "connections", self.one(self.connections(), pick))
        cls = Connectivity.types()[kind]
        before = self.document.value((*path, "connectivity"))
        self.attempt(lambda: self.document.set_value((*path, "connectivity"), converted(before, cls)))
        self.attempt(lambda: self.document.set_value((*path, "synapse"), {"type": synapse}))

    @precondition(lambda self: self.everything())
    @rule(pick=PICK)
    def remove(self, pick: int) -> None:
        self.document.remove(self.some(pick))

    @precondition(lambda self: self.populations())
    @rule(pick=PICK, name=NAMES)
    def rename(self, pick: int, name: str) -> None:
        names = [*self.populations(), *self.connections()]
        self.attempt(lambda: self.document.rename(self.one(names, pick), name))

    @precondition(lambda self: self.everything())
    @rule(pick=PICK, place=PLACES, away=st.booleans())
    def move(self, pick: int, place: tuple[float, float], away: bool) -> None:
        self.document.move({self.one(self.everything(), pick): None if away else place})

    @precondition(lambda self: 0 < len(self.everything()) < MOST)
    @rule(pick=PICK)
    def duplicate(self, pick: int) -> None:
        parts = fragment.copied(self.document, self.some(pick), {})
        again = fragment.read(parts.dumps())
        self.attempt(lambda: fragment.paste(self.document, again))

    @rule(place=PLACES, words=st.sampled_from(["", "# a", "**b** `c`"]))
    def note(self, place: tuple[float, float], words: str) -> None:
        self.document.add_annotation(Note(name="note:1", position=place, text=words))

    @rule(pick=PICK)
    def frame(self, pick: int) -> None:
        self.canvas.view.graph.settle()
        self.canvas.select(self.some(pick))
        self.canvas.edit.add_frame()

    @precondition(lambda self: self.document.document.view.frames)
    @rule(pick=PICK)
    def fold(self, pick: int) -> None:
        self.canvas.edit.fold(self.one([frame.name for frame in self.document.document.view.frames], pick))

    @rule(pick=PICK, side=st.sampled_from(["left", "center", "right", "top", "middle", "bottom"]))
    def align(self, pick: int, side: Any) -> None:
        self.canvas.view.graph.settle()
        self.canvas.select(self.some(pick))
        self.canvas.edit.align(side)
        self.canvas.edit.distribute("horizontally" if pick % 2 else "vertically")

    @rule()
    def arrange(self) -> None:
        self.canvas.view.graph.settle()
        self.canvas.edit.arrange()

    @rule(
        dataset=st.sampled_from([None, "digits", "yin_yang"]),
        learning=st.sampled_from([None, "eventprop", "inference"]),
    )
    def experiment(self, dataset: str | None, learning: str | None) -> None:
        self.document.set_value(("experiment", "dataset"), dataset)
        self.document.set_value(("experiment", "learning"), learning)

    @rule(epochs=st.sampled_from([0, 1, 7]), optimiser=st.sampled_from(sorted(Optimiser.types())))
    def training(self, epochs: int, optimiser: str) -> None:
        self.attempt(lambda: self.document.set_value(("experiment", "training", "epochs"), epochs))
        if hasattr(self.document.document.experiment.learning, "optimiser"):
            self.document.set_value(("experiment", "learning", "optimiser"), {"type": optimiser})

    @rule(pick=PICK)
    def select(self, pick: int) -> None:
        self.canvas.view.graph.settle()
        self.canvas.select(self.some(pick))

    @rule(pick=PICK, words=st.sampled_from(["7", "1/3", "nonsense", "", "-1", "core"]))
    def type_without_enter(self, pick: int, words: str) -> None:
        """It is taken by whatever comes next, or refused."""
        editors = [row.editor for row in self.inspector.panel.rows() if isinstance(row.editor, ValueEdit)]
        if editors:
            editors[pick % len(editors)].setText(words)

    @rule(steps=st.integers(1, 6))
    def back(self, steps: int) -> None:
        for _ in range(steps):
            self.document.undo_stack.undo()

    @rule(steps=st.integers(1, 6))
    def forth(self, steps: int) -> None:
        for _ in range(steps):
            self.document.undo_stack.redo()

    # -- what holds ------------------------------------------------------------------------------------------------
    @invariant()
    def the_document_is_sound(self) -> None:
        """It can be read back, names are there once, and its problems can be asked for."""
        assert Document.loads(self.text()) == self.document.document
        assert len(set(self.everything())) == len(self.everything())
        self.document.problems()

    @invariant()
    def the_canvas_shows_it(self) -> None:
        """One item for each part, where the document says, hung on the cards that the document names."""
        graph = self.canvas.view.graph
        graph.settle()
        assert set(graph.cards) == set(self.populations())
        assert set(graph.pills) == set(self.connections())
        assert set(graph.marks.items) == {mark.name for mark in self.document.document.view.annotations}
        for name, card in graph.cards.items():
            place = self.document.position(name)
            assert place is None or (card.pos().x(), card.pos().y()) == place
        for connection in self.document.document.network.connections:
            pill = graph.pills[connection.name]
            assert (pill.source, pill.target) == (graph.end(connection.source), graph.end(connection.target))

    def teardown(self) -> None:
        """Undo to the start, redo to the end."""
        stack = self.document.undo_stack
        self.inspector.finish()
        stack.go_to(len(stack.labels))
        end = self.text()
        stack.go_to(0)
        assert self.text() == self.start
        self.the_canvas_shows_it()
        stack.go_to(len(stack.labels))
        assert self.text() == end
        self.the_canvas_shows_it()
        self.canvas.deleteLater()
        self.inspector.deleteLater()


def main() -> None:
    """Run it for long."""
    steps, runs = ([int(argument) for argument in sys.argv[1:3]] + [500, 20][len(sys.argv) - 1 :])[:2]
    run_state_machine_as_test(Edits, settings=quiet(stateful_step_count=steps, max_examples=runs))
    print(f"{runs} runs of up to {steps} steps: undone to the start, redone to the end")


if __name__ == "__main__":
    main()
