"""Finding what is meant by a few letters: they come in order, and the starts of words count most. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

T = TypeVar("T")

WORD_START, IN_A_ROW, INSIDE = 8, 8, 1  # points of a letter
LATE = 0.05  # lost for each letter before the first that matches
LONGEST = 100  # letters of a query; nothing is called by more
LONG = 0.02  # lost for each letter of the text


def found(query: str, items: Iterable[T], text: Callable[[T], str]) -> list[T]:
    """The items whose text matches, best first; all of them, in their order, for an empty query."""
    scored = [(score(query, text(item)), item) for item in items]
    hits = [(points, item) for points, item in scored if points is not None]
    return [item for _, item in sorted(hits, key=lambda hit: -hit[0])]


def score(query: str, text: str) -> float | None:
    """How well the letters of `query` are found in `text`; None where they are not."""
    wanted, plain = "".join(query.lower().split()), text.lower()
    if not wanted:
        return 0.0
    if len(wanted) > LONGEST:
        return None
    rest = iter(plain)
    if not all(letter in rest for letter in wanted):
        return None
    starts = tuple(k == 0 or not plain[k - 1].isalnum() for k in range(len(plain)))

    @cache
    def best(letter: int, start: int, follows: bool) -> float:
        """The most points of the letters from `letter` on, in the text from `start` on."""
        if letter == len(wanted):
            return 0.0
        most = float("-inf")
        at = plain.find(wanted[letter], start)
        while at >= 0:
            points = WORD_START if starts[at] else IN_A_ROW if follows and at == start else INSIDE
            most = max(most, points + best(letter + 1, at + 1, True) - (LATE * at if letter == 0 else 0))
            at = plain.find(wanted[letter], at + 1)
        return most

    return best(0, 0, False) - LONG * len(plain)
