"""Synapses whose code does nothing but add: rows of weights to sums, or a postsynaptic variable to rows of a gradient.

Such code is a product with one variable in it that differs from synapse to synapse. `prelude.cc` has loops for these
that keep a stretch of the sums, or of what is added, in registers while they run over all rows of a step.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycparser import c_ast


@dataclass(frozen=True)
class Added:
    """What a spike adds to each synapse's sum: `variable` times all `factors`, negative where `sign` is ``-``.

    `target` is the function that is called (``addToPost``) or the gradient that is added to; `delayed` is the number of
    steps ago at which a postsynaptic variable is wanted, or after which a sum is, None for neither.
    """

    target: str
    variable: str
    factors: tuple[c_ast.Node, ...]
    sign: str
    delayed: c_ast.Node | None


def added(code: c_ast.Compound, sums: set[str], gradients: set[str], variables: set[str]) -> Added | None:
    """What `code` adds, where it is one statement that adds a product with one of `variables` in it.

    `sums` are functions that add to a sum, `gradients` variables that are added to.
    """
    items = code.block_items or []
    if len(items) != 1:
        return None
    match items[0]:
        case c_ast.FuncCall(name=c_ast.ID(name=function), args=c_ast.ExprList(exprs=[value, *rest])) if (
            function in sums
        ):
            return _product(value, variables, function, "", rest[0] if rest else None)
        case c_ast.Assignment(op="+=" | "-=", lvalue=c_ast.ID(name=name), rvalue=value) if name in gradients:
            return _product(value, variables, name, "-" if items[0].op == "-=" else "", None)
    return None


def _product(
    value: c_ast.Node, variables: set[str], target: str, sign: str, delayed: c_ast.Node | None
) -> Added | None:
    found: list[str] = []
    factors: list[c_ast.Node] = []
    waiting = [value]
    while waiting:
        node = waiting.pop()
        match node:
            case c_ast.BinaryOp(op="*", left=left, right=right):
                waiting += [right, left]
            case c_ast.UnaryOp(op="-", expr=inner):
                sign = "" if sign else "-"
                waiting.append(inner)
            case c_ast.ID(name=name) if name in variables:
                found.append(name)
            case c_ast.ArrayRef(name=c_ast.ID(name=name), subscript=steps) if name in variables:
                found.append(name)
                delayed = steps
            case c_ast.ID() | c_ast.Constant():
                factors.append(node)
            case _:
                return None
    return Added(target, found[0], tuple(factors), sign, delayed) if len(found) == 1 else None
