"""The document as a script, in the real window: live, in colours, searched, copied, saved, or why there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.exporters import export
from spikeloom.spec import Document
from spikeloom_app import motion
from spikeloom_app.document import OpenDocument
from spikeloom_app.script import ScriptPanel
from spikeloom_app.script.line_changes import line_changes
from spikeloom_app.script.maker import LARGEST_HERE
from spikeloom_app.script.view import FADE, HOLD, ScriptView
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, window

__all__ = ["window"]
LEFT = Qt.MouseButton.LeftButton
TAU = ("network", "populations", "hidden", "neuron", "tau_mem")
EPOCHS = ("experiment", "training", "epochs")
PATIENCE = 20_000  # ms: a worker starts

# A worker in which other exporters are found than ours: what it writes says what it was told.
WORKER = """
import sys, time, types
import numpy as np
from dataclasses import replace
from spikeloom.errors import UserError
from spikeloom.exporters import EXPORTERS, Export
fake = types.ModuleType("fake_exporter")
def write(document, name):
    training = document.experiment.training
    open(sys.argv[1], "a").write(f"{training.epochs}\\n")
    if training.epochs == 7:
        raise UserError("cannot do this", place="network.populations[1].neuron", hint="Choose a LIF.")
    if training.epochs == 8:
        time.sleep(60)
    if training.epochs == 9:
        import os; os.abort()
    text = f"# {name}\\nepochs = {training.epochs}\\nhidden = 1\\n"
    return Export(text, {"w": np.arange(3.0)}, ".npz", ("No plots.",), {"hidden": (3, 3)})
fake.write = write
sys.modules["fake_exporter"] = fake
for name in EXPORTERS:
    EXPORTERS[name] = replace(EXPORTERS[name], module="fake_exporter")
