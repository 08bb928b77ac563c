"""Which of a list is meant by a few typed words: all stand somewhere in it, the best places first. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def best_first(items: Iterable[T], typed: str, places: Callable[[T], Sequence[str]]) -> list[T]:
    """The items in which every typed word stands somewhere; all of them, in their order, where nothing is typed.

    Parameters
    ----------
    places
        The texts of an item: its title, then the name that documents give it, then what else it is found by, the more
        telling first.
    """
    words = typed.lower().split()
    ranked = [(_rank(words, [text.lower() for text in places(item)]), item) for item in items]
    found = [(rank, item) for rank, item in ranked if rank is not None]
    return [item for _, item in (sorted(found, key=lambda pair: pair[0]) if words else found)]


def _rank(words: list[str], places: list[str]) -> int | None:
    """0 where the name is meant to the letter, 1 where the title begins so, then by place; None: it does not match."""
    found = [next((place for place, text in enumerate(places) if word in text), None) for word in words]
    ranks = [place for place in found if place is not None]
    if len(ranks) < len(found):
        return None
    whole = " ".join(words)
    if whole == places[1]:
        return 0
    return 1 if places[0].startswith(whole) else 2 + max(ranks, default=0)
