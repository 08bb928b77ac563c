"""One job of the PyGeNN runtime: its examples, op by op, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeloom.backends.interface import CountSpikes, JobResult, Recorder, Recording, RecordSpikes, RecordVar
from spikeloom.backends.pygenn import counters, source
from spikeloom.backends.pygenn.arrays import INPUT, pulled, push
from spikeloom.backends.pygenn.translate import IDLE
from spikeloom.errors import RunError
from spikeloom.genn.batch import BatchData
from spikeloom.genn.code import c_name
from spikeloom.genn.schedule import FORWARD, Read, Reset, Run, Schedule, SetInputs, SetVar, Update

if TYPE_CHECKING:
    from spikeloom.backends.pygenn.runtime import PyGeNNRuntime


class Halted(Exception):
    """A batch was left before its end, since somebody who asked to stop would wait too long."""


class Call:
    """One job: the data it reads, and what comes of it.

    Parameters
    ----------
    learn
        Makes the update of a number (`updates` were done so far); None where nothing is learnt.
    """

    def __init__(
        self,
        runtime: PyGeNNRuntime,
        schedule: Schedule,
        data: BatchData,
        record: Sequence[Recorder],
        learn: Callable[[int], None] | None,
    ) -> None:
        self.runtime, self.schedule, self.data, self.learn = runtime, schedule, data, learn
        self.updates = 0
        self.results: dict[str, list[np.ndarray]] = {op.key: [] for op in schedule.each_example if isinstance(op, Read)}
        self.spikes: dict[str, list[Any]] = {r.population: [] for r in record if isinstance(r, RecordSpikes)}
        self.counts: dict[str, list[Any]] = {r.population: [] for r in record if isinstance(r, CountSpikes)}
        self.variables: dict[RecordVar, list[np.ndarray]] = {r: [] for r in record if isinstance(r, RecordVar)}
        self.totals: dict[str, list[np.ndarray]] = {name: [] for name in runtime.counted}
        self.done: list[np.ndarray] = []  # the examples
        self.count = 0
        self._kept = (0, [0] * len(self._lists()))

    def _lists(self) -> list[list[Any]]:
        """All that grows with the examples."""
        kinds: Any = (self.results, self.spikes, self.counts, self.variables, self.totals)
        return [self.done, *(found for kind in kinds for found in kind.values())]

    def end_batch(self) -> None:
        """Keep what came of the examples of a batch."""
        self._kept = self.count, [len(found) for found in self._lists()]

    def forget_batch(self) -> None:
        """Forget the examples of a batch that does not come to its end."""
        self.count, lengths = self._kept
        for found, length in zip(self._lists(), lengths, strict=True):
            del found[length:]

    def examples(self, chunk: np.ndarray, recorded: list[int]) -> None:
        """Run some examples side by side, and record those of them at the places `recorded`.

        Places that they leave empty run the last one again and do not count: of a batch, such a chunk comes first.
        """
        size = self.runtime.batch_size
        padded = np.concatenate([chunk, np.repeat(chunk[-1:], size - len(chunk))])
        for op in self.schedule.each_example:
            self._op(op, padded, len(chunk), recorded)
        if len(chunk) < size:
            self.runtime.keep_sums(len(chunk))
        self.done.append(chunk)
        self.count += len(chunk)

    def _op(self, op: Any, chunk: np.ndarray, count: int, recorded: list[int]) -> None:
        match op:
            case Reset():
                self._reset()
            case SetInputs(population):
                self._set_inputs(population, chunk)
            case SetVar(population, name, key):
                if key in self.data.values:
                    push(self.runtime.array(population, name), np.asarray(self.data.values[key])[chunk])
            case Run():
                self._run(op, chunk, count, recorded)
            case Update(name):
                self.runtime.genn.custom_update(c_name(name))
            case Read(group, name, key):
                values = self._of_examples(group, name)[:count]
                self.results[key].append(values)
                self._check_finite(values, group, name, chunk)

    # -- ops -----------------------------------------------------------------------------------------------------
    def _reset(self) -> None:
        """First values, and an idle step in which the spikes of the last step of all go nowhere."""
        runtime = self.runtime
        runtime.set_phase(IDLE)
        runtime.genn.timestep = 0
        runtime.genn.step_time()
        for name in runtime.groups.resets:
            runtime.genn.custom_update(name)
        for (population, name), values in runtime.groups.arrays.items():
            push(runtime.array(population, name), np.broadcast_to(values, (runtime.batch_size, len(values))))

    def _of_examples(self, group: str, name: str) -> np.ndarray:
        """A variable of the examples that run side by side, (examples, values)."""
        return pulled(self.runtime.array(group, name)).reshape(self.runtime.batch_size, -1)

    def _set_inputs(self, population: str, chunk: np.ndarray) -> None:
        runtime, group = self.runtime, self.runtime.groups.populations[population]
        size = runtime.model.populations[population].size
        start, end, steps = source.layout(self.data.spikes[population].take(chunk), size, population)
        runtime.reserve_spikes(population, len(steps))
        array = group.extra_global_params[source.ARRAY]
        array.view[: len(steps)] = steps
        array.push_to_device()
        push(group.vars["StartSpike"], start)
        push(group.vars["EndSpike"], end)

    def _run(self, run: Run, chunk: np.ndarray, count: int, recorded: list[int]) -> None:
        runtime, phase, after_step = self.runtime, run.phase, [c_name(name) for name in run.after_step]
        runtime.set_phase(phase, traces=run.traces)
        runtime.genn.timestep = 0
        watched = [recorder for recorder in self.variables if recorder.phase == phase] if recorded else []
        seen = {recorder: np.zeros((len(recorded), *self._shape(recorder))) for recorder in watched}
        steps_in_all = runtime.timesteps + run.more
        for step in range(steps_in_all):
            runtime.genn.step_time()
            for name in after_step:
                runtime.genn.custom_update(name)
            for recorder, steps in seen.items():
                # A backward step undoes a forward step; it is filed under that step.
                row = (step if phase == FORWARD else runtime.timesteps - 1 - step) - recorder.late
                if 0 <= row < runtime.timesteps:
                    values = self._of_examples(recorder.population, recorder.variable)[recorded]
                    steps[:, row] = values if recorder.neurons is None else values[:, list(recorder.neurons)]
            if phase == FORWARD and step == runtime.timesteps - 1:  # later steps write over the first
                self._count_spikes(chunk, count, recorded)
            if self.schedule.online and (step + 1) % run.segment == 0 and step + 1 < steps_in_all:
                self._learn_within(count)
            if runtime.hurried and not self.schedule.online:
                raise Halted
        for recorder, steps in seen.items():
            self.variables[recorder].append(steps)

    def _learn_within(self, count: int) -> None:
        """An update before the examples are over, in which those after the first `count` do not count."""
        if self.learn is None:
            return
        if count < self.runtime.batch_size:
            self.runtime.keep_sums(count)
        self.learn(self.updates)
        self.updates += 1

    def _shape(self, recorder: RecordVar) -> tuple[int, int]:
        """Steps, and neurons or synapses."""
        chosen, model = recorder.neurons, self.runtime.model
        if recorder.variable == INPUT and recorder.population in model.synapses:
            size = model.ends(recorder.population)[1]
        else:
            size = prod(model.shape(recorder.population))
        return self.runtime.timesteps, size if chosen is None else len(chosen)

    # -- spikes ----------------------------------------------------------------------------------------------------
    def _count_spikes(self, chunk: np.ndarray, count: int, recorded: list[int]) -> None:
        """Count the spikes of the examples, and record those of the examples at the places `recorded`."""
        runtime = self.runtime
        if runtime.counted:
            runtime.genn.custom_update(counters.COUNT_SPIKES)
        for name, found in self.totals.items():
            found.append(pulled(runtime.array(counters.total(name), counters.TOTAL)).ravel()[:count])
        if not recorded:
            return
        for name, counts in self.counts.items():
            own = self._of_examples(name, counters.COUNT)[recorded] if name in runtime.counted else None
            counts.extend(self._given_counts(name, chunk[recorded]) if own is None else own)
        if self.spikes:
            self._record_spikes(chunk, recorded)

    def _given_counts(self, population: str, examples: np.ndarray) -> np.ndarray:
        """How often each neuron of an input spikes, (examples, neurons); never, where it is none."""
        size = self.runtime.model.populations[population].size
        if not self.runtime.model.populations[population].model.spike_source:
            return np.zeros((len(examples), size), np.int64)
        given = self.data.spikes[population].take(examples)
        places = np.repeat(np.arange(len(examples)), np.diff(given.offsets)) * size + given.ids
        inside = given.steps < self.runtime.timesteps
        return np.bincount(places[inside], minlength=len(examples) * size).reshape(len(examples), size)

    def _total_given(self, population: str, examples: np.ndarray) -> np.ndarray:
        """How many spikes an input has in each example."""
        if not self.runtime.model.populations[population].model.spike_source:
            return np.zeros(len(examples), np.int64)
        given = self.data.spikes[population].take(examples)
        before = np.concatenate([[0], np.cumsum(given.steps < self.runtime.timesteps)])
        return np.asarray(np.diff(before[given.offsets]))

    def _record_spikes(self, chunk: np.ndarray, recorded: list[int]) -> None:
        runtime = self.runtime
        runtime.genn.pull_recording_buffers_from_device()
        for name, found in self.spikes.items():
            if runtime.model.populations[name].model.spike_source:  # what it emits is what it was given
                given = self.data.spikes[name].take(chunk[recorded])
                for begin, end in zip(given.offsets[:-1], given.offsets[1:], strict=True):
                    inside = given.steps[begin:end] < runtime.timesteps
                    found.append((given.steps[begin:end][inside], given.ids[begin:end][inside]))
                continue
            trains = runtime.groups.populations[name].spike_recording_data
            for times, ids in (trains[place] for place in recorded):
                steps = np.rint(np.asarray(times) / runtime.model.dt).astype(np.int32)
                order = np.lexsort((ids, steps))
                found.append((steps[order], np.asarray(ids, np.int32)[order]))

    def _check_finite(self, values: np.ndarray, group: str, name: str, chunk: np.ndarray) -> None:
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            where = np.argwhere(~np.isfinite(values))[0]
            message = f"neuron {where[1]} became infinite or NaN in example {chunk[where[0]]}"
            hint = "lower the learning rate, or the scale of the first weights"
            raise RunError(message, place=f"{group}.{name}", hint=hint)

    def result(self, batches: int) -> JobResult:
        """What came of it."""
        results = {key: np.concatenate(parts) if parts else np.zeros((0, 1)) for key, parts in self.results.items()}
        recording = Recording(dict(self.spikes))
        for recorder, parts in self.variables.items():
            nothing = np.zeros((0, *self._shape(recorder)))
            recording.variables[recorder] = np.concatenate([nothing, *parts])
        for name, counts in self.counts.items():
            size = self.runtime.model.populations[name].size
            recording.counts[name] = np.array(counts, np.int32).reshape(-1, size)
        examples = np.concatenate([np.zeros(0, np.int64), *self.done])
        totals = {name: np.concatenate([np.zeros(0, np.int64), *parts]) for name, parts in self.totals.items()}
        for name in self.runtime.model.populations.keys() - totals.keys():
            totals[name] = self._total_given(name, examples)
        return JobResult(results, batches, self.count, recording, totals)
