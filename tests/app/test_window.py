"""The whole window: draw the digits network from nothing, train it, save it, and undo it all."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from spikeloom.spec import Document
from spikeloom_app.document import Recovery
from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.settings import Settings
from tests.app.on_canvas import drag, drop, input_port, middle, output_port
from tests.app.shell_window import DIGITS, text, window
from tests.data.idx_files import contents, write

__all__ = ["window"]  # a fixture


def field(window: MainWindow, name: str) -> Any:
    """The editor of a field in the inspector."""
    QTest.qWait(30)
    found = window.inspector.findChild(QWidget, f"field.{name}")
    assert found is not None, name
    found.setFocus()
    return found


def choose(window: MainWindow, name: str, words: str) -> None:
    """Choose an entry of a combo box by typing its first letters."""
    box = field(window, name)
    QTest.keyClicks(box, words[:6])
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.qWait(30)


def type_in(window: MainWindow, name: str, words: str) -> None:
    """Replace the text of a field and press Enter."""
    editor = field(window, name)
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClicks(editor, words)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def draw_digits(window: MainWindow) -> None:
    """Three drops, two drags, and the settings of the digits example."""
    canvas = window.canvas
    for type_name, x in (("spike_input", 150), ("lif", 420), ("li", 690)):
        drop(canvas, type_name, QPoint(x, 160))
    canvas.fit()
    drag(canvas, output_port(canvas, "input"), input_port(canvas, "hidden"))
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "output"))


def test_draw_train_save_reopen_undo_redo(
    window: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.action("file.new").trigger()
    assert window.pages.currentWidget() is window.canvas
    empty = text(window)
    draw_digits(window)
    document, canvas = window.document, window.canvas
    network = document.document.network
    assert [p.name for p in network.populations] == ["input", "hidden", "output"]
    assert [(c.source, c.target) for c in network.connections] == [("input", "hidden"), ("hidden", "output")]
    QTest.mouseClick(window.canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert not window.canvas.selected()
    choose(window, "experiment.dataset", "Handwritten digits")
    choose(window, "experiment.learning", "EventProp")
    type_in(window, "experiment.learning.optimiser.alpha", "5e-3")
    type_in(window, "experiment.simulation.example_time", "30")
    type_in(window, "experiment.training.epochs", "15")
    type_in(window, "experiment.training.batch_size", "16")
    QTest.mouseClick(window.canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=middle(canvas, "output"))
    type_in(window, "shape", "")
    assert document.document.experiment.learning.optimiser.alpha == 0.005  # type: ignore[union-attr]
    assert document.document.experiment.training.epochs == 15
    assert document.document.network.population("output").shape is None
    drawn = text(window)
    assert not [problem for problem in document.problems() if problem.severity == "error"]

    results: list[dict[str, Any]] = []
    window.controller.event.connect(lambda event: results.append(event) if event["event"] == "result" else None)
    QTest.mouseClick(window.run_bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(results) and window.controller.state == "idle", timeout=60_000)
    assert results[0]["result"]["test"]["accuracy"] >= 0.9

    path = tmp_path / "drawn.snn"
    monkeypatch.setattr(dialogs, "choose_save", lambda *_: path)
    assert window.isWindowModified()
    window.action("file.save").trigger()
    assert not window.isWindowModified()
    assert Document.load(path).dumps() == drawn

    steps = 0
    while window.action("edit.undo").isEnabled():
        window.action("edit.undo").trigger()
        steps += 1
    assert text(window) == empty
    assert not window.canvas.view.graph.cards
    assert window.isWindowModified()
    for _ in range(steps):
        window.action("edit.redo").trigger()
    assert text(window) == drawn
    assert not window.isWindowModified()

    window.open_path(path)
    assert text(window) == drawn
    assert window.document.title == "drawn"


def test_stop_ends_a_long_run_and_keeps_the_window(window: MainWindow, qtbot: Any) -> None:
    window.open_example(DIGITS)
    window.document.set_value(("experiment", "training", "epochs"), 5000)
    window.action("run.train").trigger()
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=30_000)
    assert not window.action("run.train").isEnabled()
    started = time.monotonic()
    window.action("run.stop").trigger()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=10_000)
    assert time.monotonic() - started < 6
    assert window.action("run.train").isEnabled()


def test_a_network_that_does_not_learn_is_evaluated(window: MainWindow, qtbot: Any) -> None:
    window.open_example(DIGITS)
    assert window.run_bar.train_button.text() == "Train"
    window.document.set_value(("experiment", "learning"), {"type": "inference"})
    assert window.run_bar.train_button.text() == "Evaluate"
    assert window.action("run.train").text() == "&Evaluate"
    events: list[dict[str, Any]] = []
    window.controller.event.connect(events.append)
    QTest.mouseClick(window.run_bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(events) and window.controller.state == "idle", timeout=60_000)
    kinds = [event["event"] for event in events]
    assert {"evaluating", "example", "result"} <= set(kinds)
    assert "progress" not in kinds
    accuracy = events[kinds.index("result")]["result"]["accuracy"]
    assert window.run_bar.headline.text().startswith(f"Accuracy {100 * accuracy:.1f} %")
    assert "359 test examples" in window.run_bar.headline.text()
    window.document.undo_stack.undo()
    assert window.run_bar.train_button.text() == "Train"


def test_what_cannot_run_says_why_before_anything_starts(window: MainWindow) -> None:
    window.action("file.new").trigger()
    window.docks["problems"].close()
    QTest.mouseClick(window.run_bar.train_button, Qt.MouseButton.LeftButton)
    assert window.controller.state == "idle"
    assert window.run_bar.headline.text() == "3 problems keep it from running"
    assert window.docks["problems"].isVisible()
    said = [row.message.text() for row in window.problems.rows]
    assert "No input population." in said
    assert "There is no dataset to take examples from." in said
    QTest.qWait(20)
    assert window.problems.rows[0].hasFocus()


def test_recent_files_open_from_the_menu(window: MainWindow, tmp_path: Path) -> None:
    paths = [tmp_path / "one.snn", tmp_path / "two.snn"]
    for path in paths:
        Document.load(DIGITS).save(path)
        window.open_path(path)
    window.recent_menu.aboutToShow.emit()
    assert [action.text().split()[0] for action in window.recent_menu.actions()] == ["two", "one"]
    window.recent_menu.actions()[1].trigger()
    other = windows.with_file(paths[0])  # this one has a file already
    assert other is not None
    assert other is not window
    other.close()


def test_the_data_folder_is_chosen_once(
    window: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MNIST without its files says what to do; with the folder that the menu asks for, it trains."""
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    window.settings = window.files.settings = Settings()
    window.open_example(DIGITS.with_name("mnist.snn"))
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=30_000)
    assert "the folder 'mnist' of the data set was not found" in window.run_bar.headline.text()
    qtbot.waitUntil(lambda: "Data folder" in window.log.toPlainText())
    write(tmp_path / "sets" / "mnist", contents(), zipped=True)
    asked = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asks: asked.append(asks) or str(tmp_path / "sets"))
    window.action("file.data_folder").trigger()
    assert asked
    window.document.document.experiment.training.epochs = 2
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=30_000)
    assert "Test accuracy" in window.run_bar.headline.text()


