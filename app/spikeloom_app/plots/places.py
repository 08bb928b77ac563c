"""Where docks stand, as shares of the window: what a box is, where new plots go, and how boxes become cuts.

Knows no Qt. A window builds its docks by cutting an area again and again; `cuts` finds these cuts from the boxes alone,
so that a document says where a plot stands and not how it came there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spikeloom.spec.plots import Place, Plot

Box = tuple[float, float, float, float]  # x, y, width, height

BOTTOM = 0.43  # of the window's height
SLOTS: dict[str, Box] = {
    "curves": (0.0, 1 - BOTTOM, 0.44, BOTTOM),
    "raster": (0.44, 1 - BOTTOM, 0.56, 0.6 * BOTTOM),
    "traces": (0.44, 1 - 0.4 * BOTTOM, 0.56, 0.4 * BOTTOM),
}
WHOLE: Box = (0.0, 1 - BOTTOM, 1.0, BOTTOM)
NARROWEST = 0.2  # share of the window's width, for a half of a dock that is cut in two
SAME = 0.6  # boxes that have this share in common lie behind each other
APART = 0.3  # from middle to middle, where 1 is side by side: with less than that no cut is between two boxes
IN_THE_WAY = 0.1  # share of the smaller of two boxes that both want
STRIP = 0.15  # share of the window that a dock must have to stand beside others
NEAR = 0.005  # places that differ by less are the same
TOUCHING = 0.9  # with so much there is one for certain


@dataclass(frozen=True)
class Stack:
    """Docks in the same place, tabs in their order."""

    names: tuple[str, ...]
    box: Box


@dataclass(frozen=True)
class Cut:
    """Places side by side, or one above the other."""

    side_by_side: bool
    parts: tuple[Stack | Cut, ...]
    box: Box

    @property
    def names(self) -> tuple[str, ...]:
        """Of all docks in it."""
        return tuple(name for part in self.parts for name in part.names)


def cuts(boxes: Mapping[str, Box]) -> Stack | Cut:
    """The cuts that lead to `boxes`, which may overlap, or leave gaps, a little; at least one box."""
    stacks: list[Stack] = []
    for name, box in boxes.items():
        place = next((k for k, stack in enumerate(stacks) if _common(stack.box, box) > SAME), None)
        if place is None:
            stacks.append(Stack((name,), box))
        else:
            stacks[place] = Stack((*stacks[place].names, name), stacks[place].box)
    return _cut(stacks)


def order(places: Mapping[str, Place]) -> dict[str, Any]:
    """How docks stand to each other, whatever their sizes: two that say the same look the same but for those."""
    areas: dict[str, dict[str, Box]] = {}
    for name, place in places.items():
        if place.box is not None:
            areas.setdefault(place.area, {})[name] = place.box
    return {area: sorted(boxes) if area == "window" else _order(cuts(boxes)) for area, boxes in areas.items()}


def alike(one: Mapping[str, Place], other: Mapping[str, Place]) -> bool:
    """Whether docks that are in both stand in the same places, but for a few pixels."""
    pairs = [(one[name], other[name]) for name in one if name in other]
    return all(a.area == b.area and a.behind == b.behind and _near(a.box, b.box) for a, b in pairs)


def strayed(after: Mapping[str, Place], before: Mapping[str, Place]) -> bool:
    """Whether windows of plots were put elsewhere; how large they are is no matter."""
    pairs = [(after[name], before[name]) for name in after if name in before]
    detached = [(a.box, b.box) for a, b in pairs if a.area == b.area == "window" and a.box and b.box]
    return any(abs(a[axis] - b[axis]) >= NEAR for a, b in detached for axis in (0, 1))


def _near(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return one == other
    return all(abs(a - b) < NEAR for a, b in zip(one, other, strict=True))


def _order(tree: Stack | Cut) -> Any:
    if isinstance(tree, Stack):
        return sorted(tree.names)
    return (tree.side_by_side, [_order(part) for part in tree.parts])


def _cut(stacks: Sequence[Stack]) -> Stack | Cut:
    box = _around(stack.box for stack in stacks)
    if len(stacks) == 1:
        return stacks[0]
    gaps = {axis: _gaps(_ordered(stacks, axis), axis) for axis in (0, 1)}
    axis = max(gaps, key=lambda each: max(gaps[each]))
    widest = max(gaps[axis])
    if widest < APART:  # in each other's way: nothing but tabs is left
        return Stack(tuple(name for stack in stacks for name in stack.names), box)
    ordered = _ordered(stacks, axis)
    ends = [k for k, gap in enumerate(gaps[axis], start=1) if gap >= min(widest, TOUCHING)]
    pieces = [ordered[start:end] for start, end in zip([0, *ends], [*ends, len(ordered)], strict=True)]
    return Cut(axis == 0, tuple(_cut(piece) for piece in pieces), box)


def _ordered(stacks: Sequence[Stack], axis: int) -> list[Stack]:
    return sorted(stacks, key=lambda stack: stack.box[axis] + stack.box[axis + 2] / 2)


def _gaps(ordered: Sequence[Stack], axis: int) -> list[float]:
    """Between each two in order: how far all before are from all after (see `_apart`)."""
    groups = [(ordered[:k], ordered[k:]) for k in range(1, len(ordered))]
    sides = [(_around(s.box for s in before), _around(s.box for s in after)) for before, after in groups]
    return [_apart(before, after, axis) for before, after in sides]


def _apart(one: Box, other: Box, axis: int) -> float:
    """The way from the middle of one box to that of another: 1 where they touch, less where they overlap."""
    way = other[axis] + other[axis + 2] / 2 - one[axis] - one[axis + 2] / 2
    return 2 * way / (one[axis + 2] + other[axis + 2])


def making_room(own: Place, plots: Iterable[Place]) -> Place:
    """Where a dock of the window's own stands among plots: beside those that come back where it has grown over them.

    Where nothing but a strip would be left to it, it becomes a tab behind the plot that it is most in the way of.
    """
    box = own.box
    boxes = [place.box for place in plots if place.area == own.area and place.box is not None]
    if box is None or own.area == "window" or not boxes or any(_common(box, plot) > SAME for plot in boxes):
        return own
    left = _yielding(box, boxes)
    in_the_way = [
        plot for plot in boxes if _shared(left, plot) > IN_THE_WAY * min(left[2] * left[3], plot[2] * plot[3])
    ]
    if in_the_way or (left != box and min(left[2:]) < STRIP):
        most = max(boxes, key=lambda plot: _shared(box, plot))
        return own.model_copy(update={"box": most, "behind": True})
    return own.model_copy(update={"box": left})


def _yielding(box: Box, plots: Iterable[Box]) -> Box:
    for other in plots:
        axis = max((0, 1), key=lambda each: abs(_apart(box, other, each)))
        shared = min(box[axis] + box[axis + 2], other[axis] + other[axis + 2]) - max(box[axis], other[axis])
        if _common(box, other) > 0 and 0 < shared < box[axis + 2]:
            start = box[axis] if _apart(box, other, axis) > 0 else box[axis] + shared
            left = (start, box[1 - axis], box[axis + 2] - shared, box[3 - axis])
            box = left if axis == 0 else (left[1], left[0], left[3], left[2])
    return box


def _around(boxes: Iterable[Box]) -> Box:
    known = list(boxes)
    x, y = min(box[0] for box in known), min(box[1] for box in known)
    right, bottom = max(box[0] + box[2] for box in known), max(box[1] + box[3] for box in known)
    return (x, y, right - x, bottom - y)


def _common(one: Box, other: Box) -> float:
    """What two boxes have in common, as a share of both together."""
    shared = _shared(one, other)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def _shared(one: Box, other: Box) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def placed(plots: Iterable[Plot]) -> dict[str, Place]:
    """Where plots stand, by their names; those that say nothing go where their type usually stands."""
    plots = list(plots)
    places = {plot.name: plot.place for plot in plots if plot.place.box is not None}
    free = dict(SLOTS) if not places else {}
    for plot in plots:
        if plot.place.box is None and plot.type in free:
            places[plot.name] = Place(box=free.pop(plot.type))
    for plot in plots:
        if plot.name not in places:
            places = with_another(places, plot.name)
    return places


def with_another(places: Mapping[str, Place], name: str) -> dict[str, Place]:
    """Room for another plot: beside the widest one at the bottom, or in front of it where that is narrow."""
    made = dict(places)
    standing = {key: place.box for key, place in made.items() if place.area == "bottom" and place.box is not None}
    if not standing:
        return made | {name: Place(box=WHOLE)}
    widest = max(standing, key=lambda key: standing[key][2])
    x, y, width, height = standing[widest]
    here = [key for key, box in standing.items() if _common(box, standing[widest]) > SAME]
    if width / 2 < NARROWEST:
        behind = {key: made[key].model_copy(update={"behind": True}) for key in here}
        return made | behind | {name: Place(box=standing[widest])}
    halves = {key: made[key].model_copy(update={"box": (x, y, width / 2, height)}) for key in here}
    return made | halves | {name: Place(box=(x + width / 2, y, width / 2, height))}
