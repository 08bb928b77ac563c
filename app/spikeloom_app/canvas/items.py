"""What stands on the canvas: a population's card with its ports, a connection's pill, and the badge of a problem.

Painters read `theme.current()` and the words they were given; nothing here reads or changes the document. From afar
(`FAR` and less) they leave out what could not be read anyway.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from spikeloom.spec import Problem
from spikeloom_app import theme, wording
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.badge import Badge
from spikeloom_app.canvas.ink import FAR
from spikeloom_app.canvas.nodegraph import AbstractNodeItem, PipeItem, PortItem, PortTypeEnum
from spikeloom_app.canvas.words import CardWords, PillWords

CARD_WIDTH, CARD_HEIGHT = 188.0, 60.0
PILL_HEIGHT = 24.0
PORT = 5.0  # px, radius
Z_WIRE, Z_CARD, Z_PILL, Z_LIVE = 0.0, 10.0, 20.0, 30.0


class Part(AbstractNodeItem):
    """A card or a pill: named, selectable, moved by the view's gestures alone."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable, False)
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.part = name
        self.hovered = False
        self.changed = False  # since the last run
        self.mark = ""  # of a gesture over it: "target" or "refused"
        self.badge: Badge | None = None

    def show_mark(self, mark: str) -> None:
        """Mark it as what a gesture would act on; an empty string for nothing."""
        if self.mark != mark:
            self.mark = mark
            self.update()

    def show_hover(self, hovered: bool) -> None:
        """Show that the mouse is over it."""
        self.hovered = hovered
        self.update()

    def show_problems(self, problems: list[Problem]) -> None:
        """Show a badge that says what is wrong, or none."""
        if problems and self.badge is None:
            self.badge = Badge(self)
        if self.badge is not None and not problems:
            self.badge.scene().removeItem(self.badge)
            self.badge = None
        if self.badge is not None:
            self.badge.show_problems(problems)
            self.badge.setPos(self.badge_place())

    def badge_place(self) -> QPointF:
        """Where the middle of the badge is."""
        raise NotImplementedError

    def rect(self) -> QRectF:
        """Its outline, in its own coordinates."""
        raise NotImplementedError

    def outline(self) -> QRectF:
        """Its outline on the scene."""
        return self.rect().translated(self.pos())

    def shape(self) -> QPainterPath:
        """What a click hits."""
        path = QPainterPath()
        path.addRect(self.rect())
        return path

    def touched(self, rect: QRectF) -> bool:
        """Whether a rubber band takes it."""
        return self.outline().intersects(rect)

    def show_changed(self, changed: bool) -> None:
        """Show whether it is other than in the last run."""
        if self.changed != changed:
            self.changed = changed
            self.update()

    def paint_changed(self, painter: QPainter, tokens: theme.Theme) -> None:
        """A dot where the badge would be, or beside it: it is other than in the last run."""
        if self.changed:
            at = self.badge_place() - QPointF(18 if self.badge is not None else 0, 0)
            painter.setPen(ink.pen(tokens.surface, 2.0))
            painter.setBrush(ink.colour(tokens.warning))
            painter.drawEllipse(at, 5.0, 5.0)

    def frame(self, tokens: theme.Theme) -> tuple[str, float]:
        """Colour and width of the border in this state."""
        if self.mark == "refused":
            return tokens.error, 2.0
        if self.mark == "target" or self.isSelected():
            return tokens.accent, 2.0
        return (tokens.border_strong, 1.0) if self.hovered else (tokens.border, 1.0)


