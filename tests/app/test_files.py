"""Documents as files: changed by others, reverted, several windows, drops, templates, the history."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from spikeloom.examples import templates, user_templates
from spikeloom.spec import Array, Document
from spikeloom_app.canvas import mime
from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.templates import ManageTemplates
from tests.app.windows_of_a_test import (
    DIGITS,
    EPOCHS,
    LEFT,
    a_window,
    answer,
    change_on_disk,
    digits_at,
    files_dragged,
    press,
    text,
)

COPY, NO_KEYS = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


@pytest.fixture
def window(qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    yield from a_window(qtbot, tmp_path, monkeypatch)


@pytest.fixture
def file(window: MainWindow, tmp_path: Path) -> Path:
    """A document of the user's, open in the window."""
    path = digits_at(tmp_path / "mine.snn")
    window.open_path(path)
    return path


def notice(window: MainWindow) -> str:
    return window.files.notices.text("file")


def epochs(window: MainWindow) -> int:
    return window.document.document.experiment.training.epochs


class TestChangedByOthers:
    """Another program wrote, replaced or removed the file of the document."""

    def test_reload_is_one_step_of_undo(self, window: MainWindow, file: Path, qtbot: Any) -> None:
        before = text(window)
        theirs = change_on_disk(file, 7)
        qtbot.waitUntil(lambda: "was changed outside" in notice(window))
        assert text(window) == before
        press(window.files.notices, "Reload")
        assert not notice(window)
        assert text(window) == theirs
        assert not window.isWindowModified()
        assert window.canvas.view.graph.cards["hidden"].scene() is not None
        window.action("edit.undo").trigger()
        assert text(window) == before
        assert window.isWindowModified()
        window.action("edit.redo").trigger()
        assert text(window) == theirs
        assert not window.isWindowModified()

    def test_edits_before_a_reload_come_back_one_by_one(self, window: MainWindow, file: Path) -> None:
        opened = text(window)
        window.document.rename("hidden", "middle")
        edited = text(window)
        change_on_disk(file, 7)
        window.files.watch.check()
        assert "changes here that are not saved" in notice(window)
        press(window.files.notices, "Reload")
        window.document.rename("output", "classes")
        for expected in (None, edited, opened):
            window.action("edit.undo").trigger()
            assert expected is None or text(window) == expected
        for _ in range(3):
            window.action("edit.redo").trigger()
        assert {"hidden", "classes"} < set(window.document.document.network.names())

    def test_arrays_come_back_too(self, window: MainWindow, file: Path, qtbot: Any) -> None:
        mine, theirs = np.ones((64, 100), np.float32), np.zeros((64, 100), np.float32)
        window.document.set_value(WEIGHT, Array(mine))
        window.save()
        window.action("file.new").trigger()
        window.open_path(file)  # its arrays lie in the file now
        other = Document.load(file)
        other.network.connection("input_hidden").connectivity.weight = Array(theirs)  # type: ignore[attr-defined]
        other.save(file)
        qtbot.waitUntil(lambda: bool(notice(window)))
        press(window.files.notices, "Reload")
        assert np.array_equal(window.document.value(WEIGHT).values(), theirs)
        window.action("edit.undo").trigger()
        assert np.array_equal(window.document.value(WEIGHT).values(), mine)
        window.save()
        saved = Document.load(file).network.connection("input_hidden").connectivity.weight  # type: ignore[attr-defined]
        assert np.array_equal(saved.values(), mine)

    def test_a_file_that_is_replaced_is_noticed_again_and_again(
        self, window: MainWindow, file: Path, tmp_path: Path, qtbot: Any
    ) -> None:
        for number in (7, 8, 9):
            change_on_disk(digits_at(tmp_path / "other"), number)
            os.replace(tmp_path / "other", file)
            qtbot.waitUntil(lambda: bool(notice(window)))
            press(window.files.notices, "Reload")
            assert epochs(window) == number

    def test_own_saves_and_touching_are_no_changes(self, window: MainWindow, file: Path) -> None:
        window.document.set_value(EPOCHS, 3)
        window.save()
        os.utime(file, ns=(1, 1))
        QTest.qWait(600)  # longer than it takes to notice a change
        assert not notice(window)
        assert not window.isWindowModified()

    def test_it_is_noticed_when_the_window_comes_forward(self, window: MainWindow, file: Path) -> None:
        window.files.watch._watcher.removePaths([str(file), str(file.parent)])  # a network drive tells nothing
        change_on_disk(file, 7)
        QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
        assert "was changed outside" in notice(window)

    def test_keep_mine_stays_unsaved_and_saves_without_asking(self, window: MainWindow, file: Path) -> None:
        before = text(window)
        change_on_disk(file, 7)
        window.files.watch.check()
        press(window.files.notices, "Keep mine")
        assert not notice(window)
        assert window.isWindowModified()
        window.files.watch.check()
        assert not notice(window)  # it was said once
        window.save()
        assert Document.load(file).dumps() == before
        change_on_disk(file, 8)
        window.files.watch.check()
        assert notice(window)

    def test_the_keyboard_alone_answers(self, window: MainWindow, file: Path) -> None:
        theirs = change_on_disk(file, 7)
        window.files.watch.check()
        window.canvas.view.setFocus()
        QTest.keyClick(window.canvas.view, Qt.Key.Key_F6)
        for words in ("Show differences", "Keep mine", "Reload"):
            button = QApplication.focusWidget()
            assert button.text() == words  # type: ignore[attr-defined]
            if words != "Reload":
                QTest.keyClick(button, Qt.Key.Key_Tab)
        QTest.keyClick(button, Qt.Key.Key_Space)
        assert text(window) == theirs

    def test_show_differences(self, window: MainWindow, file: Path) -> None:
        change_on_disk(file, 7)
        window.files.watch.check()
        press(window.files.notices, "Show differences")
        dialog = window.files.watch.dialog
        assert dialog is not None
        assert "~ experiment.training.epochs: 60 → 7" in dialog.view.summary.toPlainText()
        press(dialog, "Show as text")
        assert '+      "epochs": 7,' in dialog.view.text.toPlainText()
        press(dialog, "Close")

    @pytest.mark.parametrize("words", ["Overwrite", "Save as…", "Cancel"])
    def test_saving_over_a_change_asks_first(
        self, window: MainWindow, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
    ) -> None:
        window.document.set_value(EPOCHS, 3)
        theirs = change_on_disk(file, 7)
        monkeypatch.setattr(dialogs, "choose_save", lambda *_: tmp_path / "second.snn")
        said = answer(lambda dialog: press(dialog, words))
        window.action("file.save").trigger()
        assert "'mine.snn' was changed outside of Spikeloom" in said
        if words == "Overwrite":
            assert Document.load(file).experiment.training.epochs == 3
        else:
            assert file.read_text() == theirs
        assert (tmp_path / "second.snn").exists() == (words == "Save as…")
        assert window.isWindowModified() == (words == "Cancel")

    def test_a_file_that_is_deleted_makes_the_document_unsaved(
        self, window: MainWindow, file: Path, qtbot: Any
    ) -> None:
        before = text(window)
        file.unlink()
        qtbot.waitUntil(lambda: "deleted or moved away" in notice(window))
        assert window.isWindowModified()
        press(window.files.notices, "Save")
        assert Document.load(file).dumps() == before
        assert not window.isWindowModified()
        qtbot.waitUntil(lambda: not notice(window))

    def test_a_file_that_comes_back_is_as_if_it_had_stayed(
        self, window: MainWindow, file: Path, tmp_path: Path, qtbot: Any
    ) -> None:
        file.rename(tmp_path / "away.snn")
        qtbot.waitUntil(window.isWindowModified)
        (tmp_path / "away.snn").rename(file)
        qtbot.waitUntil(lambda: not window.isWindowModified())
        assert not notice(window)

    def test_a_broken_file_keeps_what_is_shown(self, window: MainWindow, file: Path) -> None:
        before = text(window)
        file.write_text("{")
        window.files.watch.check()
        said = answer(lambda dialog: press(dialog, "OK"))
        press(window.files.notices, "Reload")
        assert "'mine.snn' cannot be read" in said
        assert text(window) == before
        assert notice(window)


