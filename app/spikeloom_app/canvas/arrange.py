"""Alignment and distribution of boxes on the canvas. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Box = tuple[float, float, float, float]  # left, top, width, height
Place = tuple[float, float]
Side = Literal["left", "center", "right", "top", "middle", "bottom"]
Axis = Literal["horizontally", "vertically"]


def aligned(boxes: Mapping[str, Box], side: Side) -> dict[str, Place]:
    """The upper left corners of the boxes with one side, or their middles, in a line."""
    if side in ("left", "center", "right"):
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[side]
        low = min(left for left, _, _, _ in boxes.values())
        high = max(left + width for left, _, width, _ in boxes.values())
        line = low + share * (high - low)
        return {name: (round(line - share * width), top) for name, (_, top, width, _) in boxes.items()}
    share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[side]
    low = min(top for _, top, _, _ in boxes.values())
    high = max(top + height for _, top, _, height in boxes.values())
    line = low + share * (high - low)
    return {name: (left, round(line - share * height)) for name, (left, _, _, height) in boxes.items()}


def distributed(boxes: Mapping[str, Box], axis: Axis) -> dict[str, Place]:
    """The upper left corners of the boxes with equal gaps between them; the outermost stay."""
    along = 0 if axis == "horizontally" else 1
    order = sorted(boxes, key=lambda name: boxes[name][along])
    first, last = boxes[order[0]], boxes[order[-1]]
    room = last[along] + last[along + 2] - first[along] - sum(boxes[name][along + 2] for name in order)
    gap = room / max(1, len(order) - 1)
    at = first[along]
    found: dict[str, Place] = {}
    for name in order:
        left, top, width, height = boxes[name]
        found[name] = (round(at), top) if along == 0 else (left, round(at))
        at += (width, height)[along] + gap
    return {name: found[name] for name in boxes}


def nearest_towards(boxes: Mapping[str, Box], start: str, across: int, down: int) -> str | None:
    """The box that a step from `start` to the right (`across` 1), left (-1), down or up leads to, if there is one."""
    left, top, width, height = boxes[start]
    x, y = left + width / 2, top + height / 2
    best, least = None, float("inf")
    for name, (other_left, other_top, other_width, other_height) in boxes.items():
        dx, dy = other_left + other_width / 2 - x, other_top + other_height / 2 - y
        ahead, aside = (dx * across, abs(dy)) if across else (dy * down, abs(dx))
        # What lies beside the way counts as further off than what lies on it.
        if name != start and ahead > 1 and aside <= 3 * ahead + 60 and ahead + 2 * aside < least:
            best, least = name, ahead + 2 * aside
    return best
