"""What a script leaves out or does otherwise than its document, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from spikeloom.backends.pygenn.connectivity import Tables
from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import UserError
from spikeloom.exporters.pygenn.examples import Examples
from spikeloom.genn import KernelMatrix
from spikeloom.spec import ArrayData, Document


def notes_of(document: Document, compiled: CompiledNetwork, examples: Examples, name: str) -> tuple[str, ...]:
    """The notes of a document's script."""
    return (*_examples(document, examples, name), *_left_out(document), *_cpu_alone(compiled))


def _examples(document: Document, examples: Examples, name: str) -> Iterator[str]:
    if examples.arrays:
        counts = [(key.partition(".")[0], len(array)) for key, array in examples.arrays.items()]
        splits = ", ".join(dict.fromkeys(split for split, _ in counts))
        size = examples.size / 2**20
        yield f"The examples ({splits}) lie in {name}_arrays.npz as spikes, {size:.1f} MB."
        return
    yield f"The script has no examples. {examples.why_not[:1].upper()}{examples.why_not[1:]}"
    needs = "It needs --data FILE.npz; its docstring says which arrays."
    if isinstance(document.experiment.dataset, ArrayData | None):  # given by a script, so nothing can be read
        yield needs
        return
    there = "Where the data are there, spikeloom.exporters.pygenn.save_examples(document, 'FILE.npz') writes them."
    yield f"{needs} {there}"


def _left_out(document: Document) -> Iterator[str]:
    experiment = document.experiment
    if experiment.metrics:
        yield "Metrics beyond loss and accuracy are left out."
    if experiment.dataset is not None and experiment.dataset.augmentation:
        yield "Augmentation is left out: every epoch sees the same examples."
    if experiment.training.early_stopping is not None:
        yield "It trains all epochs: stopping early is left out."
    if experiment.recording:
        yield "Nothing is recorded."
    if not document.learns:
        return
    yield "Random first weights are drawn by GeNN, so they differ from the embedded engine's; --weights takes others."


def _cpu_alone(compiled: CompiledNetwork) -> Iterator[str]:
    for name in overlapping(compiled):
        yield f"'{name}': its windows overlap, so the script runs with --backend single_threaded_cpu alone."


def overlapping(compiled: CompiledNetwork) -> Iterator[str]:
    """The connections whose windows overlap: GeNN would add them up wrongly on a GPU."""
    for name, synapses in compiled.model.synapses.items():
        if isinstance(synapses.matrix, KernelMatrix):
            tables = Tables.of(synapses.matrix, *compiled.model.ends(name))
            try:
                tables.check_parallel(name)
            except UserError:
                yield name
