"""The reference: a page for each type, rule and node of a document, as data, made from what the types say.

The window shows the pages (`spikeloom_app.reference`), and ``make docs`` writes them as HTML (``docs/sphinx``). Nothing
here knows of either: a `Page` has prose, equations, fields and papers, and whoever shows it decides how it looks.
"""

from spikeloom.reference.bibliography import PAPERS
from spikeloom.reference.chapters import CHAPTERS, Chapter, chapters
from spikeloom.reference.entry import Entry
from spikeloom.reference.page import Page
from spikeloom.reference.pages import Reference, key_of
from spikeloom.reference.paper import Paper
from spikeloom.reference.prose import Span, paragraphs

__all__ = [
    "CHAPTERS",
    "PAPERS",
    "Chapter",
    "Entry",
    "Page",
    "Paper",
    "Reference",
    "Span",
    "chapters",
    "key_of",
    "paragraphs",
]
