"""Functions of a script that only some networks need: weights that are copied, and silent neurons that are revived."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spikeloom.compilers import CompiledNetwork
from spikeloom.compilers.compiled import WEIGHT
from spikeloom.exporters.pygenn.layout import Call, Text, lay_out, quoted
from spikeloom.exporters.pygenn.loop_section import LoopSection
from spikeloom.genn import KernelMatrix, VarRef
from spikeloom.genn.matrix import DenseMatrix
from spikeloom.spec import Document

Arrays = dict[str, np.ndarray]


def transpose(compiled: CompiledNetwork, readable: Callable[[str], str], loop: LoopSection, arrays: Arrays) -> str:
    """The function that copies weights to synapses that run the other way; empty where there are none."""
    model, lines = compiled.model, list[str]()
    for name, synapses in model.synapses.items():
        for variable, other in synapses.transposes.items():
            ref, places = model.transposed_places(name, variable)
            lines += [f"    weights = read({loop.variable(ref)})"]
            if isinstance(model.synapses[other.group].matrix, DenseMatrix):
                values = f"weights.reshape{model.ends(other.group)}.T"
            else:
                key = f"{readable(name)}.{variable}.places"
                arrays[key] = places
                values = f"weights.ravel()[np.load(FILE)[{quoted(key)}]]"
            written = Call("write", [Text(loop.variable(VarRef(name, variable))), Text(values)])
            lines += [f"    {lay_out(written, 4)}"]
    if not lines:
        return ""
    words = '    """Copy weights to the synapses that carry errors back: the transpose of theirs."""'
    return "\n".join(["def transpose(model):", words, *lines])


def revive(
    document: Document, compiled: CompiledNetwork, loop: LoopSection, readable: Callable[[str], str], arrays: Arrays
) -> str:
    """The function that raises the weights onto neurons that were silent for an epoch."""
    step, model = float(document.experiment.training.revive_silent), compiled.model
    lines = ["def revive(model):", '    """Raise the weights onto neurons that were silent for an epoch.']
    lines += ["", "    No gradient would ever reach them.", '    """']
    for population, ref in compiled.seen.items():
        lines += [f"    silent = read({loop.variable(ref)}) == 0"]
        lines += [f"    {lay_out(Call('write', [Text(loop.variable(ref)), Text('np.zeros(len(silent))')]), 4)}"]
        for connection in document.network.incoming(population):
            matrix = model.synapses[connection.name].matrix
            if not connection.learns or isinstance(matrix, KernelMatrix):
                continue
            variable = loop.variable(VarRef(connection.name, WEIGHT))
            onto = f"np.tile(silent, {model.ends(connection.name)[0]})"
            if not isinstance(matrix, DenseMatrix):
                key = f"{readable(connection.name)}.onto"
                arrays[key] = model.pairs(connection.name)[1]
                onto = f"silent[np.load(FILE)[{quoted(key)}]]"
            lines += [f"    weights = read({variable})", f"    raised = weights + {step!r} * {onto}"]
            if connection.max_weight is not None:
                lines += [f"    bounded = np.minimum(raised, {connection.max_weight!r})"]
                lines += ["    raised = np.where(raised > weights, bounded, raised)"]
            lines += [f"    {lay_out(Call('write', [Text(variable), Text('raised')]), 4)}"]
    return "\n".join(lines)
