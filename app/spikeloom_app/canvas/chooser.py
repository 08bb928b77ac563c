"""A list to choose from on the canvas, with a line to type what is looked for: what to add, to connect or to find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import theme
from spikeloom_app.canvas import ink
from spikeloom_app.listening import follow_theme
from spikeloom_app.matching import best_first
from spikeloom_app.search_list import SearchList

WIDTH = 340  # px
ROWS = 7  # seen at a time
OPTION = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Option:
    """Something to choose.

    Parameters
    ----------
    key
        What the chooser hands on.
    role
        The token of its dot's colour; empty: none.
    more
        Further words that it is found by.
    topic
        The key of its page in the reference.
    """

    key: str
    title: str
    help: str = ""
    role: str = ""
    more: str = ""
    topic: str = ""

    @property
    def places(self) -> tuple[str, str, str, str]:
        """What it is found by, the most telling first."""
        return (self.title, self.key, self.help, self.more)


class Chooser(QFrame):
    """One popup inside the viewport, shown where it is wanted."""

    def __init__(self, around: QWidget, back_to: QWidget) -> None:
        super().__init__(back_to)  # which has the same corner, and other widgets over its viewport
        self._around, self._back_to = around, back_to
        self.setObjectName("chooser")
        self.line = QLineEdit()
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list = SearchList(ROWS - 1)
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setVerticalScrollMode(SearchList.ScrollMode.ScrollPerPixel)
        self.list.itemClicked.connect(lambda _item: self.accept())
        self.list.currentItemChanged.connect(lambda *_: self._preview())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self._options: Sequence[Option] = ()
        self._done: Callable[[str], object] | None = None
        self._left: Callable[[], object] | None = None
        self._shown: Callable[[str], object] | None = None
        self._at = QPoint()
        follow_theme(self._style)
        around.installEventFilter(self)
        self.hide()

    def ask(
        self,
        prompt: str,
        options: Sequence[Option],
        done: Callable[[str], object],
        at: QPoint,
        *,
        shown: Callable[[str], object] | None = None,
        left: Callable[[], object] | None = None,
        empty: str = "Nothing matches",
    ) -> None:
        """Ask for one of the options.

        Parameters
        ----------
        done
            Called with the key of the one that was chosen.
        at
            Where, in the viewport.
        shown
            Called with the key of the one that is marked.
        left
            Called where none was chosen.
        empty
            What stands in the list where nothing matches.
        """
        self._close(chosen=False)
        self._options, self._done, self._shown, self._left, self._at = options, done, shown, left, at
        self._empty = empty
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt)
        self.list.setAccessibleName(prompt)
        self.line.clear()
        self._filter("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def titles(self) -> list[str]:
        """What is offered now, from top to bottom."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for option in best_first(self._options, typed, lambda option: option.places):
            item = QListWidgetItem(option.title, self.list)
            item.setData(OPTION, option)
            item.setToolTip(option.help)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, option.help)
        if not self.list.count():
            item = QListWidgetItem(self._empty, self.list)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        else:
            self.list.setCurrentRow(0)
        self._fit()

    def _fit(self) -> None:
        room = self._around.height() - self.line.sizeHint().height() - 40
        rows = max(1, min(ROWS, self.list.count(), room // row_height()))
        self.list.setFixedHeight(rows * row_height() + 2)
        self.setFixedWidth(min(WIDTH, self._around.width() - 8))
        self.adjustSize()
        x = max(4, min(self._at.x(), self._around.width() - self.width() - 4))
        y = max(4, min(self._at.y(), self._around.height() - self.height() - 4))
        self.move(x, y)

    def _current(self) -> str | None:
        item = self.list.currentItem()
        option = item.data(OPTION) if item is not None else None
        return option.key if option is not None else None

    def topic(self) -> str:
        """The key of the page of what is marked; empty where it has none."""
        item = self.list.currentItem()
        option = item.data(OPTION) if item is not None else None
        return option.topic if option is not None else ""

    def _preview(self) -> None:
        key = self._current()
        if key is not None and self._shown is not None and not self.isHidden():
            self._shown(key)

    def accept(self) -> None:
        """Choose what is marked."""
        key, done = self._current(), self._done
        if key is not None and done is not None:
            self._close(chosen=True)
            done(key)

    def leave(self) -> None:
        """Choose nothing."""
        self._close(chosen=False)

    def _close(self, chosen: bool) -> None:
        if self.isHidden():
            return
        left, self._left = self._left, None
        self._done = None
        if self.line.hasFocus():
            self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        if not chosen and left is not None:
            left()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the list, which are typed in the line, and the room around."""
        if watched is self._around:
            if event.type() == QEvent.Type.Resize and not self.isHidden():
                self._fit()
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if self.list.steer(event):
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (key == Qt.Key.Key_Tab and self.line.text()):
                self.accept()
            elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.leave()
            else:
                return False
            return True
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            away = QApplication.focusWidget()
            if event.reason() != Qt.FocusReason.PopupFocusReason and (away is None or not self.isAncestorOf(away)):
                self.leave()
        return False

    def _style(self) -> None:
        t = theme.current()
        self.setStyleSheet(
            f"#chooser {{ background: {t.surface}; border: 1px solid {t.border_strong}; border-radius: {t.radius}px; }}"
            " #chooser QListWidget { background: transparent; border: none; outline: none; }"
        )
        self.list.viewport().update()


def row_height() -> int:
    """Of a title and a line of help, in px."""
    t = theme.current()
    return round(1.45 * (t.font + t.font_small)) + 10


class _Painter(QStyledItemDelegate):
    """Draws an option: its dot, its title and a line of help."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One height for all."""
        return QSize(200, row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it."""
        tokens = theme.current()
        state, rect = option.state, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colour(tokens.accent, 46) if chosen else ink.colour(tokens.surface_raised))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), tokens.radius_small, tokens.radius_small)
        shown = index.data(OPTION)
        if shown is None:
            painter.setFont(ink.font(tokens.font))
            painter.setPen(ink.colour(tokens.text_muted))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(index.data()))
            painter.restore()
            return
        left = rect.left() + 10
        if shown.role:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colour(getattr(tokens, shown.role)))
            painter.drawEllipse(QRectF(left, rect.center().y() - 4, 8, 8))
            left += 18
        elide, width = Qt.TextElideMode.ElideRight, rect.right() - left - 10
        flag = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        half = QRectF(left, rect.top() + 5, width, (rect.height() - 10) * 0.54)
        if not shown.help:
            half = QRectF(left, rect.top(), width, rect.height())
        painter.setFont(ink.font(tokens.font, True))
        painter.setPen(ink.colour(tokens.text))
        painter.drawText(half, flag, ink.metrics(tokens.font, True).elidedText(shown.title, elide, width))
        if shown.help:
            painter.setFont(ink.font(tokens.font_small))
            painter.setPen(ink.colour(tokens.text_muted))
            below = QRectF(left, half.bottom(), width, rect.bottom() - 5 - half.bottom())
            painter.drawText(below, flag, ink.metrics(tokens.font_small).elidedText(shown.help, elide, width))
        painter.restore()
