"""The choice of a type: a box that opens a list with a line to search it, and a line of help for each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import help_wanted, theme
from spikeloom_app.inspector.controls import Choice
from spikeloom_app.matching import best_first
from spikeloom_app.search_list import SearchList

ENTRY_HEIGHT = 42  # px
MOST_SHOWN = 8  # entries before the list scrolls
WIDTHS = (340, 420)  # px of the list, the narrowest and the widest


@dataclass(frozen=True)
class Entry:
    """What can be chosen: a value, its title, one line of help, and the name that documents give it."""

    value: Any
    title: str
    help: str
    name: str = ""

    @property
    def places(self) -> tuple[str, str, str]:
        """What it is found by, the most telling first."""
        return (self.title, self.name, self.help)


class TypeChoice(Choice):
    """One of the types of a family; typing a letter on the closed box opens the list and searches for it."""

    def __init__(self, entries: Sequence[Entry], several: str = "several types") -> None:
        super().__init__([(entry.value, entry.title, entry.help) for entry in entries], several)
        self.entries = list(entries)
        self.popup: SearchPopup | None = None

    def showPopup(self) -> None:
        """Open the list below the box, or above it where there is no room."""
        if self.popup is None:
            self.popup = SearchPopup(self, self.entries)
            self.popup.chosen.connect(self._choose)
        self.popup.setAccessibleName(self.accessibleName())
        row = self.currentIndex()
        self.popup.open_at(self.entries[row].value if row >= 0 else self)

    def hidePopup(self) -> None:
        """Close the list."""
        if self.popup is not None:
            self.popup.hide()

    def _choose(self, value: Any) -> None:
        row = self.options.index(value)
        self.setCurrentIndex(row)
        self.activated.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if self.popup is not None and self.popup.isVisible():
            QApplication.sendEvent(self.popup.search, event)  # typed before the list had the focus
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.showPopup()
        elif event.text() and event.text().isprintable() and not held:
            self.showPopup()
            assert self.popup is not None
            self.popup.search.setText(event.text())
        else:
            super().keyPressEvent(event)


class SearchPopup(QFrame):
    """A line to search and the entries that match.

    Attributes
    ----------
    chosen
        Signal: the value of an entry.
    """

    chosen = Signal(object)

    def __init__(self, box: QWidget, entries: Sequence[Entry]) -> None:
        super().__init__(box, Qt.WindowType.Popup)
        self.entries, self._box = list(entries), box
        # A click beside the list closes it, and does not open it again where it meets the box.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search")
        self.search.setToolTip("Words of the title, the name in documents or the help; Enter chooses")
        self.search.setClearButtonEnabled(False)
        self.list = SearchList(MOST_SHOWN)
        self.list.setAccessibleName("Types")
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setStyleSheet("QListWidget { border: none; padding: 0; }")  # the frame is the popup's
        self.nothing = QLabel("Nothing matches")
        self.nothing.setProperty("tone", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 7, 7, 7)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        self.setFocusProxy(self.search)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._searched)
        self.list.itemClicked.connect(self._take)

    # -- showing -------------------------------------------------------------------------------------------------
    def open_at(self, value: Any) -> None:
        """Open beside the box, with the entry of `value` marked."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._fill(value)
        self._place()
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)
        if self.list.currentItem() is not None:
            self.list.scrollToItem(self.list.currentItem())

    def _place(self) -> None:
        narrow, wide = WIDTHS
        shown = min(len(self.entries), MOST_SHOWN)
        margins = 14 + 6 + self.search.sizeHint().height()
        size = QSize(max(narrow, min(self._box.width(), wide)), margins + shown * theme.large(ENTRY_HEIGHT) + 2)
        room = self._box.screen().availableGeometry()
        corner = self._box.mapToGlobal(QPoint(self._box.width() - size.width(), self._box.height() + 2))
        if corner.y() + size.height() > room.bottom():
            above = self._box.mapToGlobal(QPoint(0, -2)).y() - size.height()
            corner.setY(above if above >= room.top() else max(room.top(), room.bottom() - size.height()))
        corner.setX(min(max(corner.x(), room.left()), max(room.left(), room.right() - size.width())))
        self.setGeometry(QRect(corner, size))

    def _searched(self) -> None:
        self._fill()

    def _fill(self, marked: Any = None) -> None:
        self.list.clear()
        for entry in best_first(self.entries, self.search.text(), lambda entry: entry.places):
            item = QListWidgetItem(entry.title)
            item.setData(Qt.ItemDataRole.UserRole, entry)
            item.setToolTip(entry.help)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, entry.help)
            self.list.addItem(item)
            if self.list.count() == 1 or (not self.search.text() and entry.value is marked):
                self.list.setCurrentItem(item)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.surface))
        painter.setPen(QColor(tokens.border_strong))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # -- choosing ------------------------------------------------------------------------------------------------
    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.hide()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole).value)

    def _ask_help(self) -> None:
        item = self.list.currentItem()
        value = item.data(Qt.ItemDataRole.UserRole).value if item is not None else None
        self.hide()
        help_wanted.ask(self._box, value if isinstance(value, type) else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand the keys that move to the list, and let Enter choose."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.matches(QKeySequence.StandardKey.HelpContents):
                self._ask_help()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
            if self.list.steer(event):
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return True  # there is nowhere else to go
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class _EntryDelegate(QStyledItemDelegate):
    """Title and, below it, the line of help."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, theme.large(ENTRY_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = theme.current()
        view: Any = option
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        selected = bool(view.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(view.rect).adjusted(1, 1, -1, -1)
        if selected or view.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent if selected else tokens.surface_raised))
            painter.drawRoundedRect(box, tokens.radius_small, tokens.radius_small)
        inside = box.adjusted(8, 3, -8, -4)
        title, words = QFont(view.font), QFont(view.font)
        title.setPixelSize(tokens.font)
        words.setPixelSize(tokens.font_small)
        strong = tokens.accent_text if selected else tokens.text
        weak = tokens.accent_text if selected else tokens.text_muted
        self._line(painter, inside, title, strong, entry.title, Qt.AlignmentFlag.AlignTop)
        self._line(painter, inside, words, weak, entry.help, Qt.AlignmentFlag.AlignBottom)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, box: QRect, font: QFont, colour: str, text: str, side: Qt.AlignmentFlag) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignLeft, shown)
