"""Specialise a tree for known values of some names: constant conditions fold and dead branches go.

The compilers write each model once, guarded by ``phase``; this is how a backend gets the code of one phase.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pycparser import c_ast

from spikeloom.genn.code.check import BOOLEAN, MATHS, literal
from spikeloom.genn.code.names import used


def fold(tree: c_ast.Compound, constants: Mapping[str, int]) -> c_ast.Compound:
    """A copy of `tree` in which `constants` are known; `tree` itself stays as it was."""
    folded = _statement(_copied(tree), constants) or c_ast.Compound([])
    # Where one guarded block is all that is left, its statements are the code, declarations and all.
    while len(folded.block_items or []) == 1 and isinstance(folded.block_items[0], c_ast.Compound):
        folded = folded.block_items[0]
    return folded


def fold_expression(tree: c_ast.Node | None, constants: Mapping[str, int]) -> c_ast.Node | None:
    """A copy of the expression in which `constants` are known, or None where it is the constant 0."""
    if tree is None:
        return None
    folded = _expression(_copied(tree), constants)
    return None if _value(folded) == 0 else folded


def _statement(node: c_ast.Node | None, constants: Mapping[str, int]) -> c_ast.Node | None:
    match node:
        case None:
            return None
        case c_ast.Compound():
            items = [_statement(item, constants) for item in node.block_items or []]
            node.block_items = [inner for item in items if item is not None for inner in _spliced(item)]
            return node if node.block_items else None
        case c_ast.If():
            node.cond = _expression(node.cond, constants)
            known = _value(node.cond)
            if known is not None:
                return _statement(node.iftrue if known else node.iffalse, constants)
            node.iftrue = _statement(node.iftrue, constants) or c_ast.Compound([])
            node.iffalse = _statement(node.iffalse, constants)
            return node
        case c_ast.While() | c_ast.DoWhile() | c_ast.For():
            body = _statement(node.stmt, constants) or c_ast.Compound([])
            node.stmt = None
            _children(node, constants)
            node.stmt = body
            return node
        case _:
            return _expression(node, constants)


def _spliced(node: c_ast.Node) -> list[c_ast.Node]:
    """A block without declarations of its own is no more than its statements."""
    if isinstance(node, c_ast.Compound):
        items = node.block_items or []
        if not any(isinstance(item, c_ast.Decl) for item in items):
            return list(items)
    return [node]


def _expression(node: c_ast.Node, constants: Mapping[str, int]) -> c_ast.Node:
    match node:
        case c_ast.ID() if node.name in constants:
            return _constant(constants[node.name])
        case c_ast.UnaryOp(op="!"):
            node.expr = _expression(node.expr, constants)
            known = _value(node.expr)
            return node if known is None else _constant(int(not known))
        case c_ast.BinaryOp():
            node.left = _expression(node.left, constants)
            node.right = _expression(node.right, constants)
            return _binary(node)
    _children(node, constants)
    return node


def _children(node: c_ast.Node, constants: Mapping[str, int]) -> None:
    for slot in node.__slots__:
        child = getattr(node, slot, None)
        if isinstance(child, c_ast.Node):
            setattr(node, slot, _expression(child, constants))
        elif isinstance(child, list):
            items = [_expression(item, constants) if isinstance(item, c_ast.Node) else item for item in child]
            setattr(node, slot, items)


def _copied(node: c_ast.Node) -> Any:
    """A deep copy; `copy.deepcopy` needs several levels of Python's stack for one of the tree."""
    fields = {slot: getattr(node, slot) for slot in node.__slots__ if slot != "__weakref__"}
    for slot, value in fields.items():
        if isinstance(value, c_ast.Node):
            fields[slot] = _copied(value)
        elif isinstance(value, list):
            fields[slot] = [_copied(item) if isinstance(item, c_ast.Node) else item for item in value]
    return type(node)(**fields)


def _binary(node: c_ast.BinaryOp) -> c_ast.Node:
    left, right = _value(node.left), _value(node.right)
    if node.op in {"&&", "||"}:
        decisive = 0 if node.op == "&&" else 1
        if left is not None:
            return _constant(decisive) if bool(left) == bool(decisive) else _truth(node.right)
        if right is not None and bool(right) != bool(decisive):
            return _truth(node.left)
        if right is not None and not _acts(node.left):
            return _constant(decisive)
    elif left is not None and right is not None and node.op in {"==", "!="}:
        return _constant(int((left == right) == (node.op == "==")))
    return node


def _truth(node: c_ast.Node) -> c_ast.Node:
    """The 0 or 1 that && and || make of an operand."""
    known = _value(node)
    if known is not None:
        return _constant(int(known != 0))
    if isinstance(node, c_ast.BinaryOp | c_ast.UnaryOp) and node.op in BOOLEAN:
        return node
    return c_ast.BinaryOp("!=", node, _constant(0))


def _acts(node: c_ast.Node) -> bool:
    """Whether evaluating an expression does more than give a value."""
    found = used(node)
    return bool(found.written or found.functions - MATHS.keys())


def _constant(value: int) -> c_ast.Constant:
    return c_ast.Constant("int", str(value))


def _value(node: c_ast.Node) -> int | None:
    if isinstance(node, c_ast.Constant) and node.type == "int":
        return literal(node)
    return None
