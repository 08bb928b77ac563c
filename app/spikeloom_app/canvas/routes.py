"""Where pills stand and how wires run: one wire is two Bezier curves that meet in its pill.

A wire leaves its source to the right and enters its target from the left. Where the target stands left of the source,
or is the source, the wire runs back above both. The pill stands in the middle of its wire unless the user put it
elsewhere; parallel connections are fanned out, and a pill gives way to cards and to the pills before it.
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


def pill_centres(links: Iterable[Link], cards: Iterable[QRectF]) -> dict[str, QPointF]:
    """The centre of each link's pill."""
    links = list(links)
    taken = _Obstacles()
    for card in cards:
        taken.add(card.adjusted(-4, -4, 4, 4))
    found: dict[str, QPointF] = {}
    siblings: dict[tuple[float, float, float, float], list[Link]] = {}
    for link in links:
        if link.fixed is not None:
            found[link.name] = link.fixed
            taken.add(_around(link.fixed, link))
        else:
            siblings.setdefault(link.ends(), []).append(link)
    for group in siblings.values():
        for index, link in enumerate(group):
            centre = taken.clear(link, _middle(link, index, len(group)))
            found[link.name] = centre
            taken.add(_around(centre, link))
    return found


def wire_path(link: Link, pill: QPointF) -> QPainterPath:
    """The way of the wire through its pill."""
    start, end = link.start, link.end
    last = end - QPointF(ARROW, 0)
    span = last - start
    path = QPainterPath(start)
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

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def add(self, rect: QRectF) -> None:
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
            if not self._hit(*box):
                return QPointF(x, y + offset)
        return wish

    def _hit(self, left: float, top: float, right: float, bottom: float) -> bool:
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
