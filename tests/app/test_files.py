"""Files that others change, and documents that are reverted to them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.spec import Array, Document
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.main_window import MainWindow
from tests.app.windows_of_a_test import (
    DIGITS,
    EPOCHS,
    answer,
    change_on_disk,
    digits_at,
    epochs,
    file,
    press,
    text,
    window,
)

__all__ = ["file", "window"]  # fixtures
WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


def notice(window: MainWindow) -> str:
    return window.files.notices.text("file")


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
