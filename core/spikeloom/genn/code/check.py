"""Which code is allowed: declared names, whitelisted functions and operators, no pointers, integer indices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pycparser import c_ast

from spikeloom.errors import UserError, nearest

# Functions with the number of arguments they take.
MATHS = {
    "exp": 1, "expm1": 1, "log": 1, "log1p": 1, "log2": 1, "log10": 1, "sqrt": 1, "fabs": 1, "abs": 1, "pow": 2,
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "atan2": 2, "sinh": 1, "cosh": 1, "tanh": 1,
    "erf": 1, "floor": 1, "ceil": 1, "round": 1, "fmod": 2, "fmin": 2, "fmax": 2, "min": 2, "max": 2,
}  # fmt: skip
RANDOM = {"gennrand_uniform": 0, "gennrand_normal": 0, "gennrand_exponential": 0}

INTEGERS = {
    "int",
    "bool",
    "int8_t",
    "int16_t",
    "int32_t",
    "uint8_t",
    "uint16_t",
    "uint32_t",
    "unsigned",
    "long",
}
FLOATS = {"scalar", "float", "double"}
COUNTS = {"num_neurons", "num_pre", "num_post"}  # never 0


@dataclass(frozen=True)
class Symbol:
    """A name that code may use: its type, whether code may write it, and whether it is an array.

    One that is `delayed` is used as it is, or with the number of steps ago at which it is wanted as its index.
    """

    type: str = "scalar"
    writable: bool = False
    array: bool = False
    accumulate: bool = False
    delayed: bool = False


@dataclass(frozen=True)
class Names:
    """The names and functions (with their numbers of arguments) that a piece of code may use."""

    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    functions: Mapping[str, int] = field(default_factory=lambda: dict(MATHS))


def check(node: c_ast.Node | None, names: Names, place: str = "code") -> None:
    """Raise a `UserError` with line and column where the tree does what the language does not allow."""
    if node is not None:
        _Checker(names, place).statement(node)


_ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_UNARY = {"+", "-", "!", "~", "++", "--", "p++", "p--"}
_INTEGER_ONLY = {"%", "&", "|", "^", "<<", ">>"}
_LARGEST = 2**63 - 1
BOOLEAN = {"<", ">", "<=", ">=", "==", "!=", "&&", "||", "!"}


class _Checker:
    """Walks statements and gives each expression a type: ``int`` or ``scalar``."""

    def __init__(self, names: Names, place: str) -> None:
        self.names = names
        self.place = place
        self.scopes: list[dict[str, Symbol]] = []
        self.loops = 0  # around the statement at hand

    def fail(self, node: c_ast.Node, message: str, hint: str = "") -> UserError:
        coord = node.coord
        at = f":{coord.line}:{coord.column or 1}" if coord is not None else ""
        return UserError(message, place=f"{self.place}{at}", hint=hint)

    # -- statements ---------------------------------------------------------------------------------------
    def statement(self, node: c_ast.Node | None) -> None:  # noqa: PLR0912 - one case per kind of statement
        match node:
            case None | c_ast.EmptyStatement():
                pass
            case c_ast.Break() | c_ast.Continue():
                # Outside a loop of its own it would leave the backend's loop over neurons.
                if not self.loops:
                    raise self.fail(node, f"{type(node).__name__.lower()} stands in no loop")
            case c_ast.Compound():
                self.scopes.append({})
                self.block(node)
                self.scopes.pop()
            case c_ast.Decl():
                self.declaration(node)
            case c_ast.DeclList():
                for declaration in node.decls:
                    self.declaration(declaration)
            case c_ast.If():
                self.condition(node.cond)
                self.statement(node.iftrue)
                self.statement(node.iffalse)
            case c_ast.While() | c_ast.DoWhile():
                self.scopes.append({})
                self.condition(node.cond)
                self.body(node.stmt)
                self.scopes.pop()
            case c_ast.For():
                self.scopes.append({})
                self.statement(node.init)
                if node.cond is not None:
                    self.condition(node.cond)
                self.statement(node.next)
                self.body(node.stmt)
                self.scopes.pop()
            case c_ast.Assignment():
                self.assignment(node, statement=True)
            case _:
                self.expression(node)

    def block(self, node: c_ast.Compound) -> None:
        for item in node.block_items or []:
            self.statement(item)

    def body(self, node: c_ast.Node) -> None:
        """The body of a loop; C++ counts the names of the loop's head and those of its block as one scope."""
        self.loops += 1
        if isinstance(node, c_ast.Compound):
            self.block(node)
        else:
            self.statement(node)
        self.loops -= 1

    def condition(self, node: c_ast.Node) -> None:
        if isinstance(node, c_ast.Assignment) and node.op == "=":
            raise self.fail(node, "= assigns; write == to compare")
        self.expression(node)

    def declaration(self, node: c_ast.Decl) -> None:
        if isinstance(node.type, c_ast.FuncDecl):
            raise self.fail(node, f"functions such as '{node.name}' cannot be declared")
        if not isinstance(node.type, c_ast.TypeDecl) or not isinstance(node.type.type, c_ast.IdentifierType):
            what = f"'{node.name}'" if node.name else "something"
            raise self.fail(node, f"{what} is declared as a pointer, array, struct, union or enum; use plain numbers")
        self.type(node, node.type.type.names)
        forbidden = [*node.storage, *node.funcspec, *(word for word in node.quals if word != "const")]
        if forbidden:
            raise self.fail(node, f"'{node.name}' cannot be {' '.join(forbidden)}")
        if node.name in self.names.symbols:
            raise self.fail(node, f"'{node.name}' is the model's own name; choose another")
        if node.name in self.scopes[-1]:
            raise self.fail(node, f"'{node.name}' is declared twice")
        words = node.type.type.names
        if node.init is not None:
            self.expression(node.init)
        kind = "scalar" if set(words) & FLOATS else "int"
        self.scopes[-1][node.name] = Symbol(kind, writable="const" not in node.quals)

    def type(self, node: c_ast.Node, words: list[str]) -> None:
        """Refuse what is no type: an unknown word, or words that do not go together."""
        spelled = " ".join(words)
        if any(word not in INTEGERS | FLOATS for word in words):
            allowed = ", ".join(sorted(INTEGERS | FLOATS))
            raise self.fail(node, f"'{spelled}' is not a type of the language ({allowed})")
        most = {"unsigned": 1, "long": 2, "int": 1}
        if len(words) > 1 and any(words.count(word) > most.get(word, 0) for word in words):
            raise self.fail(node, f"'{spelled}' is not a type")

    # -- expressions --------------------------------------------------------------------------------------
    def expression(self, node: c_ast.Node) -> str:  # noqa: PLR0911, PLR0912 - one case per kind of node
        match node:
            case c_ast.Constant():
                return self.constant(node)
            case c_ast.ID():
                symbol = self.lookup(node)
                if symbol.array:
                    raise self.fail(node, f"'{node.name}' is an array; give an index")
                if symbol.accumulate:
                    raise self.fail(node, f"'{node.name}' accumulates and cannot be read here")
                return "int" if symbol.type in INTEGERS else "scalar"
            case c_ast.ArrayRef():
                return self.element(node)
            case c_ast.FuncCall():
                return self.call(node)
            case c_ast.Assignment():
                return self.assignment(node)
            case c_ast.BinaryOp():
                left, right = self.expression(node.left), self.expression(node.right)
                if node.op in _INTEGER_ONLY and "scalar" in (left, right):
                    raise self.fail(node, f"operator {node.op} needs integers on both sides")
                if node.op in {"/", "%"} and (left, right) == ("int", "int"):
                    self.divisor(node.right)
                return "int" if node.op in BOOLEAN or (left, right) == ("int", "int") else "scalar"
            case c_ast.UnaryOp():
                return self.unary(node)
            case c_ast.TernaryOp():
                self.expression(node.cond)
                kinds = {self.expression(node.iftrue), self.expression(node.iffalse)}
                return "int" if kinds == {"int"} else "scalar"
            case c_ast.Cast():
                return self.cast(node)
            case c_ast.ExprList():
                return [self.expression(item) for item in node.exprs][-1]
            case _:
                raise self.fail(node, f"{type(node).__name__.lower()} is not part of the language")

    def constant(self, node: c_ast.Constant) -> str:
        if node.type in {"float", "double", "long double"}:
            digits = node.value.rstrip("fFlL")
            if not math.isfinite(float.fromhex(digits) if "x" in digits.lower() else float(digits)):
                raise self.fail(node, f"{shortened(node.value)} is too large a number")
            return "scalar"
        if not node.type.endswith("int"):
            raise self.fail(node, f"text {shortened(node.value)} has no meaning here")
        # 64 bits in the longest way to write them; Python refuses to read a number of thousands of digits.
        if len(node.value) > 70 or literal(node) > _LARGEST:
            raise self.fail(node, f"{shortened(node.value)} is too large a whole number; write it with a point")
        return "int"

    def lookup(self, node: c_ast.ID) -> Symbol:
        for scope in reversed(self.scopes):
            if node.name in scope:
                return scope[node.name]
        if node.name in self.names.symbols:
            return self.names.symbols[node.name]
        if node.name in self.names.functions:
            raise self.fail(node, f"'{node.name}' is a function; give its arguments in ()")
        known = [name for scope in self.scopes for name in scope] + list(self.names.symbols)
        raise self.fail(node, f"unknown name '{node.name}'{nearest(node.name, known)}")

    def element(self, node: c_ast.ArrayRef) -> str:
        symbol = self.lookup(node.name) if isinstance(node.name, c_ast.ID) else Symbol()
        if not (symbol.array or symbol.delayed):
            raise self.fail(node, "only the model's own arrays (extra global parameters) have elements")
        if self.expression(node.subscript) != "int":
            raise self.fail(node, f"the index of '{node.name.name}' must be an integer")
        return "int" if symbol.type in INTEGERS else "scalar"

    def call(self, node: c_ast.FuncCall) -> str:
        if not isinstance(node.name, c_ast.ID):
            raise self.fail(node, "only a function's name can be called")
        name = node.name.name
        if name not in self.names.functions:
            raise self.fail(node, f"unknown function '{name}'{nearest(name, self.names.functions)}")
        arguments = node.args.exprs if node.args is not None else []
        wanted = self.names.functions[name]
        if len(arguments) != wanted:
            plural = "" if wanted == 1 else "s"
            raise self.fail(node, f"{name} takes {wanted} argument{plural}, not {len(arguments)}")
        kinds = {self.expression(argument) for argument in arguments}
        return "int" if name in {"min", "max", "abs"} and kinds == {"int"} else "scalar"

    def assignment(self, node: c_ast.Assignment, *, statement: bool = False) -> str:
        if node.op not in _ASSIGNMENTS:
            raise self.fail(node, f"operator {node.op} is not part of the language")
        target = self.target(node.lvalue)
        if target.accumulate and node.op not in {"+=", "-="}:
            raise self.fail(node, f"'{node.lvalue.name}' accumulates: it takes += and -= alone")
        if target.accumulate and not statement:
            raise self.fail(node, f"'{node.lvalue.name}' accumulates: what it sums up so far cannot be read")
        kind = self.expression(node.rvalue)
        integers = target.type in INTEGERS and kind == "int"
        if node.op.removesuffix("=") in _INTEGER_ONLY and not integers:
            raise self.fail(node, f"operator {node.op} needs integers on both sides")
        if node.op in {"/=", "%="} and integers:
            self.divisor(node.rvalue)
        return "int" if target.type in INTEGERS else "scalar"

    def divisor(self, node: c_ast.Node) -> None:
        """Refuse to divide a whole number by one that may be 0: the processor would end the whole process."""
        if isinstance(node, c_ast.Constant) and literal(node) != 0:
            return
        if isinstance(node, c_ast.ID) and node.name in COUNTS:
            return
        hint = f"Divide by a number or by {', '.join(sorted(COUNTS))}; or divide scalars: (scalar) in front, or fmod."
        raise self.fail(node, "a whole number is divided by one that may be 0", hint)

    def target(self, node: c_ast.Node) -> Symbol:
        if isinstance(node, c_ast.ArrayRef):
            self.element(node)
            node = node.name
        if not isinstance(node, c_ast.ID):
            raise self.fail(node, "only a variable can be assigned to")
        symbol = self.lookup(node)
        if not symbol.writable:
            raise self.fail(node, f"'{node.name}' is read-only here")
        return symbol

    def unary(self, node: c_ast.UnaryOp) -> str:
        if node.op not in _UNARY:
            raise self.fail(node, f"operator {node.op.lstrip('p')} (pointers, sizeof) is not part of the language")
        if node.op in {"++", "--", "p++", "p--"} and self.target(node.expr).accumulate:
            raise self.fail(node, f"'{node.expr.name}' accumulates: it takes += and -= alone")
        kind = self.expression(node.expr)
        if node.op == "~" and kind != "int":
            raise self.fail(node, "operator ~ needs an integer")
        return "int" if node.op in BOOLEAN else kind

    def cast(self, node: c_ast.Cast) -> str:
        declarator = node.to_type.type
        if not isinstance(declarator, c_ast.TypeDecl) or not isinstance(declarator.type, c_ast.IdentifierType):
            raise self.fail(node, "casts to pointers are not part of the language")
        self.type(node, declarator.type.names)
        self.expression(node.expr)
        return "scalar" if set(declarator.type.names) & FLOATS else "int"


def literal(node: c_ast.Constant) -> int:
    """The value of a whole number as C reads it: 0x, 0b, and a leading 0 for octal."""
    digits = node.value.rstrip("uUlL")
    return int(digits, 8 if digits.isdigit() and digits[0] == "0" else 0)


def shortened(text: str) -> str:
    """`text` short enough for a message."""
    return text if len(text) <= 40 else f"{text[:37]}..."
