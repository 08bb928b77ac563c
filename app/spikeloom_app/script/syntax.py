"""Which colour each piece of a script has: tokens by Pygments, colours by the theme."""

from __future__ import annotations

from collections.abc import Iterator

from pygments.lexer import Lexer
from pygments.lexers.data import JsonLexer
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token
from PySide6.QtGui import QColor, QTextCharFormat

from spikeloom_app.style import mixed
from spikeloom_app.theme import Theme

LEXERS: dict[str, type[Lexer]] = {"python": PythonLexer, "json": JsonLexer}
KINDS = {  # of tokens, the inner ones first
    String.Doc: "comment",
    String.Interpol: "number",
    String: "string",
    Comment: "comment",
    Keyword: "keyword",
    Operator.Word: "keyword",
    Number: "number",
    Name.Function: "defined",
    Name.Class: "defined",
    Name.Tag: "defined",
    Name.Decorator: "built_in",
    Name.Builtin: "built_in",
    Name.Exception: "built_in",
}
Piece = tuple[int, int, str]  # where in its line it starts, how long it is, and a kind
Pieces = tuple[Piece, ...]


def pieces_by_line(text: str, language: str) -> Iterator[list[Pieces]]:
    """The pieces of each line that have a colour of their own; gives what there is after each token, all at last."""
    made: list[Pieces] = []
    here: list[Piece] = []
    column = 0
    for _, token, value in LEXERS[language]().get_tokens_unprocessed(text) if language in LEXERS else ():
        kind = kind_of(token)
        for number, part in enumerate(value.split("\n")):
            if number:
                made.append(tuple(here))
                here, column = [], 0
            if kind and part.strip():
                here.append((column, len(part), kind))
            column += len(part)
        yield made
    made.append(tuple(here))
    made.extend(() for _ in range(text.count("\n") + 1 - len(made)))
    yield made


def kind_of(token: object) -> str:
    """What a token of Pygments is to us; empty where it looks like the text around it."""
    while token is not None and token is not Token:
        if token in KINDS:
            return KINDS[token]
        token = token.parent  # type: ignore[attr-defined]
    return ""


def colours(theme: Theme) -> dict[str, str]:
    """The colour of each kind; a little nearer to the text than curves are, since letters are thin."""
    blue, orange, green, purple, _, cyan, *_ = theme.series
    chosen = {"keyword": purple, "string": green, "number": orange, "defined": blue, "built_in": cyan}
    found = {kind: mixed(colour, theme.text, 0.12) for kind, colour in chosen.items()}
    return {**found, "comment": theme.text_muted}


def formats(theme: Theme) -> dict[str, QTextCharFormat]:
    """How each kind is painted."""
    made = {}
    for kind, colour in colours(theme).items():
        made[kind] = QTextCharFormat()
        made[kind].setForeground(QColor(colour))
        made[kind].setFontItalic(kind == "comment")
    return made
