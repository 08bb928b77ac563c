"""The runs that there were: searched, chosen, and what there is to know of the one that is chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.runs.history_details import details_html
from spikeloom_app.runs.history_entry import Entry
from spikeloom_app.runs.history_list import RunsList
from spikeloom_app.runs.history_model import RunsModel

NOTHING = (
    "No runs yet.\nEvery training leaves one here, with its curves, its document and its weights; "
    "every evaluation one with its figures."
)
NOT_FOUND = "No run matches."


class RunsPanel(QWidget):
    """The list with its search field and its details.

    Signals
    -------
    chosen_changed
        Other runs are chosen.
    """

    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runsPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Runs")
        self.model = RunsModel(self)  # it goes with the panel: what it is connected to holds the window
        self._menu: list[QAction | None] = []
        self._shown = ""
        self._waiting: list[Entry] | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search runs")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search runs")
        self.search.setToolTip("By name, folder, state or kind: 'digits failed', 'evaluation'")
        self.search.textChanged.connect(self._search)
        self.list = RunsList(self.model)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._chosen_changed())
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.itemDelegate().closeEditor.connect(lambda *_: QTimer.singleShot(0, self, self._show_waiting))
        self.empty = QLabel(NOTHING)
        self.empty.setProperty("tone", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(24, 24, 24, 24)
        self.details = QTextBrowser()
        self.details.setObjectName("runDetails")
        self.details.setAccessibleName("Details of the run")
        self.details.setOpenLinks(False)
        self.details.setFrameShape(QFrame.Shape.NoFrame)
        self.details.setTabChangesFocus(True)
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(10, 4, 10, 4)
        self.buttons.setSpacing(4)
        self._lay_out()
        follow_theme(self._paint)

    def _lay_out(self) -> None:
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setContentsMargins(10, 8, 10, 0)
        line.addWidget(self.search)
        column.addLayout(line)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addLayout(self.buttons)
        below.addWidget(self.details, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(lower)
        self.splitter.setSizes([400, 260])
        self.splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)
        self.list.hide()

    # -- what others put in ----------------------------------------------------------------------------------------
    def show_entries(self, entries: Iterable[Entry]) -> None:
        """List these runs; those that are chosen stay chosen. While a title is typed, they wait."""
        if self.list.is_renaming:
            self._waiting = list(entries)
            return
        chosen, current = self._keys(), self.list.currentIndex()
        at = self.model.shown[current.row()].key if current.isValid() else ""
        if self.model.show_entries(entries):
            self._choose(chosen, at)
        self._show_empty()
        self._show_details()

    def _show_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.show_entries(waiting)

    def offer(self, buttons: Iterable[QAction], menu: Iterable[QAction | None]) -> None:
        """Offer these actions: as buttons below the list, and in its menu (None: a line)."""
        self._menu = list(menu)
        for action in buttons:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.text().replace("&", "").rstrip("…"))
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)

    # -- what is chosen --------------------------------------------------------------------------------------------
    @property
    def chosen(self) -> list[Entry]:
        """The runs that are chosen, in the order of the list."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        return [self.model.shown[row] for row in rows if row < len(self.model.shown)]

    def choose(self, *keys: str) -> None:
        """Choose the runs with these folders."""
        self._choose(set(keys), keys[0] if keys else "")

    def _keys(self) -> set[str]:
        return {entry.key for entry in self.chosen}

    def _choose(self, keys: set[str], current: str) -> None:
        selection, flag = self.list.selectionModel(), QItemSelectionModel.SelectionFlag
        selection.clear()
        for key in keys:
            row = self.model.row_of(key)
            if row >= 0:
                selection.select(self.model.index(row), flag.Select)
        row = self.model.row_of(current)
        if row >= 0:
            selection.setCurrentIndex(self.model.index(row), flag.NoUpdate)

    def _chosen_changed(self) -> None:
        self._show_details()
        self.chosen_changed.emit()

    # -- what is shown -----------------------------------------------------------------------------------------------
    def _search(self, text: str) -> None:
        chosen = self._keys()
        if self.model.search(text):
            self._choose(chosen, next(iter(chosen), ""))
        self._show_empty()

    def _show_empty(self) -> None:
        self.empty.setText(NOT_FOUND if self.model.total else NOTHING)
        self.empty.setVisible(not self.model.shown)
        self.list.setVisible(bool(self.model.shown))

    def _show_details(self) -> None:
        chosen = self.chosen
        if len(chosen) == 1:
            page = details_html(chosen[0])
        elif chosen:
            page = f"<p>{wording.counted(len(chosen), 'run')} chosen. Compare shows what differs.</p>"
        else:
            page = ""
        if page != self._shown:
            self._shown = page
            bar = self.details.verticalScrollBar()
            at = bar.value()
            self.details.setHtml(page)
            bar.setValue(at)

    def _show_menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for action in self._menu:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _paint(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(f"""
            #runsPanel {{ background: {tokens.surface}; }}
            #runsList {{ background: {tokens.surface}; border: none; }}
            #runDetails {{ background: {tokens.surface}; border: none; border-top: 1px solid {tokens.border};
                border-radius: 0; padding: 8px 10px; }}
            #runDetails:focus {{ border-top-color: {tokens.accent}; }}
        """)
        self._shown = "\0"  # the page has the colours of the theme
        self._show_details()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the search field, Down leads into the list."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus() and self.model.shown:
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.chosen:
                self.list.setCurrentIndex(self.model.index(0))
        else:
            super().keyPressEvent(event)
