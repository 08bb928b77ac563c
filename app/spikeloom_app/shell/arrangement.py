"""Builds the docks of an area from the places they shall have, and reads from docks where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar

from spikeloom.spec.plots import Place
from spikeloom_app.plots.places import Box, Cut, Stack, cuts

Area = Qt.DockWidgetArea
Side = Literal["left", "right", "top", "bottom"]
AREAS: dict[Side, Qt.DockWidgetArea] = {
    "left": Area.LeftDockWidgetArea,
    "right": Area.RightDockWidgetArea,
    "top": Area.TopDockWidgetArea,
    "bottom": Area.BottomDockWidgetArea,
}
HORIZONTAL, VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
DIGITS = 4  # of shares, in documents
GAP = 3  # px at most between a dock and its tabs
LEAST = 120  # px of a floating dock that stay on the screen


def arrange(window: QMainWindow, area: Side, docks: Mapping[str, QDockWidget], places: Mapping[str, Place]) -> None:
    """Build an area of the window anew.

    Parameters
    ----------
    docks
        All that belong there, by name; those that are hidden come back in their place when they are shown.
    places
        Of all of them; each has a box.
    """
    hidden = {name for name, dock in docks.items() if dock.isHidden()}
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    boxes = {name: box for name in docks if (box := places[name].box) is not None}
    if not boxes:
        return
    tree = cuts(boxes)
    first = docks[tree.names[0]]
    window.addDockWidget(AREAS[area], first)
    _split(window, tree, docks)
    for name, dock in docks.items():
        dock.setVisible(name not in hidden)
    _bring_to_front(tree, docks, places, hidden)
    seen = {name: docks[name] for name in docks if name not in hidden}
    if seen:
        share, way = (tree.box[3], VERTICAL) if area in ("top", "bottom") else (tree.box[2], HORIZONTAL)
        _resize(window, [next(iter(seen.values()))], [share], way)
        _share_out(window, tree, seen)


def _split(window: QMainWindow, tree: Stack | Cut, docks: Mapping[str, QDockWidget]) -> None:
    if isinstance(tree, Stack):
        for name in tree.names[1:]:
            window.tabifyDockWidget(docks[tree.names[0]], docks[name])
        return
    # All parts of a level before what is in them: what is split off a tab becomes a tab.
    firsts = [docks[part.names[0]] for part in tree.parts]
    for before, after in pairwise(firsts):
        window.splitDockWidget(before, after, HORIZONTAL if tree.side_by_side else VERTICAL)
    for part in tree.parts:
        _split(window, part, docks)


def _bring_to_front(
    tree: Stack | Cut, docks: Mapping[str, QDockWidget], places: Mapping[str, Place], hidden: set[str]
) -> None:
    for part in tree.parts if isinstance(tree, Cut) else ():
        _bring_to_front(part, docks, places, hidden)
    if isinstance(tree, Stack):
        front = [name for name in tree.names if name not in hidden and not places[name].behind]
        for name in front[-1:]:
            docks[name].raise_()


def _share_out(window: QMainWindow, tree: Stack | Cut, docks: Mapping[str, QDockWidget]) -> None:
    """Give the parts of each cut their sizes, outer ones first."""
    if isinstance(tree, Stack):
        return
    seen = [part for part in tree.parts if any(name in docks for name in part.names)]
    leaders = [next(docks[name] for name in part.names if name in docks) for part in seen]
    side = 2 if tree.side_by_side else 3
    way = HORIZONTAL if tree.side_by_side else VERTICAL
    if len(leaders) > 1:
        _resize(window, leaders, [part.box[side] for part in seen], way)
    for part in seen:
        _share_out(window, part, docks)


def _resize(window: QMainWindow, docks: list[QDockWidget], shares: list[float], way: Qt.Orientation) -> None:
    whole = window.width() if way == HORIZONTAL else window.height()
    window.resizeDocks(docks, [max(1, round(share * whole)) for share in shares], way)


def float_at(dock: QDockWidget, box: Box | None) -> None:
    """Make a dock a window of its own, where and as large as `box` says, on the screen there is."""
    dock.setFloating(True)
    screen = dock.screen() or QApplication.primaryScreen()
    if box is None or screen is None:
        return
    room = screen.availableGeometry()
    width, height = (max(LEAST, min(round(box[k] * side), side)) for k, side in ((2, room.width()), (3, room.height())))
    left = min(max(room.x() + round(box[0] * room.width()), room.x() - width + LEAST), room.right() - LEAST)
    top = min(max(room.y() + round(box[1] * room.height()), room.y()), room.bottom() - LEAST)
    dock.setGeometry(QRect(left, top, width, height))


def place_of(window: QMainWindow, dock: QDockWidget) -> Place | None:
    """Where a dock stands that is shown; None where that cannot be told just now."""
    if dock.isFloating():
        return Place(area="window", box=_on_screen(dock))
    front = _front(window, dock)
    if front is None:
        return None
    stands = window.dockWidgetArea(dock)
    side: Side = next((name for name, area in AREAS.items() if area == stands), "bottom")
    return Place(area=side, box=_shares(whole(window, front), window.rect()), behind=front is not dock)


def whole(window: QMainWindow, dock: QDockWidget) -> QRect:
    """What a dock takes of the window with the tabs under it: sizes that Qt is given count them too."""
    seen = dock.geometry()
    for tabs in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        bar = tabs.geometry()
        under = 0 < bar.top() - seen.bottom() <= GAP and seen.left() <= bar.center().x() <= seen.right()
        if tabs.isVisible() and under:
            return seen.adjusted(0, 0, 0, bar.bottom() - seen.bottom())
    return seen


def show_tabs(window: QMainWindow) -> None:
    """Show the tabs of docks that are stacked, where Qt has placed them and not shown them."""
    for tabs in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if tabs.count() > 1 and window.rect().contains(tabs.geometry()):
            tabs.show()


def _front(window: QMainWindow, dock: QDockWidget) -> QDockWidget | None:
    """The dock that is seen where this one stands; Qt keeps those behind it outside the window."""
    group = [dock, *window.tabifiedDockWidgets(dock)]
    return next((other for other in group if not other.isHidden() and window.rect().contains(other.geometry())), None)


def _on_screen(dock: QDockWidget) -> Box | None:
    screen = dock.screen() or QApplication.primaryScreen()
    return None if screen is None else _shares(dock.geometry(), screen.availableGeometry())


def _shares(inner: QRect, outer: QRect) -> Box:
    width, height = max(1, outer.width()), max(1, outer.height())
    box = (
        (inner.x() - outer.x()) / width,
        (inner.y() - outer.y()) / height,
        max(1, inner.width()) / width,
        max(1, inner.height()) / height,
    )
    x, y, w, h = (min(max(round(value, DIGITS), -10.0), 10.0) for value in box)
    return (x, y, max(w, 10**-DIGITS), max(h, 10**-DIGITS))
