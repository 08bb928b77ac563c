"""What is wrong with a data set in its document: transforms that do not apply, groups that it does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.problem import Fix, Problem, Refused, suggestion
from spikeloom.spec.splits.leave_one_group_out import LeaveOneGroupOut

if TYPE_CHECKING:
    from spikeloom.spec.document import Document

PLACE = "experiment.dataset"


def dataset_problems(document: Document) -> list[Problem]:
    """All of them."""
    dataset = document.experiment.dataset
    if dataset is None:
        return []
    found = (*_of_transforms(document, dataset), *_of_augmentation(document, dataset), *_of_split(dataset))
    return [problem.inside(PLACE) for problem in found]


def _of_transforms(document: Document, dataset: Dataset) -> list[Problem]:
    taken = [p for p in document.network.inputs if not p.neuron.takes_values]
    problems: list[Problem] = []
    some = [name for name in ("transforms", "augmentation") if getattr(dataset, name)]
    if some and document.network.inputs and not taken:
        message = "the inputs make spikes of numbers themselves, and there are none to transform before"
        fix = Fix("Remove them", f"{some[0]}", [])
        problems.append(Problem(some[0], message, "Use a spike_input.", fix=fix))
    if dataset.targets_over_time:
        problems += _without_classes(dataset)
    for name in dict.fromkeys(p.field or dataset.field_names[0] for p in taken):
        shape = dataset.input_fields.get(name, ())
        if not shape:
            continue
        try:
            dataset.shape_of_spikes(shape)
        except Refused as refused:
            problems += refused.problems
    return problems


def _without_classes(dataset: Dataset) -> list[Problem]:
    """Transforms that look at classes, where examples have none."""
    problems = []
    for name in ("transforms", "augmentation"):
        for number, transform in enumerate(getattr(dataset, name)):
            if transform.needs_labels:
                place = f"{name}[{number}]"
                message = f"'{transform.type}' looks at the classes of examples, and '{dataset.type}' has none"
                problems.append(Problem(place, message, fix=Fix("Remove it", place, removes=True)))
    return problems


def _of_augmentation(document: Document, dataset: Dataset) -> list[Problem]:
    """What is drawn in each epoch, where examples cannot be made beside the training of others."""
    mixed = any(p.neuron.takes_values for p in document.network.inputs)
    if not dataset.augmentation or not (dataset.targets_over_time or mixed):
        return []
    why = "one of the inputs takes numbers" if mixed else f"the targets of '{dataset.type}' change with time"
    fix = Fix("Remove it", "augmentation", [])
    return [Problem("augmentation", f"{why}, and such examples are the same in every epoch", "Remove it.", fix=fix)]


def _of_split(dataset: Dataset) -> list[Problem]:
    split = dataset.split
    if split is not None and dataset.targets_over_time:
        fix = Fix("Use its own split", "split", None)
        return [Problem("split", f"'{dataset.type}' is tested on what it learns and has nothing to split", fix=fix)]
    if not isinstance(split, LeaveOneGroupOut) or not dataset.groups:
        return []
    if split.group not in dataset.groups:
        message = f"no group '{split.group}' in '{dataset.type}'{suggestion(split.group, dataset.groups)}"
        first = next(iter(dataset.groups))
        return [Problem("split.group", message, fix=Fix(f"Use '{first}'", "split.group", first))]
    number = dataset.groups[split.group]
    if number and split.held >= number:
        return [Problem("split.held", f"{split.held} found, expected 0 to {number - 1}")]
    return []
