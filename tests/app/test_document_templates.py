"""Templates: those that come along, and the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from spikeloom.examples import templates, user_templates, user_templates_folder
from spikeloom.spec import Array, Document
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.templates import ManageTemplates
from tests.app.windows_of_a_test import answer, file, press, text, window

__all__ = ["file", "window"]  # fixtures
WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


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

    def test_one_that_changed_on_disk_is_called_what_it_is_now(self, window: MainWindow) -> None:
        user_templates_folder().mkdir(parents=True)
        own = Document.load(templates()["recurrent_classifier"])
        for title in ("A first draft", "The second draft"):
            own.title = title
            own.save(user_templates_folder() / "mine.snn")
            assert title in template_menu(window)
            window.show_editor()
            window.show_welcome()
            QTest.qWait(10)
            listed = window.welcome.templates.findChildren(QPushButton)
            buttons = {button.text() for button in listed if button.isVisible()}
            assert title in buttons
        assert "A first draft" not in template_menu(window)
        assert "A first draft" not in buttons

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
