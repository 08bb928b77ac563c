"""A document with its data and a built runtime: train, evaluate, predict.

Results depend on the document (its seed, its batch size, its shards) and never on the machine's number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from spikeloom.backends import build_runtime
from spikeloom.backends.interface import JobResult, Recorder, Recording, RecordVar
from spikeloom.compilers import CompiledNetwork, Output, compile_document, sign_key
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.best import Best
from spikeloom.run.building import Building
from spikeloom.run.callbacks import CallbackGroup
from spikeloom.run.clock import Clock
from spikeloom.run.control import Control
from spikeloom.run.counting import Counting
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.events import Listener, Throttle, silent
from spikeloom.run.live_params import live_params
from spikeloom.run.recordings import Recordings
from spikeloom.run.rewiring import Rewirer, check_unmoved
from spikeloom.run.tally import Tally
from spikeloom.run.trainer import Trainer
from spikeloom.spec import Document, Metric
from spikeloom.spec.neurons.li import BIASES

EVALUATION_BATCH = 256
JUDGEMENT_SECONDS = 0.2  # between two lists of all predictions, where epochs are short


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
        # PyGeNN says itself how long a tape its device has room for.
        self.compile: Callable[[Document], CompiledNetwork] = partial(compile_document, in_segments=backend != "pygenn")
        self.compiled = self.compile(document)
        moves = live_params(document, self.compiled, self.compile) if backend == "pygenn" else ()
        building = Building(backend, self.listener, self.control)
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
            cancelled=building.cancelled,
            moves=moves,
            told=building.tell,
        )
        building.done()
        self.control.on_interrupt(self.runtime.stop)
        self.epoch = 0  # epochs trained
        self.step = 0  # batches trained
        self._trained, self._total = 0.0, float(self.training.epochs)  # epochs before the last batch, and in all
        self.last_batch = 0  # examples in the batch before
        self.metrics: Sequence[Metric] = document.experiment.metrics
        self.best = Best.of(document)
        self.callbacks = CallbackGroup()
        self.stop_training = False  # set by whoever wants training to end
        self.stopped_early = False  # for want of a better epoch
        self.on_rest: Callable[[], None] = lambda: None  # called when the run begins to hold
        self.rewirer = Rewirer(self) if self.compiled.rewired else None
        simulation = document.experiment.simulation
        self._example_seconds = simulation.timesteps * simulation.dt / 1000.0
        spiking = [p.name for p in document.network.populations if p.neuron.is_input or p.neuron.spiking]
        self._sizes = {name: self.compiled.model.populations[name].size for name in spiking}
        self._judged = 0.0

    # -- weights ---------------------------------------------------------------------------------------------
    def state(self) -> dict[str, np.ndarray]:
        """Weights and the optimiser's state, by name."""
        found = {name: self.runtime.get(ref.group, ref.var) for name, ref in self.compiled.checkpointed.items()}
        return found | (self.rewirer.state() if self.rewirer is not None else {})

    def restore(self, arrays: dict[str, np.ndarray], state: dict[str, Any], place: str = "checkpoint") -> None:
        """Take weights (all of them) and, where present, the optimiser's state from a checkpoint, or change nothing."""
        before = self.state()
        for name in arrays:
            if name.endswith(f".{BIASES}") and name not in self.compiled.checkpointed:
                population = name.removesuffix(f".{BIASES}")
                message = f"holds biases of '{population}', for which the document has no place"
                raise UserError(message, place=place, hint="Give its neuron biases: a constant of 0, say.")
        check_unmoved(self, arrays, place)
        if self.rewirer is not None:
            self.rewirer.restore(arrays, place)
        for name, ref in self.compiled.checkpointed.items():
            try:
                if name in arrays:
                    self.runtime.set(ref.group, ref.var, arrays[name])
                elif name in self.compiled.indispensable:
                    raise UserError("holds nothing")
                elif (first := self.compiled.first_value(ref)) is not None:
                    # an average of a run that kept none: as at the start
                    self.runtime.set(ref.group, ref.var, np.full_like(before[name], first))
            except UserError as error:
                if self.rewirer is not None:
                    self.rewirer.restore(before, place)
                for done, where in self.compiled.checkpointed.items():
                    self.runtime.set(where.group, where.var, before[done])
                hint = "It belongs to another network."
                group, what = name.rpartition(".")[::2]
                words = f"{self.compiled.indispensable.get(name, what)} of '{group}'"
                raise UserError(f"{error.message} for the {words}", place=place, hint=hint) from None
        if self.rewirer is not None:  # of a run that moved nothing
            self.rewirer.take_signs(name for name in self.rewirer.rules if sign_key(name) not in arrays)
        self.epoch, self.step = int(state.get("epoch", 0)), int(state.get("step", 0))
        if self.best is not None:
            self.best.restore(state.get("best"))

    def weights(self) -> dict[str, np.ndarray]:
        """Connection -> weights (pre, post)."""
        return {name: self.runtime.get(ref.group, ref.var) for name, ref in self.compiled.weights.items()}

    @property
    def progress(self) -> dict[str, Any]:
        """Where in training it is, as a checkpoint says it."""
        place = {"epoch": self.epoch, "step": self.step, "seed": self.training.seed}
        return place if self.best is None else place | {"best": self.best.state}

    # -- running ---------------------------------------------------------------------------------------------
    def train(
        self,
        data: BatchData,
        validation: BatchData | None = None,
        *,
        epochs: int | None = None,
        on_epoch: Callable[[EpochMetrics], None] | None = None,
        on_chunk: Callable[[], None] | None = None,
        most: int | None = None,
    ) -> list[EpochMetrics]:
        """Train for `epochs` (default: the document's) more epochs, or until stopped; one entry per whole epoch.

        `on_chunk` is called every few batches, when the network stands still and can be looked at (`predict`). With
        `most`, only so many of the last entries are kept. The weights are those of the last epoch; `restore_best` takes
        those of the best one.
        """
        if not self.compiled.learns:
            raise UserError("there is no learning rule to train with", place="experiment.learning")
        self._check_targets(data)
        if not len(data):
            hint = "A validation split may have taken them all."
            raise UserError("there are no examples to train on", place="x", hint=hint)
        self.stop_training = self.stopped_early = False
        if self.best is not None:
            self.best.check(self.document, self.metrics, validation is not None and len(validation) > 0)
            self.best.begin()
        total = self.epoch + (self.training.epochs if epochs is None else epochs)
        self._trained, self._total = float(self.epoch), float(total)
        return Trainer(self, data, validation, total, on_epoch, on_chunk).run(most)

    def restore_best(self) -> bool:
        """Take what the best epoch had learned, where early stopping asks for it; whether that is another epoch."""
        best = self.best
        if best is None or best.stopping is None or not best.stopping.restore_best or best.checkpoint is None:
            return False
        if self.rewirer is not None:
            self.rewirer.restore(best.checkpoint[0], "best epoch")
        for name, ref in self.compiled.checkpointed.items():
            # What the optimiser remembers goes on as it is, but for synapses that were others meanwhile.
            moved = ref.group in self.compiled.learned and self._group(ref.group) in self.compiled.rewired
            if ref.group not in self.compiled.learned or moved:
                self.runtime.set(ref.group, ref.var, best.checkpoint[0][name])
        return best.epoch != self.epoch

    def _group(self, update: str) -> str:
        return self.compiled.model.custom_updates[update].group

    @property
    def learning_rate(self) -> float:
        """What the optimiser of the weights took last; NaN where nothing learns."""
        learned = next(iter(self.compiled.learned.values()), None)
        return float("nan") if learned is None else learned.optimiser.rate(self._trained, self._total)

    def _rates(self, tally: Tally) -> dict[str, float]:
        return tally.rates(self._sizes, self._example_seconds)

    def judge(
        self, tally: Tally, data: BatchData, held: Tally, validation: BatchData | None, *, last: bool = False
    ) -> None:
        """Tell what each example was taken for; not more often than anybody can look."""
        now = time.monotonic()
        if now - self._judged < JUDGEMENT_SECONDS and not last:
            return
        self._judged = now
        self.tell_judgements("train", tally, data)
        if validation is not None and held.count:
            self.tell_judgements("validation", held, validation)

    def tell_judgements(self, split: str, tally: Tally, data: BatchData) -> None:
        """Tell with events ``evaluated`` what the outputs took each example of a split for."""
        classes = {output: self.compiled.model.populations[output.population].size for output in self.compiled.outputs}
        for event in tally.judgements(split, data, self.epoch, classes):
            self.listener(event)

    def _train_batches(
        self,
        data: BatchData,
        batches: list[np.ndarray],
        at: Sequence[float],
        record: Sequence[Recorder] = (),
        recorded: np.ndarray | None = None,
    ) -> JobResult:
        """Train on batches, before each of which so many epochs have been trained."""
        dynamic = self.compiled.dynamic(self.step + 1, [len(batch) for batch in batches], at, self._total)
        result = self.runtime.run(
            "train",
            data,
            batches,
            update=True,
            dynamic=dynamic,
            record=record,
            recorded=recorded,
            epoch=self.epoch,
            timesteps=self.compiled.timesteps,
        )
        self.step += result.batches_done
        if result.batches_done:
            self.last_batch = len(batches[result.batches_done - 1])
            self._trained = at[result.batches_done - 1]
            if self.rewirer is not None:
                self.rewirer.after_batch()
        self._check_counters(result)
        return result

    def evaluate(self, data: BatchData, *, on_chunk: Callable[[], None] | None = None) -> dict[str, Any]:
        """Mean loss and accuracy over a data set with labels (or targets: then loss alone).

        Of several outputs ``loss`` is the sum, ``accuracy`` the mean, and ``outputs`` has them by name. `on_chunk` is
        called every few hundred examples, when the network stands still and can be looked at.
        """
        return self.figures(self.tally(data, on_chunk))

    def figures(self, tally: Tally) -> dict[str, Any]:
        """What `evaluate` gives, of a tally."""
        found: dict[str, Any] = {"loss": tally.loss, "accuracy": tally.accuracy, "examples": tally.count}
        found |= {"outputs": tally.by_output()} if len(self.compiled.outputs) > 1 else {}
        return found | ({"metrics": tally.counting.results} if tally.counting is not None else {})

    def count(self, size: int = 0) -> Tally:
        """An empty tally, of `size` examples in all."""
        sizes = {name: population.size for name, population in self.compiled.model.populations.items()}
        counting = Counting(self.document, self.metrics, sizes) if self.metrics else None
        return Tally(self.compiled.outputs, size, counting)

    def tally(
        self, data: BatchData, on_chunk: Callable[[], None] | None = None, *, holds: bool = True, told: bool = True
    ) -> Tally:
        """All that `evaluate` counts; where it is `told` how far it has come, it also `holds` where the run should."""
        self._check_targets(data)
        tally, clock = self.count(len(data)), Clock(len(data), 1)
        self.callbacks.call("on_test_begin")
        started = time.perf_counter()
        for part, result in self._forward("evaluate", data, tally.record, tally.most_examples(EVALUATION_BATCH)):
            tally.add(result, data, part)
            clock.add(len(part), time.perf_counter() - started)
            if told:
                fraction = tally.count / len(data)
                figures = {"loss": tally.loss, "accuracy": tally.accuracy, "fraction": fraction}
                speed = {"examples_per_second": clock.rate, "remaining": clock.remaining}
                self.listener({"event": "evaluating", **figures, **speed})
                if on_chunk is not None:
                    on_chunk()
                if holds:
                    self.may_go_on(clock)
            started = time.perf_counter()
        self.callbacks.call("on_test_end", {"loss": tally.loss, "accuracy": tally.accuracy})
        return tally

    def predict(
        self,
        data: BatchData,
        record: Sequence[Recorder] = (),
        recordings: Recordings | None = None,
    ) -> tuple[np.ndarray, list[JobResult]]:
        """The readout of the first output (examples, outputs), and the parts with all that was read and recorded.

        What `recordings` ask for goes there, and is not in the parts.
        """
        record = record if recordings is None else recordings.asked
        traced = any(recorder.population in self.compiled.model.synapses for recorder in record)
        schedule = "trace" if traced and "trace" in self.compiled.schedules else "predict"
        self.callbacks.call("on_predict_begin")
        parts = [result for _, result in self._forward(schedule, data, record, recordings=recordings)]
        self.callbacks.call("on_predict_end")
        return self.readout(parts, self.compiled.outputs[0]), parts

    def sweep(self, data: BatchData, record: Sequence[RecordVar]) -> dict[RecordVar, np.ndarray]:
        """What the backward pass of examples gives for variables; the network does not learn from it.

        Empty where nothing learns, where the examples have no labels or targets, or where the run was interrupted.
        """
        told = all(not output.needs or output.needs in data.values for output in self.compiled.outputs)
        if not self.compiled.learns or not told:
            return {}
        every = [np.arange(len(data))]
        result = self.runtime.run(
            "train", data, every, record=record, epoch=self.epoch, timesteps=self.compiled.timesteps
        )
        return dict(result.recording.variables) if result.batches_done else {}

    def readout(self, parts: Sequence[JobResult], output: Output) -> np.ndarray:
        """The readout of an output (examples, outputs) from the parts of a prediction."""
        empty = np.zeros((0, self.compiled.model.populations[output.population].size))
        return np.concatenate([part.results[output.readout] for part in parts] or [empty])

    def _forward(
        self,
        schedule: str,
        data: BatchData,
        record: Sequence[Recorder] = (),
        size: int = EVALUATION_BATCH,
        recordings: Recordings | None = None,
    ) -> Iterator[tuple[np.ndarray, JobResult]]:
        """Run all examples, `size` at a time."""
        how: dict[str, Any] = {"epoch": self.epoch, "timesteps": self.compiled.timesteps}
        kind = "test" if schedule == "evaluate" else "predict"
        for number, start in enumerate(range(0, len(data), size)):
            if self.control.stopped:
                break
            part = np.arange(start, min(start + size, len(data)))
            self.callbacks.call(f"on_{kind}_batch_begin", number)
            if recordings is None:
                result = self.runtime.run(schedule, data, [part], record=record, **how)
            else:
                places = recordings.positions(part)
                wanted = recordings.asked if len(places) else ()
                result = self.runtime.run(schedule, data, [part], record=wanted, recorded=places, **how)
                if result.batches_done:
                    recordings.add(part[places], result)
                result.recording = Recording()
            yield part, result
            self.callbacks.call(f"on_{kind}_batch_end", number)

    # -- checks ----------------------------------------------------------------------------------------------
    def may_go_on(self, clock: Clock) -> bool:
        """Do what was asked, and hold where the run should; whether it goes on then."""
        self.control.serve()
        if self.control.paused and not self.control.stopped:
            began = time.perf_counter()
            self.listener({"event": "paused"})
            self.on_rest()
            self.control.wait()
            clock.leave_out(time.perf_counter() - began)
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
