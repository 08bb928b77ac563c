"""Notes and frames on the canvas: what is said about a network, and what keeps parts of it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QAbstractTextDocumentLayout, QPainter, QPainterPath, QPalette, QTextDocument
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from spikeloom.spec import Annotation, Frame, Note
from spikeloom_app import glyphs, theme
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.ink import FAR
from spikeloom_app.canvas.items import CARD_HEIGHT, CARD_WIDTH, Card, Part
from spikeloom_app.canvas.words import CardWords, fold_words

if TYPE_CHECKING:
    from spikeloom_app.canvas.graph import Graph

Z_FRAME, Z_NOTE = -20.0, 5.0
TITLE = 30.0  # px, the bar of a frame
GRIP = 16.0  # px, the corner that resizes
MARGIN = 28.0  # px from what a new frame goes round
LEAST = QSizeF(96, 48)
PADDING = 12.0


def tint(name: str) -> str:
    """The colour of a tint in the theme."""
    tokens = theme.current()
    colours = {
        "grey": tokens.text_muted,
        "yellow": tokens.warning,
        "green": tokens.success,
        "blue": tokens.accent,
        "purple": tokens.role_output,
        "red": tokens.error,
    }
    return colours[name]


class Mark(Part):
    """A note or a frame; its position is its top left corner."""

    def __init__(self, annotation: Annotation) -> None:
        super().__init__(annotation.name)
        self.extent = QSizeF(annotation.width, annotation.height)
        self.annotation = annotation

    def show_annotation(self, annotation: Annotation) -> None:
        """Show what the document says now."""
        self.prepareGeometryChange()
        self.annotation = annotation
        self.extent = QSizeF(annotation.width, annotation.height)
        self.setPos(*annotation.position)
        self.update()

    def resize(self, size: QSizeF) -> None:
        """Show another size, while the mouse changes it."""
        self.prepareGeometryChange()
        self.extent = size.expandedTo(LEAST)
        self.update()

    def rect(self) -> QRectF:
        """All of it."""
        return QRectF(QPointF(0, 0), self.extent)

    def boundingRect(self) -> QRectF:
        """All of it and its border."""
        return self.rect().adjusted(-2, -2, 2, 2)

    def badge_place(self) -> QPointF:
        """The upper right corner."""
        return QPointF(self.extent.width() - 12, 12)

    def over_grip(self, at: QPointF) -> bool:
        """Whether a place on the scene is on the corner that resizes."""
        corner = self.outline().bottomRight()
        return corner.x() - GRIP <= at.x() <= corner.x() and corner.y() - GRIP <= at.y() <= corner.y()

    def touched(self, rect: QRectF) -> bool:
        """Whether a rubber band takes it: where it goes all the way round."""
        return rect.contains(self.outline())

    def _paint_grip(self, painter: QPainter, colour: str) -> None:
        corner = self.rect().bottomRight() - QPointF(5, 5)
        painter.setPen(ink.pen(colour, 1.2, 160))
        for step in (0.0, 4.0):
            painter.drawLine(corner + QPointF(-8 + step, 0), corner + QPointF(0, -8 + step))


class NoteItem(Mark):
    """A text in Markdown on a tinted sheet."""

    def __init__(self, note: Note) -> None:
        super().__init__(note)
        self.setZValue(Z_NOTE)
        self._text = _Text()
        self._said: Any = None
        self.show_annotation(note)

    @property
    def note(self) -> Note:
        """What it shows."""
        assert isinstance(self.annotation, Note)
        return self.annotation

    def show_annotation(self, annotation: Annotation) -> None:
        """Show what the document says now."""
        super().show_annotation(annotation)
        self.setToolTip("A note. Double-click to edit it.")
        self._lay()

    def resize(self, size: QSizeF) -> None:
        """Show another size, while the mouse changes it."""
        super().resize(size)
        self._lay()

    def _lay(self) -> None:
        said = (self.note.text, self.extent.width())
        if said != self._said:
            self._said = said
            self._text.setDefaultFont(ink.font(13))
            self._text.setMarkdown(self.note.text, _PLAIN)
            self._text.setTextWidth(self.extent.width() - 2 * PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        tokens = theme.current()
        colour = tint(self.note.tint)
        frame, width = self.frame(tokens)
        painter.setBrush(ink.colour(tokens.surface))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setBrush(ink.colour(colour, 40))
        painter.setPen(ink.pen(frame if width > 1 or self.hovered else colour, width, 255 if width > 1 else 140))
        painter.drawRoundedRect(self.rect().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if option.levelOfDetailFromTransform(painter.worldTransform()) < FAR:
            return
        painter.save()
        painter.setClipRect(self.rect().adjusted(4, 4, -4, -4))
        painter.translate(PADDING, PADDING - 4)
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, ink.colour(tokens.text))
        palette.setColor(QPalette.ColorRole.Link, ink.colour(tokens.accent))
        context.palette = palette
        self._text.documentLayout().draw(painter, context)
        painter.restore()
        if self.hovered or self.isSelected():
            self._paint_grip(painter, colour)


_PLAIN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class _Text(QTextDocument):
    """A text that loads nothing: a note may name pictures and files, and none of them is opened."""

    def loadResource(self, kind: int, name: Any) -> Any:
        return None


class FrameItem(Mark):
    """A titled frame; it is taken by its title and its border, and what lies inside is free for the mouse."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.setZValue(Z_FRAME)
        self.show_annotation(frame)

    @property
    def of(self) -> Frame:
        """What it shows."""
        assert isinstance(self.annotation, Frame)
        return self.annotation

    def show_annotation(self, annotation: Annotation) -> None:
        """Show what the document says now."""
        super().show_annotation(annotation)
        self.setToolTip("A frame. Drag its title to move it with what stands in it; double-click to rename it.")

    def shape(self) -> QPainterPath:
        """The title, the border and the corner."""
        outer, inner = QPainterPath(), QPainterPath()
        outer.addRect(self.rect())
        inner.addRect(self.rect().adjusted(6, TITLE, -6, -6))
        corner = QPainterPath()
        corner.addRect(QRectF(self.rect().bottomRight() - QPointF(GRIP, GRIP), QSizeF(GRIP, GRIP)))
        return outer.subtracted(inner).united(corner)

    def holds(self, part: Part) -> bool:
        """Whether a part stands in it; a folded frame stands for what stood in it when it was folded."""
        other = part.frame_item if isinstance(part, Fold) else part
        if other is self:
            return False
        if self.of.folded:
            return part.part in self.of.members and not (isinstance(other, FrameItem) and other.comes_before(self))
        if isinstance(other, FrameItem):  # all of it, so that no two hold each other
            return self.outline() != part.outline() and self.outline().contains(part.outline())
        return self.outline().contains(part.outline().center())

    def comes_before(self, other: FrameItem) -> bool:
        """Whether it holds `other`, of two folded frames in a file that say so of each other."""
        mutual = self.of.folded and other.part in self.of.members and self.part in other.of.members
        return mutual and self._order() > other._order()

    def _order(self) -> tuple[float, str]:
        return (self.extent.width() * self.extent.height(), self.part)

    def outline(self) -> QRectF:
        """Its outline on the scene: that of its card while it is folded."""
        if self.of.folded:
            return QRectF(self.pos(), QSizeF(CARD_WIDTH, CARD_HEIGHT))
        return super().outline()

    def over_fold(self, at: QPointF) -> bool:
        """Whether a place on the scene is on the mark that folds it."""
        place = at - self.pos()
        return 0 <= place.x() <= TITLE and 0 <= place.y() <= TITLE

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        tokens = theme.current()
        colour = tint(self.of.tint)
        far = option.levelOfDetailFromTransform(painter.worldTransform()) < FAR
        frame, width = self.frame(tokens)
        painter.setPen(ink.pen(frame if width > 1 or self.hovered else colour, width, 255 if width > 1 else 120))
        painter.setBrush(ink.colour(colour, 18))
        painter.drawRoundedRect(self.rect().adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setPen(ink.colour(colour))
        room = self.extent.width() - TITLE - 10
        if far:
            painter.setFont(ink.font(24, True))
            title = ink.metrics(24, True).elidedText(self.of.title, Qt.TextElideMode.ElideRight, room + TITLE - 10)
            painter.drawText(QPointF(10, 28), title)
            return
        painter.setFont(ink.font(13, True))
        title = ink.metrics(13, True).elidedText(self.of.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(TITLE, 0, room, TITLE), Qt.AlignmentFlag.AlignVCenter, title)
        glyphs.paint(painter, "down", QRectF(10, TITLE / 2 - 6, 12, 12), colour)
        if self.hovered or self.isSelected():
            self._paint_grip(painter, colour)


class Fold(Card):
    """A folded frame: one card for the populations that stand in it."""

    gives_wires = False  # from which population one would come is not said there

    def __init__(self, frame: FrameItem, words: CardWords) -> None:
        self.frame_item = frame
        super().__init__(words)

    def show_words(self, words: CardWords) -> None:
        """Show another text."""
        super().show_words(words)
        self.part = self.frame_item.part

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it as a small pile."""
        tokens = theme.current()
        painter.setPen(ink.pen(tokens.border, 1.0))
        painter.setBrush(ink.colour(tokens.surface))
        painter.drawRoundedRect(self.rect().adjusted(7, 6, -7, 6), tokens.radius, tokens.radius)
        super().paint(painter, option, widget)


class Marks:
    """The notes and frames, kept as the document says."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.items: dict[str, Mark] = {}
        self.folds: dict[str, Fold] = {}  # the cards of folded frames, by the frame
        self.stand_ins: dict[str, Fold] = {}  # by the population that they stand for

    def seen(self) -> list[Part]:
        """What of it is in sight."""
        return [*self.folds.values(), *(item for item in self.items.values() if item.isVisible())]

    def part(self, name: str) -> Part | None:
        """The item of a note or frame."""
        return self.folds.get(name) or self.items.get(name)

    def fold_over(self, name: str) -> Fold | None:
        """The card in sight that hides a part, note or frame, if one does."""
        if name in self.stand_ins:
            return self.stand_ins[name]
        pill = self.graph.pills.get(name)
        if pill is not None and not pill.isVisible() and isinstance(pill.source, Fold):
            return pill.source
        seen: set[str] = set()  # a file may hold frames in a circle
        while name not in seen:
            seen.add(name)
            outer = next((frame for frame in self.frames() if frame.of.folded and name in frame.of.members), None)
            if outer is None:
                return None
            if outer.part in self.folds:
                return self.folds[outer.part]
            name = outer.part
        return None

    def refresh(self) -> None:
        """Make, change and drop items as the document says."""
        known = {annotation.name: annotation for annotation in self.graph.document.document.view.annotations}
        for name in [name for name in self.items if name not in known]:
            self.graph.take_away(self.items.pop(name))
        for name, annotation in known.items():
            item = self.items.get(name)
            if item is None:
                item = FrameItem(annotation) if isinstance(annotation, Frame) else NoteItem(annotation)  # type: ignore[arg-type]
                self.items[name] = item
                self.graph.scene.addItem(item)
            item.show_annotation(annotation)
        self._fold()

    def _fold(self) -> None:
        """A folded frame is one card, which stands for the populations inside; what else is inside is out of sight."""
        folded = [frame for frame in self.frames() if frame.of.folded]
        inside = {item for frame in folded for item in self.items.values() if frame.holds(item)}
        shown = [frame for frame in folded if frame not in inside]
        for item in self.items.values():
            item.setVisible(item not in folded and item not in inside)
        for name in [name for name in self.folds if name not in {frame.part for frame in shown}]:
            self.graph.take_away(self.folds.pop(name))
        self.stand_ins = {}
        network = self.graph.document.document.network
        for frame in shown:
            names = [name for name, card in self.graph.cards.items() if frame.holds(card)]
            populations = [population for population in network.populations if population.name in names]
            words = fold_words(frame.of, populations)
            fold = self.folds.get(frame.part)
            if fold is None:
                fold = self.folds[frame.part] = Fold(frame, words)
                self.graph.scene.addItem(fold)
            elif fold.words != words:
                fold.show_words(words)
            fold.setPos(frame.pos())
            self.stand_ins |= dict.fromkeys(names, fold)

    def clear(self) -> None:
        """Take everything away."""
        for item in (*self.items.values(), *self.folds.values()):
            self.graph.take_away(item)
        self.items, self.folds, self.stand_ins = {}, {}, {}

    def frames(self) -> list[FrameItem]:
        """The frames."""
        return [item for item in self.items.values() if isinstance(item, FrameItem)]
