"""The PyGeNN runtime: the schedule's ops, one after the other, on a model that GeNN compiled.

Examples run side by side where the device can (`batch_size` of them); GeNN's CPU runs one at a time. A batch of the
schedule may hold more: its examples then run in turns, and gradients go on adding up until the batch is complete.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from spikeloom.backends.interface import JobResult, Recording, RecordSpikes, RecordVar
from spikeloom.backends.pygenn import source
from spikeloom.backends.pygenn.arrays import pulled, push
from spikeloom.backends.pygenn.build import Builder, model_name
from spikeloom.backends.pygenn.library import load
from spikeloom.backends.pygenn.limits import check_limits
from spikeloom.backends.pygenn.translate import IDLE, TRACED
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.genn.code import c_name
from spikeloom.genn.model_check import check_model, check_schedule
from spikeloom.genn.network import GeNNModel
from spikeloom.genn.schedule import FORWARD, Read, Reset, Run, Schedule, SetInputs, SetParam, SetVar, Update
from spikeloom.genn.variables import Access

CPU = "single_threaded_cpu"


class PyGeNNRuntime:
    """A GeNN model on PyGeNN.

    Parameters
    ----------
    model, schedules
        What to build; checked before anything is generated.
    seed
        Of GeNN's random numbers. They differ from the embedded engine's.
    timesteps
        Of an example; GeNN reserves room to record that many.
    batch_size
        How many examples run side by side; 1 on GeNN's CPU.
    precision
        ``"float"``, or ``"double"`` for tests.
    device
        ``"cuda"``, ``"hip"`` or ``"single_threaded_cpu"``; None: the best that PyGeNN was built with.
    """

    def __init__(
        self,
        model: GeNNModel,
        schedules: Mapping[str, Schedule],
        *,
        seed: int = 0,
        timesteps: int,
        batch_size: int = 1,
        precision: str = "float",
        device: str | None = None,
    ) -> None:
        check_model(model)
        for schedule in schedules.values():
            check_schedule(model, schedule)
        check_limits(model, schedules.values(), timesteps)
        self.pygenn = load()
        self.model, self.schedules, self.timesteps = model, dict(schedules), timesteps
        self.device = device or next(iter(self.pygenn.genn_model.backend_modules))
        self.batch_size = 1 if self.device == CPU else batch_size
        options = {"optimize_code": True} if self.device == CPU else {}
        self.genn = self.pygenn.GeNNModel(precision, model_name(model), backend=self.device, **options)
        self.genn.dt, self.genn.batch_size, self.genn.seed = model.dt, self.batch_size, (seed % (2**32 - 1)) + 1
        builder = Builder(self.pygenn, self.genn, model, self.batch_size, timesteps)
        self.groups = builder.add_all(list(schedules.values()))
        self._stopped = False
        self._build()
        self._mode = (-1, False)
        self._sums_left = False
        self._transpose()

    # -- building ----------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="spikeloom-genn-")
        printed = _Captured()
        try:
            with printed:
                self.genn.build(self._folder.name)
                self.genn.load(num_recording_timesteps=self.timesteps)
        except Exception as error:  # PyGeNN raises what its parts raise, and prints why
            reason = "; ".join(printed.errors) or f"{type(error).__name__}: {error}"
            message = f"PyGeNN could not build the model ({reason})"
            raise RunError(message, place=self.model.name, hint="`spikeloom doctor` says what it found.") from error

    # -- variables ---------------------------------------------------------------------------------------------
    def _array(self, group: str, name: str) -> Any:
        owner = self.groups.find(group)
        if owner is not None and name in getattr(owner, "extra_global_params", {}):
            return owner.extra_global_params[name]
        if owner is None or name not in owner.vars:
            raise UserError(f"'{name}' is not a variable of the model", place=group)
        return owner.vars[name]

    def get(self, group: str, variable: str) -> np.ndarray:
        """A copy of a variable that outlives a batch: (pre, post) for synapses, (size,) for neurons."""
        return pulled(self._array(group, variable)).reshape(self.model.shape(group))

    def set(self, group: str, variable: str, values: np.ndarray) -> None:
        """Write a variable that outlives a batch; its shape must fit."""
        array, values = self._array(group, variable), np.asarray(values)
        shape = self.model.shape(group)
        if values.shape != shape:
            message = f"an array of shape {values.shape} was given, expected {shape}"
            raise UserError(message, place=f"{group}.{variable}")
        push(array, values)
        self._transpose()

    def _transpose(self) -> None:
        """Bring what is the transpose of another variable up to date."""
        for name, synapses in self.model.synapses.items():
            for variable in synapses.transposes:
                other, places = self.model.transposed_places(name, variable)
                push(self._array(name, variable), pulled(self._array(other.group, other.var)).ravel()[places])

    def gradient(self, group: str, variable: str) -> np.ndarray:
        """An accumulated variable summed over the examples of the last job: for tests and for looking."""
        values = pulled(self._array(group, variable)).astype(float)
        return np.asarray(values.reshape(-1, *self.model.shape(group)).sum(axis=0))

    # -- running -----------------------------------------------------------------------------------------------
    def stop(self) -> None:
        """Ask a running job, from another thread, to end after the batch at hand."""
        self._stopped = True

    def run(
        self,
        schedule: str,
        data: BatchData,
        batches: Sequence[np.ndarray],
        *,
        timesteps: int,
        update: bool = False,
        dynamic: Mapping[tuple[str, str], np.ndarray] | None = None,
        record: Sequence[RecordSpikes | RecordVar] = (),
        recorded: np.ndarray | None = None,
        epoch: int = 0,
    ) -> JobResult:
        """Run `schedule` over `batches`, arrays of example numbers of `data`; see `Runtime.run`."""
        if timesteps != self.timesteps:
            raise UserError(f"{timesteps} timesteps asked for, built for {self.timesteps}", place=self.model.name)
        self._stopped = False
        self._clear_sums()
        call = _Call(self, self.schedules[schedule], data, record)
        done = position = 0
        chosen = None if recorded is None else set(np.asarray(recorded).tolist())
        for number, batch in enumerate(batches):
            for start in range(0, len(batch), self.batch_size):
                chunk = np.asarray(batch[start : start + self.batch_size])
                places = range(position, position + len(chunk))
                call.examples(chunk, [k for k, place in enumerate(places) if chosen is None or place in chosen])
                position += len(chunk)
            self._sums_left = not update
            if update:
                self._after_batch(self.schedules[schedule], number, dynamic or {})
            done += 1
            if self._stopped:
                break
        return call.result(done)

    def _after_batch(self, schedule: Schedule, batch: int, dynamic: Mapping[tuple[str, str], np.ndarray]) -> None:
        for op in schedule.each_batch:
            match op:
                case SetParam(name, param):
                    self.groups.updates[name].set_dynamic_param_value(param, float(dynamic[name, param][batch]))
                case Update(name):
                    self.genn.custom_update(c_name(name))
        self._transpose()

    def _clear_sums(self) -> None:
        """Forget what the examples of an earlier job added to sums that no update took."""
        for array in self.accumulators() if self._sums_left else ():
            push(array, np.zeros_like(pulled(array)))

    def set_phase(self, phase: int, *, traces: bool = True) -> None:
        """Make the steps to come steps of `phase`; without `traces`, no code runs for all synapses."""
        if (phase, traces) == self._mode:
            return
        self._mode = (phase, traces)
        for group in (*self.groups.populations.values(), *self.groups.synapses.values()):
            group.set_dynamic_param_value("phase", phase)
        for name, synapses in self.model.synapses.items():
            if synapses.weight_update.synapse_dynamics_code:
                self.groups.synapses[name].set_dynamic_param_value(TRACED, int(traces and phase != IDLE))

    def accumulators(self) -> list[Any]:
        """The arrays that sum over the examples of a batch."""
        declared = [(name, population.model.vars) for name, population in self.model.populations.items()]
        declared += [(name, synapses.weight_update.vars) for name, synapses in self.model.synapses.items()]
        return [
            self._array(name, var.name)
            for name, variables in declared
            for var in variables
            if var.access is Access.ACCUMULATE
        ]

    def reserve_spikes(self, population: str, count: int) -> None:
        """Make room for the spikes of the examples at hand; all else that was written is kept."""
        array = self.groups.populations[population].extra_global_params[source.ARRAY]
        if count <= len(array.view):
            return
        arrays = [values for group in self.groups.all() for values in group.vars.values()]
        for given in self.groups.populations.values():
            arrays += [values for values in given.extra_global_params.values() if values is not array]
        kept = [(values, pulled(values)) for values in arrays]
        self.genn.unload()
        array.set_init_values(np.zeros(2 * count, np.int32))
        with _Captured():
            self.genn.load(num_recording_timesteps=self.timesteps)
        for values, before in kept:
            push(values, before)
        (phase, traces), self._mode = self._mode, (-1, False)
        self.set_phase(phase, traces=traces)

    def close(self) -> None:
        """Let go of the model and its folder."""
        with contextlib.suppress(Exception):
            self.genn.unload()
        self._folder.cleanup()


class _Call:
    """One job: the data it reads, and what comes of it."""

    def __init__(
        self, runtime: PyGeNNRuntime, schedule: Schedule, data: BatchData, record: Sequence[RecordSpikes | RecordVar]
    ) -> None:
        self.runtime, self.schedule, self.data = runtime, schedule, data
        self.results: dict[str, list[np.ndarray]] = {op.key: [] for op in schedule.each_example if isinstance(op, Read)}
        self.recording = Recording()
        for recorder in record:
            if isinstance(recorder, RecordSpikes):
                self.recording.spikes[recorder.population] = []
        self.variables: dict[RecordVar, list[np.ndarray]] = {r: [] for r in record if isinstance(r, RecordVar)}
        self.count = 0

    def examples(self, chunk: np.ndarray, recorded: list[int]) -> None:
        """Run some examples side by side, and record those of them at the places `recorded`.

        Places that they leave empty run the last one again and do not count.
        """
        size = self.runtime.batch_size
        padded = np.concatenate([chunk, np.repeat(chunk[-1:], size - len(chunk))])
        with self._uncounted(len(chunk)) if len(chunk) < size else contextlib.nullcontext():
            for op in self.schedule.each_example:
                self._op(op, padded, len(chunk), recorded)
        self.count += len(chunk)

    def _op(self, op: Any, chunk: np.ndarray, count: int, recorded: list[int]) -> None:
        match op:
            case Reset():
                self._reset()
            case SetInputs(population):
                self._set_inputs(population, chunk)
            case SetVar(population, name, key):
                if key in self.data.values:
                    push(self.runtime._array(population, name), np.asarray(self.data.values[key])[chunk])
            case Run():
                self._run(op, chunk, recorded)
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
            push(runtime._array(population, name), np.broadcast_to(values, (runtime.batch_size, len(values))))

    def _of_examples(self, group: str, name: str) -> np.ndarray:
        """A variable of the examples that run side by side, (examples, values)."""
        return pulled(self.runtime._array(group, name)).reshape(self.runtime.batch_size, -1)

    def _set_inputs(self, population: str, chunk: np.ndarray) -> None:
        runtime, group = self.runtime, self.runtime.groups.populations[population]
        size = runtime.model.populations[population].size
        start, end, steps = source.layout(self.data.spikes[population].take(chunk), size, population)
        runtime.reserve_spikes(population, len(steps))
        array = group.extra_global_params[source.ARRAY]
        array.view[: len(steps)] = steps
        array.push_to_device()
        unset = np.zeros(start.shape, bool)
        for name, values in (("StartSpike", start), ("EndSpike", end), ("Next", start), (source.FLAG, unset)):
            push(group.vars[name], values)

    def _run(self, run: Run, chunk: np.ndarray, recorded: list[int]) -> None:
        runtime, phase, after_step = self.runtime, run.phase, [c_name(name) for name in run.after_step]
        runtime.set_phase(phase, traces=run.traces)
        runtime.genn.timestep = 0
        watched = [recorder for recorder in self.variables if recorder.phase == phase] if recorded else []
        seen = {recorder: np.zeros((len(recorded), *self._shape(recorder))) for recorder in watched}
        for step in range(runtime.timesteps + run.more):
            runtime.genn.step_time()
            for name in after_step:
                runtime.genn.custom_update(name)
            for recorder, steps in seen.items():
                # A backward step undoes a forward step; it is filed under that step.
                row = (step if phase == FORWARD else runtime.timesteps - 1 - step) - recorder.late
                if 0 <= row < runtime.timesteps:
                    values = self._of_examples(recorder.population, recorder.variable)[recorded]
                    steps[:, row] = values if recorder.neurons is None else values[:, list(recorder.neurons)]
            if phase == FORWARD and recorded and step == runtime.timesteps - 1:  # later steps write over the first
                self._record_spikes(chunk, recorded)
        for recorder, steps in seen.items():
            self.variables[recorder].append(steps)

    def _shape(self, recorder: RecordVar) -> tuple[int, int]:
        """Steps, and neurons or synapses."""
        chosen = recorder.neurons
        size = prod(self.runtime.model.shape(recorder.population)) if chosen is None else len(chosen)
        return self.runtime.timesteps, size

    def _record_spikes(self, chunk: np.ndarray, recorded: list[int]) -> None:
        runtime = self.runtime
        if self.recording.spikes:
            runtime.genn.pull_recording_buffers_from_device()
        for name, found in self.recording.spikes.items():
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

    @contextlib.contextmanager
    def _uncounted(self, count: int) -> Iterator[None]:
        """Keep what examples after the first `count` add to sums over the batch from counting."""
        kept = [(array, pulled(array)) for array in self.runtime.accumulators()]
        yield
        for array, before in kept:
            push(array, np.concatenate([pulled(array)[:count], before[count:]]))

    def _check_finite(self, values: np.ndarray, group: str, name: str, chunk: np.ndarray) -> None:
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            where = np.argwhere(~np.isfinite(values))[0]
            message = f"neuron {where[1]} became infinite or NaN in example {chunk[where[0]]}"
            hint = "lower the learning rate, or the scale of the first weights"
            raise RunError(message, place=f"{group}.{name}", hint=hint)

    def result(self, batches: int) -> JobResult:
        """What came of it."""
        results = {key: np.concatenate(parts) if parts else np.zeros((0, 1)) for key, parts in self.results.items()}
        for recorder, parts in self.variables.items():
            nothing = np.zeros((0, *self._shape(recorder)))
            self.recording.variables[recorder] = np.concatenate([nothing, *parts])
        return JobResult(results, batches, self.count, self.recording)


class _Captured:
    """Keeps what GeNN and the compiler print on standard output, which belongs to somebody else."""

    def __enter__(self) -> _Captured:
        sys.stdout.flush()
        self._kept = os.dup(1)
        self._file = tempfile.TemporaryFile()
        os.dup2(self._file.fileno(), 1)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.stdout.flush()
        os.dup2(self._kept, 1)
        os.close(self._kept)
        self._file.seek(0)
        lines = self._file.read().decode(errors="replace").splitlines()
        self._file.close()
        self.errors = [line.split("] ")[-1].strip() for line in lines if " ERROR " in line]
