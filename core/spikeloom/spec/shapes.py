"""Shapes: those that are given, those that the dataset gives to input and output, those that connections make."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from spikeloom.spec.network import MOST_NEURONS
from spikeloom.spec.problem import Fix, Problem, Refused

REFUSED = "refused"  # what is known of a shape where another problem says why it is not
USUAL_SIZE = 100  # neurons of a hidden population, to start with

if TYPE_CHECKING:
    from spikeloom.spec.datasets.dataset import Dataset
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Population


def infer_shapes(document: Document) -> dict[str, tuple[int, ...]]:
    """The shape of each population by name; a population whose shape cannot be known is left out."""
    return _infer(document)[0]


def shape_problems(document: Document) -> list[Problem]:
    """Shapes that are missing or contradict the dataset."""
    return _infer(document)[1]


def _infer(document: Document) -> tuple[dict[str, tuple[int, ...]], list[Problem]]:
    shapes: dict[str, tuple[int, ...]] = {}
    problems: list[Problem] = []
    missing: list[tuple[str, int, Problem]] = []  # name, and where among the problems it would stand
    dataset = document.experiment.dataset
    for index, population in enumerate(document.network.populations):
        place = f"network.populations[{index}].shape"
        known: tuple[int, ...] = ()
        what = ""
        if dataset is not None and dataset.knows_fields:
            known, what = _of_dataset(dataset, population)
        if population.shape is None:
            if known:
                shapes[population.name] = known
            elif what != REFUSED:
                hint = "Give its number of neurons."
                if dataset is None and (population.neuron.is_input or population.readout is not None):
                    hint = "Give its number of neurons, or a dataset to infer it from."
                message = f"the shape of '{population.name}' is missing"
                fix = _size_fix(population, place)
                missing.append((population.name, len(problems), Problem(place, message, hint, fix=fix)))
            continue
        shapes[population.name] = population.shape
        if known and prod(known) != prod(population.shape):
            message = f"{_size(population.shape)} found, but {what}"
            fix = Fix("Infer the shape", place, None)
            problems.append(Problem(place, message, "Leave the shape out to infer it.", fix=fix))
    refused = _follow_connections(document, shapes)
    for name, position, problem in reversed(missing):
        if name not in shapes and name not in refused:
            problems.insert(position, problem)
    return shapes, problems


def _size_fix(population: Population, place: str) -> Fix | None:
    """A number of neurons to start with; what the dataset or a readout decides is not ours to guess."""
    if population.neuron.is_input or population.readout is not None:
        return None
    return Fix(f"Use {USUAL_SIZE} neurons", place, USUAL_SIZE)


def _of_dataset(dataset: Dataset, population: Population) -> tuple[tuple[int, ...], str]:
    """The shape that the dataset gives to an input or output, and why; nothing where it does not know the field."""
    field = population.field
    if population.neuron.is_input:
        shape = dataset.input_fields.get(field or dataset.field_names[0], ())
        if shape and not population.neuron.takes_values:
            try:
                made = dataset.shape_of_spikes(shape)
            except Refused:  # said at the transform, by `dataset_problems`
                return (), REFUSED
            if made != shape:
                maker = "what is done to its spikes" if dataset.encoder is None else f"'{dataset.encoder.type}'"
                return made, f"{maker} makes spikes of {_size(made)}"
        of = f"'{field}' of" if field else "an example of"
        return shape, f"{of} '{dataset.type}' has {_size(shape)}" if shape else ""
    if population.readout is None:
        return (), ""
    classes = dataset.label_fields.get(field or dataset.field_names[1], 0)
    of = f"'{field}' of '{dataset.type}'" if field else f"'{dataset.type}'"
    return (classes,) if classes else (), f"{of} has {classes} {dataset.output_noun}"


def _follow_connections(document: Document, shapes: dict[str, tuple[int, ...]]) -> set[str]:
    """Add the shapes that connections give to their targets; returns targets whose connection can give none."""
    refused: set[str] = set()
    waiting = [c for c in document.network.connections if c.target not in shapes]
    changed = True
    while changed:
        changed = False
        for connection in waiting:
            if connection.source not in shapes or connection.target in shapes:
                continue
            try:
                shape = connection.connectivity.target_shape(shapes[connection.source])
            except Refused:  # said at the connection, by `connection_problems`
                refused.add(connection.target)
                continue
            if shape is not None and prod(shape) > MOST_NEURONS:
                refused.add(connection.target)
            elif shape is not None:
                shapes[connection.target] = shape
                changed = True
    return refused


def _size(shape: tuple[int, ...]) -> str:
    size = prod(shape)
    return f"{size}" if len(shape) == 1 else f"{' x '.join(map(str, shape))} = {size}"
