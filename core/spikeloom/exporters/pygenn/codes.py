"""GeNN code as people write it: a brace ends its line, four columns for each level, and no parentheses too many."""

from __future__ import annotations

import re
from functools import reduce

from pycparser import c_ast, c_generator

from spikeloom.backends.pygenn.translate import IDLE
from spikeloom.errors import UserError
from spikeloom.genn.code import parse

_STEP = re.compile(r"\(int32_t\)round\(t / dt\)")
_TAPE = re.compile(r"\(batch \* \(int32_t\)(\w+) \* num_neurons\) \+ \((.*?) \+ id\)\]")
_FEW = 2  # places from which on something has a name of its own


def readable(code: str) -> str:
    """The same code, laid out anew; as it is where it holds words of GeNN's that are no C."""
    code = code.strip()
    statements = code.endswith(("}", ";"))
    try:
        items = parse(code if statements else f"{code};").block_items or []
    except UserError:
        return code
    if not statements:
        return _printed(_without_idle(items[0])) if len(items) == 1 else code
    items = _unwrapped(items)
    if len(items) == 1 and isinstance(items[0], c_ast.Compound):
        inner = _unwrapped(items[0].block_items or [])
        # To GeNN all codes of a neuron are one: a block keeps what they declare apart.
        items = items if any(isinstance(item, c_ast.Decl) for item in inner) else inner
    return _named("\n".join(_Printer().line(item) for item in items))


def _named(text: str) -> str:
    """The code with names for what it says again and again: the step, and where the tape of an example begins."""
    declared, found = [], text
    owners = {match[1] for match in _TAPE.finditer(text)}
    if len(_TAPE.findall(text)) >= _FEW and not re.search(r"\btape(\b|[A-Z])", text):
        for owner in sorted(owners):
            name = "tape" if len(owners) == 1 else f"tape{owner}"
            declared.append(f"const int32_t {name} = batch * (int32_t){owner} * num_neurons;")
        found = _TAPE.sub(lambda m: f"{'tape' if len(owners) == 1 else f'tape{m[1]}'} + {m[2]} + id]", found)
    if len(_STEP.findall(text)) >= _FEW and not re.search(r"\bstep\b", text):
        declared.append("const int32_t step = (int32_t)round(t / dt);")
        found = _STEP.sub("step", found)
    if not declared:
        return text
    inside = "\n".join(f"    {line}" for line in [*declared, *found.removeprefix("{\n").splitlines()])
    if text.startswith("{\n"):
        return "\n".join(["{", *(f"    {line}" for line in declared), found.removeprefix("{\n")])
    return f"{{\n{inside}\n}}"


def _unwrapped(items: list[c_ast.Node]) -> list[c_ast.Node]:
    """Statements without a condition that they are not in an idle step, where each says itself when it runs."""
    if len(items) != 1 or not isinstance(items[0], c_ast.If) or not _is_awake(items[0].cond):
        return items
    inner = items[0].iftrue.block_items or []
    return inner if inner and all(isinstance(item, c_ast.If) and _asks_phase(item.cond) for item in inner) else items


def _without_idle(condition: c_ast.Node) -> c_ast.Node:
    """A condition; that no step is idle goes where it says which phase it asks for."""
    parts = _conjuncts(condition)
    if any(_asks_phase(part) for part in parts):
        parts = [_in_phase(part) for part in parts if not _is_awake(part)]
    return reduce(lambda left, right: c_ast.BinaryOp("&&", left, right), parts)


def _in_phase(node: c_ast.Node) -> c_ast.Node:
    """What is left of a part where the phase is 1."""
    other = isinstance(node, c_ast.BinaryOp) and node.op == "||" and _printed(node.left) == "phase != 1"
    return node.right if other else node


def _conjuncts(node: c_ast.Node) -> list[c_ast.Node]:
    if isinstance(node, c_ast.BinaryOp) and node.op == "&&":
        return [*_conjuncts(node.left), *_conjuncts(node.right)]
    return [node]


def _is_awake(node: c_ast.Node) -> bool:
    return _printed(node) == f"phase != {IDLE}"


def _asks_phase(node: c_ast.Node) -> bool:
    return any(re.fullmatch(r"phase == [01]", _printed(part)) for part in _conjuncts(node))


def _printed(node: c_ast.Node) -> str:
    return _close(str(_Printer().visit(node)))


def _close(text: str) -> str:
    """Text in which a cast stands close to what it casts."""
    return re.sub(r"\((\w+)\) (?=[\w(])", r"(\1)", text)


class _Printer(c_generator.CGenerator):
    """Prints statements with four columns for each level."""

    def __init__(self) -> None:
        super().__init__(reduce_parentheses=True)

    def line(self, node: c_ast.Node) -> str:
        """A statement in its lines."""
        text = re.sub(r"\)\n *\{", ") {", self._generate_stmt(node))
        text = re.sub(r"\}\n *else\n *\{", "} else {", text)
        text = re.sub(r"else\n *if", "else if", text)
        text = re.sub(r"\}\n *else if", "} else if", text)
        return "\n".join(_wider(line) for line in _close(text).splitlines() if line.strip())

    def visit_BinaryOp(self, n: c_ast.BinaryOp) -> str:
        """A sum or a product whose operands are of another kind keeps their parentheses, as our codes have them."""
        right = self._operand(n.right, n.op)
        right = f"({right})" if isinstance(n.right, c_ast.BinaryOp) and n.op == n.right.op == "&&" else right
        alike = isinstance(n.left, c_ast.BinaryOp) and any(n.op in ops and n.left.op in ops for ops in ("+-", "*/"))
        return f"{self.visit(n.left) if alike else self._operand(n.left, n.op)} {n.op} {right}"

    def visit_TernaryOp(self, n: c_ast.TernaryOp) -> str:
        """A choice; its parts have parentheses where they are more than a name, a number or a call."""
        condition, one, other = (self._operand(part, "?") for part in (n.cond, n.iftrue, n.iffalse))
        return f"{condition} ? {one} : {other}"

    def _operand(self, node: c_ast.Node, op: str) -> str:
        text = str(self.visit(node))
        bare = isinstance(node, c_ast.BinaryOp | c_ast.TernaryOp | c_ast.Assignment)
        if isinstance(node, c_ast.BinaryOp) and op == "&&" and node.op in ("==", "!=", "<", ">", "<=", ">=", "&&"):
            bare = False
        return f"({text})" if bare else text


def _wider(line: str) -> str:
    text = line.lstrip(" ")
    return " " * (2 * (len(line) - len(text))) + text
