"""Custom updates: of a population within an example (readouts, softmax), of any group after a batch (learning)."""

from __future__ import annotations

from spikeloom.backends.embedded.layout import Layout
from spikeloom.backends.embedded.writer import block, c_type, comment, loop, params, pointer, timestep
from spikeloom.genn.code import c_name, emit, fold, parse
from spikeloom.genn.code.names import used
from spikeloom.genn.model_check import variable
from spikeloom.genn.network import CustomUpdate, GeNNModel
from spikeloom.genn.variables import NEURON_REDUCTIONS, Access, VarRef


def _variables(update: CustomUpdate) -> dict[str, VarRef]:
    """Each name of the update's code and the variable behind it."""
    own = {var.name: VarRef(update.name, var.name) for var in update.model.vars}
    return own | dict(update.var_refs)


def population_update(layout: Layout, update: CustomUpdate) -> tuple[str, str]:
    """The name and text of a custom update over the neurons of a population, for one example."""
    tree = fold(parse(update.model.update_code, f"{update.name}.update_code"), {})
    what = used(tree)
    size = layout.model.populations[update.group].size
    own = {var.name: var.access for var in update.model.vars}
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
            start = "v_largest_negative" if largest else "0"
            before += f"scalar sum_{name} = {start};\n"
            loads += f"scalar l_{name} = 0;\n"
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
    before = before.replace("v_largest_negative", "S(-3.0e38)")
    body = hoisted + before + loop(size, loads + emit(tree, names) + stores, independent=False) + after
    function = f"update_{c_name(update.name)}"
    return function, f"static void {function}(Job* job, char* slot) {{\n{block(body)}}}\n"


def rows_and_columns(model: GeNNModel, group: str) -> tuple[int, int]:
    """The extent of a group's variables: (pre, post) for synapses, (1, size) for a population."""
    if group in model.populations:
        return 1, model.populations[group].size
    synapses = model.synapses[group]
    return model.populations[synapses.source].size, model.populations[synapses.target].size


def batch_updates(layout: Layout, group: str, updates: list[CustomUpdate]) -> tuple[str, str]:
    """The name and text of all custom updates of a group after a batch, fused row by row."""
    hoisted, rows = timestep(layout) + "(void)dt;\n", ""
    for number, update in enumerate(updates):
        for var in update.model.vars:
            place = layout[update.name, var.name]
            if place.arena == "row":
                hoisted += f"scalar {_local(VarRef(update.name, var.name))}[{place.stride}];\n"
        one_hoisted, row = _batch_update(layout, update, number)
        hoisted += one_hoisted
        rows += f"{{  {comment(update.name)}\n{block(row)}}}\n"
    function = f"learn_{c_name(group)}"
    kind, groups = (4, layout.model.populations) if group in layout.model.populations else (2, layout.model.synapses)
    body = hoisted + "int32_t bad = 0;\n"
    body += f"for (int64_t i = begin; i < end; ++i) {{\n{block(rows)}}}\n"
    body += f"if (bad) fail(job, {kind}, {list(groups).index(group)}, -1, -1, -1, -1);\n"
    head = f"static void {function}(Job* job, int64_t begin, int64_t end, int32_t stamp) {{\n"
    return function, f"{head}{block(body)}}}\n"


def _local(ref: VarRef) -> str:
    """The local array of a sum over the batch."""
    return f"local_{c_name(ref.group)}_{c_name(ref.var)}"


def _batch_update(layout: Layout, update: CustomUpdate, number: int) -> tuple[str, str]:
    pre, columns = rows_and_columns(layout.model, update.group)
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
            row += _sum_of_shards(layout, name, ref)
            loads += f"scalar l_{name} = sum_{name}[j];\n"
            continue  # what code writes to it is how GeNN zeroes it; here the stamp does
        if place.arena == "row":
            row += f"scalar* RESTRICT row_{name} = {_local(ref)};\n"
        else:
            hoisted += pointer(f"{prefix}{name}", place)
            row += f"{c_type(place)}* RESTRICT row_{name} = {prefix}{name} + i * {place.stride};\n"
        loads += f"{c_type(place)} l_{name} = row_{name}[j];\n"
        if name in what.written:
            stores += f"row_{name}[j] = l_{name};\n"
            owner = layout.model.custom_updates.get(ref.group)
            if owner is None and variable(layout.model, ref.group, ref.var).type == "scalar":
                stores += f"bad |= nonfinite(l_{name});\n"
    names = {name: f"l_{name}" for name in _variables(update)}
    names |= {name: f"{prefix}p_{name}" for name in update.model.params}
    names |= {"id_pre": "(int32_t)i", "id_post": "(int32_t)j", "num_pre": str(pre), "num_post": str(columns)}
    names |= {"id": "(int32_t)j", "num_neurons": str(columns), "t": "S(0)", "dt": "dt", "batch": "0"}
    return hoisted, row + loop(columns, loads + emit(tree, names) + stores)


def _sum_of_shards(layout: Layout, name: str, ref: VarRef) -> str:
    """The row of a gradient summed over shards in their order, whatever thread filled them."""
    place, stamps = layout[ref.group, ref.var], layout[ref.group, f"stamp:{ref.var}"]
    body = "const char* shard = job->shards + s * job->shard_bytes;\n"
    body += f"if (((const int32_t*)(shard + {stamps.offset}))[i] != stamp) continue;\n"
    body += f"const scalar* RESTRICT part = (const scalar*)(shard + {place.offset}) + i * {place.stride};\n"
    body += loop(place.columns, f"sum_{name}[j] += part[j];\n")
    return f"scalar sum_{name}[{place.stride}];\nzero(sum_{name}, {place.stride});\n" + loop(
        "job->n_shards", body, index="s", independent=False
    )
