"""The input of an example as a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots import colours
from spikeloom_app.plots.sample import FEW_NUMBERS, Sample

MARGIN = 12.0  # px
DOT = 1.5  # px, the smallest that a spike is
AXIS = 16.0  # px below spikes


class SampleView(QWidget):
    """Paints a `Sample`; `step` is the time to show, None: all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Input of the example")
        self.setMinimumSize(80, 60)
        self.sample: Sample | None = None
        self.step: int | None = None
        self._picture: QImage | None = None  # of the spikes
        self._look: tuple[object, ...] = ()  # that it was made for
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.update()

    def show_sample(self, sample: Sample | None) -> None:
        """Show another input."""
        self.sample, self._picture = sample, None
        kinds = {
            "image": "an image",
            "vector": "numbers",
            "frames": "frames of events",
            "spikes": "spikes over time",
        }
        self.setAccessibleDescription(kinds.get(sample.kind, "") if sample is not None else "")
        self.update()

    def set_step(self, step: int | None) -> None:
        """Show another time."""
        self.step = step
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture."""
        sample = self.sample
        if sample is None or sample.kind == "none":
            return
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(MARGIN, 4, -MARGIN / 2, -MARGIN / 2)
        if sample.kind == "image":
            self._paint_image(painter, box, _grey(sample.values))
        elif sample.kind == "frames":
            number = None if self.step is None else sample.frame_of(self.step)
            self._paint_image(painter, box, event_colours(sample.frame(number), sample.frame(None)))
        elif sample.kind == "vector":
            self._paint_vector(painter, box, sample.values)
        else:
            self._paint_spikes(painter, box, sample)

    def _paint_image(self, painter: QPainter, box: QRectF, pixels: np.ndarray) -> None:
        rows, columns = pixels.shape[:2]
        scale = min(box.width() / columns, box.height() / rows)
        scale = float(np.floor(scale)) if scale >= 3 else scale  # whole pixels are all as large
        target = QRectF(0, 0, columns * scale, rows * scale)
        target.moveCenter(box.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(target, colours.image(pixels))
        painter.setPen(QPen(QColor(theme.current().plot_grid), 1))
        painter.drawRect(target)

    def _paint_vector(self, painter: QPainter, box: QRectF, values: np.ndarray) -> None:
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max())) or 1.0
        scale = box.height() / ((high - low) or 1.0)
        ground, wide = box.bottom() + low * scale, box.width() / len(values)
        colour = QColor(theme.current().series[0])
        if len(values) <= FEW_NUMBERS:
            for k, value in enumerate(values):
                bar = QRectF(box.left() + (k + 0.12) * wide, ground, 0.76 * wide, -value * scale).normalized()
                painter.fillRect(bar, colour)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour, 1.5))
            points = [QPointF(box.left() + (k + 0.5) * wide, ground - v * scale) for k, v in enumerate(values)]
            painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(QColor(theme.current().plot_grid), 1))
        painter.drawLine(QPointF(box.left(), ground), QPointF(box.right(), ground))

    def _paint_spikes(self, painter: QPainter, box: QRectF, sample: Sample) -> None:
        t, plot = theme.current(), box.adjusted(0, 0, 0, -AXIS)
        ratio = self.devicePixelRatioF()
        columns, rows = max(1, round(plot.width() * ratio)), max(1, round(plot.height() * ratio))
        look = (columns, rows, ratio, t.plot_background, t.series[0])
        if self._picture is None or look != self._look:  # once, however often another time is marked in it
            seen = spike_pixels(sample, columns, rows, ratio)
            inks = np.array([QColor(c).getRgb()[:3] for c in (t.plot_background, t.series[0])], np.uint8)
            self._picture, self._look = colours.image(inks.take(seen, axis=0)), look
        painter.drawImage(plot, self._picture)
        painter.setPen(QPen(QColor(t.plot_grid), 1))
        painter.drawRect(plot)
        font = QFont(self.font())
        font.setPixelSize(t.font_small)
        painter.setFont(font)
        painter.setPen(QColor(t.text_muted))
        below = QRectF(plot.left(), plot.bottom() + 1, plot.width(), AXIS)
        flags = Qt.AlignmentFlag
        painter.drawText(below, flags.AlignLeft | flags.AlignVCenter, "0")
        end = f"{sample.timesteps * sample.dt:g} ms"
        painter.drawText(below, flags.AlignRight | flags.AlignVCenter, end)
        if self.step is not None:
            at = plot.left() + (self.step + 0.5) / max(1, sample.timesteps) * plot.width()
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))


def spike_pixels(sample: Sample, columns: int, rows: int, ratio: float) -> np.ndarray:
    """Where spikes are seen, bool (rows, columns); each is at least `DOT` px large, times the screen's ratio."""
    timesteps, neurons = max(1, sample.timesteps), max(1, sample.neurons)
    column = (np.arange(timesteps) + 0.5) * (columns / timesteps)
    row = (np.arange(neurons) + 0.5) * (rows / neurons)
    places = (
        row.astype(np.int32).take(sample.ids, mode="clip") * columns
    )  # tables: of a million spikes each is looked up once
    places += column.astype(np.int32).take(sample.steps, mode="clip")
    flags = np.zeros(rows * columns, bool)
    flags[places] = True
    seen = flags.reshape(rows, columns)
    wide = max(1, round(min(max(DOT * ratio, 0.6 * columns / timesteps), 4)))
    high = max(1, round(min(max(DOT * ratio, 0.7 * rows / neurons), 6)))
    wider = seen.copy()
    for k in range(1, min(wide, columns)):
        wider[:, k:] |= seen[:, :-k]
    grown = wider.copy()
    for k in range(1, min(high, rows)):
        grown[k:] |= wider[:-k]
    return grown


def _grey(values: np.ndarray) -> np.ndarray:
    """Pixels of an image: 0 is black, 1 white, as it was taken; uint8 (rows, columns, 3)."""
    low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    shades = np.clip((values - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    return shades if shades.ndim == 3 else np.repeat(shades[..., None], 3, axis=2)


def event_colours(counts: np.ndarray, all_counts: np.ndarray) -> np.ndarray:
    """Pixels of events: one colour for those that grew brighter (the second channel, or the only one), one for darker.

    Parameters
    ----------
    counts, all_counts
        Events per pixel of a frame, and of the whole example, which decides how bright a pixel can be.
    """
    t = theme.current()
    full = max(1.0, float(np.percentile(all_counts[all_counts > 0], 90)) if (all_counts > 0).any() else 1.0)
    share = np.sqrt(np.minimum(1.0, counts / full))[..., None]
    ground, *inks = (
        np.array(QColor(c).getRgb()[:3], dtype=float) for c in (t.plot_background, t.series[1], t.series[0])
    )
    pixels = np.broadcast_to(ground, (*counts.shape[:2], 3)).copy()
    for channel in range(counts.shape[2]):
        ink = inks[channel] if counts.shape[2] == 2 else inks[1]
        pixels += share[:, :, channel] * (ink - pixels)
    return pixels.round().astype(np.uint8)
