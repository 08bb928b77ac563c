"""A problem of a document: where, what was found, what was expected, and perhaps a fix that one click applies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

from spikeloom.errors import UserError, nearest

SHOWN = 10  # problems that one message lists

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Fix:
    """A change that solves a problem: set the field at `place` to `value`; `label` is what a button says.

    Parameters
    ----------
    removes
        The population, the connection or the item of a list at `place` is to go; there is no value.
    also
        Other fields that are set with it, as (place, value).
    """

    label: str
    place: str
    value: Any = None
    removes: bool = False
    also: tuple[tuple[str, Any], ...] = ()

    def inside(self, place: str) -> Fix:
        """The same fix seen from outside: its places are below `place`."""
        also = tuple((join(place, inner), value) for inner, value in self.also)
        return replace(self, place=join(place, self.place), also=also)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a document.

    Parameters
    ----------
    place
        The path to it: ``network.connections[2].target``.
    message
        What was found and what was expected.
    hint
        What to do about it.
    severity
        An ``error`` keeps the document from running; a ``warning`` does not.
    fix
        A change that solves it, where there is one obvious change.
    """

    place: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    fix: Fix | None = None

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}\n  {self.hint}" if self.hint else text

    def inside(self, place: str) -> Problem:
        """The same problem seen from outside: its place is below `place`."""
        return replace(self, place=join(place, self.place), fix=self.fix.inside(place) if self.fix else None)


def join(place: str, inner: str | int) -> str:
    """A path and what is below it: a key, an index, or another path."""
    if isinstance(inner, int):
        return f"{place}[{inner}]"
    inner = printable(inner)
    if not inner or not place or inner.startswith("["):
        return f"{place}{inner}"
    return f"{place}.{inner}"


def printable(text: str, most: int = 200) -> str:
    """The user's text as a message may repeat it: no control characters, and shortened where it is long."""
    text = text if len(text) <= most else f"{text[: most - 3]}..."
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the nearest of the candidates; cheap for names of any length."""
    return nearest(name[:64], candidates)


class Refused(ValueError):
    """Raised by a validator of a field or a type; carries problems whose places are below the value."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def refuse(message: str, *, place: str = "", hint: str = "", fix: Fix | None = None) -> NoReturn:
    """Refuse the value under validation (or the field `place` of it) for one reason."""
    raise Refused([Problem(place, message, hint, fix=fix)])


class InvalidDocument(UserError):
    """A document, or a part of one built in a script, is wrong in one or more places.

    Parameters
    ----------
    problems
        All of them; the message lists the first ten.
    source
        The file they are in, if it is one.
    """

    def __init__(self, problems: Sequence[Problem], *, source: str = "") -> None:
        self.problems = list(problems)
        self.source = source
        if len(self.problems) == 1:
            only = self.problems[0]
            super().__init__(only.message, place=_located(source, only.place), hint=only.hint)
        else:
            super().__init__(_listed(self.problems), place=source)


def _located(source: str, place: str) -> str:
    return f"{source}: {place}" if source and place else source or place


def _listed(problems: Sequence[Problem]) -> str:
    lines = [f"{len(problems)} problems"]
    lines += [f"- {problem}".replace("\n", "\n  ") for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"... and {len(problems) - SHOWN} more")
    return "\n".join(lines)
