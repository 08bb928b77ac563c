"""What came out of some examples: means of loss and accuracy, who was taken for whom, and how often neurons spiked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from spikeloom.backends.interface import CountSpikes, JobResult
from spikeloom.compilers import Output
from spikeloom.errors import RunError
from spikeloom.genn.batch import BatchData
from spikeloom.run.counting import Counting
from spikeloom.spec.metrics.output_metric import decided

MOST_CLASSES = 1000  # of a confusion matrix
UNKNOWN = -1  # a label or prediction that there is none of


class Tally:
    """Counts results.

    Parameters
    ----------
    outputs
        What is read.
    size
        The number of examples there are, where each one's prediction shall be kept.
    counting
        The metrics of the experiment.
    """

    def __init__(self, outputs: Sequence[Output], size: int = 0, counting: Counting | None = None) -> None:
        self.count = 0
        self.counting = counting
        self.outputs = {output: Mean() for output in outputs}
        self.spikes: dict[str, int] = {}
        self.predictions = {output: np.full(size, UNKNOWN, np.int32) for output in outputs}

    def add(self, result: JobResult, data: BatchData, examples: np.ndarray) -> None:
        """Count the results of some examples of `data`."""
        self.count += len(examples)
        for output, mean in self.outputs.items():
            labels = data.values.get(output.labels)
            losses = result.results.get(output.loss)
            y = result.results[output.readout]
            mean.add(y, None if labels is None else np.asarray(labels)[examples], losses)
            if len(self.predictions[output]):
                self.predictions[output][examples] = np.where(decided(y), y.argmax(axis=1), UNKNOWN)
        for name, counts in result.spike_counts.items():
            self.spikes[name] = self.spikes.get(name, 0) + int(counts.sum())
        if self.counting is not None:
            self.counting.add(result, data, examples, list(self.outputs))

    @property
    def record(self) -> list[CountSpikes]:
        """What has to be recorded of the examples."""
        return self.counting.record if self.counting is not None else []

    def most_examples(self, wanted: int) -> int:
        """Of `wanted` examples, how many can run at a time."""
        return wanted if self.counting is None else self.counting.most_examples(wanted)

    def __iadd__(self, other: Tally) -> Tally:
        """Count what another one has counted, a `part` of this one."""
        self.count += other.count
        for output, mean in other.outputs.items():
            self.outputs[output] += mean
        for name, count in other.spikes.items():
            self.spikes[name] = self.spikes.get(name, 0) + count
        return self

    def part(self) -> Tally:
        """An empty one for some of the examples, to be added; predictions and metrics go into this one at once."""
        made = Tally(list(self.outputs), counting=self.counting)
        made.predictions = self.predictions
        return made

    @property
    def loss(self) -> float:
        """The sum over the outputs."""
        return sum(mean.loss for mean in self.outputs.values())

    @property
    def accuracy(self) -> float:
        """The mean over the outputs that have labels."""
        known = [mean.accuracy for mean in self.outputs.values() if mean.labelled]
        return sum(known) / len(known) if known else float("nan")

    def rates(self, sizes: Mapping[str, int], seconds: float) -> dict[str, float]:
        """Mean rate (Hz) of the neurons of populations of these `sizes` over examples that last `seconds` each."""
        shown = self.count * seconds
        known = {name: size for name, size in sizes.items() if name in self.spikes and shown}
        return {name: self.spikes[name] / (size * shown) for name, size in known.items()}

    def by_output(self, held: Tally | None = None) -> dict[str, dict[str, float]]:
        """Loss and accuracy of each output by its name, and those of `held` as validation; nothing for one output."""
        if len(self.outputs) < 2:
            return {}
        found = {output.population: {"loss": m.loss, "accuracy": m.accuracy} for output, m in self.outputs.items()}
        for output, mean in (held.outputs if held is not None else {}).items():
            found[output.population] |= {"validation_loss": mean.loss, "validation_accuracy": mean.accuracy}
        return found

    def judgements(
        self, split: str, data: BatchData, epoch: int, classes: Mapping[Output, int]
    ) -> Iterator[dict[str, Any]]:
        """The events ``evaluated`` of a split, one for each output that has labels; where none has, one of the first.

        Each has the figures, and of each example its label and what the output took it for.
        """
        labelled = [output for output in self.outputs if output.labels in data.values]
        for output in labelled or list(self.outputs)[:1]:
            event: dict[str, Any] = {
                "event": "evaluated",
                "split": split,
                "output": output.population,
                "epoch": epoch,
                "loss": self.loss,
                "accuracy": self.accuracy,
                "outputs": self.by_output(),
                "examples": self.count,
                "classes": classes[output] if labelled else 0,
                "predictions": self.predictions[output],
            }
            if labelled:
                event["labels"] = np.asarray(data.values[output.labels], np.int32)
                if classes[output] <= MOST_CLASSES:
                    event["confusion"] = confusion(event["labels"], event["predictions"], classes[output])
            yield event


class Mean:
    """Loss and accuracy of one output."""

    def __init__(self) -> None:
        self.count = self.right = self.labelled = 0
        self.total_loss = 0.0
        self.has_loss = False

    def add(self, y: np.ndarray, labels: np.ndarray | None, losses: np.ndarray | None) -> None:
        """Count readouts (examples, outputs) with their labels and losses, as far as there are any."""
        self.count += len(y)
        if labels is not None:
            self.labelled += len(y)
            self.right += int(((y.argmax(axis=1) == labels) & decided(y)).sum())
        if losses is not None:
            self.has_loss = True
            self.total_loss += float(losses.sum(dtype=np.float64))
            if not np.isfinite(self.total_loss):
                hint = "Lower the learning rate, or look at the scale of the loss (temperature, delta) and the weights."
                raise RunError("the loss became infinite or NaN", place="experiment.learning.loss", hint=hint)

    def __iadd__(self, other: Mean) -> Mean:
        """Count what another one has counted."""
        self.count += other.count
        self.right += other.right
        self.labelled += other.labelled
        self.total_loss += other.total_loss
        self.has_loss = self.has_loss or other.has_loss
        return self

    @property
    def loss(self) -> float:
        """The mean loss; NaN where there is none."""
        return self.total_loss / self.count if self.count and self.has_loss else float("nan")

    @property
    def accuracy(self) -> float:
        """The share of labelled examples that were taken for what they are; NaN where none has a label."""
        return self.right / self.labelled if self.labelled else float("nan")


def confusion(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """How many examples of each class (rows) were taken for which (columns); those without either do not count."""
    known = (labels >= 0) & (labels < classes) & (predictions >= 0) & (predictions < classes)
    places = labels[known].astype(np.int64) * classes + predictions[known]
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)