class TestRevert:
    """File, Revert to saved."""

    def test_it_shows_what_is_lost_and_can_be_undone(self, window: MainWindow, file: Path) -> None:
        saved = text(window)
        assert not window.action("file.revert").isEnabled()
        window.document.rename("hidden", "middle")
        window.document.set_value(EPOCHS, 3)
        edited = text(window)
        assert window.action("file.revert").isEnabled()
        shown: list[str] = []

        def look(dialog: Any) -> None:
            shown.append(dialog.view.summary.toPlainText())
            press(dialog, "Revert")

        answer(look)
        window.action("file.revert").trigger()
        assert shown == ["~ population 'hidden' is called 'middle'\n~ experiment.training.epochs: 60 → 3"]
        assert text(window) == saved
        assert not window.isWindowModified()
        assert not window.action("file.revert").isEnabled()
        window.action("edit.undo").trigger()
        assert text(window) == edited
        assert window.isWindowModified()
        window.action("edit.redo").trigger()
        assert text(window) == saved

    def test_cancel_changes_nothing(self, window: MainWindow, file: Path) -> None:
        window.document.set_value(EPOCHS, 3)
        edited = text(window)
        answer(lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape))
        window.action("file.revert").trigger()
        assert text(window) == edited

    def test_a_document_without_a_file_has_nothing_to_revert_to(self, window: MainWindow) -> None:
        window.open_example(DIGITS)
        window.document.set_value(EPOCHS, 3)
        assert not window.action("file.revert").isEnabled()