def test_a_broken_file_keeps_what_is_open(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(dialogs, "show_error", lambda _parent, title, error: said.append((title, error)))
    window.open_example(DIGITS)
    before = text(window)
    broken = tmp_path / "broken.snn"
    broken.write_text('{"format": "spikeloom/1", "network": 3}')
    window.open_path(broken)
    assert "cannot be opened" in said[0][0]
    assert "network" in str(said[0][1])
    assert text(window) == before


def test_unsaved_changes_are_asked_about(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open_example(DIGITS)
    window.document.rename("hidden", "middle")
    answers = iter(["cancel", "discard"])
    monkeypatch.setattr(dialogs, "ask_to_save", lambda *_: next(answers))
    window.action("file.new").trigger()
    assert window.document.document.network.populations
    window.action("file.new").trigger()
    assert not window.document.document.network.populations


def test_both_themes_paint_the_window(window: MainWindow) -> None:
    window.open_example(DIGITS)
    pictures = []
    for name in ("light", "dark"):
        window.use_theme(name)
        pictures.append(window.grab().toImage().pixelColor(700, 300).lightness())
    light, dark = pictures
    assert light > 200
    assert dark < 80
    assert window.settings.get("theme") == "dark"


CRASH = """
import os, signal, sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.settings import Settings
application = QApplication([])
window = MainWindow(settings=Settings(Path(sys.argv[1])))
window.open_path(Path(sys.argv[2]))
window.document.rename("hidden", "precious")
end = time.monotonic() + 4
while time.monotonic() < end:
    application.processEvents()
    if window.files.recovery.file.with_suffix(".json").exists():
        print("ready", flush=True)
        time.sleep(60)
"""


def test_unsaved_work_survives_kill_9(window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "mine.snn"
    Document.load(DIGITS).save(file)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_PREFERRED_BINDING": "PySide6"}
    command = [sys.executable, "-c", CRASH, str(tmp_path / "other.json"), str(file)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        other.send_signal(signal.SIGKILL)
    (swap,) = Recovery.left_behind()
    assert swap.original == file
    window.recover()
    dialog = window.files.safekeeping.dialog
    assert dialog is not None
    assert "~ population 'hidden' is called 'precious'" in dialog.view.summary.toPlainText()
    QTest.mouseClick(dialog.recover_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert "precious" in window.document.document.network.names()
    assert window.document.path == file
    assert window.isWindowModified()
    assert not Recovery.left_behind()


def test_what_is_typed_on_the_canvas_is_saved(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.snn"
    Document.load(DIGITS).save(path)
    window.open_path(path)
    window.canvas.edit.add_note()
    QTest.keyClicks(window.canvas.view.note_edit, "remember this")
    window.action("file.save").trigger()
    assert Document.load(path).view.notes[0].text == "remember this"
    window.canvas.select(["hidden"])
    window.canvas.rename_selected()
    QTest.keyClicks(window.canvas.view.name_edit, "middle")
    window.action("file.save").trigger()
    assert "middle" in Document.load(path).network.names()


def test_undo_from_the_menu_takes_back_what_is_typed_first(window: MainWindow) -> None:
    window.open_example(DIGITS)
    before = text(window)
    window.canvas.select(["hidden"])
    editor = field(window, "neuron.tau_mem")
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "33")
    window.document.undo_stack.undo()
    assert text(window) == before
    window.document.undo_stack.redo()
    assert window.document.value(("network", "populations", "hidden", "neuron", "tau_mem")) == 33.0


def test_undo_of_what_is_being_edited_raises_nothing(window: MainWindow) -> None:
    window.action("file.new").trigger()
    window.canvas.add("lif")
    editor = field(window, "neuron.tau_mem")
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "nonsense")
    window.document.undo_stack.undo()
    QTest.qWait(20)
    assert not window.document.document.network.populations
    assert not window.canvas.selected()


@pytest.mark.parametrize("leave", ["tab", "other card", "nothing", "train"])
def test_a_name_typed_in_the_inspector_is_taken_when_the_focus_goes(window: MainWindow, leave: str) -> None:
    window.open_example(DIGITS)
    window.canvas.select(["hidden"])
    editor = field(window, "name")
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "core")
    port = window.canvas.view.viewport()
    if leave == "tab":
        QTest.keyClick(editor, Qt.Key.Key_Tab)
    elif leave == "train":
        editor.clearFocus()
        window.files.finish_typing()
    else:
        at = middle(window.canvas, "output") if leave == "other card" else QPoint(8, 8)
        QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=at)
        editor.clearFocus()
    QTest.qWait(30)
    assert "core" in window.document.document.network.names()
    assert window.document.undo_stack.undo_label == "rename hidden to core"
    window.document.undo_stack.undo()
    assert "hidden" in window.document.document.network.names()


def test_a_closed_window_is_let_go(qtbot: Any, tmp_path: Path) -> None:
    made = MainWindow(settings=Settings(tmp_path / "settings.json"))
    made.open_example(DIGITS)
    document = weakref.ref(made.document)
    made.close()
    made.deleteLater()
    del made
    for _ in range(3):
        QTest.qWait(30)
        gc.collect()
    assert document() is None


@pytest.mark.parametrize("action", ["edit.duplicate", "edit.cut"])
def test_an_action_sees_what_is_typed_and_not_yet_taken(window: MainWindow, action: str) -> None:
    window.open_example(DIGITS)
    window.canvas.select(["hidden"])
    editor = field(window, "neuron.tau_mem")
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "35")
    window.action(action).trigger()
    if action == "edit.cut":
        window.action("edit.paste").trigger()
    for population in window.document.document.network.populations:
        if population.name.startswith("hidden"):
            assert population.neuron.tau_mem == 35.0  # type: ignore[attr-defined]