class Card(Part):
    """A population; its position is its top left corner."""

    gives_wires = True

    def __init__(self, words: CardWords) -> None:
        super().__init__(words.name)
        self.setZValue(Z_CARD)
        self.place: tuple[float, float] = (0.0, 0.0)  # where it stands as long as the document does not say
        self.input = Port(self, PortTypeEnum.IN.value, QPointF(0, CARD_HEIGHT / 2))
        self.output = Port(self, PortTypeEnum.OUT.value, QPointF(CARD_WIDTH, CARD_HEIGHT / 2))
        self.show_words(words)

    def show_words(self, words: CardWords) -> None:
        """Show another text, role or set of ports."""
        self.words = words
        self.part = words.name
        # NodeGraphQt's `name` would set a tool tip of its own.
        self.setToolTip(wording.tooltip(words.tooltip))
        self.input.setVisible(words.takes_input)
        self.output.setVisible(words.gives_spikes)
        self._chip = ink.metrics(11).horizontalAdvance(words.readout) + 14 if words.readout else 0.0
        room = CARD_WIDTH - 34
        self._name = ink.metrics(14, True).elidedText(words.name, Qt.TextElideMode.ElideRight, room)
        self._far_name = ink.metrics(24, True).elidedText(words.name, Qt.TextElideMode.ElideRight, room)
        rest = room - self._chip - (6 if self._chip else 0)
        self._kind = ink.metrics(12).elidedText(words.kind, Qt.TextElideMode.ElideRight, rest)
        self.update()

    def rect(self) -> QRectF:
        """The card without its shadow."""
        return QRectF(0, 0, CARD_WIDTH, CARD_HEIGHT)

    def boundingRect(self) -> QRectF:
        """The card with its ports and its shadow."""
        return QRectF(-9, -4, CARD_WIDTH + 18, CARD_HEIGHT + 12)

    def badge_place(self) -> QPointF:
        """The upper right corner."""
        return QPointF(CARD_WIDTH - 14, 14)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        tokens = theme.current()
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        far = zoom < FAR
        radius = tokens.radius
        rect = self.rect()
        colour, width = self.frame(tokens)
        role = tokens.role(self.words.role)
        if not far:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.shadow())
            painter.drawRoundedRect(rect.translated(0, 2).adjusted(0, 0, 0, 1), radius, radius)
        # The bar is the card in the role's colour; the surface covers all but its left edge.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.colour(role))
        painter.drawRoundedRect(rect, radius, radius)
        painter.setBrush(ink.colour(tokens.surface_raised if self.hovered and ink.is_dark() else tokens.surface))
        painter.drawPath(_face(radius, 10.0 if far else 4.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(colour, width / max(zoom, 0.2) if far else width))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        self._paint_text(painter, tokens, role, far)
        if not far:
            self._paint_ports(painter, tokens)
            self.paint_changed(painter, tokens)

    def _paint_text(self, painter: QPainter, tokens: theme.Theme, role: str, far: bool) -> None:
        if far:
            painter.setFont(ink.font(24, True))
            painter.setPen(ink.colour(tokens.text))
            painter.drawText(QPointF(22, 39), self._far_name)
            return
        painter.setFont(ink.font(14, True))
        painter.setPen(ink.colour(tokens.text))
        painter.drawText(QPointF(18, 25), self._name)
        painter.setFont(ink.font(12))
        painter.setPen(ink.colour(tokens.text_muted))
        painter.drawText(QPointF(18, 45), self._kind)
        if self._chip:
            chip = QRectF(CARD_WIDTH - 14 - self._chip, 33, self._chip, 17)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colour(role, 36))
            painter.drawRoundedRect(chip, 8.5, 8.5)
            painter.setFont(ink.font(11))
            painter.setPen(ink.colour(role))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self.words.readout)

    def _paint_ports(self, painter: QPainter, tokens: theme.Theme) -> None:
        for port, there in ((self.input, self.words.takes_input), (self.output, self.words.gives_spikes)):
            if there:
                hot = port.hovered or (port is self.input and self.mark == "target")
                radius = PORT + 1.5 if hot else PORT
                painter.setPen(ink.pen(tokens.canvas, 2.0))
                painter.setBrush(ink.colour(tokens.accent if hot else tokens.wire))
                painter.drawEllipse(port.pos(), radius, radius)


class Port(PortItem):
    """Where wires start or end; its card paints it, it answers where it is and what hangs on it."""

    def __init__(self, card: Card, kind: str, place: QPointF) -> None:
        super().__init__(card)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, True)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsScenePositionChanges, False)
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.setAcceptHoverEvents(False)
        self.port_type = kind
        self.card = card
        self.setPos(place)
        if kind == PortTypeEnum.OUT.value:
            self.setToolTip("Spikes out. Drag to a population to connect the two.")
        else:
            self.setToolTip("Spikes in. Drop a connection here.")

    @property
    def starts_wire(self) -> bool:
        """Whether a wire can be drawn from it now."""
        return self is self.card.output and self.isVisible() and self.card.gives_wires

    def boundingRect(self) -> QRectF:
        """What the mouse must be near."""
        return QRectF(-9, -9, 18, 18)

    def show_hover(self, hovered: bool) -> None:
        """Show that the mouse is over it."""
        self.hovered = hovered
        self.card.update()


