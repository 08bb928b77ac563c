"""Metrics of an experiment while they are counted."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from spikeloom.backends.interface import CountSpikes, JobResult
from spikeloom.compilers import Output
from spikeloom.errors import RunError, SpikeloomError
from spikeloom.genn.batch import BatchData
from spikeloom.spec import Document, Metric
from spikeloom.spec.figures import RESERVED
from spikeloom.spec.problem import printable

MOST_COUNTED = 2**28  # bytes of counts at a time
COUNT_BYTES = 4  # of a neuron in an example


class Counting:
    """Copies of metrics that count some examples from the first to the last.

    Parameters
    ----------
    document
        What runs.
    metrics
        What is counted.
    sizes
        Population -> its neurons.
    """

    def __init__(self, document: Document, metrics: Iterable[Metric], sizes: dict[str, int]) -> None:
        self.metrics = [copy.deepcopy(metric) for metric in metrics]
        self._sizes = sizes
        for metric in self.metrics:
            with _words_of(metric):
                metric.prepare(document)
                metric.reset()
        names = [name for metric in self.metrics for name in metric.counts(document)]
        self.neurons = [name for name in dict.fromkeys(names) if name in sizes]

    @property
    def record(self) -> list[CountSpikes]:
        """What has to be recorded for them."""
        return [CountSpikes(name) for name in self.neurons]

    def most_examples(self, wanted: int) -> int:
        """Of `wanted` examples, how many can run at a time with all that is counted of them in memory."""
        each = COUNT_BYTES * sum(self._sizes[name] for name in self.neurons)
        return max(1, min(wanted, MOST_COUNTED // each)) if each else wanted

    def add(self, result: JobResult, data: BatchData, examples: np.ndarray, outputs: Sequence[Output]) -> None:
        """Count the results of some examples of `data`."""
        if not self.metrics:
            return
        spikes = {name: counts[: len(examples)] for name, counts in result.spike_counts.items()}
        for name in self.neurons:
            spikes[name] = result.recording.counts[name][: len(examples)]
        for metric in self.metrics:
            output = next((output for output in outputs if output.population == metric.reads), outputs[0])
            truth = data.values.get(output.labels, data.values.get(output.targets))
            given = None if truth is None else np.asarray(truth)[examples]
            with _words_of(metric):
                metric.update(result.results[output.readout], given, spikes)

    @property
    def figures(self) -> dict[str, float]:
        """The numbers, by their names."""
        return {name: float(value) for name, value in self._results() if np.ndim(value) == 0}

    @property
    def tables(self) -> dict[str, np.ndarray]:
        """What is no number."""
        return {name: np.asarray(value) for name, value in self._results() if np.ndim(value) > 0}

    @property
    def results(self) -> dict[str, float | np.ndarray]:
        """All of it."""
        return self.figures | self.tables

    def _results(self) -> Iterable[tuple[str, float | np.ndarray]]:
        for metric in self.metrics:
            with _words_of(metric):
                found = metric.result()
            values = found if isinstance(found, Mapping) else {metric.name: found}
            for name, value in values.items():
                _check(metric, name, value)
            yield from values.items()


def _check(metric: Metric, name: str, value: object) -> None:
    """Refuse a result that is no number, or that has the name of something else."""
    place = _place(metric)
    if not isinstance(value, float | int | np.generic | np.ndarray) or np.asarray(value).dtype.kind not in "biuf":
        message = f"its result is {printable(repr(value), 64)}, expected a number, an array or numbers by their names"
        raise RunError(message, place=place)
    if name in RESERVED:
        raise RunError(f"its result has a figure '{name}', which every run has", place=place, hint="Rename it.")


@contextmanager
def _words_of(metric: Metric) -> Iterator[None]:
    """Say which class of the user's raised an error."""
    try:
        yield
    except SpikeloomError:
        raise
    except Exception as error:
        message, hint = f"{type(error).__name__}: {error}", "Its prepare, reset, update or result raised this."
        raise RunError(message, place=_place(metric), hint=hint) from error


def _place(metric: Metric) -> str:
    return f"the metric {type(metric).__name__}"