def chosen(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """What the open dialogue gives."""
    monkeypatch.setattr(dialogs, "choose_open", lambda *_: list(paths))


class TestWindows:
    """Several windows, each with a document of its own."""

    def test_keys_open_and_close_one(self, window: MainWindow, file: Path, qtbot: Any) -> None:
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(window, Qt.Key.Key_N, control | shift)
        assert len(windows.opened()) == 2
        other = windows.opened()[-1]
        assert other.pos() != window.pos()
        assert other.document.path is None
        other.open_example(DIGITS)
        other.document.rename("hidden", "theirs")
        assert "theirs" not in window.document.document.network.names()
        assert other.files.recovery.file != window.files.recovery.file
        other.action("edit.undo").trigger()
        qtbot.waitUntil(other.isActiveWindow)
        QTest.keyClick(other, Qt.Key.Key_W, control)
        qtbot.waitUntil(lambda: windows.opened() == [window])

    def test_an_untouched_window_takes_the_document_and_another_does_not(
        self, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, two = digits_at(tmp_path / "one.snn"), digits_at(tmp_path / "two.snn")
        window.open_example(DIGITS)
        chosen(monkeypatch, one)
        window.action("file.open").trigger()
        assert (window.document.path, len(windows.opened())) == (one, 1)
        chosen(monkeypatch, two)
        window.action("file.open").trigger()
        assert window.document.path == one
        assert [other.document.path for other in windows.opened()] == [one, two]

    def test_a_changed_document_without_a_file_stays(
        self, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window.open_example(DIGITS)
        window.document.rename("hidden", "precious")
        chosen(monkeypatch, digits_at(tmp_path / "one.snn"))
        window.action("file.open").trigger()
        assert len(windows.opened()) == 2
        assert "precious" in window.document.document.network.names()

    def test_a_file_is_open_once(self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = window.files.new_window()
        chosen(monkeypatch, file.parent / "." / file.name)
        other.action("file.open").trigger()
        assert [each.document.path for each in windows.opened()] == [file, None]

    def test_a_file_that_cannot_be_read_opens_no_window(
        self, window: MainWindow, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "broken.snn").write_text("{")
        chosen(monkeypatch, tmp_path / "broken.snn")
        said = answer(lambda dialog: press(dialog, "OK"))
        window.action("file.open").trigger()
        assert "'broken.snn' cannot be opened" in said
        assert windows.opened() == [window]

    def test_saving_over_a_file_of_another_window_is_refused(
        self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = file.read_text()
        other = window.files.new_window()
        other.open_example(DIGITS)
        other.document.set_value(EPOCHS, 3)
        monkeypatch.setattr(dialogs, "choose_save", lambda *_: file)
        said = answer(lambda dialog: press(dialog, "OK"))
        assert not other.save_as()
        assert "'mine.snn' is open in another window" in said
        assert file.read_text() == before

    def test_quit_asks_for_each_and_cancel_keeps_all(
        self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
    ) -> None:
        other = window.files.new_window()
        other.open_example(DIGITS)
        for each in (window, other):
            each.document.set_value(EPOCHS, 3)
        asked: list[str] = []
        answers = iter(["discard", "cancel", "discard", "discard"])
        monkeypatch.setattr(dialogs, "ask_to_save", lambda _parent, title: asked.append(title) or next(answers))
        QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        assert asked == ["mine", "Handwritten digits"]
        assert windows.opened() == [window, other]
        assert epochs(window) == epochs(other) == 3
        QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not windows.opened())

    def test_the_menu_lists_them(self, window: MainWindow, file: Path) -> None:
        other = window.files.new_window()
        other.open_example(DIGITS)
        other.document.set_value(EPOCHS, 3)
        window.windows_menu.aboutToShow.emit()
        entries = window.windows_menu.actions()
        assert [entry.text() for entry in entries] == ["&1  mine", "&2  Handwritten digits •"]
        assert [entry.isChecked() for entry in entries] == [True, False]

    def test_many_windows_come_and_go(self, window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
        for number in range(6):
            path = digits_at(tmp_path / f"{number}.snn")
            windows.open_path(window, path)
        assert len({each.geometry().topLeft().toTuple() for each in windows.opened()}) == 6
        for each in windows.opened()[1:]:
            each.close()
        qtbot.waitUntil(lambda: windows.opened() == [window])
        window.use_theme("light")  # nobody who is gone is told
        window.use_theme("dark")


START = """
import sys
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from spikeloom_app import main
from spikeloom_app.shell import windows

def look(*_):
    QTest.qWait(100)
    print([window.document.title for window in windows.opened()])
    return 0

QApplication.exec = look
sys.exit(main.main(sys.argv[1:]))
"""


def test_the_command_opens_a_window_for_each_file(tmp_path: Path) -> None:
    paths = [str(digits_at(tmp_path / f"{name}.snn")) for name in ("one", "two", "one")]
    folders = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    environment = os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", START, *paths]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "['one', 'two']\n"


def enter(target: Any, *paths: Path) -> bool:
    """Whether a drag of these files is taken."""
    data = files_dragged(*paths)
    event = QDragEnterEvent(QPoint(60, 60), COPY, data, LEFT, NO_KEYS)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def let_fall(target: Any, *paths: Path) -> bool:
    """Drag files there and let them fall; whether they were taken."""
    data = files_dragged(*paths)
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(60, 60), COPY, data, LEFT, NO_KEYS))
    event = QDropEvent(QPointF(60, 60), COPY, data, LEFT, NO_KEYS)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


class TestDrops:
    """Files from the file manager."""

    def test_a_document_falls_on_the_welcome_page(self, window: MainWindow, tmp_path: Path) -> None:
        path = digits_at(tmp_path / "one.snn")
        assert let_fall(window.welcome, path)
        assert window.document.path == path
        assert not window.file_drop.veil.isVisible()

    def test_the_veil_says_what_a_drop_does(self, window: MainWindow, file: Path) -> None:
        assert enter(window.canvas.view.viewport(), file)
        assert window.file_drop.veil.isVisible()
        assert window.file_drop.veil.words == "Drop to open mine.snn"
        QApplication.sendEvent(window, QDragLeaveEvent())
        assert not window.file_drop.veil.isVisible()

    def test_several_fall_on_the_canvas(self, window: MainWindow, tmp_path: Path) -> None:
        window.show_editor()
        paths = [digits_at(tmp_path / f"{name}.snn") for name in ("one", "two")]
        assert let_fall(window.canvas.view.viewport(), *paths)
        assert [each.document.path for each in windows.opened()] == paths

    def test_a_text_field_takes_no_file(self, window: MainWindow, file: Path, tmp_path: Path) -> None:
        """The system hands a drag to the window's surface first, before a field that takes texts could have it."""
        before = text(window)
        other = digits_at(tmp_path / "two.snn")
        field = window.inspector.findChild(QLineEdit)
        assert field is not None
        assert let_fall(window.windowHandle(), other)
        assert text(window) == before
        assert windows.with_file(other) not in (None, window)

    @pytest.mark.parametrize("name", ["notes.txt", "folder.snn", "missing.snn"])
    def test_other_files_are_refused_in_words(self, window: MainWindow, file: Path, tmp_path: Path, name: str) -> None:
        (tmp_path / "notes.txt").write_text("")
        (tmp_path / "folder.snn").mkdir()
        assert not let_fall(window.canvas.view.viewport(), tmp_path / name)
        assert name in window.statusBar().currentMessage()
        assert "Only Spikeloom documents" in window.statusBar().currentMessage()
        assert windows.opened() == [window]

    def test_neurons_still_fall_on_the_canvas(self, window: MainWindow, file: Path) -> None:
        view = window.canvas.view.viewport()
        before = len(window.document.document.network.populations)
        data = mime.pack("lif")
        QApplication.sendEvent(view, QDragEnterEvent(QPoint(60, 60), COPY, data, LEFT, NO_KEYS))
        assert not window.file_drop.veil.isVisible()
        QApplication.sendEvent(view, QDropEvent(QPointF(60, 60), COPY, data, LEFT, NO_KEYS))
        assert len(window.document.document.network.populations) == before + 1


def template_menu(window: MainWindow) -> dict[str, Any]:
    window.template_menu.aboutToShow.emit()
    return {entry.text(): entry for entry in window.template_menu.actions()}


class TestTemplates:
    """Documents to start from."""

    def test_one_from_the_menu_is_a_new_document(self, window: MainWindow) -> None:
        template_menu(window)["Recurrent classifier"].trigger()
        assert text(window) == Document.load(templates()["recurrent_classifier"]).dumps()
        assert window.document.path is None
        assert not window.isWindowModified()
        assert window.editing

    def test_one_of_the_users_own(self, window: MainWindow, file: Path) -> None:
        window.document.rename("hidden", "middle")
        window.document.set_value(WEIGHT, Array(np.ones((64, 100))))
        before = text(window)

        def name_it(dialog: Any) -> None:
            field = dialog.findChild(QLineEdit)
            QTest.keyClicks(field, "Mine / 50 & more")
            QTest.keyClick(field, Qt.Key.Key_Return)

        answer(name_it)
        window.action("file.save_template").trigger()
        assert text(window) == before
        assert list(user_templates()) == ["Mine _ 50 _ more"]
        window.save()
        template_menu(window)["Mine / 50 && more"].trigger()
        assert window.document.title == "Mine / 50 & more"
        assert "middle" in window.document.document.network.names()
        assert np.array_equal(window.document.value(WEIGHT).values(), np.ones((64, 100)))
        assert window.document.path is None
        window.show_welcome()
        QTest.qWait(30)
        press(window.welcome, "Mine / 50 & more")

    def test_they_are_deleted_after_a_question(self, window: MainWindow, file: Path) -> None:
        monkey = ["one", "two"]
        for name in monkey:
            answer(lambda dialog, name=name: (dialog.findChild(QLineEdit).setText(name), press(dialog, "Save")))
            window.action("file.save_template").trigger()
        dialog = ManageTemplates(window)
        dialog.show()
        answer(lambda box: press(box, "Cancel"))
        press(dialog, "Delete")
        assert list(user_templates()) == ["one", "two"]
        said = answer(lambda box: press(box, "Delete"))
        press(dialog, "Delete")
        assert "Delete the template 'one'?" in said
        assert list(user_templates()) == ["two"]
        assert dialog.list.count() == 1
        dialog.close()


class TestHistory:
    """The undo stack as a list."""

    @pytest.fixture
    def rows(self, window: MainWindow, file: Path) -> Any:
        window.document.rename("hidden", "middle")
        window.document.set_value(EPOCHS, 3)
        window.save()
        window.document.move({"middle": (400.0, 90.0)})
        window.docks["history"].toggleViewAction().trigger()
        return window.history.list

    @staticmethod
    def said(rows: Any) -> list[str]:
        return [rows.item(k).data(Qt.ItemDataRole.AccessibleTextRole) for k in range(rows.count())]

    def test_it_is_hidden_until_asked_for(self, window: MainWindow, file: Path) -> None:
        assert not window.docks["history"].isVisible()
        window.docks["history"].toggleViewAction().trigger()
        assert window.docks["history"].isVisible()
        assert window.docks["history"] in window.tabifiedDockWidgets(window.docks["inspector"])

    def test_a_click_goes_there_and_back(self, window: MainWindow, rows: Any) -> None:
        end = text(window)
        assert self.said(rows) == [
            "Opened",
            "Rename hidden to middle",
            "Change epochs, saved",
            "Move middle, present state",
        ]
        QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualItemRect(rows.item(0)).center())
        assert text(window) == Document.load(DIGITS).dumps()
        assert self.said(rows)[0] == "Opened, present state"
        assert self.said(rows)[3] == "Move middle, undone"
        QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualItemRect(rows.item(3)).center())
        assert text(window) == end

    def test_enter_goes_where_the_arrows_led(self, window: MainWindow, rows: Any) -> None:
        rows.setFocus()
        before = text(window)
        QTest.keyClick(rows, Qt.Key.Key_Up)
        QTest.keyClick(rows, Qt.Key.Key_Up)
        assert text(window) == before
        QTest.keyClick(rows, Qt.Key.Key_Return)
        assert epochs(window) == 60
        assert "middle" in window.document.document.network.names()

    def test_it_follows(self, window: MainWindow, rows: Any) -> None:
        window.action("edit.undo").trigger()
        assert self.said(rows)[-1] == "Move middle, undone"
        window.document.set_value(EPOCHS, 9)
        assert self.said(rows)[-1] == "Change epochs, present state"
        assert rows.currentRow() == rows.count() - 1
        window.save()
        window.action("file.new").trigger()
        assert self.said(rows) == ["New document, present state"]