from spikeloom.worker.process import main
main()
"""


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], list[int]]:
    """A worker whose exporters are not ours; gives the epochs of the documents that it was given so far."""
    log = tmp_path / "told"
    command = [sys.executable, "-P", "-c", WORKER, str(log)]
    monkeypatch.setattr("spikeloom_app.runs.worker_process.worker_command", lambda: command)
    return lambda: [int(line) for line in log.read_text().split()] if log.exists() else []


@pytest.fixture
def panel(window: MainWindow, qtbot: Any) -> ScriptPanel:
    """The panel of a window with the digits, shown."""
    window.open_example(DIGITS)
    window.action("view.script").trigger()
    made = window.scripts.panel
    qtbot.waitUntil(lambda: made.script is not None and made.view.settled, timeout=PATIENCE)
    return made


def shows(panel: ScriptPanel, words: str) -> Callable[[], bool]:
    return lambda: words in panel.view.toPlainText() and panel.view.settled


def click(panel: ScriptPanel, button: str) -> None:
    QTest.mouseClick(panel.buttons[button], LEFT)


# -- live --------------------------------------------------------------------------------------------------------
def test_it_is_the_script_that_is_saved(window: MainWindow, panel: ScriptPanel) -> None:
    made = export(window.document.document, "python", "handwritten_digits")
    assert panel.view.toPlainText() == made.text
    assert panel.view.isReadOnly()
    assert window.focusWidget() is panel.view


def test_it_follows_edits_and_undo(window: MainWindow, panel: ScriptPanel, qtbot: Any) -> None:
    window.document.set_value(TAU, 33.0)
    qtbot.waitUntil(shows(panel, "tau_mem=33.0"))
    window.document.rename("hidden", "middle")
    qtbot.waitUntil(shows(panel, "middle = sl.Population"))
    window.action("edit.undo").trigger()
    window.action("edit.undo").trigger()
    qtbot.waitUntil(shows(panel, "hidden = sl.Population"))
    assert panel.view.toPlainText() == export(window.document.document, "python", "handwritten_digits").text
    window.document.remove(["hidden"])
    qtbot.waitUntil(lambda: "hidden" not in panel.view.toPlainText().partition("# -- The data")[0])
    assert panel.view.toPlainText() == export(window.document.document, "python", "handwritten_digits").text


def test_it_follows_while_a_slider_moves(window: MainWindow, panel: ScriptPanel) -> None:
    for step in range(40):  # more than half a second without a pause
        window.document.set_value(TAU, 20.0 + step)
        QTest.qWait(16)
    shown = [line for line in panel.view.lines if line.strip().startswith("hidden =")]
    assert "tau_mem=20.0" not in shown[0]


def test_what_is_read_and_selected_stays(window: MainWindow, panel: ScriptPanel, qtbot: Any) -> None:
    view = panel.view
    wheel = QWheelEvent(QPointF(60, 60), view.mapToGlobal(QPointF(60, 60)), QPoint(), QPoint(0, -1200),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
                        False)  # fmt: skip
    QApplication.sendEvent(view.viewport(), wheel)
    top = view.firstVisibleBlock().text()
    assert view.firstVisibleBlock().blockNumber() > 5
    assert view.find("parser = argparse")
    view.verticalScrollBar().setValue(view.verticalScrollBar().minimum() + 20)
    top = view.firstVisibleBlock().text()
    window.document.add_population("lif", (0.0, 0.0), 10, "another")  # a line more above what is read
    qtbot.waitUntil(shows(panel, "another = "))
    assert view.firstVisibleBlock().text() == top
    assert view.textCursor().selectedText() == "parser = argparse"


def test_nothing_is_computed_while_nobody_sees_it(window: MainWindow, monkeypatch: Any, qtbot: Any) -> None:
    made: list[str] = []
    monkeypatch.setattr("spikeloom_app.script.maker.export", lambda d, to, name: made.append(to) or export(d, to, name))
    window.open_example(DIGITS)
    panel, dock = window.scripts.panel, window.docks["script"]
    window.document.set_value(TAU, 30.0)
    QTest.qWait(300)
    assert made == []
    window.action("view.script").trigger()
    qtbot.waitUntil(shows(panel, "tau_mem=30.0"))
    count = len(made)
    window.docks["inspector"].raise_()  # in front of it
    QTest.qWait(50)
    window.document.set_value(TAU, 31.0)
    QTest.qWait(300)
    assert len(made) == count
    dock.raise_()
    qtbot.waitUntil(shows(panel, "tau_mem=31.0"))
    window.action("view.script").trigger()
    assert dock.isHidden()
    window.document.set_value(TAU, 32.0)
    QTest.qWait(300)
    assert len(made) == count + 1


def test_the_line_that_changed_is_tinted_for_a_moment(window: MainWindow, panel: ScriptPanel, qtbot: Any) -> None:
    assert panel.view.tinted == set()  # it has only been opened
    window.document.set_value(TAU, 33.0)
    qtbot.waitUntil(lambda: bool(panel.view.tinted))
    line = next(k for k, text in enumerate(panel.view.lines) if "tau_mem=33.0" in text)
    assert panel.view.tinted == {line}
    qtbot.waitUntil(lambda: not panel.view.tinted, timeout=2 * (HOLD + FADE))
    motion.reduce(True)
    try:
        window.document.set_value(TAU, 34.0)
        qtbot.waitUntil(shows(panel, "tau_mem=34.0"))
        assert panel.view.tinted == set()
    finally:
        motion.reduce(False)


# -- colours -----------------------------------------------------------------------------------------------------
def test_it_is_coloured_in_both_themes(window: MainWindow, panel: ScriptPanel, qtbot: Any) -> None:
    def look() -> dict[str, str]:
        lines = panel.view.lines
        places = {"keyword": "import argparse", "string": '"spike_input"', "number": "0.2", "comment": "# Populations"}
        found = {}
        for kind, words in places.items():
            line = next(k for k, text in enumerate(lines) if words in text)
            found[kind] = panel.view.colour_at(line, lines[line].index(words))
        return found

    dark = look()
    assert len(set(dark.values())) == 4 and all(dark.values())
    window.use_theme("light")
    qtbot.waitUntil(lambda: panel.view.settled)
    light = look()
    assert len(set(light.values())) == 4
    assert not set(light.values()) & set(dark.values())


def test_its_letters_grow_with_the_text(window: MainWindow, panel: ScriptPanel) -> None:
    before, width = panel.view.fontMetrics().height(), panel.view.gutter.width()
    window.action("view.text_larger").trigger()
    window.action("view.text_larger").trigger()
    assert panel.view.fontMetrics().height() > before
    assert panel.view.gutter.width() > width
    window.action("view.text_reset").trigger()


def test_a_line_that_a_change_brings_has_its_colours(window: MainWindow, panel: ScriptPanel, qtbot: Any) -> None:
    window.document.set_value(TAU, 123.5)
    qtbot.waitUntil(shows(panel, "tau_mem=123.5"))
    line = next(k for k, text in enumerate(panel.view.lines) if "tau_mem=123.5" in text)
    number = panel.view.lines[line].index("123.5")
    assert panel.view.colour_at(line, number + 4) == panel.view.colour_at(line, number) != ""
    assert panel.view.colour_at(line, number + 5) == ""


OLD = ["a", "b", "c", "", "d", "e"]


@pytest.mark.parametrize(
    "new",
    [
        ["a", "b", "c", "", "d", "e"], ["x"], [""], ["a", "c", "", "e"], ["a", "b", "c", "", "d", "e", "f", "g"],
        ["f", "a", "b", "c", "", "d", "e"], ["a", "bb", "cc", "", "d", "ee"], ["a", "b"], ["", "", "a", "e", "b", "d"],
        ["a", "\N{ROCKET} b", "c", "", "d\N{ROCKET}", "e"],
    ],
)  # fmt: skip
def test_a_text_gives_way_to_another_by_its_lines(qtbot: Any, new: list[str]) -> None:
    view = ScriptView()
    qtbot.addWidget(view)
    for wanted in (OLD, new, OLD, new):
        view.show_text("\n".join(wanted), "python")
        qtbot.waitUntil(lambda: view.settled)
        assert view.toPlainText() == "\n".join(wanted)
        assert view.lines == wanted
    assert line_changes(new, new) == []


# -- choice, copy, find ------------------------------------------------------------------------------------------
def test_copy_puts_the_whole_script_on_the_clipboard(panel: ScriptPanel) -> None:
    click(panel, "copy")
    assert QGuiApplication.clipboard().text() == panel.view.toPlainText()


def test_what_is_selected_is_copied_by_its_key(panel: ScriptPanel) -> None:
    assert panel.view.find("sl.EventProp")
    QTest.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "sl.EventProp"


def test_words_are_found(panel: ScriptPanel, window: MainWindow, qtbot: Any) -> None:
    QTest.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = panel.finder.line
    assert window.focusWidget() is line
    QTest.keyClicks(line, "sl.connection")
    assert panel.finder.count.text() == "1 of 2"
    first = panel.view.textCursor().blockNumber()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel.finder.count.text() == "2 of 2"
    assert panel.view.textCursor().blockNumber() == first + 1
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel.view.textCursor().blockNumber() == first
    window.document.remove(["input_hidden"])
    qtbot.waitUntil(lambda: panel.finder.found == 1)
    line.setText("nowhere")
    assert panel.finder.count.text() == "none"
    assert not panel.finder.after.isEnabled()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert panel.finder.isHidden()
    assert window.focusWidget() is panel.view


def test_the_key_of_finding_means_the_canvas_elsewhere(window: MainWindow, panel: ScriptPanel) -> None:
    window.canvas.view.setFocus()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert panel.finder.isHidden()


# -- parts -------------------------------------------------------------------------------------------------------
def test_a_part_that_is_selected_is_marked(window: MainWindow, panel: ScriptPanel) -> None:
    window.resize(1100, 560)
    panel.view.verticalScrollBar().setValue(panel.view.verticalScrollBar().maximum())
    window.canvas.select(["hidden"])
    first, last = panel.view.marked
    assert first == last and panel.view.lines[first].strip().startswith("hidden = ")
    assert first in panel.view._seen()
    window.canvas.select(["input_hidden"])
    assert panel.view.lines[panel.view.marked[0]].strip().startswith("sl.Connection(input_, hidden")
    window.canvas.select([])
    assert panel.view.marked == (-1, -1)


def test_a_click_into_its_line_selects_a_part(window: MainWindow, panel: ScriptPanel) -> None:
    line = next(k for k, text in enumerate(panel.view.lines) if text.strip().startswith("output = "))
    boxes = dict(panel.view.lines_within(panel.view.viewport().rect()))
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=QPoint(80, int(boxes[line].center().y())))
    assert window.canvas.selected() == ["output"]
    assert panel.view.marked == (line, line)
    assert window.focusWidget() is panel.view


def test_f1_in_the_script_is_about_the_type_or_the_part(window: MainWindow, panel: ScriptPanel) -> None:
    assert panel.view.find("Adam")
    window.action("help.reference").trigger()
    page = window.help.view.page()
    assert page is not None and page.python == "Adam"


# -- what it cannot do -------------------------------------------------------------------------------------------
def test_a_refusal_says_why_and_leads_to_the_part(window: MainWindow, panel: ScriptPanel, qtbot: Any) -> None:
    window.document.set_value(("network", "populations", "hidden", "neuron", "relative_reset"), True)
    panel.choose("pygenn")
    qtbot.waitUntil(panel.refusal.isVisible)
    row = panel.refusal.rows[0]
    assert "PyGeNN script" in panel.refusal.heading.text()
    assert row.where.text().startswith("hidden") and row.message.text() == "EventProp needs an absolute reset."
    assert row.hint.text()
    assert panel.view.toPlainText() == ""
    assert not panel.buttons["copy"].isEnabled()
    assert panel.refusal.button.text() == "Go to hidden"
    QTest.mouseClick(panel.refusal.button, LEFT)
    assert window.canvas.selected() == ["hidden"]
    assert QApplication.focusWidget() is window.inspector.row("neuron.relative_reset").editor


def test_a_fix_in_a_refusal_mends_it(window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any) -> None:
    window.document.set_value(("network", "populations", "hidden", "neuron", "relative_reset"), True)
    panel.choose("pygenn")
    qtbot.waitUntil(panel.refusal.isVisible)
    QTest.mouseClick(panel.refusal.rows[0].button, LEFT)
    qtbot.waitUntil(shows(panel, "epochs = 60"), timeout=PATIENCE)
    assert panel.refusal.isHidden()


# -- beside the window -------------------------------------------------------------------------------------------
def test_what_takes_long_is_written_beside_the_window(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any
) -> None:
    panel.choose("pygenn")
    qtbot.waitUntil(shows(panel, "epochs = 60"), timeout=PATIENCE)
    assert panel.view.toPlainText().startswith("# handwritten_digits\n")
    assert panel.notes.isVisible() and panel.notes.label.text() == "No plots."
    window.canvas.select(["hidden"])
    assert panel.view.marked == (2, 2)
    window.document.set_value(EPOCHS, 8)  # which takes a minute, and is not waited for
    qtbot.waitUntil(lambda: worker()[-1] == 8, timeout=PATIENCE)
    qtbot.waitUntil(panel.state.isVisible, timeout=PATIENCE)
    assert shows(panel, "epochs = 60")()
    window.document.set_value(EPOCHS, 5)
    qtbot.waitUntil(shows(panel, "epochs = 5"), timeout=PATIENCE)
    assert panel.state.isHidden()
    panel.choose("python")
    qtbot.waitUntil(shows(panel, "import spikeloom as sl"))
    assert panel.notes.isHidden()


@pytest.mark.parametrize(("number", "words"), [(7, "Cannot do this."), (9, "The worker crashed")])
def test_the_last_text_is_dimmed_where_there_is_no_new_one(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any, number: int, words: str
) -> None:
    panel.choose("pygenn")
    qtbot.waitUntil(shows(panel, "epochs = 60"), timeout=PATIENCE)
    window.document.set_value(EPOCHS, number)
    qtbot.waitUntil(panel.refusal.isVisible, timeout=PATIENCE)
    assert panel.refusal.rows[0].message.text().startswith(words)
    assert panel.view.dimmed and "epochs = 60" in panel.view.toPlainText()
    window.document.undo_stack.undo()
    qtbot.waitUntil(panel.refusal.isHidden, timeout=PATIENCE)
    assert not panel.view.dimmed


def test_the_text_of_another_kind_is_not_taken_for_the_one_that_is_being_written(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any
) -> None:
    window.document.set_value(EPOCHS, 8)  # which takes a minute
    qtbot.waitUntil(shows(panel, "epochs=8"))
    click(panel, "copy")
    before = QGuiApplication.clipboard().text()
    assert "import spikeloom" in before
    QGuiApplication.clipboard().setText("mine")
    panel.choice.setFocus()
    QTest.keyClick(panel.choice, Qt.Key.Key_Down)
    assert panel.to == "pygenn" and panel.view.dimmed
    assert not panel.buttons["copy"].isEnabled() and not panel.buttons["find"].isEnabled()
    qtbot.waitUntil(panel.state.isVisible, timeout=300)  # at once, not after a while
    assert panel.state.text() == "Writing the PyGeNN script…"
    assert panel.view.rect().contains(panel.state.geometry())
    click(panel, "copy")
    panel.copy()
    QTest.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "mine" and panel.finder.isHidden()
    window.document.set_value(EPOCHS, 5)
    qtbot.waitUntil(shows(panel, "epochs = 5"), timeout=PATIENCE)
    assert not panel.view.dimmed and panel.state.isHidden()
    click(panel, "copy")
    assert "epochs = 5" in QGuiApplication.clipboard().text()


def test_an_empty_page_has_no_caret(window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any) -> None:
    assert panel.view.cursorWidth() == 1
    window.document.set_value(EPOCHS, 7)
    panel.choose("pygenn")
    qtbot.waitUntil(panel.refusal.isVisible, timeout=PATIENCE)
    qtbot.waitUntil(lambda: panel.view.settled)
    assert panel.view.toPlainText() == "" and panel.view.cursorWidth() == 0


def test_a_large_network_is_written_beside_the_window(window: MainWindow, panel: ScriptPanel) -> None:
    assert not panel.maker.beside("python")
    document = window.document.document.model_copy(deep=True)
    for number in range(LARGEST_HERE):
        population = document.network.population("hidden").model_copy(deep=True)
        population.name = f"h{number}"
        document.network.populations.append(population)
    maker = type(panel.maker)(OpenDocument(document), panel)
    assert maker.beside("python") and maker.beside("notebook")


def test_many_notes_are_shown_when_asked_for(panel: ScriptPanel) -> None:
    panel.notes.show_notes(("One is left out.", "Two is left out."))
    assert panel.notes.label.text().count("left out") == 2 and panel.notes.button.isHidden()
    panel.notes.show_notes(("One is left out.", "Two is left out.", "Three is left out."))
    assert panel.notes.label.text().count("left out") == 1
    QTest.mouseClick(panel.notes.button, LEFT)
    assert panel.notes.label.text().count("left out") == 3
    QTest.mouseClick(panel.notes.button, LEFT)
    assert panel.notes.label.text().count("left out") == 1


# -- saving ------------------------------------------------------------------------------------------------------
def test_saving_writes_text_and_arrays_and_says_so(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    asked: list[tuple[Any, ...]] = []
    output = tmp_path / "mine.py"
    monkeypatch.setattr(dialogs, "choose_script", lambda *values: asked.append(values) or output)
    window.document.save(tmp_path / "digits.snn")
    window.action("file.export_pygenn").trigger()
    qtbot.waitUntil(lambda: "Wrote" in window.files.notices.text("script"), timeout=PATIENCE)
    assert asked[0][1:] == (tmp_path / "digits.py", "PyGeNN script", ".py")
    assert output.read_text() == "# mine\nepochs = 60\nhidden = 1\n"
    assert (tmp_path / "mine_arrays.npz").is_file()
    said = window.files.notices.notices["script"]
    assert "mine.py and mine_arrays.npz" in said.text and str(tmp_path) in said.text
    assert "Show in folder" in said.buttons
    QTest.mouseClick(said.buttons["Dismiss"], LEFT)
    assert not window.files.notices.isVisible()


def test_what_is_saved_is_what_is_shown(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    panel.choose("notebook")
    qtbot.waitUntil(shows(panel, '"cells"'))
    output = tmp_path / "handwritten_digits.ipynb"
    monkeypatch.setattr(dialogs, "choose_script", lambda *_: output)
    click(panel, "save")
    qtbot.waitUntil(lambda: "Wrote" in window.files.notices.text("script"), timeout=PATIENCE)
    assert output.read_text() == panel.view.toPlainText()


def test_closing_the_window_waits_for_what_is_saved(
    window: MainWindow, panel: ScriptPanel, worker: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(dialogs, "choose_script", lambda *_: tmp_path / "mine.py")
    window.action("file.export_pygenn").trigger()
    window.files.leaving = True
    window.close()
    assert (tmp_path / "mine.py").is_file() and (tmp_path / "mine_arrays.npz").is_file()


def test_what_cannot_be_written_is_said(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(dialogs, "choose_script", lambda *_: tmp_path / "nowhere" / "mine.py")
    monkeypatch.setattr(dialogs, "show_error", lambda _parent, title, error: shown.append((title, str(error))))
    click(panel, "save")
    qtbot.waitUntil(lambda: bool(shown), timeout=PATIENCE)
    assert shown[0][0] == "The script was not written"
    assert "mine.py" in shown[0][1] and "folder does not exist" in shown[0][1]


def test_arrays_of_others_are_not_replaced_unasked(
    window: MainWindow, panel: ScriptPanel, qtbot: Any, worker: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "mine_arrays.npz").write_bytes(b"precious")
    questions: list[str] = []
    monkeypatch.setattr(dialogs, "choose_script", lambda *_: tmp_path / "mine.py")
    monkeypatch.setattr(dialogs, "confirm", lambda _parent, title, *_: questions.append(title) or False)
    window.action("file.export_pygenn").trigger()
    QTest.qWait(100)
    assert questions == ["Replace 'mine_arrays.npz'?"]
    assert (tmp_path / "mine_arrays.npz").read_bytes() == b"precious"
    assert not (tmp_path / "mine.py").exists()


def test_the_documents_own_file_is_never_replaced(
    window: MainWindow, panel: ScriptPanel, tmp_path: Path, monkeypatch: Any
) -> None:
    shown: list[str] = []
    window.document.save(tmp_path / "digits.snn")
    monkeypatch.setattr(dialogs, "choose_script", lambda *_: tmp_path / "digits.snn")
    monkeypatch.setattr(dialogs, "show_error", lambda _parent, _title, error: shown.append(str(error)))
    click(panel, "save")
    assert "belongs to the document itself" in shown[0]
    assert Document.load(tmp_path / "digits.snn").title == "Handwritten digits"
