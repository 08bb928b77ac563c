"""The runs as a list for Qt: pinned ones on top, then the newest, as far as they match what is searched for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from spikeloom_app.runs.history_entry import Entry

ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class RunsModel(QAbstractListModel):
    """What is listed.

    Attributes
    ----------
    renamed
        Signal with an `Entry` and the title that the user typed.
    ticked
        Signal with an `Entry` and whether its curves shall be drawn with those of other runs.
    """

    renamed = Signal(object, str)
    ticked = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: list[Entry] = []
        self.total = 0
        self._all: list[Entry] = []
        self._words: list[str] = []
        self._ticks: frozenset[str] = frozenset()

    # -- what is listed ------------------------------------------------------------------------------------------
    def show_entries(self, entries: Iterable[Entry]) -> bool:
        """List these; whether other rows, or the same in another order, are shown now."""
        self._all = sorted(entries, key=lambda e: (e.run.pinned, e.run.started, e.key), reverse=True)
        self.total = len(self._all)
        return self._refresh()

    def search(self, text: str) -> bool:
        """List what has all of these words in its name, its folder's name, its state or its kind."""
        self._words = text.lower().split()
        return self._refresh()

    def show_ticks(self, folders: Iterable[str]) -> None:
        """Tick the runs whose folders have these names."""
        ticks = frozenset(folders)
        if ticks != self._ticks:
            self._ticks = ticks
            self._changed()

    def is_ticked(self, entry: Entry) -> bool:
        """Whether its curves are drawn with those of other runs."""
        return entry.run.folder.name in self._ticks

    def row_of(self, key: str) -> int:
        """The row of a run; -1 where it is not listed."""
        return next((row for row, entry in enumerate(self.shown) if entry.key == key), -1)

    def _refresh(self) -> bool:
        shown = [entry for entry in self._all if self._matches(entry)]
        if [entry.key for entry in shown] == [entry.key for entry in self.shown]:
            self.shown = shown
            self._changed()
            return False
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()
        return True

    def _matches(self, entry: Entry) -> bool:
        text = f"{entry.run.name} {entry.run.folder.name} {entry.status} {entry.kind}".lower()
        return all(word in text for word in self._words)

    def _changed(self) -> None:
        if self.shown:
            self.dataChanged.emit(self.index(0), self.index(len(self.shown) - 1), [])

    # -- for Qt --------------------------------------------------------------------------------------------------
    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many are listed."""
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row shows and says."""
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        entry = self.shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return entry.run.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.CheckStateRole:
            if entry.is_evaluation:
                return None
            return Qt.CheckState.Checked if self.is_ticked(entry) else Qt.CheckState.Unchecked
        return entry if role == ENTRY else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a title that was typed, or a tick."""
        entry = self.shown[index.row()]
        if role == Qt.ItemDataRole.EditRole:
            if str(value).strip() != entry.run.name:
                self.renamed.emit(entry, str(value))
            return True
        if role == Qt.ItemDataRole.CheckStateRole and not entry.is_evaluation:
            self.ticked.emit(entry, not self.is_ticked(entry))
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows are chosen and renamed, and ticked where there are curves."""
        flag = Qt.ItemFlag
        plain = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable
        entry = index.data(ENTRY)
        return plain if entry is None or entry.is_evaluation else plain | flag.ItemIsUserCheckable
