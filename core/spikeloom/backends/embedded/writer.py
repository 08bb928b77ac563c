"""Helpers with which the kernels are written: hoisted pointers and parameters, locals for variables, indentation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import indent

from spikeloom.backends.embedded.layout import Field, Layout


def comment(text: str) -> str:
    """A comment to the end of the line; names are shown as far as they are harmless."""
    return "// " + re.sub(r"[^A-Za-z0-9_ .:-]", "?", text)


def block(text: str, depth: int = 1) -> str:
    """`text` indented, ending with a newline; nothing for nothing."""
    text = text.strip("\n")
    return indent(text, "    " * depth) + "\n" if text.strip() else ""


def c_type(place: Field) -> str:
    """The C++ type of a field's values; all integers are stored in 32 bits, which vectorises."""
    return "scalar" if place.scalar else "int32_t"


def address(place: Field) -> str:
    """An expression for the address of a field's first value."""
    arena = {"shared": "job->shared", "slot": "slot", "shard": "shard"}[place.arena]
    return f"({c_type(place)}*)ALIGNED({arena} + {place.offset})"


def pointer(name: str, place: Field) -> str:
    """The declaration of a restricted pointer to a field."""
    return f"{c_type(place)}* RESTRICT {name} = {address(place)};\n"


def params(layout: Layout, group: str, names: Iterable[str], prefix: str = "") -> str:
    """Declarations of parameters as constants of a kernel, named ``p_<name>``."""
    return "".join(
        f"const scalar p_{name} = job->params[{layout.params[group, prefix + name]}];\n" for name in sorted(names)
    )


def timestep(layout: Layout) -> str:
    """The declaration of ``dt``."""
    return f"const scalar dt = job->params[{layout.params['', 'dt']}];\n"


def clock(layout: Layout) -> str:
    """The declarations of ``dt`` and, within a step, ``t``."""
    return timestep(layout) + "const scalar t = (scalar)step * dt;\n"


def loop(count: int | str, body: str, *, index: str = "j", independent: bool = True) -> str:
    """A counted loop; `independent` promises that its passes do not depend on each other."""
    pragma = "INDEPENDENT\n" if independent else ""
    return f"{pragma}for (int64_t {index} = 0; {index} < {count}; ++{index}) {{\n{block(body)}}}\n"
