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


LONGEST = 100_000  # characters
LONGEST_LINE = 100  # characters of a line that a message shows
DEEPEST = 64  # levels of nesting; every walk over a tree recurses

_SCANNED = re.compile(r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[#{}]""", flags=re.DOTALL)
_STATEMENTS = (
    c_ast.Assignment,
    c_ast.Break,
    c_ast.Case,
    c_ast.Compound,
    c_ast.Continue,
    c_ast.Decl,
    c_ast.Default,
    c_ast.DoWhile,
    c_ast.EmptyStatement,
    c_ast.For,
    c_ast.Goto,
    c_ast.If,
    c_ast.Label,
    c_ast.Pragma,
    c_ast.Return,
    c_ast.StaticAssert,
    c_ast.Switch,
    c_ast.Typedef,
    c_ast.While,
)


def parse(text: str, place: str = "code") -> c_ast.Compound:
    """The statements of `text`.

    Raises
    ------
    UserError
        With `place` and line:column where the text is not the language's.
    """
    return _parse(_one_newline(text), place)


def parse_expression(text: str, place: str = "code") -> c_ast.Node | None:
    """The one expression of `text`, or None if it is empty."""
    text = _without_comments(_one_newline(text), place).rstrip().rstrip(";")
    if not text.strip():
        return None
    items = _parse(f"{text};", place).block_items or []
    wrong = [item for item in items if isinstance(item, _STATEMENTS)] or items[1:]
    if wrong or not items:
        coord = wrong[0].coord if wrong else None
        line, column = (coord.line, coord.column) if coord is not None else (1, 1)
        raise UserError("one expression was expected here", place=f"{place}:{line}:{column}")
    return items[0]


@lru_cache(maxsize=512)
def _parse(text: str, place: str) -> c_ast.Compound:
    if len(text) > LONGEST:
        raise UserError(f"{len(text)} characters of code found, expected at most {LONGEST}", place=place)
    source = f'{_PREFIX}void code(void) {{\n#line 1 "code"\n{_without_comments(text, place)}\n}}'
    parser = c_parser.CParser()
    try:
        unit = parser.parse(source, filename="code")
    except c_parser.ParseError as error:
        raise _syntax_error(str(error), parser, text, place) from None
    except RecursionError:
        raise _too_deep(place, *_position(parser, text)) from None
    body = unit.ext[-1].body
    _check_depth(body, place)
    return body


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_comments(text: str, place: str) -> str:
    """Comments become blanks, so that lines and columns stay; braces that do not match would leave our wrapper."""
    opened: list[int] = []
    parts: list[str] = []
    end = 0
    for match in _SCANNED.finditer(text):
        token = match[0]
        parts.append(text[end : match.start()])
        end = match.end()
        if token == "#":
            raise _scan_error("preprocessor lines (#) are not part of the language", text, match.start(), place)
        if token == "{":
            opened.append(match.start())
        elif token == "}" and not opened:
            raise _scan_error("a closing brace } has no opening one", text, match.start(), place)
        elif token == "}":
            opened.pop()
        elif token.startswith("/*") and (len(token) < 4 or not token.endswith("*/")):
            raise _scan_error("a comment /* is not closed by */", text, match.start(), place)
        parts.append(re.sub(r"[^\n]", " ", token) if token[0] == "/" else token)
    if opened:
        raise _scan_error("an opening brace { is not closed", text, opened[-1], place)
    return "".join([*parts, text[end:]])


def _scan_error(message: str, text: str, index: int, place: str) -> UserError:
    line, column = text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
    return UserError(message, place=f"{place}:{line}:{column}")


def _check_depth(body: c_ast.Node, place: str) -> None:
    waiting: list[tuple[c_ast.Node, int]] = [(body, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise _too_deep(place, node.coord.line, node.coord.column or 1)
        waiting += [(child, depth + 1) for _, child in node.children()]


def _too_deep(place: str, line: int, column: int) -> UserError:
    return UserError(f"nested too deeply, expected at most {DEEPEST} levels", place=f"{place}:{line}:{column}")


def _position(parser: c_parser.CParser, text: str) -> tuple[int, int]:
    """Where pycparser stopped; not every error of it says so."""
    tokens = getattr(parser, "_tokens", None)
    token = tokens.peek() if tokens is not None else None
    return (token.lineno, token.column) if token is not None else (text.count("\n") + 1, 1)


def _syntax_error(message: str, parser: c_parser.CParser, text: str, place: str) -> UserError:
    match = re.match(r"code:(\d+):(\d+): (.*)", message)
    if match:
        line, column, reason = int(match[1]), int(match[2]), match[3]
    else:
        line, column = _position(parser, text)
        reason = message.removeprefix("code: ")
    reason = reason.removeprefix("?: ")
    lines = text.split("\n")
    if line > len(lines):  # the end of our own wrapper: the user's text ended too early
        line, column = len(lines), len(lines[-1]) + 1
        reason = "the code ends in the middle of a statement"
    elif reason.startswith("before: "):
        reason = f"syntax error before '{reason.removeprefix('before: ')}'"
    found = lines[line - 1].strip()[:LONGEST_LINE]
    return UserError(f"{reason[0].lower() + reason[1:]} in '{found}'", place=f"{place}:{line}:{column}")
