"""The palette: the neuron types as cards to drag onto the canvas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spikeloom.spec import Neuron
from spikeloom_app import theme
from spikeloom_app.canvas import ink, mime
from spikeloom_app.listening import listen

MOST_ROWS = 5  # that it asks room for; it scrolls through more
ENTRY = Qt.ItemDataRole.UserRole
ROLES = ("input", "hidden", "output")  # their order in the palette


@dataclass(frozen=True)
class Entry:
    """A neuron type as the palette shows it."""

    type: str
    title: str
    help: str
    role: str


def entries() -> list[Entry]:
    """The neuron types, inputs first; what never spikes is offered as an output with a readout."""
    found = []
    # In each role what is used most comes first: spikes of an encoder, neurons that are ready to use.
    types = sorted(Neuron.types().items(), key=lambda item: (item[1].takes_values, item[0] == "custom"))
    for name, neuron in types:
        kind = neuron().role
        title = f"{neuron.title} output" if kind == "output" else neuron.title
        found.append(Entry(name, title, neuron.help(), kind))
    return sorted(found, key=lambda entry: ROLES.index(entry.role))


class Palette(QWidget):
    """Drag an entry onto the canvas, or press Enter on it.

    Signals
    -------
    add_requested
        With the name of the neuron type, at a double click or Enter.
    """

    add_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Palette")
        self.list = EntryList(self)
        self.list.wanted.connect(self.add_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.list)
        listen(theme.changed, self._style)
        self._style()

    def sizeHint(self) -> QSize:
        """As high as its entries, up to a number that leaves room for the plots below."""
        return QSize(248, row_height() * min(self.list.count(), MOST_ROWS) + 24)

    def _style(self) -> None:
        self.list.setStyleSheet("QListWidget { background: transparent; border: none; outline: none; }")
        self.list.scheduleDelayedItemsLayout()  # rows are as high as the text is large
        self.list.viewport().update()


class EntryList(QListWidget):
    """The list inside the palette."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Neuron types")
        self.setItemDelegate(EntryPainter(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for entry in entries():
            item = QListWidgetItem(entry.title, self)
            item.setData(ENTRY, entry)
            item.setToolTip(f"{entry.title}\n{entry.help}\nDrag it onto the canvas, or double-click to add one.")
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, entry.help)
        self.setCurrentRow(0)
        self.itemDoubleClicked.connect(lambda item: self.wanted.emit(item.data(ENTRY).type))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds the current entry."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.wanted.emit(item.data(ENTRY).type)
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Take the entry to the canvas."""
        item = self.currentItem()
        if item is not None:
            self.drag_of(item).exec(Qt.DropAction.CopyAction)

    def drag_of(self, item: QListWidgetItem) -> QDrag:
        """The drag of an entry, with its card under the mouse."""
        entry = item.data(ENTRY)
        drag = QDrag(self)
        drag.setMimeData(mime.pack(entry.type))
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(210, 46) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_entry(painter, QRectF(1, 1, 208, 44), entry, raised=True, focused=True, with_help=False)
        painter.end()
        drag.setPixmap(picture)
        drag.setHotSpot(QRect(0, 0, 210, 46).center())
        return drag


class EntryPainter(QStyledItemDelegate):
    """Draws an entry as a card."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One height for all."""
        return QSize(180, row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it."""
        state, rect = option.state, option.rect
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_entry(painter, QRectF(rect).adjusted(1, 3, -1, -5), index.data(ENTRY), hovered, focused)
        painter.restore()


def paint_entry(
    painter: QPainter, rect: QRectF, entry: Entry, raised: bool, focused: bool, with_help: bool = True
) -> None:
    """Draw an entry's card."""
    tokens = theme.current()
    border = tokens.accent if focused else tokens.border_strong if raised else tokens.border
    painter.setPen(ink.pen(border, 1.5 if focused else 1.0))
    painter.setBrush(ink.colour(tokens.surface_raised if raised else tokens.surface))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), tokens.radius, tokens.radius)
    left = rect.left() + 18
    centre = QPointF(left, rect.center().y())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.colour(tokens.role(entry.role), 48))
    painter.drawEllipse(centre, 9, 9)
    painter.setBrush(ink.colour(tokens.role(entry.role)))
    painter.drawEllipse(centre, 4.5, 4.5)
    text = QRectF(left + 20, rect.top() + 8, rect.width() - 50, rect.height() - 16)
    elide = Qt.TextElideMode.ElideRight
    painter.setFont(ink.font(tokens.font, True))
    painter.setPen(ink.colour(tokens.text))
    where = Qt.AlignmentFlag.AlignTop if with_help else Qt.AlignmentFlag.AlignVCenter
    title = ink.metrics(tokens.font, True).elidedText(entry.title, elide, text.width())
    painter.drawText(text, where, title)
    if with_help:
        painter.setFont(ink.font(tokens.font_small))
        painter.setPen(ink.colour(tokens.text_muted))
        wrapped = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        below = text.adjusted(0, ink.metrics(tokens.font, True).height() + 4, 0, 6)
        painter.drawText(below, wrapped, _two_lines(entry.help, tokens.font_small, text.width()))


def row_height() -> int:
    """Of a title and two lines of help, in px."""
    tokens = theme.current()
    title, line = ink.metrics(tokens.font, True).height(), ink.metrics(tokens.font_small).lineSpacing()
    return round(title + 2 * line) + 32


@lru_cache(maxsize=64)
def _two_lines(text: str, pixels: int, width: float) -> str:
    """`text`, without the words that do not fit in two lines."""
    metrics, words = ink.metrics(pixels), text.split()
    room = QRectF(0, 0, width, 1000)
    for count in range(len(words), 0, -1):
        shown = " ".join(words[:count]) + ("" if count == len(words) else " …")
        if metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, shown).height() < 2.5 * metrics.height():
            return shown
    return text
