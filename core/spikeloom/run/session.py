"""A document with its data and a built runtime: train, evaluate, predict.

Results depend on the document (its seed, its batch size, its shards) and never on the machine's number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikeloom.backends import build_runtime
from spikeloom.backends.interface import JobResult, RecordSpikes, RecordVar
from spikeloom.compilers import CompiledNetwork, Output, compile_document
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.control import Control
from spikeloom.run.events import Listener, Throttle, silent
from spikeloom.spec import Document
from spikeloom.spec.neurons.li import BIASES

CHUNK_SECONDS = 0.05  # of work between two looks at pause, stop and progress
EVALUATION_BATCH = 256


@dataclass
class EpochMetrics:
    """What one epoch gave; validation figures are NaN where nothing is held out.

    Of several outputs `loss` is the sum and `accuracy` the mean; `outputs` has them one by one, and for validation,
    as ``{"name": {"loss": ..., "accuracy": ..., "validation_loss": ..., "validation_accuracy": ...}}``.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    outputs: dict[str, dict[str, float]] = field(default_factory=dict)


class Session:
    """Runs a document.

    Parameters
    ----------
    document
        Valid, or a `UserError` lists its problems.
    threads
        How many cores to use (None: all). Results do not depend on it.
    backend
        ``"embedded"`` or ``"pygenn"``.
    listener
        Is told everything that happens (see `spikeloom.run.events`).
    control
        Pause and stop.
    """

    def __init__(
        self,
        document: Document,
        *,
        threads: int | None = None,
        backend: str = "embedded",
        listener: Listener = silent,
        control: Control | None = None,
        precision: str = "float",
    ) -> None:
        self.document = document
        self.training = document.experiment.training
        self.listener = Throttle(listener)
        self.control = control or Control()
        self.compiled: CompiledNetwork = compile_document(document)
        self.listener({"event": "build", "state": "started", "backend": backend})
        started = time.perf_counter()
        shards = self.training.num_shards
        self.runtime = build_runtime(
            backend,
            self.compiled.model,
            self.compiled.schedules,
            seed=self.training.seed,
            shards=shards,
            threads=threads,
            timesteps=self.compiled.timesteps,
            batch_size=self.training.batch_size,
            precision=precision,
            cancelled=lambda: self.control.stopped,
        )
        self.listener({"event": "build", "state": "done", "seconds": time.perf_counter() - started})
        self.control.on_interrupt(self.runtime.stop)
        self.epoch = 0  # epochs trained
        self.step = 0  # batches trained

    # -- weights ---------------------------------------------------------------------------------------------
    def state(self) -> dict[str, np.ndarray]:
        """Weights and the optimiser's state, by name."""
        return {name: self.runtime.get(ref.group, ref.var) for name, ref in self.compiled.checkpointed.items()}

    def restore(self, arrays: dict[str, np.ndarray], state: dict[str, Any], place: str = "checkpoint") -> None:
        """Take weights (all of them) and, where present, the optimiser's state from a checkpoint, or change nothing."""
        before = self.state()
        for name in arrays:
            if name.endswith(f".{BIASES}") and name not in self.compiled.checkpointed:
                population = name.removesuffix(f".{BIASES}")
                message = f"holds biases of '{population}', for which the document has no place"
                raise UserError(message, place=place, hint="Give its neuron biases: a constant of 0, say.")
        for name, ref in self.compiled.checkpointed.items():
            try:
                if name in arrays:
                    self.runtime.set(ref.group, ref.var, arrays[name])
                elif name in self.compiled.indispensable:
                    raise UserError(f"holds no {self.compiled.indispensable[name]}")
                elif (first := self.compiled.first_value(ref)) is not None:
                    # an average of a run that kept none: as at the start
                    self.runtime.set(ref.group, ref.var, np.full_like(before[name], first))
            except UserError as error:
                for done, where in self.compiled.checkpointed.items():
                    self.runtime.set(where.group, where.var, before[done])
                hint = "It belongs to another network."
                raise UserError(f"{error.message} for '{name}'", place=place, hint=hint) from None
        self.epoch, self.step = int(state.get("epoch", 0)), int(state.get("step", 0))

    def weights(self) -> dict[str, np.ndarray]:
        """Connection -> weights (pre, post)."""
        return {name: self.runtime.get(ref.group, ref.var) for name, ref in self.compiled.weights.items()}

    # -- running ---------------------------------------------------------------------------------------------
    def train(
        self,
        data: BatchData,
        validation: BatchData | None = None,
        *,
        epochs: int | None = None,
        on_epoch: Callable[[EpochMetrics], None] | None = None,
        on_chunk: Callable[[], None] | None = None,
    ) -> list[EpochMetrics]:
        """Train for `epochs` (default: the document's) more epochs, or until stopped; one entry per whole epoch.

        `on_chunk` is called every few batches, when the network stands still and can be looked at (`predict`).
        """
        if not self.compiled.learns:
            raise UserError("there is no learning rule to train with", place="experiment.learning")
        self._check_targets(data)
        if not len(data):
            hint = "A validation split may have taken them all."
            raise UserError("there are no examples to train on", place="x", hint=hint)
        total = self.epoch + (self.training.epochs if epochs is None else epochs)
        history: list[EpochMetrics] = []
        clock = _Clock(len(data), total - self.epoch)
        while self.epoch < total:
            started = time.perf_counter()
            tally, whole = self._train_epoch(data, total, clock, on_chunk)
            if not whole:
                break
            held = _Tally(self.compiled.outputs)
            if validation is not None and len(validation):
                held = self._tally("evaluate", validation)
            if self.control.stopped:  # of some of the examples only; the epoch itself is whole
                held = _Tally(self.compiled.outputs)
            self.epoch += 1
            metrics = EpochMetrics(
                epoch=self.epoch,
                loss=tally.loss,
                accuracy=tally.accuracy,
                validation_loss=held.loss,
                validation_accuracy=held.accuracy,
                seconds=time.perf_counter() - started,
                outputs=tally.by_output(held),
            )
            history.append(metrics)
            self.listener({"event": "epoch", "epochs": total, **vars(metrics)})
            if on_epoch is not None:
                on_epoch(metrics)
        return history

    def _train_epoch(
        self, data: BatchData, total: int, clock: _Clock, on_chunk: Callable[[], None] | None
    ) -> tuple[_Tally, bool]:
        """One epoch: means over its examples, and whether it came to its end."""
        order = np.arange(len(data))
        if self.training.shuffle:
            order = np.random.default_rng([self.training.seed, self.epoch]).permutation(len(data))
        size = self.training.batch_size
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        tally, done, chunk = _Tally(self.compiled.outputs), 0, 1
        while done < len(batches):
            if not self._may_go_on():
                return tally, False
            part = batches[done : done + chunk]
            started = time.perf_counter()
            dynamic = self.compiled.dynamic(self.step + 1, [len(batch) for batch in part])
            result = self.runtime.run(
                "train",
                data,
                part,
                update=True,
                dynamic=dynamic,
                epoch=self.epoch,
                timesteps=self.compiled.timesteps,
            )
            seconds = time.perf_counter() - started
            done += result.batches_done
            self.step += result.batches_done
            self._check_counters(result)
            tally.add(result, data, np.concatenate(part)[: result.examples_done])
            clock.add(result.examples_done, seconds)
            # The first chunk is one batch, so that something shows at once.
            chunk = max(1, min(4 * chunk, round(chunk * CHUNK_SECONDS / max(seconds, 1e-6))))
            self.listener(
                {
                    "event": "progress",
                    "phase": "train",
                    "epoch": self.epoch + 1,
                    "epochs": total,
                    "fraction": done / len(batches),
                    "loss": tally.loss,
                    "accuracy": tally.accuracy,
                    "examples_per_second": clock.rate,
                    "remaining": clock.remaining,
                }
            )
            if on_chunk is not None:
                on_chunk()
        return tally, True

    def evaluate(self, data: BatchData, *, on_chunk: Callable[[], None] | None = None) -> dict[str, Any]:
        """Mean loss and accuracy over a data set with labels (or targets: then loss alone).

        Of several outputs ``loss`` is the sum, ``accuracy`` the mean, and ``outputs`` has them by name. `on_chunk` is
        called every few hundred examples, when the network stands still and can be looked at.
        """
        self._check_targets(data)
        tally = self._tally("evaluate", data, on_chunk or (lambda: None))
        found: dict[str, Any] = {"loss": tally.loss, "accuracy": tally.accuracy, "examples": tally.count}
        return found | ({"outputs": tally.by_output()} if len(self.compiled.outputs) > 1 else {})

    def _tally(self, schedule: str, data: BatchData, on_chunk: Callable[[], None] | None = None) -> _Tally:
        """Run all examples; with `on_chunk` it is told how far that has come."""
        tally, clock = _Tally(self.compiled.outputs), _Clock(len(data), 1)
        started = time.perf_counter()
        for part, result in self._forward(schedule, data):
            tally.add(result, data, part)
            clock.add(len(part), time.perf_counter() - started)
            if on_chunk is not None:
                fraction = tally.count / len(data)
                figures = {"loss": tally.loss, "accuracy": tally.accuracy, "fraction": fraction}
                speed = {"examples_per_second": clock.rate, "remaining": clock.remaining}
                self.listener({"event": "evaluating", **figures, **speed})
                on_chunk()
                self._may_go_on()
            started = time.perf_counter()
        return tally

    def predict(
        self, data: BatchData, record: Sequence[RecordSpikes | RecordVar] = ()
    ) -> tuple[np.ndarray, list[JobResult]]:
        """The readout of the first output (examples, outputs), and the parts with all that was read and recorded."""
        traced = any(recorder.population in self.compiled.model.synapses for recorder in record)
        parts = [result for _, result in self._forward("trace" if traced else "predict", data, record)]
        return self.readout(parts, self.compiled.outputs[0]), parts

    def readout(self, parts: Sequence[JobResult], output: Output) -> np.ndarray:
        """The readout of an output (examples, outputs) from the parts of a prediction."""
        empty = np.zeros((0, self.compiled.model.populations[output.population].size))
        return np.concatenate([part.results[output.readout] for part in parts] or [empty])

    def _forward(
        self, schedule: str, data: BatchData, record: Sequence[RecordSpikes | RecordVar] = ()
    ) -> Iterator[tuple[np.ndarray, JobResult]]:
        for start in range(0, len(data), EVALUATION_BATCH):
            if self.control.stopped:
                break
            part = np.arange(start, min(start + EVALUATION_BATCH, len(data)))
            timesteps = self.compiled.timesteps
            result = self.runtime.run(schedule, data, [part], record=record, epoch=self.epoch, timesteps=timesteps)
            yield part, result

    # -- checks ----------------------------------------------------------------------------------------------
    def _may_go_on(self) -> bool:
        if self.control.paused and not self.control.stopped:
            self.listener({"event": "paused"})
            self.control.wait()
            if not self.control.stopped:
                self.listener({"event": "resumed"})
        return not self.control.stopped

    def _check_targets(self, data: BatchData) -> None:
        for output in self.compiled.outputs:
            if output.needs and output.needs not in data.values:
                labels = output.needs == output.labels
                other = output.targets if labels else output.labels
                word, given = ("labels", "targets") if labels else ("targets", "labels")
                found = f"{given} were given" if other in data.values else f"no {word} were given"
                needs = "integer labels (examples,)" if labels else "targets (examples, outputs)"
                of = f" of '{output.population}'" if len(self.compiled.outputs) > 1 else ""
                raise UserError(f"{found}, and the loss{of} needs {needs}", place="y")

    def _check_counters(self, result: JobResult) -> None:
        for counter in self.compiled.counters:
            count = int(result.results[counter.key].sum())
            if count and counter.fatal:
                raise RunError(f"{count} {counter.message}", place=counter.population, hint=counter.hint)


