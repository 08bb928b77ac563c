"""Specialise a tree for known values of some names: constant conditions fold and dead branches go.

The compilers write each model once, guarded by ``phase``; this is how a backend gets the code of one phase.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from pycparser import c_ast


def fold(tree: c_ast.Compound, constants: Mapping[str, int]) -> c_ast.Compound:
    """A copy of `tree` in which `constants` are known; `tree` itself stays as it was."""
    folded = _statement(copy.deepcopy(tree), constants)
    return folded if isinstance(folded, c_ast.Compound) else c_ast.Compound([folded] if folded else [])


def fold_expression(tree: c_ast.Node | None, constants: Mapping[str, int]) -> c_ast.Node | None:
    """A copy of the expression in which `constants` are known, or None where it is the constant 0."""
    if tree is None:
        return None
    folded = _expression(copy.deepcopy(tree), constants)
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
            node.stmt = _statement(node.stmt, constants) or c_ast.Compound([])
            return node
        case _:
            return node


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
    return node


def _binary(node: c_ast.BinaryOp) -> c_ast.Node:
    left, right = _value(node.left), _value(node.right)
    if node.op in {"&&", "||"}:
        decisive = 0 if node.op == "&&" else 1
        for known, other in ((left, node.right), (right, node.left)):
            if known is not None:
                return _constant(decisive) if bool(known) == bool(decisive) else other
    elif left is not None and right is not None and node.op in {"==", "!="}:
        return _constant(int((left == right) == (node.op == "==")))
    return node


def _constant(value: int) -> c_ast.Constant:
    return c_ast.Constant("int", str(value))


def _value(node: c_ast.Node) -> int | None:
    if isinstance(node, c_ast.Constant) and node.type == "int":
        return int(node.value.rstrip("uUlL"), 0)
    return None
