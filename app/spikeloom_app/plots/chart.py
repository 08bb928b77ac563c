"""A quiet chart in the colours of the theme, and the line of words above it."""

from __future__ import annotations

import html
import re
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QHBoxLayout, QLabel, QSizePolicy, QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme

LETTERS = 48  # of a name in a title
GRID_ALPHA = 150  # of 255
TICK_LENGTH = 0  # px: the grid says where
LOW = 150  # px: below, there is no room for the name of the time axis
WORDS_MARGIN = 64  # px left and right of words in place of data: the axes


class Chart(pg.PlotWidget):
    """One pair of axes: no menu, no buttons, no frame; a double click shows everything.

    Parameters
    ----------
    x_label, y_label
        With the unit: ``time (ms)``.
    left_axis, box
        Another left axis, or view box, than the usual one.
    """

    fit_requested = Signal()
    hovered = Signal(object)  # QPointF in the units of the axes; None: the pointer left

    def __init__(
        self, x_label: str, y_label: str = "", left_axis: pg.AxisItem | None = None, box: pg.ViewBox | None = None
    ) -> None:
        super().__init__(axisItems={"left": left_axis} if left_axis is not None else None, viewBox=box)
        self._labels = {"bottom": x_label, "left": y_label}
        self._has_grid = False
        self._words = QLabel(self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words.hide()
        self.viewport().setAccessibleName(f"Plot over {x_label}")
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setAntialiasing(False)
        self.setMouseTracking(True)
        self.setMinimumHeight(48)
        self.getPlotItem().setContentsMargins(4, 6, 12, 2)
        for side in self._labels:
            # Words and lines of an axis cost more than the curves; they change only with the range.
            self.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            self.getAxis(side).enableAutoSIPrefix(False)  # the unit stands in the label: no "loss (x0.001)"
        self.getViewBox().sigResized.connect(self._repaint_axes)
        follow_theme(self._dress)

    def _repaint_axes(self) -> None:
        """Forget what was cached of the axes for another size."""
        for side in self._labels:
            self.getAxis(side).picture = None
            self.getAxis(side).update()

    def keep_axes(self, kept: bool) -> None:
        """Whether pictures of the axes are kept; not in what is exported, where words shall stay words."""
        modes = QGraphicsItem.CacheMode
        for side in self._labels:
            self.getAxis(side).setCacheMode(modes.DeviceCoordinateCache if kept else modes.NoCache)

    def _dress(self) -> None:
        tokens = theme.current()
        self.setBackground(tokens.plot_background)
        font = QFont()
        font.setPixelSize(tokens.font_small)
        grid = QColor(tokens.plot_grid)
        for side, text in self._labels.items():
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(grid))
            axis.setTextPen(pg.mkPen(tokens.text_muted))
            axis.setStyle(tickFont=font, tickLength=TICK_LENGTH, tickTextOffset=6)
            self._words.setStyleSheet(f"color: {tokens.text_muted}; font-size: {tokens.font}px")
            if text:
                axis.setLabel(text, **{"color": tokens.text_muted, "font-size": f"{tokens.font_small}px"})
        self._show_left()

    def name_left(self, text: str) -> None:
        """Give the left axis another name."""
        if text != self._labels["left"]:
            self._labels["left"] = text
            self._dress()

    def show_grid(self) -> None:
        """Horizontal lines at the ticks of the left axis."""
        self._has_grid = True
        self.getAxis("left").setGrid(GRID_ALPHA)

    def show_words(self, text: str) -> None:
        """Say `text` in place of data; an empty text: there are data."""
        if text == self._words.text():
            return
        self._words.setText(text)
        self._words.setVisible(bool(text))
        for side in ("bottom", "left"):
            self.getAxis(side).setStyle(showValues=not text)
        self.getAxis("left").setGrid(GRID_ALPHA if self._has_grid and not text else False)
        self._show_left()

    def _show_left(self) -> None:
        """Name the left axis where there are data."""
        if self._labels["left"]:  # else it has no name, or one that others give it
            self.getAxis("left").showLabel(not self._words.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the words in the middle."""
        super().resizeEvent(event)
        if hasattr(self, "_words"):
            self._words.setGeometry(self.rect().adjusted(WORDS_MARGIN, 0, -WORDS_MARGIN, 0))
            if self._labels["bottom"]:
                self.getAxis("bottom").showLabel(self.height() >= LOW)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything."""
        super().mouseDoubleClickEvent(event)
        self.fit_requested.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is."""
        super().mouseMoveEvent(event)
        box = self.getViewBox()
        scene = self.mapToScene(event.position().toPoint())
        inside = box.sceneBoundingRect().contains(scene)
        self.hovered.emit(box.mapSceneToView(QPointF(scene)) if inside else None)

    def leaveEvent(self, event: Any) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.hovered.emit(None)


def header_of(title: QLabel, side: QLabel, caption: str, chooser: QWidget) -> QHBoxLayout:
    """The line above a plot: its title, words beside it, and a captioned field to choose what is shown."""
    label = QLabel(caption)
    label.setBuddy(chooser)
    header = QHBoxLayout()
    header.setContentsMargins(16, 8, 14, 0)
    header.setSpacing(8)
    header.addWidget(title)
    header.addWidget(side, 1)
    header.addSpacing(8)
    header.addWidget(label)
    header.addWidget(chooser)
    return header


class SideLabel(QLabel):
    """Small words at the right of a header: the longest of several versions for which there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def say(self, *versions: str) -> None:
        """Show the first of `versions` (rich text) that fits, else the last."""
        if versions != self._versions:
            self._versions = versions
            self._choose()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose anew."""
        super().resizeEvent(event)
        self._choose()

    def _choose(self) -> None:
        fitting = (text for text, width in zip(self._versions, self._widths(), strict=True) if width <= self.width())
        text = next(fitting, None)
        if text is None:  # not even the shortest one
            text = self._elided(self._versions[-1]) if self._versions else ""
        if text != self.text():
            self.setText(text)

    def _elided(self, text: str) -> str:
        """As much of a text as there is room for, all of it bold where it is."""
        plain = html.unescape(re.sub("<[^>]*>", "", text))
        cut = html.escape(self.fontMetrics().elidedText(plain, Qt.TextElideMode.ElideRight, max(0, self.width() - 4)))
        return f"<b>{cut}</b>" if text.startswith("<b>") else cut

    def _widths(self) -> list[int]:
        """The room in px that each version needs."""
        return [self._width(text) for text in self._versions]

    def _width(self, text: str) -> int:
        plain = html.unescape(re.sub("<[^>]*>", "", text))
        return self.fontMetrics().horizontalAdvance(plain) + 4


def title_label(text: str) -> QLabel:
    """The title above a chart."""
    label = QLabel(shortened(text))
    label.setObjectName("title")
    label.setMinimumWidth(1)  # rather cut off than a window that is wider than the screen
    if label.text() != text:
        label.setToolTip(text)
    return label


def shortened(text: str) -> str:
    """A text that is too long for a plot, with dots in its middle."""
    half = LETTERS // 2
    return text if len(text) <= LETTERS else f"{text[:half]}…{text[-half:]}"


def legend_html(entries: list[tuple[str, str]]) -> str:
    """Words behind dots in colours: (colour, word) each; a colour that comes again has a ring."""
    colors = [color for color, _ in entries]
    dots = ["○" if color in colors[:k] else "●" for k, color in enumerate(colors)]
    space = "&nbsp;&nbsp; " if len(entries) <= 6 else " "
    return space.join(
        f'<span style="color:{color}">{dot}</span>&nbsp;{word}'
        for dot, (color, word) in zip(dots, entries, strict=True)
    )
