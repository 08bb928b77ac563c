"""Names used in a tree: what it reads, what it writes, whether it touches arrays or draws random numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from pycparser import c_ast


@dataclass
class Used:
    """The names that a tree reads or writes, the functions it calls and the arrays it indexes."""

    names: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)
    locals: set[str] = field(default_factory=set)


def used(*nodes: c_ast.Node | None) -> Used:
    """Everything that `nodes` use."""
    found = Used()
    for node in nodes:
        if node is not None:
            _Visitor(found).visit(node)
    return found


def calls_of(tree: c_ast.Node, function: str) -> list[c_ast.FuncCall]:
    """The calls of `function` in a tree."""
    found: list[c_ast.FuncCall] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, c_ast.FuncCall) and node.name.name == function:
            found.append(node)
        waiting += [child for _, child in node.children()]
    return found


class _Visitor(c_ast.NodeVisitor):
    def __init__(self, found: Used) -> None:
        self.found = found

    def visit_ID(self, node: c_ast.ID) -> None:
        self.found.names.add(node.name)

    def visit_Decl(self, node: c_ast.Decl) -> None:
        self.found.locals.add(node.name)
        if node.init is not None:
            self.visit(node.init)

    def visit_FuncCall(self, node: c_ast.FuncCall) -> None:
        self.found.functions.add(node.name.name)
        if node.args is not None:
            self.visit(node.args)

    def visit_ArrayRef(self, node: c_ast.ArrayRef) -> None:
        self.found.arrays.add(node.name.name)
        self.visit(node.subscript)

    def visit_Assignment(self, node: c_ast.Assignment) -> None:
        if isinstance(node.lvalue, c_ast.ID):
            self.found.written.add(node.lvalue.name)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: c_ast.UnaryOp) -> None:
        if node.op in {"++", "--", "p++", "p--"} and isinstance(node.expr, c_ast.ID):
            self.found.written.add(node.expr.name)
        self.generic_visit(node)
