"""Templates: documents to start from, those that ship with Spikeloom and those that the user keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spikeloom.errors import SpikeloomError
from spikeloom.examples import templates, user_templates, user_templates_folder
from spikeloom_app import wording
from spikeloom_app.document import snapshot
from spikeloom_app.labels import wrapped
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.headings import heading_of

if TYPE_CHECKING:
    from spikeloom_app.shell.files import Files

LONGEST_NAME = 80  # characters; it becomes the name of a file


@dataclass(frozen=True)
class Template:
    """A document to start from.

    Parameters
    ----------
    own
        The user made it, and can delete it.
    """

    path: Path
    title: str
    description: str
    own: bool


def all_templates() -> list[Template]:
    """Those that ship with Spikeloom, then the user's own; one that cannot be read is left out."""
    found = [_read(path, own=False) for path in templates().values()]
    found += [_read(path, own=True) for path in user_templates().values()]
    return [template for template in found if template is not None]


def _read(path: Path, *, own: bool) -> Template | None:
    try:
        heading = heading_of(path)
    except SpikeloomError:
        return None
    return Template(path, heading.title or path.stem, heading.description, own)


def fill_menu(menu: QMenu, files: Files) -> None:
    """Fill a menu with the templates; choosing one opens it as a new document."""
    menu.clear()
    menu.setToolTipsVisible(True)
    known = all_templates()
    for own in (False, True):
        for template in known:
            if template.own is own:
                entry = menu.addAction(template.title.replace("&", "&&"))
                entry.setToolTip(wording.tooltip(template.description))
                entry.setStatusTip(template.description)
                entry.triggered.connect(lambda _checked=False, path=template.path: files.open_example(path))
        menu.addSeparator()
    manage = menu.addAction("&Manage templates…")
    manage.setEnabled(bool(user_templates()))
    manage.setToolTip("Delete templates of your own")
    manage.triggered.connect(lambda: ManageTemplates(files.window).exec())


def save_as_template(files: Files) -> None:
    """Keep a copy of the document as a template, under a name the user gives."""
    files.finish_typing()
    document = files.document.document
    name = dialogs.ask_text(
        files.window, "Save as template", "Name of the template", document.title or files.document.title, LONGEST_NAME
    )
    if name is None:
        return
    path = user_templates_folder() / f"{dialogs.file_name(name, 'template')}.snn"
    if path.exists() and not dialogs.confirm(
        files.window, f"Replace the template '{name}'?", "There is one of this name already.", "Replace"
    ):
        return
    copied = snapshot(document)
    copied.title = name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        copied.save(path)
    except SpikeloomError as error:
        dialogs.show_error(files.window, f"The template '{name}' was not saved", error)
    except OSError as error:
        dialogs.show_text(files.window, f"The template '{name}' was not saved", str(error))
    else:
        files.say(f"Saved the template '{name}'; find it in File, New from template")


class ManageTemplates(QDialog):
    """Lists the user's own templates and deletes them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Templates")
        self.resize(460, 360)
        self.list = QListWidget()
        self.list.setAccessibleName("Your templates")
        self.list.setSpacing(2)
        self.delete_button = QPushButton("Delete")
        self.delete_button.setToolTip("Delete the chosen template for good")
        self.delete_button.setAutoDefault(False)
        self.delete_button.clicked.connect(self.delete)
        self.close_button = QPushButton("Close")
        self.close_button.setDefault(True)
        self.close_button.setProperty("primary", True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.delete_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(10)
        column.addWidget(wrapped("Your templates", "title"))
        column.addWidget(wrapped("Documents that were made from a template stay as they are.", "muted"))
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        self._paths = list(user_templates().values())
        for path in self._paths:
            template = _read(path, own=True)
            item = QListWidgetItem(template.title if template is not None else f"{path.stem} (cannot be read)")
            item.setToolTip(wording.tooltip(str(path)))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.delete_button.setEnabled(bool(self._paths))

    def delete(self) -> None:
        """Delete the chosen template, after asking."""
        row = self.list.currentRow()
        if row < 0:
            return
        title = self.list.item(row).text()
        if not dialogs.confirm(self, f"Delete the template '{title}'?", "This cannot be undone.", "Delete"):
            return
        try:
            for file in (self._paths[row], self._paths[row].with_suffix(".safetensors")):
                file.unlink(missing_ok=True)
        except OSError as error:
            dialogs.show_text(self, f"'{title}' could not be deleted", str(error))
        self._fill()
