"""A paper, and the ways in which a text cites it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A paper.

    Parameters
    ----------
    authors
        Each with the family name first: ``Bellec, G.``.
    venue
        Where it came out, with volume and pages.
    doi
        Its digital object identifier as text; empty where it has none.
    """

    authors: tuple[str, ...]
    year: int
    title: str
    venue: str
    doi: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The family names of its authors."""
        return tuple(author.split(",")[0] for author in self.authors)

    @property
    def citations(self) -> tuple[str, ...]:
        """How a text may cite it, without the year: by its names, or by the first of three or more."""
        first, names = self.names[0], _listed(self.names)
        if len(self.names) < 3:
            return (names,)
        return (f"{first} et al.", names) if len(self.names) == 3 else (f"{first} et al.",)

    @property
    def label(self) -> str:
        """What a text calls it: ``Bellec et al. 2020``."""
        return f"{self.citations[0]} {self.year}"

    @property
    def text(self) -> str:
        """The entry of a list of papers, as plain text."""
        doi = f" doi: {self.doi}." if self.doi else ""
        return f"{_listed(self.authors)} ({self.year}). {self.title}. {self.venue}.{doi}"


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