class _Tally:
    """Means over the examples seen so far, of each output."""

    def __init__(self, outputs: Sequence[Output]) -> None:
        self.count = 0
        self.outputs = {output: _Mean() for output in outputs}

    def add(self, result: JobResult, data: BatchData, examples: np.ndarray) -> None:
        """Count the results of some examples of `data`."""
        self.count += len(examples)
        for output, mean in self.outputs.items():
            labels = data.values.get(output.labels)
            losses = result.results.get(output.loss)
            y = result.results[output.readout]
            mean.add(y, None if labels is None else np.asarray(labels)[examples], losses)

    @property
    def loss(self) -> float:
        """The sum over the outputs."""
        return sum(mean.loss for mean in self.outputs.values())

    @property
    def accuracy(self) -> float:
        """The mean over the outputs that have labels."""
        known = [mean.accuracy for mean in self.outputs.values() if mean.labelled]
        return sum(known) / len(known) if known else float("nan")

    def by_output(self, held: _Tally | None = None) -> dict[str, dict[str, float]]:
        """Loss and accuracy of each output by its name, and those of `held` as validation; nothing for one output."""
        if len(self.outputs) < 2:
            return {}
        found = {output.population: {"loss": m.loss, "accuracy": m.accuracy} for output, m in self.outputs.items()}
        for output, mean in (held.outputs if held is not None else {}).items():
            found[output.population] |= {"validation_loss": mean.loss, "validation_accuracy": mean.accuracy}
        return found


