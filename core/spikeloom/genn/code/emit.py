"""A checked tree as C++: names mapped to what they are in the generated code, literals in the build's precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from pycparser import c_ast, c_generator


@cache
def c_name(name: str) -> str:
    """A population's name as part of a C++ identifier (two names never become one)."""
    return "".join(char if char.isalnum() and char.isascii() else f"_{ord(char):x}_" for char in name)


def emit(
    node: c_ast.Node,
    names: Mapping[str, str],
    calls: Mapping[str, Callable[[list[str]], str]] | None = None,
    bounds: Mapping[str, str] | None = None,
    delayed: Mapping[str, Callable[[str], str]] | None = None,
    elements: Mapping[int, str] | None = None,
) -> str:
    """The C++ text of `node`.

    Parameters
    ----------
    names
        What each name of the model is called in the generated code; other names (locals) get a prefix, so that they
        can be neither keywords of C++ nor names of the generated code around them.
    calls
        How to print a call of a function, given the text of its arguments.
    bounds
        For each array, what the check of an index needs: the number of its elements and of its population.
    delayed
        How to print a variable of some steps ago, given the text of their number.
    elements
        How to print some elements of arrays, and some calls, by the identity of their nodes; none of these is checked.
    """
    printer = _Printer(names, calls or {}, bounds or {}, delayed or {}, elements or {})
    if isinstance(node, c_ast.Compound):
        return "".join(printer._generate_stmt(item) for item in node.block_items or [])
    return str(printer.visit(node))


class _Printer(c_generator.CGenerator):
    def __init__(
        self,
        names: Mapping[str, str],
        calls: Mapping[str, Callable[[list[str]], str]],
        bounds: Mapping[str, str],
        delayed: Mapping[str, Callable[[str], str]],
        elements: Mapping[int, str],
    ) -> None:
        super().__init__()
        self.names = names
        self.calls = calls
        self.bounds = bounds
        self.delayed = delayed
        self.elements = elements

    def visit_ID(self, n: c_ast.ID) -> str:
        return self.names.get(n.name, f"u_{n.name}")

    def visit_Decl(self, n: c_ast.Decl, no_type: bool = False) -> str:
        text = f"u_{n.name} = {self.visit(n.init)}" if n.init is not None else f"u_{n.name} = 0"
        return text if no_type else f"{' '.join([*n.quals, *n.type.type.names])} {text}"

    def visit_Constant(self, n: c_ast.Constant) -> str:
        if n.type in {"float", "double", "long double"}:
            return f"S({n.value.rstrip('fFlL')})"
        return str(n.value)

    def visit_FuncCall(self, n: c_ast.FuncCall) -> str:
        arguments = [self._single(argument) for argument in n.args.exprs] if n.args is not None else []
        name = n.name.name
        if id(n) in self.elements:
            return self.elements[id(n)]
        if name in self.calls:
            return self.calls[name](arguments)
        return f"m_{name}({', '.join(arguments)})"

    def visit_ArrayRef(self, n: c_ast.ArrayRef) -> str:
        name = n.name.name
        if id(n) in self.elements:
            return self.elements[id(n)]
        index = self._single(n.subscript)
        if name in self.delayed:
            return self.delayed[name](index)
        return f"{self.names.get(name, name)}[checked({index}, {self.bounds[name]}, job)]"

    def _single(self, n: c_ast.Node) -> str:
        """A comma expression where C++ would see several arguments."""
        return f"({self.visit(n)})" if isinstance(n, c_ast.ExprList) else str(self.visit(n))
