"""The command palette: a line to type into, and everything that can be done, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import icons, theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.search_list import SearchList
from spikeloom_app.shell import commands
from spikeloom_app.shell.commands import Command

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

WIDTH, TOP = 640, 84  # px
MOST_ROWS = 10  # that are seen at once
MOST_SHOWN = 200  # that are listed
COMMAND = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """Over the window, in the middle; Escape or a click elsewhere closes it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self._offered: list[Command] = []
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        self.line = QLineEdit()
        self.line.setPlaceholderText("Type what you want to do, or the name of a population")
        self.line.setAccessibleName("Search commands")
        self.line.setToolTip("A few letters are enough; the arrows choose, Enter does it, Escape closes")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.list = SearchList(MOST_ROWS, around=True)
        self.list.setAccessibleName("Commands")
        self.list.setItemDelegate(CommandPainter(self.list))
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.nothing = QLabel("Nothing matches")
        self.nothing.setProperty("tone", "muted")
        self.nothing.setContentsMargins(12, 8, 12, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.line, self.list, self.nothing):
            column.addWidget(widget)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(36)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 110))
        self.setGraphicsEffect(shadow)
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        follow_theme(self._dress)
        self.hide()

    # -- opening and closing -----------------------------------------------------------------------------------------
    def toggle(self) -> None:
        """Open it, or close it."""
        if self.isVisible():
            self.close_palette()
        else:
            self.open_palette()

    def open_palette(self) -> None:
        """Open it with everything, what was used last first."""
        self._before = self._window.focusWidget()
        self._window.files.finish_typing()
        self._offered = commands.commands(self._window)
        self.line.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Close it; the keyboard goes back to where it was."""
        if not self.isVisible():
            return
        self.hide()
        before, self._before = self._before, None
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.PopupFocusReason)
        except RuntimeError:  # it is gone
            self._window.canvas.setFocus()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and not self.isAncestorOf(new) and new.window() is self._window:
            self.hide()  # the user went elsewhere, and stays there

    # -- the list ----------------------------------------------------------------------------------------------------
    def _search(self, query: str) -> None:
        self.list.clear()
        found = commands.ordered(self._offered, query, commands.read_lately(self._window.settings))
        for command in found[:MOST_SHOWN]:
            item = QListWidgetItem(command.title, self.list)
            item.setData(COMMAND, command)
            item.setToolTip(command.reason and f"Not available: {command.reason}")
            spoken = ", ".join(filter(None, [command.title, command.place, command.keys, command.reason]))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self._place()

    def shown(self) -> list[Command]:
        """What is listed now."""
        return [self.list.item(row).data(COMMAND) for row in range(self.list.count())]

    def marked(self) -> Command | None:
        """The one that Enter would choose."""
        item = self.list.currentItem()
        return None if item is None else item.data(COMMAND)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        command: Command = item.data(COMMAND)
        if command.reason:
            self._window.statusBar().showMessage(f"{command.title}: {command.reason}", 4000)
            return
        commands.note(self._window.settings, command.id)
        self.close_palette()
        command.run()

    # -- place and keys ----------------------------------------------------------------------------------------------
    def _place(self) -> None:
        rows = min(MOST_ROWS, self.list.count())
        row = self.list.sizeHintForRow(0) if rows else 0
        self.list.setFixedHeight(rows * row + 2)
        width = min(round(WIDTH * theme.scale()), self._window.width() - 32)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._window.width() - width) // 2, min(TOP, max(8, self._window.height() - self.height() - 8)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line that move in the list, and the window's size."""
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if self.list.steer(event):
                item = self.list.currentItem()
                self.line.setAccessibleDescription(item.data(Qt.ItemDataRole.AccessibleTextRole))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return True  # there is nowhere else to go
        return False

    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(f"""
            #commandPalette {{ background: {t.surface}; border: 1px solid {t.border_strong};
                border-radius: {t.radius + 2}px; }}
            #commandPalette QLineEdit {{ font-size: {t.font_large}px; padding: 8px 10px; }}
            #commandPalette QListWidget {{ background: transparent; border: none; }}
        """)
        if self.isVisible():
            self._place()


class CommandPainter(QStyledItemDelegate):
    """Paints a command: its icon and title, where it is found, and its key."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, theme.current().font + 21)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = theme.current()
        command: Command = index.data(COMMAND)
        state, box = option.state, QRect(option.rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(QColor(tokens.border if command.reason else tokens.accent))
            painter.drawRoundedRect(QRectF(box).adjusted(0, 1, 0, -1), tokens.radius_small, tokens.radius_small)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(tokens.surface_raised))
            painter.drawRoundedRect(QRectF(box).adjusted(0, 1, 0, -1), tokens.radius_small, tokens.radius_small)
        bright = chosen and not command.reason
        strong = tokens.accent_text if bright else tokens.text_muted if command.reason else tokens.text
        faint = tokens.accent_text if bright else tokens.text_muted
        side = round(icons.SIZE * theme.scale())
        middle = box.center().y() + 1
        icons.paint(painter, command.icon, QRectF(box.left() + 10, middle - side / 2, side, side), faint)
        self._texts(painter, box.adjusted(side + 20, 0, -12, 0), command, strong, faint)
        painter.restore()

    def _texts(self, painter: QPainter, box: QRect, command: Command, strong: str, faint: str) -> None:
        tokens = theme.current()
        centre, elide = Qt.AlignmentFlag.AlignVCenter, Qt.TextElideMode.ElideRight
        font = painter.font()
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        small = QFontMetrics(font)
        right = command.reason or command.keys
        painter.setPen(QColor(faint))
        painter.drawText(box, centre | Qt.AlignmentFlag.AlignRight, right)
        room = box.adjusted(0, 0, -small.horizontalAdvance(right) - 16, 0)
        font.setPixelSize(tokens.font)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        painter.setPen(QColor(strong))
        title = metrics.elidedText(command.title, elide, room.width())
        painter.drawText(room, centre, title)
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        painter.setPen(QColor(faint))
        rest = room.adjusted(metrics.horizontalAdvance(title) + 12, 0, 0, 0)
        painter.drawText(
            rest, centre, small.elidedText(command.place, Qt.TextElideMode.ElideLeft, max(0, rest.width()))
        )
