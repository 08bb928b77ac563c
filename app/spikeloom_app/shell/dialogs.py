"""Questions and messages. Every message says what happened, where, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import spikeloom
from spikeloom.errors import SpikeloomError
from spikeloom_app.canvas import picture
from spikeloom_app.style import restyle

EXTRA = 12  # px that bold words take more than plain ones; a message box measures its buttons too early
FILTER = "Spikeloom documents (*.snn);;All files (*)"


def choose_open(parent: QWidget, folder: Path) -> list[Path]:
    """Documents to open; none if the user changed their mind."""
    names, _ = QFileDialog.getOpenFileNames(parent, "Open documents", str(folder), FILTER)
    return [Path(name) for name in names]


def file_name(name: str, otherwise: str = "Untitled") -> str:
    """A name that every file system takes: letters, digits, spaces and dashes."""
    return re.sub(r"[^\w \-]+", "_", name).strip(" .") or otherwise


def choose_save(parent: QWidget, suggestion: Path) -> Path | None:
    """A file to save to, ending in .snn, or None."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save the document", str(suggestion), FILTER)
    if not name:
        return None
    path = Path(name)
    if path.suffix == ".snn":
        return path
    # Another ending stays part of the name: arrays go beside it, by the name without the ending.
    path = path.with_name(f"{path.name}.snn")
    # The dialogue asked about the name without its ending.
    if path.exists() and not confirm(parent, f"Replace '{path.name}'?", "It is there already.", "Replace"):
        return None
    return path


def choose_picture(parent: QWidget, suggestion: Path) -> Path | None:
    """A file for a picture, with one of the endings of `picture.FORMATS`, or None."""
    name, chosen = QFileDialog.getSaveFileName(
        parent, "Export as picture", str(suggestion), ";;".join(picture.FORMATS.values())
    )
    if not name:
        return None
    path = Path(name)
    ending = next((ending for ending, words in picture.FORMATS.items() if words == chosen), ".svg")
    return path if path.suffix else path.with_suffix(ending)


def choose_script(parent: QWidget, suggestion: Path, title: str, suffix: str) -> Path | None:
    """A file for a script, with its ending, or None."""
    filters = f"{title} (*{suffix});;All files (*)"
    name, _ = QFileDialog.getSaveFileName(parent, f"Export as {title}", str(suggestion), filters)
    if not name:
        return None
    path = Path(name)
    if path.suffix:
        return path
    path = path.with_suffix(suffix)
    # The dialogue asked about the name without its ending.
    if path.exists() and not confirm(parent, f"Replace '{path.name}'?", "It is there already.", "Replace"):
        return None
    return path


def choose_folder(parent: QWidget, title: str, folder: Path) -> Path | None:
    """A folder that exists, or None."""
    name = QFileDialog.getExistingDirectory(parent, title, str(folder))
    return Path(name) if name else None


def _box(parent: QWidget, title: str, text: str, icon: QMessageBox.Icon) -> QMessageBox:
    box = QMessageBox(icon, "Spikeloom", title, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(text)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return box


def _set_default(box: QMessageBox, button: QAbstractButton | None) -> None:
    """Make it the button that Enter presses, with the room that its bold words need."""
    if isinstance(button, QPushButton):
        box.setDefaultButton(button)
        button.setProperty("primary", True)
        restyle(button)
        button.setMinimumWidth(button.sizeHint().width() + EXTRA)


def show_error(parent: QWidget, title: str, error: SpikeloomError) -> None:
    """Say what went wrong."""
    _box(parent, title, str(error), QMessageBox.Icon.Warning).exec()


def show_text(parent: QWidget, title: str, text: str) -> None:
    """Say something that is no error of a document."""
    _box(parent, title, text, QMessageBox.Icon.Information).exec()


def ask_to_save(parent: QWidget, title: str) -> str:
    """``save``, ``discard`` or ``cancel``."""
    box = _box(parent, f"Save the changes to '{title}'?", "They are lost otherwise.", QMessageBox.Icon.Question)
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    _set_default(box, box.button(buttons.Save))
    answer = box.exec()
    return {buttons.Save.value: "save", buttons.Discard.value: "discard"}.get(answer, "cancel")


def ask_to_overwrite(parent: QWidget, name: str) -> str:
    """``overwrite``, ``save_as`` or ``cancel``, where somebody else changed the file."""
    text = "Its new content is lost if you overwrite it. Save as keeps both."
    box = _box(parent, f"'{name}' was changed outside of Spikeloom", text, QMessageBox.Icon.Warning)
    overwrite = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
    save_as = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    _set_default(box, save_as)
    box.exec()
    clicked = box.clickedButton()
    return "overwrite" if clicked is overwrite else "save_as" if clicked is save_as else "cancel"


def ask_for_document(parent: QWidget, run: str, verb: str) -> str:
    """``ran``, ``open`` or ``cancel``: which document to train, where the open one is other than the run's."""
    text = "The document as it ran opens as a new one. The open one has to have the same network."
    box = _box(parent, f"The open document is not the one of '{run}'", text, QMessageBox.Icon.Question)
    ran = box.addButton(f"{verb} as it ran", QMessageBox.ButtonRole.AcceptRole)
    opened = box.addButton(f"{verb} the open one", QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    _set_default(box, ran)
    box.exec()
    clicked = box.clickedButton()
    return "ran" if clicked is ran else "open" if clicked is opened else "cancel"


def ask_text(parent: QWidget, title: str, label: str, suggestion: str, longest: int) -> str | None:
    """A line of text that is not empty, or None."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setMinimumWidth(440)
    field = QLineEdit(suggestion)
    field.setMaxLength(longest)
    field.setAccessibleName(label)
    field.setToolTip(label)
    field.selectAll()
    kinds = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
    save = buttons.button(kinds.Save)
    save.setDefault(True)
    save.setProperty("primary", True)
    save.setEnabled(bool(suggestion.strip()))
    field.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 20, 24, 18)
    column.setSpacing(10)
    heading = QLabel(label)
    heading.setBuddy(field)
    heading.setProperty("tone", "heading")
    column.addWidget(heading)
    column.addWidget(field)
    column.addSpacing(6)
    column.addWidget(buttons)
    return field.text().strip() if dialog.exec() == QDialog.DialogCode.Accepted else None


def choose_one(parent: QWidget, title: str, label: str, choices: list[str]) -> str | None:
    """Ask for one of several words; None if the user changed their mind."""
    chosen, accepted = QInputDialog.getItem(parent, title, label, choices, 0, False)
    return chosen if accepted else None


def confirm(parent: QWidget, title: str, text: str, accept: str) -> bool:
    """Whether the user presses the button called `accept`."""
    box = _box(parent, title, text, QMessageBox.Icon.Question)
    button = box.addButton(accept, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    _set_default(box, cancel)
    box.exec()
    return box.clickedButton() is button


def about(parent: QWidget) -> None:
    """Version and what it is."""
    text = "Draw, train and export spiking neural networks.\nBSD-3-Clause."
    _box(parent, f"Spikeloom {spikeloom.__version__}", text, QMessageBox.Icon.NoIcon).exec()
