"""The context menu of the canvas: what can be done with the selection, or with the canvas where nothing is selected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from spikeloom.spec import Neuron
from spikeloom_app.canvas.items import Card, Pill
from spikeloom_app.canvas.marks import Fold, FrameItem, NoteItem
from spikeloom_app.canvas.stages import DATASET, Stage

if TYPE_CHECKING:
    from spikeloom_app.canvas.canvas import Canvas


def context_menu(canvas: Canvas) -> QMenu:
    """The menu for what is selected now."""
    menu = QMenu(canvas)
    menu.setToolTipsVisible(True)
    chosen = canvas.view.selected_parts()
    if not chosen:
        menu.addAction("Add…", canvas.quick.add)
        menu.addAction("Paste", canvas.edit.paste)
        menu.addSeparator()
        menu.addAction("Add note", canvas.edit.add_note)
        menu.addAction("Add frame", canvas.edit.add_frame)
        menu.addSeparator()
        menu.addAction("Select all", canvas.select_all)
        menu.addAction("Show the whole network", canvas.fit)
        menu.addAction("Arrange in layers", canvas.edit.arrange)
        return menu
    if len(chosen) == 1:
        _one(canvas, menu)
    _several(canvas, menu)
    return menu


def _one(canvas: Canvas, menu: QMenu) -> None:
    """What one part alone can do."""
    (part,) = canvas.view.selected_parts()
    if isinstance(part, Stage):
        if part.part == DATASET:
            menu.addAction("Browse the data", lambda: canvas.stage_opened.emit(DATASET))
            menu.addSeparator()
        return
    if isinstance(part, Fold | FrameItem):
        menu.addAction("Unfold" if isinstance(part, Fold) else "Fold", canvas.edit.fold)
    if isinstance(part, NoteItem):
        menu.addAction("Edit", lambda: canvas.view.edit_text(part))
    else:
        menu.addAction("Rename", canvas.rename_selected)
    if isinstance(part, Card) and not isinstance(part, Fold):
        _connect(canvas, menu, part.part)
    elif isinstance(part, Pill):
        menu.addAction("Insert a population…", lambda: canvas.quick.insert(part.part))
        if canvas.document.position(part.part) is not None:
            menu.addAction("Back to the middle of its wire", lambda: canvas.document.move({part.part: None}))
    menu.addSeparator()


def _several(canvas: Canvas, menu: QMenu) -> None:
    """What any selection can do."""
    chosen = canvas.view.selected_parts()
    if any(isinstance(part, Card) and not isinstance(part, Fold) for part in chosen):
        types = menu.addMenu("Change type to")
        types.setToolTipsVisible(True)
        for name, cls in Neuron.types().items():
            action = types.addAction(cls.title)
            action.setToolTip(cls.help())
            action.triggered.connect(partial(canvas.edit.replace_selected, name))
        menu.addAction("Put in a frame", canvas.edit.add_frame)
        menu.addSeparator()
    if not all(isinstance(part, Stage) for part in chosen):
        menu.addAction("Cut", canvas.edit.cut)
        menu.addAction("Copy", canvas.edit.copy)
        menu.addAction("Duplicate", canvas.edit.duplicate)
    menu.addAction("Delete", canvas.delete_selected)


def _connect(canvas: Canvas, menu: QMenu, source: str) -> None:
    """Connecting without the mouse; a population that refuses says why."""
    loop = QAction("Connect to itself", menu)
    loop.triggered.connect(lambda: canvas.view.connect_parts(source, source))
    menu.addAction(loop)
    refusal = canvas.document.refusal(source, source)
    loop.setEnabled(not refusal)
    loop.setToolTip(refusal)
    others = QMenu("Connect to", menu)
    menu.addMenu(others)
    others.setToolTipsVisible(True)
    for population in canvas.document.document.network.populations:
        target = population.name
        if target != source:
            action = QAction(target, others)
            action.triggered.connect(partial(canvas.view.connect_parts, source, target))
            others.addAction(action)
            refusal = canvas.document.refusal(source, target)
            action.setEnabled(not refusal)
            action.setToolTip(refusal)
    others.setEnabled(not others.isEmpty())
