"""The experiment on the canvas: a card for the data, which feeds the inputs, and one for what judges the outputs.

They stand left and right of the network unless somebody put them elsewhere; broken lines lead from the data to each
input and from each output to the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.ink import FAR
from spikeloom_app.canvas.items import CARD_HEIGHT, CARD_WIDTH, Z_CARD, Z_WIRE, Card, Part
from spikeloom_app.canvas.words import StageWords, dataset_words, learning_words, problems_of_stage
from spikeloom_app.document.open_document import STAGES

if TYPE_CHECKING:
    from spikeloom.spec import Document
    from spikeloom_app.canvas.graph import Graph

APART = 76.0  # px from the network
DATASET, LEARNING = STAGES


class Stage(Part):
    """A card of the experiment; its position is its top left corner."""

    def __init__(self, words: StageWords) -> None:
        super().__init__(words.name)
        self.setZValue(Z_CARD)
        self.feeds: list[Feed] = []
        self.show_words(words)

    def show_words(self, words: StageWords) -> None:
        """Show another text."""
        self.words = words
        self.setToolTip(wording.tooltip(words.tooltip))
        elide, room = Qt.TextElideMode.ElideRight, CARD_WIDTH - 32
        self._title = ink.metrics(14, True).elidedText(words.title, elide, room)
        self._far_title = ink.metrics(24, True).elidedText(words.title, elide, room)
        self._kind = ink.metrics(12).elidedText(words.kind, elide, room)
        self.update()

    def rect(self) -> QRectF:
        """The card."""
        return QRectF(0, 0, CARD_WIDTH, CARD_HEIGHT)

    def boundingRect(self) -> QRectF:
        """The card, its border and the caption above it."""
        return self.rect().adjusted(-4, -20, 6, 4)

    def badge_place(self) -> QPointF:
        """On the upper right corner, where no word is."""
        return QPointF(CARD_WIDTH - 7, 3)

    def tint(self) -> str:
        """The colour of what it is."""
        series = theme.current().series
        return series[5] if self.part == DATASET else series[1]

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        tokens = theme.current()
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        far = zoom < FAR
        colour, width = self.frame(tokens)
        if width == 1.0 and not self.hovered:
            colour = self.tint()
        painter.setBrush(ink.colour(tokens.canvas if self.words.empty else tokens.surface))
        painter.setPen(ink.pen(colour, width / max(zoom, 0.2) if far else max(width, 1.2), 255, self.words.empty))
        painter.drawRoundedRect(self.rect().adjusted(0.5, 0.5, -0.5, -0.5), 18, 18)
        if far:
            painter.setFont(ink.font(24, True))
            painter.setPen(ink.colour(tokens.text))
            painter.drawText(QPointF(18, 39), self._far_title)
            return
        painter.setFont(ink.font(14, True))
        painter.setPen(ink.colour(tokens.text_muted if self.words.empty else tokens.text))
        painter.drawText(QPointF(18, 25), self._title)
        painter.setFont(ink.font(12))
        painter.setPen(ink.colour(tokens.text_muted))
        painter.drawText(QPointF(18, 45), self._kind)
        painter.setFont(ink.font(11))
        painter.setPen(ink.colour(self.tint()))
        painter.drawText(QPointF(18, -6), self.words.caption)
        self.paint_changed(painter, tokens)


class Feed(QGraphicsPathItem):
    """A broken line between a card of the experiment and a population; no part of the network, and not to be picked."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.setZValue(Z_WIRE - 1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def lay(self, start: QPointF, end: QPointF) -> None:
        """Run from `start` to the right into `end`."""
        reach = QPointF(max(30.0, min(abs(end.x() - start.x()) / 2, 120.0)), 0)
        path = QPainterPath(start)
        path.cubicTo(start + reach, end - reach, end)
        self.setPath(path)

    def shape(self) -> QPainterPath:
        """Nothing: a click goes through it."""
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        far = option.levelOfDetailFromTransform(painter.worldTransform()) < FAR
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not far)
        painter.setPen(ink.pen(self.stage.tint(), 0.0 if far else 1.6, 200, True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())


class Stages:
    """The cards of the experiment, kept as the document says.

    Attributes
    ----------
    known
        Gives what is known of the data set of a document, an event ``dataset``; None where nobody looked at it.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.known: Callable[[Document], Mapping[str, Any] | None] = lambda _document: None
        self.cards: dict[str, Stage] = {}

    def refresh(self) -> None:
        """Cards, words and lines, as the document is now."""
        document = self.graph.document.document
        network = document.network
        problems = problems_of_stage(self.graph.problems)
        wanted = {
            DATASET: (dataset_words(document, self.known(document)), [p.name for p in network.inputs]),
            LEARNING: (learning_words(document), [p.name for p in network.outputs]),
        }
        for name, (words, ends) in wanted.items():
            if not ends:
                self._drop(name)
                continue
            stage = self.cards.get(name)
            if stage is None:
                stage = self.cards[name] = Stage(words)
                self.graph.scene.addItem(stage)
            elif stage.words != words:
                stage.show_words(words)
            stage.show_problems(problems.get(name, []))
            self._feed(stage, len(ends))
        self.route()

    def _feed(self, stage: Stage, count: int) -> None:
        while len(stage.feeds) > count:
            self.graph.scene.removeItem(stage.feeds.pop())
        while len(stage.feeds) < count:
            stage.feeds.append(Feed(stage))
            self.graph.scene.addItem(stage.feeds[-1])

    def _drop(self, name: str) -> None:
        stage = self.cards.pop(name, None)
        if stage is not None:
            self._feed(stage, 0)
            stage.show_problems([])
            self.graph.scene.removeItem(stage)

    def clear(self) -> None:
        """Take everything away."""
        for name in list(self.cards):
            self._drop(name)

    def place(self, stage: Stage) -> QPointF:
        """Where a card stands: where it was put, or beside what it feeds or judges."""
        put = self.graph.document.position(stage.part)
        if put is not None:
            return QPointF(*put)
        ends = self._ends(stage.part)
        y = sum(card.outline().top() for card in ends) / len(ends)
        if stage.part == DATASET:
            return QPointF(min(card.outline().left() for card in ends) - APART - CARD_WIDTH, y)
        return QPointF(max(card.outline().right() for card in ends) + APART, y)

    def _ends(self, name: str) -> list[Card]:
        network = self.graph.document.document.network
        populations = network.inputs if name == DATASET else network.outputs
        return [card for p in populations if (card := self.graph.end(p.name)) is not None]

    def route(self) -> None:
        """Put the cards and the lines where the network calls for them."""
        for name, stage in self.cards.items():
            ends = self._ends(name)
            if not ends:
                continue
            if stage not in self.graph.held:
                stage.setPos(self.place(stage))
            box = stage.outline()
            for feed, card in zip(stage.feeds, ends, strict=False):
                other = card.outline()
                if name == DATASET:
                    feed.lay(QPointF(box.right(), box.center().y()), QPointF(other.left(), other.center().y()))
                else:
                    feed.lay(QPointF(other.right(), other.center().y()), QPointF(box.left(), box.center().y()))