class Pill(Part):
    """A connection; its position is its centre."""

    def __init__(self, words: PillWords) -> None:
        super().__init__(words.name)
        self.setZValue(Z_PILL)
        self.wire = Wire(self)
        self.source: Card | None = None
        self.target: Card | None = None
        self.fixed: QPointF | None = None  # where the user put it
        self.show_words(words)

    def show_words(self, words: PillWords) -> None:
        """Show another text."""
        self.prepareGeometryChange()
        self.words = words
        self.part = words.name
        self.setToolTip(wording.tooltip(words.tooltip))
        self.wire.setToolTip(self.toolTip())
        self.pill_width = round(ink.metrics(11).horizontalAdvance(words.text)) + 26.0
        self.update()

    def rect(self) -> QRectF:
        """The pill."""
        return QRectF(-self.pill_width / 2, -PILL_HEIGHT / 2, self.pill_width, PILL_HEIGHT)

    def boundingRect(self) -> QRectF:
        """The pill and its border."""
        return self.rect().adjusted(-2, -2, 2, 2)

    def badge_place(self) -> QPointF:
        """Its right end."""
        return QPointF(self.pill_width / 2 - 3, -PILL_HEIGHT / 2 + 3)

    def show_hover(self, hovered: bool) -> None:
        """Show it on the wire, too."""
        super().show_hover(hovered)
        self.wire.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        tokens = theme.current()
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        colour, width = self.frame(tokens)
        if zoom < FAR:
            dot = QRectF(-30, -9, 60, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colour(colour if colour != tokens.border else tokens.wire))
            painter.drawRoundedRect(dot, 9, 9)
            return
        painter.setPen(ink.pen(colour, width * 0.75 if width > 1 else width))
        painter.setBrush(ink.colour(tokens.surface_raised if self.hovered else tokens.surface))
        radius = PILL_HEIGHT / 2 - 0.5
        painter.drawRoundedRect(self.rect().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setFont(ink.font(11))
        painter.setPen(ink.colour(tokens.text if self.isSelected() or self.hovered else tokens.text_muted))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words.text)
        self.paint_changed(painter, tokens)

    def attach(self, source: Card | None, target: Card | None) -> None:
        """Hang the wire between two cards; without a wire where one is missing."""
        self.detach()
        self.source, self.target = source, target
        if source is not None and target is not None:
            self.wire.set_connections(source.output, target.input)
        self.wire.setVisible(source is not None and target is not None)

    def detach(self) -> None:
        """Take the wire off its ports."""
        for port in (self.wire.input_port, self.wire.output_port):
            if port is not None and self.wire in port.connected_pipes:
                port.remove_pipe(self.wire)
        self.wire.input_port = self.wire.output_port = None
        self.source = self.target = None


class Wire(PipeItem):
    """The line and the arrow of a connection; it has the state of its pill, None while it is being drawn."""

    def __init__(self, pill: Pill | None) -> None:
        super().__init__()
        self.pill = pill
        self.refused = False
        for arrow in self.childItems():  # NodeGraphQt's, in the middle and with colours of its own
            arrow.setParentItem(None)
        self._dir_pointer: Any = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, False)
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.setAcceptHoverEvents(False)
        self.setZValue(Z_WIRE if pill is not None else Z_LIVE)
        self.setPen(ink.pen("#000000", 11.0))  # never drawn: the width that a click may miss by
        self.way: Any = None  # what the path was made from
        self._arrow = QPolygonF()

    def lay(self, path: QPainterPath, end: QPointF, arrow: bool = True) -> None:
        """Run along `path`, which ends at `end` going to the right, with an arrow or without."""
        self.setPath(path)
        self._arrow = QPolygonF()
        if not arrow:
            return
        tip = end - QPointF(PORT + 1, 0)
        self._arrow = QPolygonF([tip, tip + QPointF(-9, -4.5), tip + QPointF(-9, 4.5)])

    def reset(self) -> None:
        """Nothing: state and style are asked for when it is painted."""

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        """Nothing of NodeGraphQt's styling."""
        return QGraphicsPathItem.itemChange(self, change, value)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it."""
        tokens = theme.current()
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        live = self.pill is None
        chosen = self.pill is not None and self.pill.isSelected()
        token = tokens.error if self.refused else tokens.wire_selected if live or chosen else tokens.wire
        hovered = self.pill is not None and self.pill.hovered
        width = 2.5 if chosen or hovered else 1.8
        if zoom < FAR:
            # A line of one pixel without smoothing is quick, and as clear from afar.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, chosen)
            width = 0.0 if not chosen else 2.0 / zoom
        painter.setPen(ink.pen(token, width, 255, live and self.refused))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())
        if zoom >= FAR:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colour(token))
            painter.drawPolygon(self._arrow)


_faces: dict[tuple[float, float], QPainterPath] = {}


def _face(radius: float, bar: float) -> QPainterPath:
    """A card's outline without a bar along its left edge."""
    if (radius, bar) not in _faces:
        whole, rest = QPainterPath(), QPainterPath()
        whole.addRoundedRect(QRectF(0, 0, CARD_WIDTH, CARD_HEIGHT), radius, radius)
        rest.addRect(QRectF(bar, 0, CARD_WIDTH - bar, CARD_HEIGHT))
        _faces[radius, bar] = whole.intersected(rest)
    return _faces[radius, bar]
