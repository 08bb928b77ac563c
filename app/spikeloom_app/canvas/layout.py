"""Places for populations that nobody has put anywhere: layers from left to right, sources first. No Qt here.

A population stands one layer right of the furthest that feeds it; connections that close a cycle are left out of the
count. Within a layer populations are ordered by where their neighbours stand, which keeps most wires from crossing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spikeloom.spec import Network

CARD = 188.0  # px, the width of a card
GAP = 222.0  # px from layer to layer, at least: room for a pill
AROUND = 70.0  # px more than the widest pill between two layers
ROW = 120.0
SWEEPS = 4

Point = tuple[float, float]


def layered(network: Network, widths: Mapping[str, float] | None = None) -> dict[str, Point]:
    """The top left corner of each population's card.

    Parameters
    ----------
    widths
        The widths of the connections' pills, where they are known: layers stand so far apart that pills fit between.
    """
    names = [population.name for population in network.populations]
    known = set(names)
    pairs = {(c.source, c.target): None for c in network.connections if c.source in known and c.target in known}
    forward = _without_cycles(names, pairs)
    depth = _depths(names, forward)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        layers[depth[name]].append(name)
    _untangle(layers, forward)
    columns = _columns(len(layers), depth, network, widths or {})
    return {
        name: (columns[column], (row - (len(layer) - 1) / 2) * ROW)
        for column, layer in enumerate(layers)
        for row, name in enumerate(layer)
    }


def _columns(count: int, depth: Mapping[str, int], network: Network, widths: Mapping[str, float]) -> list[float]:
    """The left edge of each layer."""
    gaps = [GAP] * count
    for connection in network.connections:
        source, target = depth.get(connection.source), depth.get(connection.target)
        if source is not None and target == source + 1:
            gaps[source] = max(gaps[source], widths.get(connection.name, 0.0) + AROUND)
    columns, at = [], 0.0
    for gap in gaps:
        columns.append(at)
        at += CARD + round(gap)
    return columns


def beside(network: Network, placed: Mapping[str, Point]) -> dict[str, Point]:
    """Places for the populations that are not in `placed`, moved to where the others stand and clear of them."""
    layout = layered(network)
    fixed = {name: placed[name] for name in layout if name in placed}
    if fixed:
        shift_x = sum(x - layout[name][0] for name, (x, _) in fixed.items()) / len(fixed)
        shift_y = sum(y - layout[name][1] for name, (_, y) in fixed.items()) / len(fixed)
    else:
        shift_x = shift_y = 0.0
    taken = list(fixed.values())
    found: dict[str, Point] = {}
    for name, (x, y) in layout.items():
        if name not in fixed:
            found[name] = free_place((round(x + shift_x), round(y + shift_y)), taken)
            if fixed:  # a layout on its own is free of collisions
                taken.append(found[name])
    return found


def free_place(wish: Point, taken: Iterable[Point], width: float = 200.0, height: float = 84.0) -> Point:
    """`wish`, or the first place below it where a card covers none of those at `taken`."""
    others = list(taken)
    x, y = wish
    while any(abs(x - left) < width and abs(y - top) < height for left, top in others):
        y += ROW / 2
    return (x, y)


def _without_cycles(names: list[str], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs less those that lead back to where a depth-first walk came from."""
    targets: dict[str, list[str]] = {name: [] for name in names}
    sources: set[str] = set()
    for source, target in pairs:
        targets[source].append(target)
        sources.add(target)
    kept: list[tuple[str, str]] = []
    state: dict[str, int] = {}  # 1: on the way, 2: done
    for root in sorted(names, key=lambda name: name in sources):  # those without input first
        if root in state:
            continue
        state[root] = 1
        way = [(root, iter(targets[root]))]
        while way:
            name, rest = way[-1]
            following = next(rest, None)
            if following is None:
                state[name] = 2
                way.pop()
            elif state.get(following) != 1:
                kept.append((name, following))
                if following not in state:
                    state[following] = 1
                    way.append((following, iter(targets[following])))
    return kept


def _depths(names: list[str], forward: list[tuple[str, str]]) -> dict[str, int]:
    """The length of the longest way to each name."""
    waiting = dict.fromkeys(names, 0)
    targets: dict[str, list[str]] = {name: [] for name in names}
    for source, target in forward:
        targets[source].append(target)
        waiting[target] += 1
    depth = dict.fromkeys(names, 0)
    ready = [name for name in names if not waiting[name]]
    for name in ready:  # grows while it is walked
        for target in targets[name]:
            depth[target] = max(depth[target], depth[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return depth


def _untangle(layers: list[list[str]], forward: list[tuple[str, str]]) -> None:
    """Order each layer by the mean place of the neighbours, forwards and backwards in turn."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for source, target in forward:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    row = {name: k - (len(layer) - 1) / 2 for layer in layers for k, name in enumerate(layer)}
    for sweep in range(SWEEPS):
        neighbours = after if sweep % 2 else before
        for layer in reversed(layers) if sweep % 2 else layers:
            mean = {}
            for name in layer:
                near = neighbours.get(name, [])
                mean[name] = sum(row[other] for other in near) / len(near) if near else row[name]
            layer.sort(key=mean.__getitem__)
            row |= {name: k - (len(layer) - 1) / 2 for k, name in enumerate(layer)}
