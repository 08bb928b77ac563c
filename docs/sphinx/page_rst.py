"""Pages of the reference as reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docs.sphinx.equation_svg import equation_svg

from spikeloom.reference import Entry, Page, Reference
from spikeloom.reference.prose import Paragraph

MOST_USES = 12  # that are listed


def plain(text: str) -> str:
    """A text in which nothing is markup."""
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def code(text: str) -> str:
    """A text as it is typed."""
    return f":code:`{text.replace(chr(92), chr(92) * 2)}`"


def heading(title: str, line: str = "=") -> str:
    """A heading over a page or a section."""
    return f"{title}\n{line * max(3, len(title) + title.count(chr(92)))}\n"


def link(page: Page) -> str:
    """A link to a page."""
    return f":doc:`{plain(page.title)} </reference/{page.key}>`"


def page_rst(page: Page, reference: Reference) -> str:
    """A page."""
    parts = [
        heading(plain(page.title)),
        _names(page),
        *(_paragraph(paragraph, page, reference) for paragraph in page.prose),
        _equations(page),
        _members(page, reference),
        _fields(page, reference),
        _related(page, reference),
        _papers(page),
    ]
    return "\n".join(filter(None, parts)) + "\n"


def index_rst(reference: Reference) -> str:
    """The chapters."""
    parts = [
        heading("Reference"),
        "What a document is made of: each type with its equations, fields, units and papers.\n",
    ]
    for chapter, pages in reference.contents():
        shown = [page for page in pages if page.key != chapter.key or chapter.family is None]
        first = pages[0] if chapter.family is not None else None
        parts.append(heading(plain(chapter.title), "-"))
        parts.append(_toctree([first.key] if first is not None else [page.key for page in shown], hidden=True))
        parts.append("\n".join(f"- {link(page)}: {plain(page.help)}" for page in shown) + "\n")
    return "\n".join(parts)


def _toctree(keys: Iterable[str], *, hidden: bool) -> str:
    options = "   :hidden:\n" if hidden else ""
    return f".. toctree::\n{options}\n" + "".join(f"   /reference/{key}\n" for key in keys)


def _names(page: Page) -> str:
    if page.noun == "Chapter":
        return ""
    names = [f"in documents {code(page.name)}"] if page.name else []
    names += [f"in scripts {code(page.python)}"]
    return f"*{plain(page.noun)}*, {', '.join(names)}\n"


def _paragraph(paragraph: Paragraph, page: Page, reference: Reference) -> str:
    if paragraph.literal:
        return ".. code-block:: python\n\n" + "".join(f"   {line}\n" for line in paragraph.text.split("\n"))
    pieces = []
    for span in paragraph.spans:
        meant = reference.named(span.text, page) if span.kind == "name" else None
        if span.kind == "text":
            pieces.append(plain(span.text))
        elif meant is not None:
            pieces.append(f"\\ :doc:`{plain(span.text)} </reference/{meant.key}>`\\ ")
        else:
            pieces.append(f"\\ {code(span.text)}\\ ")
    return "".join(pieces).removeprefix("\\ ") + "\n"


def _equations(page: Page) -> str:
    if not page.equations:
        return ""
    lines = "".join(f"   <div>{equation_svg(line)}</div>\n" for line in page.equations)
    return f'.. raw:: html\n\n   <div class="equations">\n{lines}   </div>\n'


def _members(page: Page, reference: Reference) -> str:
    if not page.members:
        return ""
    pages = [reference.pages[key] for key in page.members]
    listed = "\n".join(f"- {link(member)}: {plain(member.help)}" for member in pages)
    return f"{listed}\n\n{_toctree(page.members, hidden=True)}"


def _fields(page: Page, reference: Reference) -> str:
    if not page.fields:
        return ""
    head = ".. list-table::\n   :header-rows: 1\n   :widths: 26 32 42\n   :class: fields\n"
    rows = [_row(["Field", "Takes", "What it is"]), *(_row(_cells(entry, reference)) for entry in page.fields)]
    return f"{heading('Fields', '-')}\n{head}\n{''.join(rows)}"


def _cells(entry: Entry, reference: Reference) -> list[str]:
    takes = reference.pages.get(entry.takes)
    expected = plain(entry.expected)
    if takes is not None:
        several = "a list: " if entry.field.kind == "list" else ""
        expected = f"{several}{link(takes)}{', or nothing' if entry.field.optional else ''}"
    default = f"; default {plain(entry.default)}" if entry.default else ""
    marks = f" *{plain(', '.join(entry.marks).capitalize())}.*" if entry.marks else ""
    return [f"{plain(entry.label)} {code(entry.name)}", f"{expected}{default}", f"{plain(entry.field.help)}{marks}"]


def _row(cells: list[str]) -> str:
    return "".join(f"   {'* -' if k == 0 else '  -'} {cell}\n" for k, cell in enumerate(cells))


def _related(page: Page, reference: Reference) -> str:
    parts = []
    if page.related:
        parts.append(
            heading("See also", "-") + "\n" + ", ".join(link(reference.pages[key]) for key in page.related) + "\n"
        )
    if page.used_by:
        shown = [f"{link(reference.pages[use.page])} ({plain(use.label)})" for use in page.used_by[:MOST_USES]]
        more = f" and {len(page.used_by) - MOST_USES} more" if len(page.used_by) > MOST_USES else ""
        parts.append(heading("Stands in", "-") + "\n" + ", ".join(shown) + more + "\n")
    return "\n".join(parts)


def _papers(page: Page) -> str:
    if not page.papers:
        return ""
    listed = "\n".join(f"- {plain(paper.text)}" for paper in page.papers)
    return heading("Paper" if len(page.papers) == 1 else "Papers", "-") + f"\n{listed}\n"
