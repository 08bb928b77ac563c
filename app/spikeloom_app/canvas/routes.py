"""Where pills stand and how wires run: one wire is two Bezier curves that meet in its pill.

A wire leaves its source to the right and enters its target from the left. Where the target stands left of the source,
or is the source, the wire runs back above both; where other cards stand in its way, it runs along a lane above or below
them. The pill stands in the middle of its wire unless the user put it elsewhere; parallel connections are fanned out,
and a pill gives way to cards and to the pills before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

GAP = 10.0  # px between pills
FORWARD = 24.0  # px that a target must stand right of its source for a wire to run straight
ARROW = 15.0  # px at its end that a wire runs straight, for the arrow
LOOP = 34.0  # px from a card up to a wire that runs back above it
CELL = 256.0  # px, the grid in which obstacles are looked up
TRIES = 40
TURN = 74.0  # px along the wire in which it turns into a lane
LANE = 14.0  # px from lane to lane
LANES = 120  # that are tried, above and below
SAMPLES = (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)  # of a curve, at which it is looked for cards


@dataclass(frozen=True)
class Link:
    """A connection as geometry.

    Parameters
    ----------
    source, target
        The cards.
    width, height
        Size of the pill.
    fixed
        The pill's centre, where the user put it somewhere.
    """

    name: str
    source: QRectF
    target: QRectF
    width: float
    height: float
    fixed: QPointF | None = None

    @property
    def start(self) -> QPointF:
        """Where the wire leaves."""
        return QPointF(self.source.right(), self.source.center().y())

    @property
    def end(self) -> QPointF:
        """Where the wire arrives."""
        return QPointF(self.target.left(), self.target.center().y())

    @property
    def forward(self) -> bool:
        """Whether the target stands right of the source."""
        return self.target.left() - self.source.right() >= FORWARD

    def ends(self) -> tuple[float, float, float, float]:
        """What parallel links have in common."""
        return (self.source.x(), self.source.y(), self.target.x(), self.target.y())


@dataclass(frozen=True)
class Route:
    """How a wire runs.

    Parameters
    ----------
    pill
        The centre of its pill.
    lane
        Whether it runs along a lane at the height of the pill.
    """

    pill: QPointF
    lane: bool = False


class Ground:
    """What stands still: cards, which pills and wires keep clear of, and pills, which pills keep clear of.

    Parameters
    ----------
    cards
        Cards and other boxes.
    pills
        Links that stay as they are, with their routes.
    below
        Another ground, to which this one adds: while something is dragged, all else is looked at once.
    """

    def __init__(
        self, cards: Iterable[QRectF], pills: Iterable[tuple[Link, Route]] = (), below: Ground | None = None
    ) -> None:
        self.taken: _Obstacles = _Obstacles(below.taken if below is not None else None)
        self.standing: _Obstacles = _Obstacles(below.standing if below is not None else None)
        for card in cards:
            self.taken.add(card.adjusted(-4, -4, 4, 4))
            self.standing.add(card.adjusted(-6, -6, 6, 6))
        for link, route in pills:
            self.taken.add(_around(route.pill, link))


def routes(links: Iterable[Link], ground: Ground) -> dict[str, Route]:
    """The route of each link; the pills join what stands on the ground."""
    found: dict[str, Route] = {}
    siblings: dict[tuple[float, float, float, float], list[Link]] = {}
    for link in links:
        if link.fixed is not None:
            found[link.name] = Route(link.fixed)
            ground.taken.add(_around(link.fixed, link))
        else:
            siblings.setdefault(link.ends(), []).append(link)
    for group in siblings.values():
        for index, link in enumerate(group):
            route = _route(link, _middle(link, index, len(group)), ground)
            found[link.name] = route
            ground.taken.add(_around(route.pill, link))
    return found


def _route(link: Link, wish: QPointF, ground: Ground) -> Route:
    """The route of a link whose pill would best stand at `wish`."""
    taken, standing = ground.taken, ground.standing
    route = Route(taken.clear(link, wish))
    reach = link.end.x() - link.start.x()
    if not link.forward or reach < 2 * TURN + link.width or not _crosses(link, route, standing):
        return route
    left, right = link.start.x() + TURN, link.end.x() - TURN
    half_width, half_height = link.width / 2 + GAP / 2, link.height / 2 + GAP / 2
    for turn in range(LANES):
        y = wish.y() + (1 if turn % 2 else -1) * ((turn + 1) // 2) * LANE
        x = wish.x()
        pill = (x - half_width, y - half_height, x + half_width, y + half_height)
        if not taken.hit(*pill) and not standing.hit(left, y - 3, right, y + 3):
            return Route(QPointF(x, y), lane=True)
    return route


def _crosses(link: Link, route: Route, standing: _Obstacles) -> bool:
    """Whether a wire runs across a card, those at its ends left out."""
    path = wire_path(link, route)
    # Two cubic curves: each from the point before it with two control points.
    points = [(path.elementAt(index).x, path.elementAt(index).y) for index in range(7)]
    for first in (0, 3):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[first : first + 4]
        for t in SAMPLES:
            u = 1 - t
            a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            x, y = a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3
            outside = link.start.x() + 8 < x < link.end.x() - 8
            if outside and standing.hit(x - 2, y - 2, x + 2, y + 2):
                return True
    return False


def wire_path(link: Link, route: Route) -> QPainterPath:
    """The way of the wire through its pill."""
    start, end, pill = link.start, link.end, route.pill
    last = end - QPointF(ARROW, 0)
    span = last - start
    path = QPainterPath(start)
    if route.lane:
        bend = QPointF(TURN / 2, 0)
        into, out_of = QPointF(start.x() + TURN, pill.y()), QPointF(end.x() - TURN, pill.y())
        path.cubicTo(start + bend, into - bend, into)
        path.lineTo(out_of)
        path.cubicTo(out_of + bend, last - bend, last)
        path.lineTo(end)
        return path
    if link.forward:
        # Halves of one curve; `off`, how far the pill is from its middle, bends them further.
        reach = max(30.0, min(span.x() * 0.5, 150.0))
        off = abs(pill.y() - (start.y() + end.y()) / 2)
        handle = QPointF(0.25 * max(span.x() - reach, 40.0), 0.25 * span.y())
        out = QPointF(reach / 2 + min(off * 0.35, 60.0), 0)
    else:
        # The further the pill is from the cards, the wider the loop, so that nested loops do not touch.
        away = abs(pill.y() - (start.y() + end.y()) / 2)
        out = QPointF(26.0 + 0.35 * min(away, 160.0), 0)
        handle = QPointF(-max(30.0, 0.42 * abs(span.x())), 0)
    path.cubicTo(start + out, pill - handle, pill)
    path.cubicTo(pill + handle, last - out, last)
    path.lineTo(end)
    return path


def _around(centre: QPointF, link: Link) -> QRectF:
    return QRectF(centre.x() - link.width / 2, centre.y() - link.height / 2, link.width, link.height)


def _middle(link: Link, index: int, count: int) -> QPointF:
    """The middle of the wire; the `index`-th of `count` parallel links."""
    step = link.height + GAP
    if link.forward:
        middle = (link.start + link.end) / 2
        return QPointF(middle.x(), middle.y() + (index - (count - 1) / 2) * step)
    top, bottom = sorted((link.source, link.target), key=QRectF.top)
    x = (link.source.center().x() + link.target.center().x()) / 2
    if bottom.top() - top.bottom() >= count * step + GAP:  # room between the two
        return QPointF(x, (top.bottom() + bottom.top()) / 2 + (index - (count - 1) / 2) * step)
    return QPointF(x, top.top() - LOOP - index * step)


class _Obstacles:
    """Rectangles on a grid, so that looking for a free place does not look at all of them."""

    def __init__(self, below: _Obstacles | None = None) -> None:
        self._below = below
        self._cells: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def add(self, rect: QRectF) -> None:
        """Something stands there."""
        box = (rect.left(), rect.top(), rect.right(), rect.bottom())
        for cell in self._covered(*box):
            self._cells.setdefault(cell, []).append(box)

    def clear(self, link: Link, wish: QPointF) -> QPointF:
        """The place nearest to `wish`, above or below it, where the link's pill covers nothing."""
        half_width, half_height = link.width / 2 + GAP / 2, link.height / 2 + GAP / 2
        x, y = wish.x(), wish.y()
        first = 1 if link.forward else -1  # loops give way upwards
        for turn in range(TRIES):
            offset = first * (1 if turn % 2 else -1) * ((turn + 1) // 2) * link.height / 2
            box = (x - half_width, y + offset - half_height, x + half_width, y + offset + half_height)
            if not self.hit(*box):
                return QPointF(x, y + offset)
        return wish

    def hit(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether something stands in this rectangle."""
        if self._below is not None and self._below.hit(left, top, right, bottom):
            return True
        return any(
            left < box[2] and box[0] < right and top < box[3] and box[1] < bottom
            for cell in self._covered(left, top, right, bottom)
            for box in self._cells.get(cell, ())
        )

    @staticmethod
    def _covered(left: float, top: float, right: float, bottom: float) -> list[tuple[int, int]]:
        columns = range(int(left // CELL), int(right // CELL) + 1)
        rows = range(int(top // CELL), int(bottom // CELL) + 1)
        return [(column, row) for column in columns for row in rows]
