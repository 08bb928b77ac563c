"""What was changed since the last run: said by the run bar and the dot on Train, and taken back by undo."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QColor

from spikeloom.spec import Document
from spikeloom_app import theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs import RunWatch
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, window

__all__ = ["window"]
HIDDEN = ("network", "populations", "hidden", "neuron", "tau_mem")


@pytest.fixture
def document() -> OpenDocument:
    return OpenDocument(Document.load(DIGITS))


def test_only_what_is_computed_counts(document: OpenDocument) -> None:
    watch = RunWatch(document)
    document.set_value(HIDDEN, 21.0)
    assert watch.changed_parts() == set()  # nothing has run yet
    watch.run_started()
    document.move({"hidden": (3.0, 4.0)})
    document.set_value(("title",), "Another title")
    document.set_value(("description",), "Other words")
    assert watch.changed_words() == []
    document.set_value(("experiment", "training", "epochs"), 99)
    document.set_value(HIDDEN, 22.0)
    assert watch.changed_parts() == {"hidden"}
    assert watch.changed_words() == ["hidden", "training"]


def test_what_was_not_set_is_a_change_too(document: OpenDocument) -> None:
    watch = RunWatch(document)
    document.set_value(("experiment", "learning"), None)
    watch.run_started()
    document.undo_stack.undo()
    assert watch.changed_words() == ["learning"]
    document.undo_stack.redo()
    assert watch.changed_words() == []


def test_adding_removing_and_renaming_count_and_undo_takes_them_back(document: OpenDocument) -> None:
    watch = RunWatch(document)
    watch.run_started()
    told: list[list[str]] = []
    watch.changed.connect(lambda: told.append(watch.changed_words()))
    document.remove(["output"])
    assert set(watch.changed_words()) == {"output (removed)", "hidden_output (removed)", "recording"}
    document.undo_stack.undo()
    assert watch.changed_words() == []
    name = document.add_population("lif", (0.0, 0.0), 5)
    assert watch.changed_parts() == {name}
    document.undo_stack.undo()
    document.rename("hidden", "middle")
    assert watch.changed_parts() == {"middle", "input_hidden", "hidden_output"}
    document.undo_stack.undo()
    assert watch.changed_words() == []
    assert told[-1] == []
    watch.run_started()
    document.rename("hidden", "middle")
    watch.run_started()
    assert watch.changed_words() == []
    document.undo_stack.undo()
    assert watch.changed_parts() == {"hidden", "input_hidden", "hidden_output"}


def test_another_document_has_not_run(document: OpenDocument) -> None:
    watch = RunWatch(document)
    watch.run_started()
    document.set_value(HIDDEN, 22.0)
    document.replace(Document(), None)
    assert watch.changed_words() == []


def test_many_changes_are_counted(document: OpenDocument) -> None:
    watch = RunWatch(document)
    watch.run_started()
    for index in range(5):
        document.add_population("lif", (0.0, 0.0), 5, f"new{index}")
    assert watch.summary() == "new0, new1, new2 and 2 more"


def dot(window: MainWindow) -> bool:
    """Whether the dot is painted on the Train button."""
    button = window.run_bar.train_button
    picture = button.grab().toImage()
    ratio = picture.devicePixelRatio()
    at = picture.pixelColor(round((button.width() - 5) * ratio), round(5 * ratio))
    return at == QColor(theme.current().warning)


def test_the_run_bar_says_it_and_undo_clears_it(window: MainWindow, qtbot: Any) -> None:
    window.open_example(DIGITS)
    window.document.set_value(("experiment", "training", "epochs"), 1)
    bar = window.run_bar
    assert not dot(window)
    window.action("run.train").trigger()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=60_000)
    assert bar.headline.text().startswith("Test accuracy")
    assert not dot(window)
    assert bar.left.text() == ""
    window.document.set_value(HIDDEN, 23.0)
    settled()
    assert dot(window)
    assert "Changed since the last run: hidden" in bar.train_button.toolTip()
    assert bar.left.text() == "Changed since: hidden"
    assert window.run_watch.changed_parts() == {"hidden"}
    window.action("edit.undo").trigger()
    assert not dot(window)
    assert bar.left.text() == ""
    window.action("edit.redo").trigger()
    assert dot(window)
    window.action("run.train").trigger()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=60_000)
    assert not dot(window)