class _Mean:
    """Loss and accuracy of one output."""

    def __init__(self) -> None:
        self.count = self.right = self.labelled = 0
        self.total_loss = 0.0
        self.has_loss = False

    def add(self, y: np.ndarray, labels: np.ndarray | None, losses: np.ndarray | None) -> None:
        self.count += len(y)
        if labels is not None:
            self.labelled += len(y)
            # Where all readouts are equal (no output spiked), nothing is predicted, and nothing is right.
            decided = np.ptp(y, axis=1) > 0 if y.shape[1] > 1 else True
            self.right += int(((y.argmax(axis=1) == labels) & decided).sum())
        if losses is not None:
            self.has_loss = True
            self.total_loss += float(losses.sum(dtype=np.float64))
            if not np.isfinite(self.total_loss):
                hint = "Lower the learning rate, or look at the scale of the loss (temperature, delta) and the weights."
                raise RunError("the loss became infinite or NaN", place="experiment.learning.loss", hint=hint)

    @property
    def loss(self) -> float:
        return self.total_loss / self.count if self.count and self.has_loss else float("nan")

    @property
    def accuracy(self) -> float:
        return self.right / self.labelled if self.labelled else float("nan")


class _Clock:
    """Throughput (a running average) and the time that is left."""

    def __init__(self, examples: int, epochs: int) -> None:
        self.left = examples * epochs
        self.rate = 0.0

    def add(self, examples: int, seconds: float) -> None:
        self.left -= examples
        rate = examples / max(seconds, 1e-9)
        self.rate = rate if not self.rate else 0.9 * self.rate + 0.1 * rate

    @property
    def remaining(self) -> float:
        return max(0.0, self.left / self.rate) if self.rate else float("nan")
