"""First values: initialisation snippets become one small function per variable; arrays are copied by the runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spikeloom.backends.embedded.layout import Field, Layout, rows_and_columns
from spikeloom.backends.embedded.neurons import RANDOM_CALLS, random_stream
from spikeloom.backends.embedded.writer import address, block, c_type, comment, pointer
from spikeloom.genn.code import emit, parse
from spikeloom.genn.matrix import SparseMatrix
from spikeloom.genn.model_check import check_init_snippet
from spikeloom.genn.network import Init, InitLike, InitSnippet
from spikeloom.genn.variables import Var


def first_values(layout: Layout) -> Iterator[tuple[tuple[str, str], Field, InitLike]]:
    """Every field of the shared arena with its first value."""
    model = layout.model
    for population in model.populations.values():
        yield from _shared(layout, population.name, population.model.vars, population.var_init)
    for synapses in model.synapses.values():
        yield from _shared(layout, synapses.name, synapses.weight_update.vars, synapses.var_init)
    for update in model.custom_updates.values():
        yield from _shared(layout, update.name, update.model.vars, update.var_init)


def _shared(
    layout: Layout, group: str, variables: tuple[Var, ...], first: Mapping[str, InitLike]
) -> Iterator[tuple[tuple[str, str], Field, InitLike]]:
    for var in variables:
        for name in (var.name, f"init:{var.name}"):
            place = layout.fields.get((group, name))
            if place is not None and place.arena == "shared":
                yield (group, name), place, first.get(var.name, 0.0)


def initialisers(layout: Layout) -> tuple[str, dict[tuple[str, str], int]]:
    """Functions that fill variables from snippets, and the number of the function for each variable."""
    text = ""
    numbers: dict[tuple[str, str], int] = {}
    for key, place, init in first_values(layout):
        if not isinstance(init, Init) or init.snippet is None:
            continue
        check_init_snippet(init.snippet, f"{key[0]}.{key[1]}")
        number = len(numbers)
        numbers[key] = number
        for param in init.snippet.params:
            layout.param(f"{key[0]}/{key[1]}", f"init:{param}", init.params[param])
        text += f"static void initialise_{number}(Job* job) {{  {comment(f'{key[0]}.{key[1]}: {init.snippet.name}')}\n"
        text += block(_body(layout, key, place, init.snippet)) + "}\n"
    cases = "".join(f"        case {number}: initialise_{number}(job); break;\n" for number in numbers.values())
    text += (
        f"EXPORT void spikeloom_initialise(Job* job, int32_t number) {{\n    switch (number) {{\n{cases}    }}\n}}\n"
    )
    return text, numbers


def _body(layout: Layout, key: tuple[str, str], place: Field, snippet: InitSnippet) -> str:
    group = f"{key[0]}/{key[1]}"
    synapses = layout.model.synapses.get(key[0])
    sparse = synapses is not None and isinstance(synapses.matrix, SparseMatrix)
    names = {
        "value": "value",
        "dt": f"job->params[{layout.params['', 'dt']}]",
        "t": "S(0)",
        "batch": "0",
        "id": "(int32_t)j",
    }
    names |= {"id_pre": "(int32_t)i", "id_post": "(int32_t)j"}
    rows, columns = rows_and_columns(layout.model, key[0])
    if sparse and synapses is not None:
        columns = layout.model.populations[synapses.target].size
    names |= {"num_pre": str(rows), "num_post": str(columns), "num_neurons": str(columns)}
    text = f"{c_type(place)}* values = {address(place)};\n"
    for param in snippet.params:
        text += f"const scalar p_{param} = job->params[{layout.params[group, f'init:{param}']}];\n"
        names[param] = f"p_{param}"
    code = emit(parse(snippet.var_init_code, f"{group}.var_init_code"), names, RANDOM_CALLS)
    inner = f"Random random = {{job->seed, {random_stream(*key)}u, (uint32_t)j, (uint32_t)i, 0xffffffffu, 0}};\n"
    inner += "(void)random;\nscalar value = 0;\n" + code
    each = f"for (int64_t j = 0; j < {place.columns}; ++j)"
    if sparse:
        text += "".join("const " + pointer(name, layout[key[0], name]) for name in ("offsets", "targets"))
        each = "for (int64_t s = offsets[i]; s < offsets[i + 1]; ++s)"
        inner = f"const int64_t j = targets[s];\n{inner}values[s] = value;\n"
    else:
        inner += f"values[i * {place.stride} + j] = value;\n"
    text += f"for (int64_t i = 0; i < {rows}; ++i)\n    {each} {{\n"
    return text + block(inner, 2) + "    }\n"
