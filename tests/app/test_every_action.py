"""Every action of the table through its own key or menu entry: what it changes is undone and redone to the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.spec import Document, Note
from spikeloom.spec.plots import Plot
from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.settings import Settings

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
ALL = ["input", "hidden", "output", "note:1"]


@pytest.fixture(autouse=True)
def _cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is answered with Cancel."""
    for name in ("choose_save", "choose_script", "choose_picture", "choose_folder", "ask_text"):
        monkeypatch.setattr(dialogs, name, lambda *_: None)
    monkeypatch.setattr(dialogs, "choose_open", lambda *_: [])
    monkeypatch.setattr(dialogs, "ask_to_save", lambda *_: "cancel")
    monkeypatch.setattr(dialogs, "about", lambda *_: None)


def made_in(folder: Path) -> Iterator[MainWindow]:
    """A window whose data lies in a folder; afterwards it is closed, with those that came of it."""
    before = windows.opened()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        apply_theme("dark")
        made = MainWindow(settings=Settings(folder / "settings.json"))
        made.resize(1440, 900)
        made.show()
        QTest.qWaitForWindowExposed(made)
        yield made
        made.controller.shut_down()
        for other in [opened for opened in windows.opened() if opened not in before]:
            other.files.leaving = True
            other.files.close()
            other.close()
            other.deleteLater()


def with_digits(window: MainWindow, folder: Path) -> MainWindow:
    """The digits with a note, saved, everything of it selected."""
    document = Document.load(DIGITS)
    document.view.notes = [Note(name="note:1", position=(120.0, 260.0), text="mine")]
    document.view.positions = {"input": (0.0, 3.0), "hidden": (350.0, 60.0), "output": (820.0, -30.0)}
    document.save(folder / "mine.snn")
    window.document.undo_stack.set_clean()
    window.document.open(folder / "mine.snn")
    QTest.qWait(20)
    window.canvas.select(ALL)
    window.canvas.view.setFocus()
    return window


@pytest.fixture(scope="module")
def shared(qapp: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for all tests that leave nothing but a changed document behind."""
    yield from made_in(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def window(shared: MainWindow, tmp_path: Path) -> MainWindow:
    """The shared window, with a document as new."""
    shared.activateWindow()
    return with_digits(shared, tmp_path)


@pytest.fixture
def own_window(qapp: Any, tmp_path: Path) -> Iterator[MainWindow]:
    """A window for a test that turns everything in it upside down."""
    for made in made_in(tmp_path):
        yield with_digits(made, tmp_path)


def text(window: MainWindow) -> str:
    return window.document.document.dumps()


def choose(words: str) -> Callable[[MainWindow], None]:
    """Type in the chooser that the action opened, and press Enter."""

    def act(window: MainWindow) -> None:
        chooser = window.canvas.view.chooser
        assert not chooser.isHidden()
        QTest.keyClicks(chooser.line, words)
        QTest.keyClick(chooser.line, Qt.Key.Key_Return)

    return act


def nothing(window: MainWindow) -> None:
    """The action alone is enough."""


def type_name(window: MainWindow) -> None:
    """In the edit on the canvas."""
    QTest.keyClicks(window.canvas.view.name_edit, "other")
    QTest.keyClick(window.canvas.view.name_edit, Qt.Key.Key_Return)


# What is selected first, and what is done after the action, for each that changes the document.
CHANGES: dict[str, tuple[list[str], Callable[[MainWindow], None]]] = {
    "edit.add": ([], choose("lif")),
    "edit.connect": (["hidden"], choose("hidden")),
    "edit.replace": (["hidden"], choose("alif")),
    "edit.cut": (ALL, nothing),
    "edit.paste": ([], nothing),
    "edit.duplicate": (ALL, nothing),
    "edit.delete": (ALL, nothing),
    "edit.rename": (["hidden"], type_name),
    "arrange.layers": ([], nothing),
    "arrange.frame": (ALL, nothing),
    "arrange.note": ([], nothing),
    "arrange.distribute_horizontally": (ALL, nothing),
    "arrange.distribute_vertically": (ALL, nothing),
    "view.plots_close": ([], nothing),
    **{f"view.plot_{kind}": ([], nothing) for kind in Plot.types()},
    **{f"arrange.align_{side}": (ALL, nothing) for side in ("left", "center", "right", "top", "middle", "bottom")},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_the_document_is_one_step(window: MainWindow, name: str) -> None:
    chosen, then = CHANGES[name]
    if name == "edit.paste":
        window.canvas.edit.copy()
    window.canvas.select(chosen)
    before, position = text(window), window.document.undo_stack.position
    assert window.action(name).isEnabled()
    window.action(name).trigger()
    then(window)
    after = text(window)
    assert after != before
    assert window.document.undo_stack.position == position + 1
    assert window.action("edit.undo").text() == f"&Undo {window.document.undo_stack.undo_label}"
    window.action("edit.undo").trigger()
    assert text(window) == before
    window.action("edit.redo").trigger()
    assert text(window) == after


def test_fold_and_unfold(window: MainWindow) -> None:
    window.action("arrange.frame").trigger()
    for _ in range(2):
        window.canvas.view.graph.settle()
        window.canvas.select(["frame:1"])
        before = text(window)
        window.action("arrange.fold").trigger()
        after = text(window)
        assert after != before
        window.action("edit.undo").trigger()
        assert text(window) == before
        window.action("edit.redo").trigger()
        assert text(window) == after


# Leave the window, ask in front of it, or start what takes its time: each has tests of its own.
ELSEWHERE = {
    "file.new",
    "file.close",
    "file.quit",
    "file.revert",
    "run.train",
    "run.step_batch",
    "run.step_epoch",
    "help.tour",
    "view.presentation",
}


def test_every_other_action_leaves_the_document_alone(own_window: MainWindow) -> None:
    window = own_window
    before = text(window)
    for name, action in window.action_set.actions.items():
        if name in CHANGES or name in ELSEWHERE or name in ("edit.undo", "edit.redo", "arrange.fold"):
            continue
        window.canvas.select(ALL)
        if action.enabled():
            window.action(name).trigger()
            QTest.qWait(1)
            for widget in QApplication.topLevelWidgets():
                if widget.isModal() and widget.isVisible():
                    widget.close()
            window.canvas.view.chooser.leave()
            window.command_palette.hide()
            window.show_editor()
        assert text(window) == before, name
    assert not window.document.modified


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    taken: dict[str, str] = {}
    for name in window.action_set.actions:
        for key in window.action(name).shortcuts():
            written = key.toString(QKeySequence.SequenceFormat.PortableText)
            assert written not in taken, (written, name, taken.get(written))
            taken[written] = name
    assert "Ctrl+D" in taken


def test_every_action_says_what_it_is(window: MainWindow) -> None:
    for name in window.action_set.actions:
        item = window.action(name)
        assert item.text().replace("&", "").strip(), name
        assert item.toolTip(), name
        assert item.objectName() == name


def test_keys_of_the_canvas_are_letters_in_its_edits(window: MainWindow) -> None:
    before = text(window)
    window.canvas.select(["hidden"])
    window.action("edit.rename").trigger()
    edit = window.canvas.view.name_edit
    for key in (Qt.Key.Key_G, Qt.Key.Key_D, Qt.Key.Key_T):
        QTest.keyClick(edit, key, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert text(window) == before


def test_copied_parts_are_text(window: MainWindow) -> None:
    window.action("edit.copy").trigger()
    assert '"hidden"' in QGuiApplication.clipboard().text()
