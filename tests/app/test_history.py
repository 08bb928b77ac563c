"""The dock of runs in a real window, over real run folders."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QToolButton

from spikeloom import history
from spikeloom.errors import RunError
from spikeloom.run.checkpoints import load_checkpoint, save_checkpoint
from spikeloom.spec import Document, EarlyStopping
from spikeloom.spec.plots import Curves
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs.history_compare import CompareView
from spikeloom_app.runs.history_evaluate import EvaluateDialog
from spikeloom_app.runs.history_row import LEFT, TICK
from spikeloom_app.runs.history_tables import Row, figure_rows, write_csv
from spikeloom_app.shell import dialogs, run_overlays
from spikeloom_app.shell.commands import commands
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, window
from tests.app.windows_of_a_test import answer, press
from tests.run_folders import copied, say

__all__ = ["window"]

CTRL = Qt.KeyboardModifier.ControlModifier
BUTTON = Qt.MouseButton.LeftButton


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """The folder of runs of the window of the test, with ``first`` and ``second``."""
    (tmp_path / "data" / "spikeloom").mkdir(parents=True)
    return copied(tmp_path / "data" / "spikeloom" / "runs")


@pytest.fixture
def shown(runs: Path, window: MainWindow, qtbot: Any) -> Iterator[MainWindow]:
    """The window with the digits open and its runs read."""
    window.open_example(DIGITS)
    window.run_history.show()
    qtbot.waitUntil(lambda: names(window) == ["The second", "The first"], timeout=5000)
    yield window
    for view in window.findChildren(CompareView):
        view.close()


class Fake:
    """Notes what the controller is asked for."""

    def __init__(self, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[str, OpenDocument, dict[str, Any]]] = []
        for task in ("train", "evaluate"):
            monkeypatch.setattr(window.controller, task, self._noting(task))
        apart = self._noting("evaluate")
        monkeypatch.setattr(
            window.controller, "evaluate_apart", lambda document, _name, **options: apart(document, **options)
        )

    def _noting(self, task: str) -> Callable[..., None]:
        return lambda document, **options: self.asked.append((task, document, options))


def names(window: MainWindow) -> list[str]:
    """The names of the runs that are listed."""
    return [entry.run.name for entry in window.run_history.panel.model.shown]


def row(window: MainWindow, name: str) -> QPoint:
    """The middle of a row."""
    listed = window.run_history.panel.list
    return listed.visualRect(listed.model().index(names(window).index(name), 0)).center()


def click(window: MainWindow, name: str, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    """Click a row."""
    QTest.mouseClick(window.run_history.panel.list.viewport(), BUTTON, modifier, row(window, name))


def restore_best(folder: Path) -> None:
    """Let a run be one that ended with its best weights."""
    document = Document.load(folder / "document.snn")
    document.experiment.training.early_stopping = EarlyStopping()
    document.save(folder / "document.snn")


def details(window: MainWindow) -> str:
    return window.run_history.panel.details.toPlainText()


def test_rows_say_what_a_run_came_to_and_details_say_more(shown: MainWindow) -> None:
    entry = shown.run_history.panel.model.shown[1]
    test = entry.run.final["test"]["accuracy"]
    assert entry.figure == f"{100 * test:.1f} %" and entry.figure_words == "test accuracy"
    assert len(entry.curve) == 2 and "2 epochs" in entry.below
    spoken = shown.run_history.panel.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "The first, done, test accuracy" in spoken
    click(shown, "The second")
    text = details(shown)
    assert "The second" in text and "eventprop" in text and "0.02" in text and "epoch 2:" in text  # from the log
    click(shown, "The first", CTRL)
    assert "2 runs chosen" in details(shown)


def test_what_failed_and_what_was_killed_is_said(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    error = {"message": "the membrane voltage became NaN", "place": "hidden.V", "hint": "Lower the learning rate."}
    say(runs / "first", status="failed", result=None, error=error)
    say(runs / "second", status="running", pid=2**22 + 1, birth="", result=None)
    shown.run_history.reader.look()
    qtbot.waitUntil(lambda: [e.run.status for e in shown.run_history.panel.model.shown] == ["lost", "failed"])
    click(shown, "The first")
    assert "hidden.V: the membrane voltage became NaN" in details(shown) and "Lower the learning" in details(shown)
    click(shown, "The second")
    assert "ended without a word" in details(shown) and "Resume training" in details(shown)
    assert shown.action("run.resume_training").isEnabled()


def test_what_was_moved_and_where_it_began_is_said(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    moved = {"path": "experiment.learning.optimiser.alpha", "old": 0.005, "value": 0.01}
    parent = {"run": str(runs / "second"), "checkpoint": str(runs / "second"), "resumed": True, "epoch": 2}
    say(runs / "first", live=[moved | {"step": 120, "epoch": 1}], parent=parent)
    shown.run_history.reader.look()
    click(shown, "The first")
    qtbot.waitUntil(lambda: "0.005 → 0.01 at batch 120" in details(shown))
    assert "went on with second after epoch 2" in details(shown)


def test_a_run_of_another_window_appears_and_is_followed(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    shutil.copytree(runs / "first", runs / ".new")
    say(runs / ".new", status="running", pid=os.getpid(), birth="", title="Another", result=None)
    say(runs / ".new", started="2026-11-22T00:00:00+00:00")
    (runs / ".new").rename(runs / "new")
    qtbot.waitUntil(lambda: names(shown) == ["Another", "The second", "The first"], timeout=5000)
    assert shown.run_history.panel.model.shown[0].run.epochs == 2
    with (runs / "new" / "metrics.csv").open("a") as file:
        file.write("3,0.1,0.99,0.1,0.99,0.1,,,\n")
    qtbot.waitUntil(lambda: shown.run_history.panel.model.shown[0].figure == "99.0 %", timeout=5000)


def test_search_narrows_the_list_and_keeps_what_is_chosen(shown: MainWindow) -> None:
    panel = shown.run_history.panel
    click(shown, "The second")
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "sec")
    assert names(shown) == ["The second"] and [e.run.name for e in panel.chosen] == ["The second"]
    QTest.keyClicks(panel.search, "ond done")
    assert names(shown) == ["The second"]
    QTest.keyClicks(panel.search, "x")
    assert names(shown) == [] and panel.empty.isVisible() and "No run matches" in panel.empty.text()
    panel.search.clear()
    assert names(shown) == ["The second", "The first"]
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.list.hasFocus()


def test_f2_renames_in_place_and_escape_does_not(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    title = shown.document.title
    click(shown, "The first")
    listed = shown.run_history.panel.list
    for words, last in (("Nothing", Qt.Key.Key_Escape), ("Slow & steady", Qt.Key.Key_Return)):
        QTest.keyClick(listed, Qt.Key.Key_F2)
        editor = listed.findChild(dialogs.QLineEdit)
        assert editor is not None and editor.text() == "The first"
        QTest.keyClicks(editor, words)
        QTest.keyClick(editor, last)
        settled()
    qtbot.waitUntil(lambda: names(shown) == ["The second", "Slow & steady"])
    assert history.read(runs / "first").name == "Slow & steady"  # type: ignore[union-attr]
    assert [entry.run.name for entry in shown.run_history.chosen] == ["Slow & steady"]
    assert shown.document.title == title  # Return is the field's alone here, and opens nothing


def test_what_is_typed_stays_while_another_run_goes_on(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    click(shown, "The first")
    listed = shown.run_history.panel.list
    QTest.keyClick(listed, Qt.Key.Key_F2)
    QTest.keyClicks(listed.findChild(dialogs.QLineEdit), "Half a")
    shutil.copytree(runs / "first", runs / "new")
    say(runs / "new", title="Another", started="2026-11-22T00:00:00+00:00")
    with qtbot.waitSignal(shown.run_history.reader.read, timeout=5000):
        shown.run_history.reader.look()
    settled()
    QTest.keyClicks(listed.findChild(dialogs.QLineEdit), " title")
    QTest.keyClick(listed.findChild(dialogs.QLineEdit), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(shown) == ["Another", "The second", "Half a title"])


def test_a_pinned_run_stays_on_top(shown: MainWindow, qtbot: Any) -> None:
    click(shown, "The first")
    action = shown.action("run.pin")
    assert action.text() == "&Pin run"
    action.trigger()
    qtbot.waitUntil(lambda: names(shown) == ["The first", "The second"])
    assert shown.run_history.one.name == "The first"  # type: ignore[union-attr]
    shown.action_set.refresh()
    assert action.text() == "Un&pin run"
    action.trigger()
    qtbot.waitUntil(lambda: names(shown) == ["The second", "The first"])


def test_delete_asks_and_says_what_is_left(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    (runs / "first" / "notes.txt").write_text("mine")
    click(shown, "The first")
    listed = shown.run_history.panel.list
    said = answer(lambda box: press(box, "Cancel"))
    QTest.keyClick(listed, Qt.Key.Key_Delete)
    assert any("Delete 'The first'?" in text for text in said) and (runs / "first" / "run.json").exists()
    answer(lambda box: press(box, "Delete"))
    QTest.keyClick(listed, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(shown) == ["The second"])
    assert [path.name for path in (runs / "first").iterdir()] == ["notes.txt"]
    assert "stays in" in shown.statusBar().currentMessage()


def test_two_runs_side_by_side(shown: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    click(shown, "The first")
    assert not shown.action("run.compare").isEnabled()
    click(shown, "The second", CTRL)
    shown.action("run.compare").trigger()
    (view,) = shown.findChildren(CompareView)
    qtbot.waitExposed(view)
    lines = [line.name for line in view.curves.lines("accuracy")]
    assert lines == ["The second training", "The second validation", "The first training", "The first validation"]
    view.curves.choose(smoothing=0.5, training=False)  # in its menu
    assert [line.name for line in view.curves.lines("loss")] == ["The second validation", "The first validation"]
    told = {row.name: row.values for row in view.settings.rows}
    assert told == {
        "hidden · Neuron · Membrane time constant": ("30 ms", "20 ms"),
        "Learning · Optimiser · Learning rate": ("0.02", "0.005"),
        "Training · Seed": ("7", "0"),
    }
    QTest.mouseClick(view.everything, BUTTON)
    assert ("Training · Batch size", ("16", "16")) in [(row.name, row.values) for row in view.settings.rows]
    figures = {row.name for row in view.figures.rows}
    assert {"Test accuracy", "Validation loss", "Training accuracy", "Epochs", "Duration"} <= figures
    file = tmp_path / "tables.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    QTest.mouseClick(view.export, BUTTON)
    rows = list(csv.reader(file.open(encoding="utf-8-sig")))
    assert (
        rows[0] == ["", "The second", "The first"] and ["Learning · Optimiser · Learning rate", "0.02", "0.005"] in rows
    )
    assert any(row[0] == "Test accuracy" for row in rows)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shown.findChildren(CompareView))


def test_tables_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "tables.csv"
    file.write_text("before")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunError, match="No space left") as failed:
        write_csv(file, ["one"], [Row("Seed", ("1",), False)])
    assert failed.value.place == str(file) and file.read_text() == "before" and list(tmp_path.iterdir()) == [file]


def test_a_document_is_restored_as_one_step_of_undo(shown: MainWindow, runs: Path) -> None:
    before = shown.document.document.dumps()
    click(shown, "The second")
    shown.action("run.restore").trigger()
    ran = shown.document.document
    assert ran.experiment.training.seed == 7 and ran.title == "The second"
    assert shown.document.undo_stack.labels == ["restore 'The second'"]
    shown.action("edit.undo").trigger()
    assert shown.document.document.dumps() == before


def test_a_document_opens_as_a_new_one(shown: MainWindow, runs: Path) -> None:
    click(shown, "The second")
    shown.action("run.open_document").trigger()
    assert shown.document.path is None and shown.document.document.experiment.training.seed == 7
    assert not shown.document.undo_stack.labels


def test_resume_trains_the_document_as_it_ran(shown: MainWindow, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(shown, monkeypatch)
    click(shown, "The second")
    answer(lambda box: press(box, "Cancel"))
    shown.action("run.resume_training").trigger()
    assert fake.asked == []
    said = answer(lambda box: press(box, "Resume as it ran"))
    shown.action("run.resume_training").trigger()
    assert any("not the one of 'The second'" in text for text in said)
    ((task, document, options),) = fake.asked
    assert task == "train" and options == {"resume": str(runs / "second")}
    assert document is shown.document and document.document.experiment.training.seed == 7
    shown.action("run.again").trigger()  # the document is open now: there is nothing to ask
    assert fake.asked[1][2] == {"weights": str(runs / "second")}


def test_run_again_with_the_open_document(shown: MainWindow, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(shown, monkeypatch)
    click(shown, "The second")
    answer(lambda box: press(box, "Run the open one"))
    shown.action("run.again").trigger()
    ((_, document, _),) = fake.asked
    assert document.document.experiment.training.seed == 0


def test_a_checkpoint_is_evaluated_on_a_split(shown: MainWindow, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(shown, monkeypatch)
    click(shown, "The second")
    before = shown.document.document.dumps()

    def choose(dialog: EvaluateDialog) -> None:
        assert "after epoch 2" in dialog.checkpoint.currentText()
        QTest.keyClicks(dialog.split, "val")
        press(dialog, "Evaluate")

    answer(choose)
    shown.action("run.evaluate_checkpoint").trigger()
    ((task, document, options),) = fake.asked
    assert task == "evaluate" and document.document.experiment.training.seed == 7
    assert options["checkpoint"] == str(runs / "second" / "checkpoints" / "last.safetensors")
    assert options["split"] == "validation" and document.document.base == history.read(runs / "second").base
    assert shown.document.document.dumps() == before


def test_the_best_epoch_is_said_and_can_be_evaluated(
    shown: MainWindow, runs: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    folder = runs / "second"
    result = json.loads((folder / "run.json").read_text())["result"]
    best = {"best_epoch": 1, "monitor": "validation_loss", "best": 0.25, "stopped_early": True}
    more = {"metrics": {"test": {"silent_neurons:hidden": 3.0, "confusion_matrix": [[1]]}}}
    arrays, state = load_checkpoint(folder)
    for name, epoch in (("best", 1), ("epoch-0002", 2)):
        save_checkpoint(folder / "checkpoints" / f"{name}.safetensors", arrays, state | {"epoch": epoch})
    say(folder, result={**result, **best, **more})
    restore_best(folder)
    shown.run_history.reader.look_now()
    click(shown, "The second")
    qtbot.waitUntil(lambda: "Best epoch" in details(shown), timeout=5000)
    assert "1, by validation loss 0.250; training stopped early" in details(shown)
    assert "Test silent neurons of hidden\n3\n" in details(shown)
    rows = {row.name: row.values for row in figure_rows([history.read(runs / name) for name in ("first", "second")])}
    assert rows["Test silent neurons of hidden"] == ("–", "3")
    fake, offered = Fake(shown, monkeypatch), []

    def choose(dialog: EvaluateDialog) -> None:
        offered.extend(dialog.checkpoint.itemText(row) for row in range(dialog.checkpoint.count()))
        assert dialog.checkpoint.currentText().startswith("the best"), "whose weights the run ended with"
        press(dialog, "Evaluate")

    answer(choose)
    shown.action("run.evaluate_checkpoint").trigger()
    assert offered == [
        "the last one, after epoch 2",
        "the best one by validation loss, after epoch 1",
        "after epoch 2",
    ]
    ((_, _, options),) = fake.asked
    assert options["checkpoint"] == str(folder / "checkpoints" / "best.safetensors")


def test_figures_are_copied_for_a_spreadsheet(shown: MainWindow, runs: Path) -> None:
    click(shown, "The first")
    shown.action("run.copy_metrics").trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:2] == ["epoch", "loss"] and len(lines) == 3 and lines[1].startswith("1\t")


def test_the_menu_of_a_row_and_the_command_palette_have_it_all(shown: MainWindow) -> None:
    click(shown, "The first")
    listed = shown.run_history.panel.list
    listed.customContextMenuRequested.emit(row(shown, "The first"))
    menus = [menu for menu in shown.run_history.panel.findChildren(QMenu) if menu.isVisible()]
    texts = [action.text().replace("&", "") for action in menus[0].actions() if not action.isSeparator()]
    assert "Rename run" in texts and "Resume training" in texts and "Delete run…" in texts
    menus[0].close()
    assert {"run.rename", "run.compare", "run.evaluate_checkpoint"} <= shown.action_set.made.keys()
    shown.run_history.panel.choose()
    shown.action_set.refresh()
    assert not shown.action("run.rename").isEnabled()


def test_a_run_that_goes_on_is_not_deleted(
    shown: MainWindow, runs: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(dialogs, "confirm", lambda _parent, title, *_: asked.append(title) or False)
    status = history.read(runs / "first")
    assert status is not None and status.status == "done"
    click(shown, "The first")
    assert shown.action("run.delete").isEnabled()
    say(runs / "first", status="running", pid=os.getpid(), birth="", result=None)
    shown.run_history.reader.look()
    qtbot.waitUntil(lambda: not shown.action("run.delete").isEnabled(), timeout=5000)
    (command,) = [command for command in commands(shown) if command.id == "run.delete"]
    assert command.reason == "'The first' goes on: stop it first"
    QTest.keyClick(shown.run_history.panel.list, Qt.Key.Key_Delete)
    assert not asked and shown.statusBar().currentMessage() == command.reason
    say(runs / "first", status="done")
    shown.run_history.reader.look()
    qtbot.waitUntil(lambda: shown.action("run.delete").isEnabled(), timeout=5000)


def test_earlier_curves_are_read_once(
    shown: MainWindow, runs: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noting(run: Any, *rest: Any) -> Any:
        read.append(run.name)
        return history.metrics(run, *rest)

    monkeypatch.setattr(run_overlays, "metrics", noting)
    click(shown, "The first")
    shown.action("run.overlay").trigger()
    assert read == ["The first"]
    plot = shown.board.first("curves")
    looks: list[int] = []
    refresh = shown.run_history.overlays.refresh
    monkeypatch.setattr(shown.run_history.overlays, "refresh", lambda: (looks.append(1), refresh()))
    shown.document.set_value(("experiment", "training", "epochs"), 9)
    shown.document.rename("hidden", "middle")
    assert not looks
    shown.board.duplicate(next(name for name, panel in shown.board.panels.items() if panel is plot))
    assert looks and read == ["The first"]  # the second plot is drawn from what was read
    drawn = [{line.name for line in found.lines("loss")} for found in shown.run_history.overlays._plots()]
    assert drawn == [{"The first training", "The first validation"}] * 2
    with (runs / "first" / "metrics.csv").open("a") as file:
        file.write("3,0.1,0.99,0.1,0.99,0.1,,,\n")
    shown.run_history.reader.look_now()
    qtbot.waitUntil(lambda: read == ["The first"] * 2, timeout=5000)


def test_ticks_draw_curves_with_those_of_the_run(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    (plot,) = shown.run_history.overlays._plots()
    click(shown, "The second")
    listed = shown.run_history.panel.list
    box = listed.visualRect(listed.model().index(1, 0))
    tick = QPoint(box.left() + LEFT + TICK // 2, box.top() + box.height() // 4)
    QTest.mouseClick(listed.viewport(), BUTTON, pos=tick)
    assert {line.name for line in plot.lines("loss")} == {"The first training", "The first validation"}
    assert plot.settings.runs == ["first"]
    assert [entry.run.name for entry in shown.run_history.chosen] == ["The second"]  # the tick chose nothing
    history.rename(history.read(runs / "first"), "Old")  # type: ignore[arg-type]
    shown.run_history.reader.look()
    qtbot.waitUntil(lambda: "Old training" in {line.name for line in plot.lines("loss")})
    QTest.keyClick(listed, Qt.Key.Key_Space)
    assert "The second validation" in {line.name for line in plot.lines("accuracy")}
    shown.action("run.overlay").trigger()
    assert {line.name for line in plot.lines("loss")} == {"Old training", "Old validation"}
    QTest.mouseClick(listed.viewport(), BUTTON, pos=tick)
    assert plot.lines("loss") == []


def test_a_training_appears_while_it_goes_on(shown: MainWindow, qtbot: Any) -> None:
    shown.document.set_value(("experiment", "training", "epochs"), 2)
    shown.action("run.train").trigger()
    qtbot.waitUntil(lambda: names(shown)[0] == "Handwritten digits", timeout=20000)
    qtbot.waitUntil(lambda: shown.run_history.panel.model.shown[0].run.status == "done", timeout=30000)
    assert shown.run_history.panel.model.shown[0].run.epochs == 2


def test_runs_of_another_folder_are_added(
    window: MainWindow,
    tmp_path: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dialogs, "choose_folder", lambda *_: copied(tmp_path / "cluster"))
    window.open_example(DIGITS)
    window.run_history.show()
    assert "No runs yet" in window.run_history.panel.empty.text() and window.run_history.panel.empty.isVisible()
    window.action("run.add_folder").trigger()
    qtbot.waitUntil(lambda: names(window) == ["The second", "The first"])


def test_a_folder_that_was_added_is_taken_off_the_list_and_stays_on_the_disk(
    window: MainWindow,
    tmp_path: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    action = window.action("run.remove_folder")
    folders = [copied(tmp_path / "cluster"), tmp_path / "gone"]
    window.open_example(DIGITS)
    window.run_history.show()
    assert not action.isEnabled()
    window.settings.set("run_folders", [str(folder) for folder in folders])
    window.run_history.reader.look_now()
    qtbot.waitUntil(lambda: names(window) == ["The second", "The first"], timeout=5000)
    asked: list[list[str]] = []
    monkeypatch.setattr(dialogs, "choose_one", lambda *asking: asked.append(asking[-1]) or asking[-1][1])
    window.refresh_actions()
    assert action.text().endswith("…")
    action.trigger()  # of no run that is listed: which folder is asked
    assert asked == [[str(folder) for folder in folders]]
    assert window.settings.get("run_folders") == [str(folders[0])] and len(names(window)) == 2
    click(window, "The first")
    panel = window.run_history.panel
    panel.list.customContextMenuRequested.emit(row(window, "The first"))
    (menu,) = [menu for menu in panel.findChildren(QMenu) if menu.isVisible()]
    assert action in menu.actions() and action.isEnabled() and not action.text().endswith("…")
    menu.close()
    action.trigger()
    qtbot.waitUntil(lambda: names(window) == [], timeout=5000)
    assert len(asked) == 1 and window.settings.get("run_folders") == [] and not action.isEnabled()
    assert all((folders[0] / name / "run.json").is_file() for name in ("first", "second"))


def test_a_run_that_was_trained_elsewhere_is_opened_by_its_folder(
    window: MainWindow,
    tmp_path: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = copied(tmp_path / "cluster")
    window.open_example(DIGITS)
    window.run_history.show()
    chosen = [tmp_path, elsewhere / "first"]  # the first one holds no run
    monkeypatch.setattr(dialogs, "choose_folder", lambda *_: chosen.pop(0))
    button = next(b for b in window.findChildren(QToolButton) if b.accessibleName() == "Open run folder")
    said: list[str] = []
    answer(lambda box: (said.extend(label.text() for label in box.findChildren(QLabel)), press(box, "OK")))
    QTest.mouseClick(button, BUTTON)
    assert "No run was added" in said and names(window) == []
    QTest.mouseClick(button, BUTTON)
    qtbot.waitUntil(lambda: names(window) == ["The first"], timeout=5000)
    assert window.settings.get("run_folders") == [str(elsewhere / "first")]
    shutil.rmtree(elsewhere)
    window.run_history.reader.look_now()
    qtbot.waitUntil(lambda: names(window) == [], timeout=5000)


def test_a_run_goes_on_in_the_window(shown: MainWindow, runs: Path, qtbot: Any) -> None:
    click(shown, "The first")
    assert shown.run_history.open_document()
    shown.action("run.resume_training").trigger()
    qtbot.waitUntil(lambda: len(names(shown)) == 3, timeout=20000)
    qtbot.waitUntil(lambda: shown.run_history.panel.model.shown[0].run.status == "done", timeout=30000)
    run = shown.run_history.panel.model.shown[0].run
    assert run.epochs == 4 and run.parent is not None and run.parent.run == runs / "first"
    assert history.metrics(run)["epoch"] == [3, 4]
    qtbot.waitUntil(lambda: shown.action("run.evaluate_checkpoint").isEnabled(), timeout=10000)
    results: list[dict[str, Any]] = []
    shown.controller.event.connect(lambda event: results.append(event) if event["event"] == "result" else None)
    answer(lambda dialog: press(dialog, "Evaluate"))
    shown.action("run.evaluate_checkpoint").trigger()
    qtbot.waitUntil(lambda: bool(results), timeout=20000)
    assert results[0]["result"]["accuracy"] == history.read(runs / "first").final["test"]["accuracy"]  # type: ignore[union-attr]


def test_the_document_remembers_whose_curves_are_drawn(shown: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    click(shown, "The first")
    shown.action("run.overlay").trigger()
    (curves,) = [plot for plot in shown.document.document.view.shown_plots if isinstance(plot, Curves)]
    assert curves.runs == ["first"]
    assert shown.document.undo_stack.labels == ["draw the curves of 'The first'"]
    shown.document.save(tmp_path / "mine.snn")
    shown.action("file.new").trigger()
    model = shown.run_history.panel.model
    assert not any(model.is_ticked(entry) for entry in model.shown)
    shown.open_path(tmp_path / "mine.snn")
    (plot,) = shown.run_history.overlays._plots()
    drawn = {"The first training", "The first validation"}
    qtbot.waitUntil(lambda: {line.name for line in plot.lines("loss")} == drawn)
    assert model.is_ticked(model.shown[1])
    plot.choose(runs=[])  # in its own menu
    assert plot.lines("loss") == [] and not model.is_ticked(model.shown[1])
