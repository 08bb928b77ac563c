"""Docstrings as prose: paragraphs of spans, without numpydoc's sections, which are for those who program."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "name"]

_MARKED = re.compile(r"``(?P<code>.+?)``|`(?P<name>[^`]+)`", re.DOTALL)
_SECTION = re.compile(r"^[A-Z][A-Za-z ]*\n-{3,}[ ]*$", re.MULTILINE)


@dataclass(frozen=True)
class Span:
    """A run of a paragraph.

    Parameters
    ----------
    kind
        ``text``; ``code`` for a formula or a value as it is typed; ``name`` for a field or a type, which whoever shows
        it may make a link.
    """

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    literal
        Whether it is an example that is shown as it is written, in one span.
    """

    spans: tuple[Span, ...]
    literal: bool = False

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(span.text for span in self.spans)


def paragraphs(docstring: str | None) -> tuple[Paragraph, ...]:
    """The paragraphs of a docstring, up to its first section; none where there is no docstring."""
    text = inspect.cleandoc(docstring or "").strip()
    section = _SECTION.search(text)
    text = text[: section.start()] if section else text
    found: list[Paragraph] = []
    literal = False
    for block in filter(None, (part.strip("\n") for part in re.split(r"\n\s*\n", text))):
        if literal and block.startswith(" "):
            found.append(Paragraph((Span("code", inspect.cleandoc(f"\n{block}")),), literal=True))
            continue
        literal = block.endswith("::")
        found.append(Paragraph(_spans(block[:-1] if literal else block)))
    return tuple(found)


def _spans(block: str) -> tuple[Span, ...]:
    plain = " ".join(block.split())
    found: list[Span] = []
    at = 0
    for match in _MARKED.finditer(plain):
        found.append(Span("text", plain[at : match.start()]))
        found.append(Span("code", match["code"]) if match["code"] else Span("name", match["name"]))
        at = match.end()
    return tuple(span for span in (*found, Span("text", plain[at:])) if span.text)
