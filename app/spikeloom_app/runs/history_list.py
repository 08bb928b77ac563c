"""The list of runs: arrows walk, Ctrl and Shift choose several, F2 renames, Delete deletes, Enter opens."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from spikeloom_app.listening import follow_theme
from spikeloom_app.runs.history_model import RunsModel
from spikeloom_app.runs.history_row import RunRow, is_on_tick


class RunsList(QListView):
    """Shows a `RunsModel`.

    Signals
    -------
    delete_wanted, open_wanted
        Of the runs that are chosen.
    """

    delete_wanted, open_wanted = Signal(), Signal()

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self.setObjectName("runsList")
        self.setModel(model)
        self.setItemDelegate(RunRow(self))
        self.setAccessibleName("Runs")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.scheduleDelayedItemsLayout()  # rows grow with the text
        self.viewport().update()

    @property
    def is_renaming(self) -> bool:
        """Whether a title is being typed."""
        return self.state() == QAbstractItemView.State.EditingState

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list; all others are Qt's."""
        key = event.key()
        if self.is_renaming:  # the field leaves Return to others when it has taken it
            event.accept()
        elif key == Qt.Key.Key_F2 and self.currentIndex().isValid():
            self.edit(self.currentIndex())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a tick leaves chosen what is chosen."""
        index = self._on_tick(event)
        if index is None:
            super().mousePressEvent(event)
        else:
            self.model().setData(index, None, Qt.ItemDataRole.CheckStateRole)

    def _on_tick(self, event: QMouseEvent) -> QModelIndex | None:
        index = self.indexAt(event.position().toPoint())
        left = index.isValid() and event.button() == Qt.MouseButton.LeftButton
        tickable = bool(index.flags() & Qt.ItemFlag.ItemIsUserCheckable)
        return index if left and tickable and is_on_tick(self.visualRect(index), event.position()) else None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A name is changed where it stands."""
        index = self.indexAt(event.position().toPoint())
        if self._on_tick(event) is not None:
            self.mousePressEvent(event)
        elif index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.edit(index)
