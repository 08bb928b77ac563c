"""What the neurons of outputs stand for: the names of the classes that they are trained to tell."""

from __future__ import annotations

from spikeloom.spec import Document


def output_classes(document: Document) -> dict[str, tuple[str, ...]]:
    """Output -> the names of its classes, where they are called something else than by their numbers."""
    dataset = document.experiment.dataset
    names = tuple(dataset.class_names) if dataset is not None else ()
    if dataset is None or names == tuple(map(str, range(len(names)))):
        return {}
    main = (None, "", dataset.field_names[1])
    return {population.name: names for population in document.network.outputs if population.field in main}


def class_of(classes: dict[str, tuple[str, ...]], population: str, neuron: int) -> str:
    """The class that a neuron stands for; empty where it stands for none that has a name."""
    names = classes.get(population, ())
    return names[neuron] if 0 <= neuron < len(names) else ""
