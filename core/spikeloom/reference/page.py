"""A page of the reference, as data."""

from __future__ import annotations

from dataclasses import dataclass

from spikeloom.reference.entry import Entry
from spikeloom.reference.paper import Paper
from spikeloom.reference.prose import Paragraph


@dataclass(frozen=True)
class Use:
    """A field that takes what a page is about: the key of its page, that page's title, and the field's label."""

    page: str
    title: str
    label: str


@dataclass(frozen=True)
class Page:
    """What there is to say of a type, a family of types, or a node of the document.

    Parameters
    ----------
    key
        What it is found by: ``neuron.lif``, ``neuron`` for the family, ``training`` for a node.
    title
        The name that people read.
    noun
        What it is one of: ``Neuron``; ``Neurons`` on the page of the family, ``Part of a document`` for a node.
    chapter
        The key of its chapter.
    name
        Its name in documents; empty for what is not chosen by name.
    python
        Its name in scripts.
    prose, equations, fields, papers
        What is said of it: paragraphs, lines of LaTeX math, the fields of it, the papers that the prose cites.
    members
        Of a family: the keys of its types.
    used_by
        The fields that take it.
    related
        The keys of the types that it is made from, and of those made from it.
    own
        Whether it is a type of the user's own.
    """

    key: str
    title: str
    noun: str
    chapter: str
    name: str
    python: str
    prose: tuple[Paragraph, ...]
    equations: tuple[str, ...] = ()
    fields: tuple[Entry, ...] = ()
    papers: tuple[Paper, ...] = ()
    members: tuple[str, ...] = ()
    used_by: tuple[Use, ...] = ()
    related: tuple[str, ...] = ()
    own: bool = False

    @property
    def help(self) -> str:
        """Its first paragraph, as plain text."""
        return self.prose[0].text if self.prose else ""

    @property
    def places(self) -> tuple[str, ...]:
        """What it is found by in a search, the most telling first."""
        fields = " ".join(f"{entry.label} {entry.name}" for entry in self.fields)
        papers = " ".join(paper.label for paper in self.papers)
        words = " ".join(paragraph.text for paragraph in self.prose)
        return (self.title, self.name or self.python, f"{self.python} {self.noun}", fields, f"{words} {papers}")

    def entry(self, name: str) -> Entry | None:
        """The entry of a field; None where it has no such field."""
        return next((entry for entry in self.fields if entry.name == name), None)
