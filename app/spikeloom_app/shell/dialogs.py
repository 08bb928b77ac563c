"""Questions and messages. Every message says what happened, where, and what to do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

import spikeloom
from spikeloom.errors import SpikeloomError
from spikeloom_app.canvas import picture
from spikeloom_app.document import Swap

FILTER = "Spikeloom documents (*.snn);;All files (*)"


def choose_open(parent: QWidget, folder: Path) -> Path | None:
    """A document to open, or None."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open a document", str(folder), FILTER)
    return Path(name) if name else None


def choose_save(parent: QWidget, suggestion: Path) -> Path | None:
    """A file to save to, ending in .snn, or None."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save the document", str(suggestion), FILTER)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(".snn")


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


def show_error(parent: QWidget, title: str, error: SpikeloomError) -> None:
    """Say what went wrong."""
    _box(parent, title, str(error), QMessageBox.Icon.Warning).exec()


def show_problems(parent: QWidget, title: str, lines: list[str], hints: list[str]) -> None:
    """Say what keeps a document from running."""
    shown = [f"{line}\n{hint}" if hint else line for line, hint in zip(lines, hints, strict=True)][:8]
    more = [f"… and {len(lines) - 8} more"] if len(lines) > 8 else []
    _box(parent, title, "\n\n".join(shown + more), QMessageBox.Icon.Warning).exec()


def ask_to_save(parent: QWidget, title: str) -> str:
    """``save``, ``discard`` or ``cancel``."""
    box = _box(parent, f"Save the changes to '{title}'?", "They are lost otherwise.", QMessageBox.Icon.Question)
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    answer = box.exec()
    return {buttons.Save.value: "save", buttons.Discard.value: "discard"}.get(answer, "cancel")


def ask_to_recover(parent: QWidget, swap: Swap) -> str:
    """``recover``, ``discard`` or ``later``."""
    name = str(swap.original) if swap.original else "a document that was never saved"
    text = f"The window that edited it ended without saving. The last change is of {swap.written:%d %B, %H:%M}."
    box = _box(parent, f"There are unsaved changes to {name}", text, QMessageBox.Icon.Question)
    recover = box.addButton("Recover", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Later", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(recover)
    box.exec()
    clicked = box.clickedButton()
    return "recover" if clicked is recover else "discard" if clicked is discard else "later"


def about(parent: QWidget) -> None:
    """Version and what it is."""
    text = "Draw, train and export spiking neural networks.\nBSD-3-Clause."
    _box(parent, f"Spikeloom {spikeloom.__version__}", text, QMessageBox.Icon.NoIcon).exec()
