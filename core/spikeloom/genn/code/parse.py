"""Text of the code language to a syntax tree (pycparser's), with the user's own line and column in errors."""

from __future__ import annotations

import re
from functools import lru_cache

from pycparser import c_ast, c_parser

from spikeloom.errors import UserError

_TYPES = [
    "scalar",
    "float",
    "double",
    "int8_t",
    "int16_t",
    "int32_t",
    "uint8_t",
    "uint16_t",
    "uint32_t",
    "bool",
]
_PREFIX = "".join(f"typedef int {name};\n" for name in _TYPES if name not in {"float", "double"})


def parse(text: str, place: str = "code") -> c_ast.Compound:
    """The statements of `text`.

    Raises
    ------
    UserError
        With `place` and line:column where the text is not the language's.
    """
    return _parse(text, place)


def parse_expression(text: str, place: str = "code") -> c_ast.Node | None:
    """The one expression of `text`, or None if it is empty."""
    if not text.strip():
        return None
    items = _parse(f"{text.rstrip().rstrip(';')}\n;", place).block_items or []
    if len(items) != 1 or isinstance(items[0], c_ast.Decl):
        raise UserError("one expression was expected here", place=place)
    return items[0]


@lru_cache(maxsize=512)
def _parse(text: str, place: str) -> c_ast.Compound:
    if re.search(r"^\s*#", text, flags=re.MULTILINE):
        raise UserError("preprocessor lines (#) are not part of the language", place=place)
    source = f'{_PREFIX}void code(void) {{\n#line 1 "code"\n{_without_comments(text)}\n}}'
    parser = c_parser.CParser()
    try:
        unit = parser.parse(source, filename="code")
    except c_parser.ParseError as error:
        raise _syntax_error(str(error), parser, text, place) from None
    definitions = [node for node in unit.ext if isinstance(node, c_ast.FuncDef)]
    if len(definitions) != 1 or unit.ext[-1] is not definitions[0]:
        raise UserError("a closing brace } has no opening one", place=place)
    return definitions[0].body


def _without_comments(text: str) -> str:
    """Comments become blanks, so that lines and columns stay."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    return re.sub(r"//[^\n]*|/\*.*?\*/", blank, text, flags=re.DOTALL)


def _syntax_error(message: str, parser: c_parser.CParser, text: str, place: str) -> UserError:
    match = re.match(r"code:(\d+):(\d+): (.*)", message)
    if match:
        line, column, reason = int(match[1]), int(match[2]), match[3]
    else:
        # pycparser 3 gives no position for some errors; the token it stopped at has one.
        tokens = getattr(parser, "_tokens", None)
        token = tokens.peek() if tokens is not None else None
        line, column = (token.lineno, token.column) if token is not None else (text.count("\n") + 1, 1)
        reason = message.removeprefix("code: ")
    lines = text.splitlines()
    if line > len(lines):  # the end of our own wrapper: the user's text ended too early
        line, column = max(len(lines), 1), len(lines[-1]) + 1 if lines else 1
        reason = "the code ends in the middle of a statement"
    elif reason.startswith("before: "):
        reason = f"syntax error before '{reason.removeprefix('before: ')}'"
    found = lines[line - 1].strip() if lines else ""
    return UserError(f"{reason[0].lower() + reason[1:]} in '{found}'", place=f"{place}:{line}:{column}")
