"""The figures that a run of a document will have, which training can watch and plots can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spikeloom.spec.datasets.array_data import ArrayData
from spikeloom.spec.problem import Fix, Problem, printable, suggestion

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.metrics.metric import Metric

VALIDATION = "validation_"
RESERVED = (
    *("epoch", "step", "seconds", "elapsed", "learning_rate", "examples", "outputs"),
    *("loss", f"{VALIDATION}loss", f"{VALIDATION}accuracy"),
)
"""What a run tells of an epoch or an evaluation besides metrics, and no metric is called."""


def figures_of(document: Document, metrics: Sequence[Metric] | None = None) -> dict[str, bool]:
    """The names of the figures of an epoch, of training and validation alike, and whether a larger one is better.

    With `metrics`, these are counted and not the document's.
    """
    found = {"loss": False, "accuracy": True}
    outputs = [population.name for population in document.network.outputs]
    if len(outputs) > 1:
        found |= {f"{figure}:{name}": larger for name in outputs for figure, larger in tuple(found.items())}
    for metric in document.experiment.metrics if metrics is None else metrics:
        found |= {name: metric.larger_is_better for name in metric.figures(document) if name not in found}
    return found


def rewired_figure(connection: str) -> str:
    """What the number of a connection's synapses that moved in an epoch is called."""
    return f"rewired:{connection}"


def counted_figures(document: Document) -> list[str]:
    """Figures that are counted in training alone: how many synapses have moved."""
    return [rewired_figure(c.name) for c in document.network.connections if c.rewiring is not None and c.learns]


def larger_is_better(document: Document, monitor: str, metrics: Sequence[Metric] | None = None) -> bool:
    """Whether the larger of two values of a figure is the better one."""
    return figures_of(document, metrics).get(monitor.removeprefix(VALIDATION), False)


def monitor_problems(document: Document) -> list[Problem]:
    """What training watches and there is not."""
    training = document.experiment.training
    stopping, best = training.early_stopping, training.keep_best
    place = "experiment.training"
    if stopping is not None and best is not None and best != stopping.monitor:
        message = f"'{printable(best, 64)}' found, but early stopping watches '{printable(stopping.monitor, 64)}'"
        fix = Fix(f"Keep the best {stopping.monitor}", f"{place}.keep_best", stopping.monitor)
        return [Problem(f"{place}.keep_best", message, "A run has one best epoch: leave one of them out.", fix=fix)]
    where = f"{place}.keep_best" if stopping is None else f"{place}.early_stopping.monitor"
    return _monitor_problems(document, training.monitor, where) if training.monitor else []


def _monitor_problems(document: Document, monitor: str, place: str) -> list[Problem]:
    known = figures_of(document)
    every = [*known, *(f"{VALIDATION}{name}" for name in known)]
    if monitor not in every:
        message = f"no figure '{printable(monitor, 64)}'{suggestion(monitor, every)}"
        return [Problem(place, message, f"Known here: {', '.join(every)}.", fix=Fix("Watch the loss", place, "loss"))]
    dataset, training = document.experiment.dataset, document.experiment.training
    own = dataset is None or isinstance(dataset, ArrayData)  # a script's arrays, of which it may hold some out
    if monitor.startswith(VALIDATION) and not training.validation_fraction and not own:
        message = f"'{monitor}' is watched, but no examples are held out"
        fix = Fix("Hold out a tenth of them", "experiment.training.validation_fraction", 0.1)
        return [Problem(place, message, "Hold some out (validation_fraction), or watch the training.", fix=fix)]
    return []


def metric_problems(
    document: Document, metrics: Sequence[Metric] | None = None, list_place: str = "experiment.metrics"
) -> list[Problem]:
    """Metrics, by default the document's, that cannot be counted or that are counted twice."""
    problems: list[Problem] = []
    taken: dict[str, int] = {}
    for index, metric in enumerate(document.experiment.metrics if metrics is None else metrics):
        place = f"{list_place}[{index}]"
        problems += [problem.inside(place) for problem in metric.problems(document)]
        if metric.name in RESERVED:
            message = f"'{metric.name}' found, which is the name of a figure that every run has"
            problems.append(Problem(place, message, "Give its class another type."))
        if metric.name in taken:
            message = f"'{printable(metric.name, 64)}' is counted by {list_place}[{taken[metric.name]}] already"
            problems.append(Problem(place, message, "Leave one of them out."))
        taken.setdefault(metric.name, index)
    return problems
