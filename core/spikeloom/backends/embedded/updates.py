"""Custom updates: of a population within an example (readouts, softmax), of any group after a batch (learning)."""

from __future__ import annotations

from spikeloom.backends.embedded.layout import ALIGNMENT, Field, Layout, rows_and_columns
from spikeloom.backends.embedded.writer import block, c_type, comment, loop, params, pointer, timestep
from spikeloom.genn.batch_check import variable
from spikeloom.genn.code import c_name, emit, fold, parse
from spikeloom.genn.code.names import used
from spikeloom.genn.matrix import SparseMatrix
from spikeloom.genn.network import CustomUpdate
from spikeloom.genn.variables import NEURON_REDUCTIONS, Access, VarRef


def _variables(update: CustomUpdate) -> dict[str, VarRef]:
    """Each name of the update's code and the variable behind it."""
    own = {var.name: VarRef(update.name, var.name) for var in update.model.vars}
    return own | dict(update.var_refs)


def population_update(layout: Layout, update: CustomUpdate) -> str:
    """The function of a custom update over the neurons of a population, for one example."""
    tree = fold(parse(update.model.update_code, f"{update.name}.update_code"), {})
    what = used(tree)
    size = layout.model.populations[update.group].size
    own = {var.name: var.access for var in update.model.vars}
    # Whole vectors: fields have room for them, and what becomes of the rest is read by nobody, reductions apart.
    vector = ALIGNMENT // layout.dtype.itemsize
    padded = -(-size // vector) * vector
    padded = padded if padded <= 2 * size else size
    hoisted = timestep(layout)
    hoisted += params(layout, update.name, set(update.model.params) & what.names)
    before = loads = stores = after = ""
    for name, ref in sorted(_variables(update).items()):
        if name not in what.names | what.written:
            continue
        place = layout[ref.group, ref.var]
        hoisted += pointer(f"v_{name}", place)
        access = own.get(name)
        if access in NEURON_REDUCTIONS:
            largest = access is Access.REDUCE_NEURON_MAX
            start = "S(-3.0e38)" if largest else "S(0)"
            before += f"scalar sum_{name} = {start};\n"
            loads += f"scalar l_{name} = 0;\n"
            if padded > size:
                stores += f"l_{name} = j < {size} ? l_{name} : {start};\n"
            stores += f"sum_{name} = " + (
                f"m_fmax(sum_{name}, l_{name});\n" if largest else f"sum_{name} + l_{name};\n"
            )
            after += f"v_{name}[0] = sum_{name};\n"
            continue
        index = "j" if place.columns == size and size > 1 else "0"
        loads += f"{c_type(place)} l_{name} = v_{name}[{index}];\n"
        if name in what.written:
            stores += f"v_{name}[{index}] = l_{name};\n"
    names = {name: f"l_{name}" for name in _variables(update)} | {name: f"p_{name}" for name in update.model.params}
    names |= {"id": "(int32_t)j", "num_neurons": str(size), "dt": "dt", "t": "S(0)", "batch": "0"}
    body = hoisted + before + loop(padded, loads + emit(tree, names) + stores) + after
    return f"KERNEL update_{c_name(update.name)}(Job* job, char* slot) {{\n{block(body)}}}\n"


def batch_updates(layout: Layout, function: str, group: str, updates: list[CustomUpdate]) -> str:
    """The function of all custom updates of a group after a batch, fused row by row."""
    hoisted, rows = timestep(layout) + "(void)dt; (void)slot;\n", ""
    if sparse := _is_sparse(layout, group):
        hoisted += "".join("const " + pointer(name, layout[group, name]) for name in ("offsets", "targets"))
        rows = "const int64_t first = offsets[i], length = offsets[i + 1] - first;\n"
    for number, update in enumerate(updates):
        one_hoisted, row = _batch_update(layout, update, number)
        hoisted += one_hoisted
        rows += f"{{  {comment(update.name)}\n{block(row)}}}\n"
    kind, groups = (4, layout.model.populations) if group in layout.model.populations else (2, layout.model.synapses)
    hoisted += "(void)targets;\n" if sparse else ""
    body = hoisted + "int32_t bad = 0;\n"
    body += f"for (int64_t i = begin; i < end; ++i) {{\n{block(rows)}}}\n"
    # The variable: 0 for one of the group's own, 1 for what an update keeps beside it.
    body += f"if (bad) fail(job, {kind}, {list(groups).index(group)}, !(bad & 1), -1, -1, -1);\n"
    head = f"static void {function}(Job* job, char* slot, int64_t begin, int64_t end, int32_t stamp) {{\n"
    return f"{head}{block(body)}}}\n"


def square_sums(layout: Layout, function: str, update: CustomUpdate, variable: str, into: Field) -> str:
    """The function that computes an update for some rows, and notes of each row the sum of a variable's squares."""
    synapses = layout.model.synapses.get(update.group)
    hoisted = timestep(layout) + "(void)dt; (void)slot; (void)stamp;\n" + pointer("squares", into)
    rows = ""
    if synapses is not None and isinstance(synapses.matrix, SparseMatrix):
        hoisted += "".join("const " + pointer(name, layout[update.group, name]) for name in ("offsets", "targets"))
        hoisted += "(void)targets;\n"
        rows = "const int64_t first = offsets[i], length = offsets[i + 1] - first;\n"
    before, row = _batch_update(layout, update, 0)
    length = "length" if rows else rows_and_columns(layout.model, update.group)[1]
    add = f"sum += (double)row_{variable}[j] * (double)row_{variable}[j];\n"
    rows += f"{row}double sum = 0;\n{loop(length, add, independent=False)}squares[i] = (scalar)sum;\n"
    body = f"{hoisted}{before}int32_t bad = 0;\n"
    body += f"for (int64_t i = begin; i < end; ++i) {{\n{block(rows)}}}\n(void)bad;\n"
    head = f"static void {function}(Job* job, char* slot, int64_t begin, int64_t end, int32_t stamp) {{\n"
    return f"{head}{block(body)}}}\n"


def transposition(layout: Layout, name: str, variable: str) -> str:
    """The function that copies some rows of a variable to that variable `variable` of `name` which is its transpose."""
    ref = layout.model.synapses[name].transposes[variable]
    source, target = layout[ref.group, ref.var], layout[name, variable]
    _, post = layout.model.ends(ref.group)
    body = f"const {pointer('from', source)}{pointer('to', target)}"
    if isinstance(layout.model.synapses[name].matrix, SparseMatrix):
        into = layout[name, f"into:{variable}"]
        body += f"const {pointer('offsets', layout[ref.group, 'offsets'])}const {pointer('into', into)}"
        body += "for (int64_t s = offsets[begin]; s < offsets[end]; ++s) to[into[s]] = from[s];\n"
    else:
        copy = f"to[j * {target.stride} + i] = from[i * {source.stride} + j];\n"
        body += f"for (int64_t i = begin; i < end; ++i)\n    for (int64_t j = 0; j < {post}; ++j) {copy}"
    head = f"static void {transposition_name(name, variable)}(Job* job, int64_t begin, int64_t end) {{\n"
    return f"{head}{block(body)}}}\n"


def transposition_name(name: str, variable: str) -> str:
    """What `transposition` is called."""
    return f"transpose_{c_name(name)}_{variable}"


def _batch_update(layout: Layout, update: CustomUpdate, number: int) -> tuple[str, str]:
    pre, columns = rows_and_columns(layout.model, update.group)
    sparse = _is_sparse(layout, update.group)
    length = "length" if sparse else columns
    tree = fold(parse(update.model.update_code, f"{update.name}.update_code"), {})
    what = used(tree)
    prefix = f"u{number}_"
    hoisted = params(layout, update.name, set(update.model.params) & what.names).replace(" p_", f" {prefix}p_")
    row = loads = stores = ""
    for name, ref in sorted(_variables(update).items()):
        if name not in what.names | what.written:
            continue
        place = layout[ref.group, ref.var]
        if place.arena == "shard":
            sums = layout.scratch((update.name, f"sum:{name}"), columns)
            hoisted += pointer(f"{prefix}{name}", sums)
            row += _sum_of_shards(layout, f"{prefix}{name}", ref, length)
            loads += f"scalar l_{name} = {prefix}{name}[j];\n"
            continue  # what code writes to it is how GeNN zeroes it; here the stamp does
        hoisted += pointer(f"{prefix}{name}", place)
        # What lies in a slot serves one row after the other: a sum over the batch, for the updates after this one.
        offset = "" if place.arena == "slot" else " + first" if sparse else f" + i * {place.stride}"
        row += f"{c_type(place)}* RESTRICT row_{name} = {prefix}{name}{offset};\n"
        loads += f"{c_type(place)} l_{name} = row_{name}[j];\n"
        if name in what.written:
            stores += f"row_{name}[j] = l_{name};\n"
            if place.arena == "shared" and variable(layout.model, ref.group, ref.var).type == "scalar":
                own = "" if ref.group not in layout.model.custom_updates else " << 1"
                stores += f"bad |= nonfinite(l_{name}){own};\n"
    names = {name: f"l_{name}" for name in _variables(update)}
    names |= {name: f"{prefix}p_{name}" for name in update.model.params}
    synapses = layout.model.synapses.get(update.group)
    post = layout.model.populations[synapses.target].size if synapses else columns
    names |= {"id_pre": "(int32_t)i", "id_post": "targets[first + j]" if sparse else "(int32_t)j"}
    names |= {"num_pre": str(pre), "num_post": str(post)}
    names |= {"id": "(int32_t)j", "num_neurons": str(columns), "t": "S(0)", "dt": "dt", "batch": "0"}
    return hoisted, row + loop(length, loads + emit(tree, names) + stores)


def _is_sparse(layout: Layout, group: str) -> bool:
    return group in layout.model.synapses and isinstance(layout.model.synapses[group].matrix, SparseMatrix)


def _sum_of_shards(layout: Layout, sums: str, ref: VarRef, length: int | str) -> str:
    """The row of a gradient summed over shards in their order, whatever thread filled them."""
    place, stamps = layout[ref.group, ref.var], layout[ref.group, f"stamp:{ref.var}"]
    start = "first" if _is_sparse(layout, ref.group) else f"i * {place.stride}"
    body = "const char* shard = job->shards + s * job->shard_bytes;\n"
    body += f"if (((const int32_t*)(shard + {stamps.offset}))[i] != stamp) continue;\n"
    body += f"const scalar* RESTRICT part = (const scalar*)(shard + {place.offset}) + {start};\n"
    body += loop(length, f"{sums}[j] += part[j];\n")
    return f"zero({sums}, {length});\n" + loop("job->n_shards", body, index="s", independent=False)
