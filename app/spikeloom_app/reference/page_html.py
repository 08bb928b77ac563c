"""Pages of the reference as the HTML that Qt's text browser knows; colours and sizes are the theme's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from spikeloom.reference import Entry, Page, Reference
from spikeloom.reference.prose import Paragraph
from spikeloom_app import theme
from spikeloom_app.reference.equation_images import EquationImage
from spikeloom_app.style import mixed

CONTENTS = "page:"
MOST_USES = 12  # that are listed


def style() -> str:
    """The style sheet of all pages."""
    t = theme.current()
    return f"""
        body, p, td, li {{ color: {t.text}; font-size: {t.font}px; }}
        a {{ color: {t.accent}; text-decoration: none; }}
        h1 {{ font-size: {round(t.font_large * 1.35)}px; font-weight: 600; margin: 6px 0 2px 0; }}
        h2 {{ font-size: {t.font_large}px; font-weight: 600; margin: 22px 0 6px 0; }}
        p {{ margin: 6px 0; line-height: 135%; }}
        p.small, td.small {{ color: {t.text_muted}; font-size: {t.font_small}px; margin: 0; }}
        p.facts {{ color: {t.text_muted}; font-size: {t.font_small}px; margin: 2px 0 0 0; }}
        p.help {{ margin: 2px 0 0 0; }}
        p.row {{ margin: 7px 0 0 0; }}
        span.muted {{ color: {t.text_muted}; }}
        code, pre {{ font-family: monospace; font-size: {t.font - 1}px; color: {mixed(t.text, t.accent, 0.35)}; }}
        a.small, code.small {{ font-size: {t.font_small}px; }}
    """


def address(key: str, field: str = "") -> str:
    """The address of a page, or of a field on it."""
    return f"{CONTENTS}{escape(key)}{f'#{escape(field)}' if field else ''}"


def link(page: Page, words: str = "", *, small: bool = False) -> str:
    """A link to a page; Qt takes the size of its text from nowhere else."""
    size = ' class="small"' if small else ""
    return f'<a href="{address(page.key)}"{size}>{escape(words or page.title)}</a>'


def page_html(page: Page, reference: Reference, equations: Sequence[EquationImage], field: str = "") -> str:
    """A page.

    Parameters
    ----------
    equations
        Those of the page; each is shown by the address ``equation:<number>``.
    field
        The field that is marked.
    """
    parts = [
        _head(page, reference),
        *(_paragraph(paragraph, page, reference) for paragraph in page.prose),
        _equations(equations),
        _members(page, reference),
        _fields(page, reference, field),
        _related(page, reference),
        _papers(page),
    ]
    return "".join(parts)


def contents_html(reference: Reference) -> str:
    """All chapters with their pages."""
    parts = ["<h1>Reference</h1>", "<p>F1 leads to the page of what is selected, or of the field that one is in.</p>"]
    for chapter, pages in reference.contents():
        words = escape(chapter.title) if chapter.family is None else link(pages[0], chapter.title)
        parts.append(f"<h2>{words}</h2>")
        parts += [_row(page) for page in (pages if chapter.family is None else pages[1:])]
    return "".join(parts)


def results_html(pages: Sequence[Page], current: int, fields: Sequence[str]) -> str:
    """What a search found, one of it marked; `fields` are those that were meant, of each page, or empty."""
    if not pages:
        return '<p class="small">Nothing matches. Try fewer letters, or a name from a document.</p>'
    rows = []
    for place, (page, field) in enumerate(zip(pages, fields, strict=True)):
        entry = page.entry(field)
        back = f' bgcolor="{_marked()}"' if place == current else ""
        more = f' <span class="muted">· {escape(entry.label)}</span>' if entry is not None else ""
        title = f'<a href="{address(page.key, field)}">{escape(page.title)}</a>{more}'
        below = f'<p class="facts">{escape(page.noun)}: {escape(entry.field.help if entry else page.help)}</p>'
        rows.append(f'<tr><td{back}><p class="help">{title}</p>{below}</td></tr>')
    return f'<table width="100%" cellspacing="0" cellpadding="6">{"".join(rows)}</table>'


def _marked() -> str:
    t = theme.current()
    return mixed(t.surface, t.accent, 0.16)


def _head(page: Page, reference: Reference) -> str:
    chapter = next(chapter for chapter in reference.chapters if chapter.key == page.chapter)
    above = reference.pages.get(chapter.key) if chapter.family is not None else None
    crumbs = [f'<a href="{CONTENTS}" class="small">Reference</a>']
    crumbs += [link(above, small=True)] if above is not None and above is not page else []
    names = [f"in documents {_small_code(page.name)}"] if page.name else []
    names += [f"in scripts {_small_code(page.python)}"] if page.noun != "Chapter" else []
    names += ["a type of your own"] if page.own else []
    return (
        f'<p class="small">{" › ".join(crumbs)}</p><h1>{escape(page.title)}</h1>'
        f'<p class="small">{escape(page.noun)}{"".join(f" · {name}" for name in names)}</p>'
    )


def _paragraph(paragraph: Paragraph, page: Page, reference: Reference) -> str:
    if paragraph.literal:
        return f'<pre style="white-space: pre-wrap">{escape(paragraph.text)}</pre>'
    pieces = []
    for span in paragraph.spans:
        words = escape(span.text)
        if span.kind == "text":
            pieces.append(words)
            continue
        meant = reference.named(span.text, page) if span.kind == "name" else None
        own = address(page.key, span.text) if span.kind == "name" and page.entry(span.text) is not None else ""
        target = address(meant.key) if meant is not None else own
        pieces.append(f'<a href="{target}"><code>{words}</code></a>' if target else f"<code>{words}</code>")
    return f"<p>{''.join(pieces)}</p>"


def _equations(equations: Sequence[EquationImage]) -> str:
    if not equations:
        return ""
    lines = []
    for number, equation in enumerate(equations):
        shown = f"<code>{escape(equation.line)}</code>"
        if equation.image is not None:
            shown = f'<img src="equation:{number}" alt="{escape(equation.line)}">'
        lines.append(f'<p style="margin: {0 if number == 0 else 8}px 0 0 0; line-height: 100%">{shown}</p>')
    back = theme.current().surface_raised
    cell = f'<td bgcolor="{back}">{"".join(lines)}</td>'
    return f'<table width="100%" cellpadding="11" cellspacing="0" style="margin-top: 8px"><tr>{cell}</tr></table>'


def _members(page: Page, reference: Reference) -> str:
    return "".join(_row(reference.pages[key]) for key in page.members)


def _row(page: Page) -> str:
    return f'<p class="row">{link(page)}</p><p class="facts">{escape(page.help)}</p>'


def _fields(page: Page, reference: Reference, field: str) -> str:
    if not page.fields:
        return ""
    return "<h2>Fields</h2>" + "".join(_field(entry, reference, entry.name == field) for entry in page.fields)


def _field(entry: Entry, reference: Reference, marked: bool) -> str:
    t = theme.current()
    takes = reference.pages.get(entry.takes)
    expected = entry.expected[:1].upper() + entry.expected[1:]
    if takes is not None and entry.field.kind in ("node", "list"):
        expected = f"{'A list: ' if entry.field.kind == 'list' else ''}{takes.title}"
    facts = [link(takes, expected, small=True) if takes is not None else escape(expected)]
    facts += [f"default {escape(entry.default)}"] if entry.default else []
    facts += [escape(mark) for mark in entry.marks]
    back = f' bgcolor="{_marked()}"' if marked else ""
    head = (
        f'<table width="100%" cellspacing="0" cellpadding="0"><tr>'
        f'<td><a name="{entry.name}"></a><b>{escape(entry.label)}</b></td>'
        f'<td class="small" align="right" style="white-space: nowrap">{_small_code(entry.name)}</td></tr></table>'
    )
    below = f'<p class="help">{escape(entry.field.help)}</p><p class="facts">{" · ".join(facts)}</p>'
    cell = f'<td{back} style="padding: 8px 6px; border-top: 1px solid {t.border}">{head}{below}</td>'
    return f'<table width="100%" cellspacing="0" cellpadding="0"><tr>{cell}</tr></table>'


def _related(page: Page, reference: Reference) -> str:
    parts = []
    near = [reference.pages[key] for key in page.related]
    if near:
        parts.append(f"<h2>See also</h2><p>{_listed(link(other) for other in near)}</p>")
    others = [reference.pages[use.page] for use in page.used_by]
    if others:
        shown = [
            f'{link(other)} <span class="muted">· {escape(use.label)}</span>'
            for other, use in zip(others[:MOST_USES], page.used_by, strict=False)
        ]
        more = f" and {len(others) - MOST_USES} more" if len(others) > MOST_USES else ""
        parts.append(f"<h2>Stands in</h2><p>{_listed(shown)}{more}</p>")
    return "".join(parts)


def _papers(page: Page) -> str:
    if not page.papers:
        return ""
    heading = "Paper" if len(page.papers) == 1 else "Papers"
    return f"<h2>{heading}</h2>" + "".join(f"<p>{escape(paper.text)}</p>" for paper in page.papers)


def _listed(links: Iterable[str]) -> str:
    return ", ".join(links)


def _small_code(words: str) -> str:
    return f'<code class="small">{escape(words)}</code>'
