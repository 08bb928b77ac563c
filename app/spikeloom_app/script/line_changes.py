"""What differs between two texts, line by line, so that a view can keep all that stays. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_COMPARED = 1500  # lines on either side that are compared one by one; what is longer is taken as all new


@dataclass(frozen=True)
class Change:
    """The lines ``old[first:last]`` give way to `lines`, which begin at the line `at` of the new text."""

    first: int
    last: int
    at: int
    lines: tuple[str, ...]


def line_changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The changes that lead from `old` to `new`, from the first line to the last."""
    begin, end = 0, 0
    shorter = min(len(old), len(new))
    while begin < shorter and old[begin] == new[begin]:
        begin += 1
    while end < shorter - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    before, after = old[begin : len(old) - end], new[begin : len(new) - end]
    if not before and not after:
        return []
    if max(len(before), len(after)) > MOST_COMPARED:
        return [Change(begin, len(old) - end, begin, tuple(after))]
    codes = SequenceMatcher(None, before, after).get_opcodes()
    return [Change(begin + i, begin + j, begin + k, tuple(after[k:m])) for what, i, j, k, m in codes if what != "equal"]


def differing_middle(old: str, new: str) -> tuple[int, int, str]:
    """Where a line differs: ``old[first:last]`` gives way to the text that is returned."""
    begin, end = 0, 0
    shorter = min(len(old), len(new))
    while begin < shorter and old[begin] == new[begin]:
        begin += 1
    while end < shorter - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    return begin, len(old) - end, new[begin : len(new) - end]
