"""Unsaved work outlives the window: what is written, what is offered, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.errors import RunError
from spikeloom.spec import Array, Document
from spikeloom_app.document import OpenDocument, Recovery
from spikeloom_app.document import recovery as recovery_module
from spikeloom_app.document.differences import comparable
from spikeloom_app.document.recovery import recovery_folder
from spikeloom_app.shell import windows
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.recover_dialog import RecoverDialog
from tests.app.windows_of_a_test import DIGITS, EPOCHS, LEFT, a_window, answer, change_on_disk, digits_at, press, text

WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


@pytest.fixture
def window(qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    yield from a_window(qtbot, tmp_path, monkeypatch)


def leave_behind(path: Path | None, change: Callable[[OpenDocument], object]) -> str:
    """The swap of a window that was killed after `change`; the text of its document."""
    document = OpenDocument()
    if path is not None:
        document.open(path)
    change(document)
    recovery = Recovery(document)
    assert recovery.write()
    recovery.let_go()
    return comparable(document.document)


def to(epochs: int) -> Callable[[OpenDocument], object]:
    """A change of the number of epochs."""
    return lambda document: document.set_value(EPOCHS, epochs)


def offered(window: MainWindow) -> RecoverDialog:
    """The dialog that comes at the start."""
    window.recover()
    dialog = window.files.safekeeping.dialog
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


class TestWhatIsWritten:
    """The swap file while the window lives."""

    def test_it_is_written_while_somebody_edits_on_and_on(self, window: MainWindow, tmp_path: Path) -> None:
        window.open_path(digits_at(tmp_path / "mine.snn"))
        for number in range(400):  # 20 s; without a pause that a timer could wait for
            window.document.set_value(EPOCHS, number + 1)
            QTest.qWait(50)
            if window.files.recovery.facts.exists():
                return
        pytest.fail("nothing was written while edits went on")

    def test_it_goes_when_the_document_is_saved_or_undone(self, window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
        window.open_path(digits_at(tmp_path / "mine.snn"))
        facts = window.files.recovery.facts
        window.document.set_value(EPOCHS, 3)
        qtbot.waitUntil(facts.exists)
        window.save()
        assert not list(recovery_folder().iterdir())
        window.document.set_value(EPOCHS, 4)
        qtbot.waitUntil(facts.exists)
        window.action("edit.undo").trigger()
        qtbot.waitUntil(lambda: not list(recovery_folder().iterdir()))

    def test_a_crash_while_it_is_written_leaves_the_state_before(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = OpenDocument()
        document.open(DIGITS)
        document.set_value(WEIGHT, Array(np.ones((64, 100))))
        recovery = Recovery(document, tmp_path)
        recovery.write()
        document.set_value(WEIGHT, Array(np.zeros((64, 100))))
        document.rename("input_hidden", "other")

        def killed(*_: Any) -> None:
            raise RunError("killed")

        monkeypatch.setattr(recovery_module, "_replace", killed)  # the document is written, what counts is not
        assert not recovery.write()
        recovery.let_go()
        (swap,) = Recovery.left_behind(tmp_path)
        found = swap.load()
        assert np.array_equal(found.network.connection("input_hidden").connectivity.weight.values(), np.ones((64, 100)))

    def test_a_disk_that_takes_nothing_is_said_once(self, window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / "spikeloom").write_text("in the way")
        window.open_path(digits_at(tmp_path / "mine.snn"))
        window.document.set_value(EPOCHS, 3)
        notices = window.files.notices
        qtbot.waitUntil(lambda: "cannot be kept safe" in notices.text("safekeeping"))
        press(notices, "Save")
        assert not window.isWindowModified()
        assert not notices.text("safekeeping")


class TestTheDialog:
    """What a window that is gone left behind."""

    def test_nothing_left_behind_asks_nothing(self, window: MainWindow) -> None:
        window.recover()
        assert window.files.safekeeping.dialog is None

    def test_recover_shows_what_was_lost_and_keeps_it(self, window: MainWindow, tmp_path: Path) -> None:
        file = digits_at(tmp_path / "mine.snn")
        left = leave_behind(file, to(3))
        dialog = offered(window)
        assert dialog.view.summary.toPlainText() == "~ experiment.training.epochs: 60 → 3"
        assert str(file) in dialog.facts.text()
        assert not dialog.warning.isVisible()
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert not dialog.isVisible()
        assert comparable(window.document.document) == left
        assert (window.document.path, window.isWindowModified()) == (file, True)
        assert Document.load(file).experiment.training.epochs == 60
        assert window.files.recovery.facts.exists()  # its own, before the other went
        assert Recovery.left_behind() == []
        window.save()
        assert Document.load(file).experiment.training.epochs == 3

    def test_arrays_are_recovered_and_saved(self, window: MainWindow, tmp_path: Path) -> None:
        file = digits_at(tmp_path / "mine.snn")
        weights = np.random.default_rng(1).normal(size=(64, 100)).astype(np.float32)
        leave_behind(file, lambda document: document.set_value(WEIGHT, Array(weights)))
        press(offered(window), "Recover")
        window.save()
        saved = Document.load(file).network.connection("input_hidden").connectivity.weight  # type: ignore[attr-defined]
        assert np.array_equal(saved.values(), weights)
        assert saved.file == "mine.safetensors"

    def test_several_are_listed_and_each_gets_its_window(self, window: MainWindow, tmp_path: Path) -> None:
        first = leave_behind(digits_at(tmp_path / "one.snn"), to(3))
        second = leave_behind(None, lambda document: document.add_population("lif", (0.0, 0.0), 5))
        dialog = offered(window)
        assert [dialog.list.item(k).text().split("\n")[0] for k in range(2)] == ["Never saved", "one.snn"]
        assert dialog.view.summary.toPlainText() == "+ population 'hidden' (lif)"
        assert not dialog.both_button.isEnabled()
        QTest.mouseClick(dialog.list.viewport(), LEFT, pos=dialog.list.visualItemRect(dialog.list.item(1)).center())
        press(dialog, "Recover")
        assert dialog.isVisible()
        press(dialog, "Recover")
        assert not dialog.isVisible()
        assert [comparable(each.document.document) for each in windows.opened()] == [first, second]
        assert all(each.isWindowModified() for each in windows.opened())

    def test_open_both_keeps_the_two_apart(self, window: MainWindow, tmp_path: Path) -> None:
        file = digits_at(tmp_path / "mine.snn")
        leave_behind(file, to(3))
        press(offered(window), "Open both")
        saved, recovered = windows.opened()
        assert (saved.document.path, saved.isWindowModified()) == (file, False)
        assert (recovered.document.path, recovered.isWindowModified()) == (None, True)
        assert recovered.document.title == "Handwritten digits (recovered)"
        assert recovered.document.document.experiment.training.epochs == 3

    def test_what_is_discarded_is_kept_for_a_while(self, window: MainWindow, tmp_path: Path) -> None:
        for number in range(12):
            leave_behind(None, to(number + 1))
        dialog = offered(window)
        for _ in range(12):
            press(dialog, "Discard")
        assert not dialog.isVisible()
        assert Recovery.left_behind() == []
        kept = sorted((recovery_folder() / "discarded").glob("*.snn"))
        assert len(kept) == 10
        assert {path.stem.split(".")[0] for path in kept} == {
            path.stem for path in (recovery_folder() / "discarded").glob("*.json")
        }
        assert Document.load(kept[0]).experiment.training.epochs <= 12

    def test_one_that_another_window_took_is_said(self, window: MainWindow, tmp_path: Path) -> None:
        leave_behind(digits_at(tmp_path / "mine.snn"), to(3))
        dialog = offered(window)
        Recovery.left_behind()[0].remove()
        said = answer(lambda box: press(box, "OK"))
        press(dialog, "Recover")
        assert "It is no longer here" in said
        assert not dialog.isVisible()

    def test_later_asks_again(self, window: MainWindow, tmp_path: Path) -> None:
        leave_behind(digits_at(tmp_path / "mine.snn"), to(3))
        press(offered(window), "Later")
        assert len(Recovery.left_behind()) == 1
        press(offered(window), "Recover")

    def test_an_original_that_somebody_changed_is_said(self, window: MainWindow, tmp_path: Path) -> None:
        file = digits_at(tmp_path / "mine.snn")
        leave_behind(file, to(3))
        change_on_disk(file, 9)
        dialog = offered(window)
        assert "changed by somebody else" in dialog.warning.text()
        assert dialog.warning.isVisible()
        assert dialog.view.summary.toPlainText() == "~ experiment.training.epochs: 9 → 3"
        press(dialog, "Later")

    def test_an_original_that_is_gone_is_said(self, window: MainWindow, tmp_path: Path) -> None:
        file = digits_at(tmp_path / "mine.snn")
        leave_behind(file, to(3))
        file.unlink()
        dialog = offered(window)
        assert "no longer there" in dialog.warning.text()
        assert not dialog.both_button.isEnabled()
        press(dialog, "Recover")
        window.save()
        assert Document.load(file).experiment.training.epochs == 3

    def test_one_that_cannot_be_read_is_said_and_kept(self, window: MainWindow, tmp_path: Path) -> None:
        leave_behind(digits_at(tmp_path / "mine.snn"), to(3))
        (swap,) = Recovery.left_behind()
        swap.file.write_text("{")
        dialog = offered(window)
        assert "cannot be read" in dialog.view.summary.toPlainText()
        assert str(swap.file) in dialog.view.summary.toPlainText()
        assert not dialog.recover_button.isEnabled()
        press(dialog, "Later")
        assert swap.file.read_text() == "{"

    def test_a_window_with_work_in_it_is_left_alone(self, window: MainWindow, tmp_path: Path) -> None:
        leave_behind(digits_at(tmp_path / "mine.snn"), to(3))
        window.open_example(DIGITS)
        window.document.rename("hidden", "mine too")
        before = text(window)
        press(offered(window), "Recover")
        assert text(window) == before
        assert windows.opened()[-1].document.document.experiment.training.epochs == 3
