"""Paints a run as a row: a tick for its curves, its state, name and figure, when it was, and a small curve."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from spikeloom.history import LONGEST_TITLE
from spikeloom_app import glyphs, theme, wording
from spikeloom_app.runs.history_entry import Entry
from spikeloom_app.runs.history_model import ENTRY, Index

HEIGHT = 52  # px
TICK, MARK = 14, 14  # px
LEFT, TEXT_AT = 14, 62  # px from the left edge of a row
CURVE = QSize(64, 16)  # px
TICK_HELP = "Draw the curves of this run with those of the run at hand"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RunRow(QStyledItemDelegate):
    """The rows of the list of runs."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are of one height."""
        return QSize(200, theme.large(HEIGHT))

    # -- painting ------------------------------------------------------------------------------------------------
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        entry: Entry = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_back(painter, option)
        box: QRect = option.rect
        if not entry.is_evaluation:
            paint_tick(painter, _tick_box(box), index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked)
        top, bottom = _lines(box)
        mark = QRectF(box.left() + LEFT + TICK + 10, top.center().y() - MARK / 2 + 1, MARK, MARK)
        paint_status(painter, entry.run.status, mark)
        self._paint_words(painter, entry, top, bottom)
        painter.restore()

    @staticmethod
    def _paint_back(painter: QPainter, option: QStyleOptionViewItem) -> None:
        tokens = theme.current()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        back = QRectF(option.rect).adjusted(6, 1, -6, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or hovered:
            colour = QColor(tokens.accent)
            colour.setAlphaF(0.18)
            painter.setBrush(colour if chosen else QColor(tokens.surface_raised))
            painter.drawRoundedRect(back, tokens.radius_small, tokens.radius_small)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(back.adjusted(0.5, 0.5, -0.5, -0.5), tokens.radius_small, tokens.radius_small)

    @staticmethod
    def _paint_words(painter: QPainter, entry: Entry, top: QRect, bottom: QRect) -> None:
        tokens = theme.current()
        font = QFont(painter.font())
        font.setPixelSize(tokens.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(entry.figure)
        painter.setPen(QColor(tokens.text if entry.run.final else tokens.text_muted))
        painter.drawText(top, _RIGHT, entry.figure)
        room = top.adjusted(0, 0, -width - 10, 0)
        name = painter.fontMetrics().elidedText(entry.run.name, Qt.TextElideMode.ElideRight, room.width() - 18)
        painter.setPen(QColor(tokens.text))
        painter.drawText(room, _LEFT, name)
        if entry.run.pinned:
            at = room.left() + painter.fontMetrics().horizontalAdvance(name) + 6
            paint_pin(painter, QRectF(at, top.center().y() - 5, 11, 11))
        curve = QRect(bottom.right() - CURVE.width(), bottom.top(), CURVE.width(), CURVE.height())
        curve.moveTop(bottom.center().y() - CURVE.height() // 2)
        colour = tokens.text_muted if entry.run.status in ("failed", "lost", "stopped") else tokens.accent
        paint_curve(painter, entry.curve, QRectF(curve), colour)
        font.setPixelSize(tokens.font_small)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        tone = {"failed": tokens.error, "lost": tokens.warning}.get(entry.run.status, tokens.text_muted)
        painter.setPen(QColor(tone))
        left = bottom.adjusted(0, 0, 0 if entry.is_evaluation else -CURVE.width() - 8, 0)
        painter.drawText(
            left, _LEFT, painter.fontMetrics().elidedText(entry.below, Qt.TextElideMode.ElideRight, left.width())
        )

    # -- what is done in a row -----------------------------------------------------------------------------------
    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Space draws the curves of the run, or no longer."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            return model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
        return False

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """What stands under the mouse, in words."""
        entry: Entry | None = index.data(ENTRY)
        if entry is None or event.type() != QEvent.Type.ToolTip:
            return False
        on_tick = is_on_tick(option.rect, QPointF(event.pos()))
        ticks = on_tick and not entry.is_evaluation
        said = f"{entry.run.name}\n{entry.kind}, {entry.status}, {entry.figure_words} {entry.figure}"
        text = TICK_HELP if ticks else said
        QToolTip.showText(event.globalPos(), wording.tooltip(text), view)
        return True

    # -- renaming ------------------------------------------------------------------------------------------------
    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field for the title."""
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_TITLE)
        editor.setAccessibleName("Title of the run")
        editor.setToolTip("Title of the run; empty: that of its document")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The name to begin with; what is being typed stays, whatever becomes of the run meanwhile."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take the title."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """The field in the place of the name."""
        top, _ = _lines(option.rect)
        height = editor.sizeHint().height()
        editor.setGeometry(top.left() - 7, top.center().y() - height // 2 + 2, top.width() + 7, height)


def is_on_tick(row: QRect, point: QPointF) -> bool:
    """Whether a point in a row is on its tick, or near enough."""
    return _tick_box(row).adjusted(-6, -6, 6, 6).contains(point)


def _tick_box(row: QRect) -> QRectF:
    return QRectF(row.left() + LEFT, _lines(row)[0].center().y() - TICK / 2 + 1, TICK, TICK)


def _lines(row: QRect) -> tuple[QRect, QRect]:
    """The room for the two lines of words."""
    inner = row.adjusted(TEXT_AT, theme.large(6), -16, -theme.large(6))
    half = inner.height() // 2
    return QRect(inner.left(), inner.top(), inner.width(), half), inner.adjusted(0, half, 0, 0)


def paint_tick(painter: QPainter, box: QRectF, ticked: bool) -> None:
    """Paint a box to tick."""
    tokens = theme.current()
    painter.setPen(QPen(QColor(tokens.accent if ticked else tokens.border_strong), 1))
    painter.setBrush(QColor(tokens.accent if ticked else tokens.surface_raised))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if ticked:
        glyphs.paint(painter, "check", box.adjusted(1, 1, -1, -1), tokens.accent_text, 1.6)


def paint_status(painter: QPainter, status: str, box: QRectF) -> None:
    """Paint the state of a run: shape and colour say it."""
    tokens = theme.current()
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    if status == "running":
        painter.setPen(QPen(QColor(tokens.accent), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5))
        glyphs.paint(painter, "dot", box.adjusted(1, 1, -1, -1), tokens.accent)
    elif status == "stopped":
        painter.setBrush(QColor(tokens.text_muted))
        painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 2, 2)
    else:
        colours = {"done": tokens.success, "failed": tokens.error, "lost": tokens.warning}
        painter.setBrush(QColor(colours[status]))
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        if status == "lost":
            _paint_exclamation(painter, box, tokens.surface)
        else:
            mark = "check" if status == "done" else "close"
            glyphs.paint(painter, mark, box.adjusted(2.5, 2.5, -2.5, -2.5), tokens.surface, 1.9)
    painter.restore()


def _paint_exclamation(painter: QPainter, box: QRectF, colour: str) -> None:
    pen = QPen(QColor(colour), 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    middle = box.center().x()
    painter.drawLine(QPointF(middle, box.top() + 3.8), QPointF(middle, box.top() + 7.6))
    painter.drawPoint(QPointF(middle, box.bottom() - 3.6))


def paint_pin(painter: QPainter, box: QRectF) -> None:
    """Paint the pin of a run that is kept on top."""
    tokens = theme.current()
    painter.save()
    painter.setPen(QPen(QColor(tokens.accent), 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(QColor(tokens.accent))
    middle = box.center().x()
    painter.drawEllipse(QPointF(middle, box.top() + 3.4), 2.6, 2.6)
    painter.drawLine(QPointF(middle, box.top() + 6), QPointF(middle, box.bottom()))
    painter.restore()


def paint_curve(painter: QPainter, values: Sequence[float], box: QRectF, colour: str) -> None:
    """Paint a small curve that fills `box`."""
    known = [(k, value) for k, value in enumerate(values) if math.isfinite(value)]
    if not known:
        return
    low, high = min(value for _, value in known), max(value for _, value in known)
    across, up = box.width() / max(1, len(values) - 1), box.height() / ((high - low) or 1.0)
    points = [QPointF(box.left() + k * across, box.bottom() - (value - low) * up) for k, value in known]
    painter.setPen(QPen(QColor(colour), 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(points[-1], 1.8, 1.8)
