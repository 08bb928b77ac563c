"""Arithmetic as people type it into a number field: ``1/sqrt(784)``, ``2*pi*50``. Nothing here imports Qt.

The text is parsed, never executed: only what stands in the tables below is computed, by this module, and every
intermediate result is bounded, so that no text takes long.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable

from spikeloom.errors import UserError, nearest

Number = int | float

LONGEST = 200  # characters
DEEPEST = 40  # operations inside each other
MOST_BITS = 1024  # of a whole number: as far as floating point reaches
MOST_PLACES = 15  # that `round` keeps or drops

CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e}


def _rounded(value: Number, places: Number = 0) -> Number:
    if not isinstance(places, int) or abs(places) > MOST_PLACES:
        raise UserError(f"round keeps from {-MOST_PLACES} to {MOST_PLACES} places")
    return round(value, places) if places else round(value)


# Each with the fewest and the most arguments that it takes.
FUNCTIONS: dict[str, tuple[Callable[..., Number], int, int]] = {
    "sqrt": (math.sqrt, 1, 1),
    "exp": (math.exp, 1, 1),
    "log": (math.log, 1, 2),
    "log2": (math.log2, 1, 1),
    "log10": (math.log10, 1, 1),
    "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1),
    "tan": (math.tan, 1, 1),
    "tanh": (math.tanh, 1, 1),
    "abs": (abs, 1, 1),
    "min": (lambda *values: min(values), 1, LONGEST),
    "max": (lambda *values: max(values), 1, LONGEST),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "round": (_rounded, 1, 2),
}

# As they stand in a text from a paper.
_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "×": "*", "·": "*", "÷": "/", "π": "pi"})


def evaluate(text: str) -> Number:
    """The value of an expression of numbers; whole numbers stay whole.

    Parameters
    ----------
    text
        Numbers, ``+ - * / // % **``, parentheses, and the names in `FUNCTIONS` and `CONSTANTS`.

    Raises
    ------
    UserError
        Where it is something else, or has no finite real value; the message is a sentence that says why.
    """
    plain = text.strip().translate(_SIGNS)
    if len(plain) > LONGEST:
        raise UserError(f"An expression has at most {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the parser thinks of "1if" is said below
            tree = ast.parse(plain, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UserError("It takes arithmetic such as 1/sqrt(784) or 2*pi*50") from None
    return _value(tree.body, 0)


def _value(node: ast.expr, depth: int) -> Number:
    if depth > DEEPEST:
        raise UserError(f"It is nested more than {DEEPEST} deep")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _bounded(value)
        case ast.Name(id=name):
            return _constant(name)
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            if isinstance(operand, ast.UnaryOp) and operand.col_offset == node.col_offset + 1:
                raise UserError("Two signs follow each other")  # sooner a slip than meant
            value = _value(operand, depth + 1)
            return -value if isinstance(node.op, ast.USub) else value
        case ast.BinOp(left=left, op=operation, right=right):
            return _combined(operation, _value(left, depth + 1), _value(right, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _called(name, arguments, depth)
    raise UserError("It takes arithmetic such as 1/sqrt(784) or 2*pi*50")


def _constant(name: str) -> float:
    if name in CONSTANTS:
        return CONSTANTS[name]
    if name in FUNCTIONS:
        raise UserError(f"'{name}' takes a number in parentheses: {name}(2)")
    raise UserError(_unknown(name))


def _unknown(name: str) -> str:
    known = [*FUNCTIONS, *CONSTANTS]
    shown = name if len(name) <= 30 else f"{name[:27]}..."
    return f"No name '{shown}'" + (nearest(name.lower(), known) or f"; known are {', '.join(known)}")


_OPERATIONS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def _combined(operation: ast.operator, left: Number, right: Number) -> Number:
    if isinstance(operation, ast.Pow):
        compute: Callable[[Number, Number], Number] = _power
    elif type(operation) in _OPERATIONS:
        compute = _OPERATIONS[type(operation)]
    elif isinstance(operation, ast.BitXor):
        raise UserError("A power is written 2**3")
    else:
        raise UserError("It takes + - * / // % and **")
    try:
        return _bounded(compute(left, right))
    except ZeroDivisionError:
        raise UserError("It divides by zero") from None
    except OverflowError:
        raise UserError(TOO_LARGE) from None


def _power(base: Number, exponent: Number) -> Number:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and exponent > 0 and (int(base).bit_length() - 1) * exponent > MOST_BITS:
        raise UserError(TOO_LARGE)  # before it is computed
    value = base**exponent
    if isinstance(value, complex):
        raise UserError(f"A power of {_shown(base)} with the exponent {_shown(exponent)} is no real number")
    return value


def _shown(value: Number) -> str:
    try:
        return f"{value:g}"
    except OverflowError:  # a whole number beyond every float
        return f"{'-' if value < 0 else ''}10^{len(str(abs(int(value)))) - 1}"


def _called(name: str, arguments: list[ast.expr], depth: int) -> Number:
    if name in CONSTANTS:
        raise UserError(f"'{name}' is a number; a product is written {name}*2")
    if name not in FUNCTIONS:
        raise UserError(_unknown(name))
    function, fewest, most = FUNCTIONS[name]
    given = [_value(argument, depth + 1) for argument in arguments]
    if not fewest <= len(given) <= most:
        number = f"{fewest}" if fewest == most else f"{fewest} or more" if most == LONGEST else f"{fewest} or {most}"
        raise UserError(f"'{name}' takes {number} {'number' if number == '1' else 'numbers'}, {len(given)} found")
    try:
        return _bounded(function(*given))
    except ZeroDivisionError:
        raise UserError("It divides by zero") from None
    except OverflowError:
        raise UserError(TOO_LARGE) from None
    except ValueError:
        inside = ", ".join(_shown(value) for value in given)
        raise UserError(f"{name}({inside}) is no real number") from None


TOO_LARGE = "Its value, or one on the way to it, is too large"


def _bounded(value: Number) -> Number:
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise UserError(TOO_LARGE)
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(TOO_LARGE)
    return value
