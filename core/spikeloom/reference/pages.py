"""All pages of the reference, made from the types as they are registered now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pydantic import BaseModel

from spikeloom.reference.bibliography import papers_of
from spikeloom.reference.chapters import Chapter, chapters, is_own
from spikeloom.reference.entry import Entry
from spikeloom.reference.page import Page, Use
from spikeloom.reference.prose import paragraphs
from spikeloom.spec import FieldInfo, Type, describe


class Reference:
    """The pages by key, in the order of the chapters. A type that is registered later is in the next one."""

    def __init__(self) -> None:
        self.chapters = chapters()
        self._known = {key for chapter in self.chapters for key in _keys(chapter)}
        self.pages = {page.key: page for chapter in self.chapters for page in self._pages(chapter)}

    @cached_property
    def _uses(self) -> dict[str, tuple[Use, ...]]:
        """The fields that take a family or a node, by its key."""
        found: dict[str, tuple[Use, ...]] = {}
        for chapter in self.chapters:
            for cls in (*chapter.nodes, *chapter.types()):
                for field in describe(cls):
                    use = Use(key_of(cls), title_of(cls), field.label)
                    found[_taken(field)] = (*found.get(_taken(field), ()), use)
        return found

    def contents(self) -> list[tuple[Chapter, list[Page]]]:
        """The chapters with their pages, that of a family first."""
        return [(chapter, [self.pages[key] for key in _keys(chapter)]) for chapter in self.chapters]

    def named(self, name: str, near: Page | None = None) -> Page | None:
        """The page of what a text calls by its name in scripts or documents; None where several are meant, or none.

        Parameters
        ----------
        near
            The page that the text stands on: of several, the one of its chapter is meant, and never itself.
        """
        found = [page for page in self.pages.values() if name in (page.python, page.name) and page is not near]
        if near is not None and len(found) > 1:
            found = [page for page in found if page.chapter == near.chapter]
        own = near is not None and (near.entry(name) is not None or name in (near.python, near.name))
        return found[0] if len(found) == 1 and not own else None

    def _pages(self, chapter: Chapter) -> Iterator[Page]:
        if chapter.family is not None:
            yield self._family_page(chapter, chapter.family)
        noun = chapter.family.noun().split(" ", 1)[1].capitalize() if chapter.family else "Part of a document"
        for cls in (*chapter.nodes, *chapter.types()):
            yield self._page(cls, chapter, noun)

    def _family_page(self, chapter: Chapter, family: type[Type]) -> Page:
        docstring = _docstring(family)
        return Page(
            key=chapter.key,
            title=chapter.title,
            noun="Chapter",
            chapter=chapter.key,
            name="",
            python=family.__name__,
            prose=paragraphs(docstring),
            papers=papers_of(docstring),
            members=tuple(key_of(cls) for cls in chapter.types()),
            used_by=self._uses.get(chapter.key, ()),
        )

    def _page(self, cls: type[BaseModel], chapter: Chapter, noun: str) -> Page:
        docstring, key = _docstring(cls), key_of(cls)
        # As forms have them: what is folded away there comes last.
        fields = sorted(describe(cls), key=lambda field: field.advanced)
        return Page(
            key=key,
            title=title_of(cls),
            noun=noun,
            chapter=chapter.key,
            name=cls.type if issubclass(cls, Type) else "",
            python=cls.__name__,
            prose=paragraphs(docstring),
            equations=cls.equations if issubclass(cls, Type) else (),
            fields=tuple(Entry(field, taken if (taken := _taken(field)) in self._known else "") for field in fields),
            papers=papers_of(docstring),
            used_by=self._uses.get(key, ()),
            related=tuple(_related(cls, chapter)),
            own=is_own(cls),
        )


def key_of(cls: type[BaseModel]) -> str:
    """The key of the page of a class."""
    if issubclass(cls, Type):
        return cls.type if cls is cls.family() else f"{cls.family().type}.{cls.type}"
    return cls.__name__.lower()


def title_of(cls: type[BaseModel]) -> str:
    """The title of the page of a class."""
    return cls.title if issubclass(cls, Type) else cls.__name__


def _related(cls: type[BaseModel], chapter: Chapter) -> Iterator[str]:
    """The types that it is made from, and those made from it."""
    for other in chapter.types():
        if other is not cls and (issubclass(other, cls) or issubclass(cls, other)):
            yield key_of(other)


def _docstring(cls: type[BaseModel]) -> str:
    """The class's own: one that is inherited says what another class is."""
    return str(cls.__dict__.get("__doc__") or "")


def _taken(field: FieldInfo) -> str:
    """The key of what a field holds; empty where that has no page."""
    held = field.family
    if not isinstance(held, type) or not issubclass(held, BaseModel):
        return ""
    return key_of(held) if not issubclass(held, Type) or held is held.family() else held.family().type


def _keys(chapter: Chapter) -> Iterator[str]:
    """The keys of the pages of a chapter."""
    if chapter.family is not None:
        yield chapter.key
    yield from (key_of(cls) for cls in (*chapter.nodes, *chapter.types()))
