"""What can be proved about a variable from the code alone."""

from __future__ import annotations

from pycparser import c_ast

from spikeloom.genn.code.check import MATHS, literal
from spikeloom.genn.code.names import used


def leaves_zero(tree: c_ast.Compound, name: str) -> bool:
    """Whether `name` is 0 after `tree`, whatever it was before; False where that cannot be told.

    Understood are ``name = 0;`` and ``if (name) { ...; name = 0; ... }``.
    """
    zero = False
    for item in tree.block_items or []:
        if (_assigns(item, name) and _is_zero(item.rvalue)) or _clears_if_set(item, name):
            zero = True
        elif name in used(item).written:
            zero = False
    return zero


def always_assigned(tree: c_ast.Compound, name: str) -> bool:
    """Whether a statement ``name = ...;`` stands outside of all conditions and loops."""
    return any(_assigns(item, name) for item in tree.block_items or [])


def read(tree: c_ast.Node) -> set[str]:
    """The names whose values `tree` uses; to be assigned alone is no use."""
    found: set[str] = set()
    waiting: list[c_ast.Node] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, c_ast.ID):
            found.add(node.name)
        assigned = isinstance(node, c_ast.Assignment) and node.op == "=" and isinstance(node.lvalue, c_ast.ID)
        waiting += [child for name, child in node.children() if not (assigned and name == "lvalue")]
    return found


def degree(tree: c_ast.Node, names: set[str]) -> int | None:
    """The power in which `names` stand in an expression: 0 without them, 1 where it is linear, None otherwise."""
    match tree:
        case c_ast.ID():
            return int(tree.name in names)
        case c_ast.UnaryOp(op="-" | "+"):
            return degree(tree.expr, names)
        case c_ast.BinaryOp(op="*"):
            left, right = degree(tree.left, names), degree(tree.right, names)
            return left + right if left is not None and right is not None and left + right < 2 else None
        case c_ast.BinaryOp(op="/"):
            return degree(tree.left, names) if degree(tree.right, names) == 0 else None
        case c_ast.BinaryOp(op="+" | "-"):
            left, right = degree(tree.left, names), degree(tree.right, names)
            return left if left == right else None
    return None if read(tree) & names else 0


def own_elements(tree: c_ast.Compound, steady: set[str]) -> list[tuple[c_ast.ArrayRef, c_ast.Node]]:
    """The elements ``Array[(row * num_neurons) + id]`` outside of all conditions and loops, with their rows.

    A row is made of the names `steady` alone: it is the same for all neurons.
    """
    found: list[tuple[c_ast.ArrayRef, c_ast.Node]] = []
    waiting: list[c_ast.Node] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, c_ast.ArrayRef):
            row = _row_of(node.subscript)
            what = used(row)
            if row is not None and what.names <= steady and not (what.written or what.arrays):
                found.append((node, row))
            continue
        conditional = c_ast.If | c_ast.TernaryOp | c_ast.For | c_ast.While | c_ast.DoWhile
        if isinstance(node, conditional) or (isinstance(node, c_ast.BinaryOp) and node.op in {"&&", "||"}):
            continue
        waiting += [child for _, child in node.children()]
    return found


def steady_calls(tree: c_ast.Compound, steady: set[str]) -> list[c_ast.FuncCall]:
    """The calls of mathematical functions of the names `steady` alone: they are the same for all neurons."""
    found: list[c_ast.FuncCall] = []
    waiting: list[c_ast.Node] = [tree]
    while waiting:
        node = waiting.pop()
        what = used(node)
        constant = what.names <= steady and not (what.written or what.arrays) and what.functions <= MATHS.keys()
        if isinstance(node, c_ast.FuncCall) and constant:
            found.append(node)
        else:
            waiting += [child for _, child in node.children()]
    return found


def _row_of(index: c_ast.Node) -> c_ast.Node | None:
    """The row of an index ``(row * num_neurons) + id``."""
    match index:
        case c_ast.BinaryOp(
            op="+",
            left=c_ast.BinaryOp(op="*", left=row, right=c_ast.ID(name="num_neurons")),
            right=c_ast.ID(name="id"),
        ):
            return row
    return None


def is_set(condition: c_ast.Node | None) -> str:
    """The name whose being other than 0 is all that `condition` asks for, or an empty string."""
    if isinstance(condition, c_ast.BinaryOp) and condition.op == "!=" and _is_zero(condition.right):
        condition = condition.left
    return str(condition.name) if isinstance(condition, c_ast.ID) else ""


def _assigns(item: c_ast.Node, name: str) -> bool:
    """Whether a statement is ``name = ...;``."""
    plain = isinstance(item, c_ast.Assignment) and item.op == "=" and isinstance(item.lvalue, c_ast.ID)
    return plain and bool(item.lvalue.name == name)


def _clears_if_set(item: c_ast.Node, name: str) -> bool:
    if not isinstance(item, c_ast.If) or item.iffalse is not None or is_set(item.cond) != name:
        return False
    body = item.iftrue if isinstance(item.iftrue, c_ast.Compound) else c_ast.Compound([item.iftrue])
    return leaves_zero(body, name)


def _is_zero(node: c_ast.Node) -> bool:
    return isinstance(node, c_ast.Constant) and node.type == "int" and literal(node) == 0
