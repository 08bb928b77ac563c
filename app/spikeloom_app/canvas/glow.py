"""How active a population is, on its card: a soft halo in the colour of its role, and its rate in Hz.

Halo and number are items of their own, made when there is something to show: a canvas without a run paints no more
than its cards.
"""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from spikeloom_app import theme
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.ink import FAR
from spikeloom_app.canvas.items import CARD_HEIGHT, CARD_WIDTH, Card

REACH = 16.0  # px that the halo reaches beyond the card
STRONGEST = 0.62  # opacity next to the card of a population that bursts with spikes
FULL_RATE = 300.0  # Hz from which on it grows no more
SEEN = 0.02  # a fainter halo is not painted
NUMBER_GAP = 8.0  # px between name and number


def intensity(rate: float) -> float:
    """From 0 for silence to 1, logarithmic in Hz: 1 Hz is faint, 10 Hz plain."""
    return min(1.0, math.log1p(max(0.0, rate)) / math.log1p(FULL_RATE))


def rate_text(rate: float) -> str:
    """``0.4 Hz``, ``12 Hz``, ``1.2 kHz``."""
    if rate >= 999.5:
        return f"{rate / 1000:.1f} kHz"
    return f"{rate:.1f} Hz" if rate < 9.95 else f"{rate:.0f} Hz"


class Glow(QGraphicsItem):
    """The halo of a card; it lies behind it."""

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self.card = card
        self.level = 0.0  # as it is painted, 0 to 1
        self.number = RateNumber(card)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent, True)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_level(self, level: float) -> None:
        """Glow more or less; it is painted anew where the eye can tell."""
        if round(level * 64) != round(self.level * 64):
            self.update()
        self.level = level

    def boundingRect(self) -> QRectF:
        """The card and what the halo reaches beyond it."""
        return QRectF(-REACH, -REACH, CARD_WIDTH + 2 * REACH, CARD_HEIGHT + 2 * REACH)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        if self.level < SEEN:
            return
        tokens = theme.current()
        painter.setOpacity(STRONGEST * self.level)
        painter.drawPixmap(self.boundingRect().topLeft(), _halo(tokens.role(self.card.words.role), tokens.radius))
        painter.setOpacity(1.0)


class RateNumber(QGraphicsItem):
    """The rate in the upper right corner of a card, where its name leaves room."""

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self.card = card
        self.text = ""
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_text(self, text: str) -> None:
        """Show another number, or none."""
        if text != self.text:
            self.text = text
            self.update()

    def boundingRect(self) -> QRectF:
        """The right end of the name's line."""
        return QRectF(CARD_WIDTH - 84, 8, 72, 22)

    def room(self) -> QRectF:
        """Where the number stands: left of what is marked in the corner."""
        card = self.card
        taken = 18 * ((card.badge is not None) + card.changed)
        return self.boundingRect().adjusted(0, 0, -taken, 0)

    @property
    def fits(self) -> bool:
        """Whether the name leaves room for it."""
        name = ink.metrics(14, True).horizontalAdvance(self.card.words.name)
        return 18 + name + NUMBER_GAP + ink.metrics(11).horizontalAdvance(self.text) <= self.room().right()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        if not self.text or option.levelOfDetailFromTransform(painter.worldTransform()) < FAR or not self.fits:
            return
        tokens = theme.current()
        painter.setFont(ink.font(11))
        painter.setPen(ink.colour(tokens.role(self.card.words.role)))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.room(), flags, self.text)


@lru_cache(maxsize=16)
def _halo(colour: str, radius: int) -> QPixmap:
    """A card's outline that fades outwards, painted once; inside it is as strong as at its edge."""
    picture = QPixmap(round(CARD_WIDTH + 2 * REACH), round(CARD_HEIGHT + 2 * REACH))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.translate(QPointF(REACH, REACH))
    rings = round(REACH)
    tint = QColor(colour)
    # Each ring lies on those around it, so their shares add up towards the card.
    for ring in range(rings, 0, -1):
        share = (1 - ring / (rings + 1)) * 2 / rings
        tint.setAlphaF(min(1.0, share))
        painter.setBrush(tint)
        painter.drawRoundedRect(QRectF(-ring, -ring, CARD_WIDTH + 2 * ring, CARD_HEIGHT + 2 * ring),
                                radius + ring, radius + ring)  # fmt: skip
    painter.end()
    return picture
