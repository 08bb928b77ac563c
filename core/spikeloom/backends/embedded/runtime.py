"""The embedded engine: builds a model's simulator, loads it, runs batches on threads without Python's lock."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from spikeloom.backends.embedded import build_cache
from spikeloom.backends.embedded.generate import Program, generate
from spikeloom.backends.embedded.initialise import first_values
from spikeloom.backends.embedded.job import (
    Job,
    ResultArray,
    SpikeArrays,
    SpikeRecordArrays,
    ValueArray,
    VarRecordArrays,
)
from spikeloom.backends.embedded.layout import ALIGNMENT, Field
from spikeloom.backends.interface import (
    JobResult,
    Recording,
    RecordSpikes,
    RecordVar,
    ShouldCancel,
)
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.genn.matrix import SparseMatrix
from spikeloom.genn.model_check import check_model, check_schedule
from spikeloom.genn.network import GeNNModel, Init
from spikeloom.genn.schedule import Schedule

HUGE_PAGE = 2**21  # bytes
LARGE = 2**20


def default_threads() -> int:
    """The number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class EmbeddedRuntime:
    """A GeNN model compiled for this machine.

    Parameters
    ----------
    model, schedules
        What to build; checked before anything is generated.
    seed
        Of first values and of everything random while running.
    shards
        Into how many parts a batch is divided. Results depend on it in the last bits, never on `threads`.
    threads
        How many threads run them; None: one per core.
    batch_size
        The most examples of a batch; where they advance side by side, there is room for as many.
    precision
        ``"float"``, or ``"double"`` for tests.
    """

    def __init__(
        self,
        model: GeNNModel,
        schedules: Mapping[str, Schedule],
        *,
        seed: int = 0,
        shards: int = 1,
        threads: int | None = None,
        batch_size: int = 1,
        precision: str = "float",
        cancelled: ShouldCancel | None = None,
    ) -> None:
        check_model(model)
        for schedule in schedules.values():
            check_schedule(model, schedule)
        self.model = model
        self.program: Program = generate(model, schedules, precision)
        self.layout = self.program.layout
        self.updates = {name: schedule.updates for name, schedule in schedules.items()}
        self.seed = seed
        self.shards = max(1, shards)
        self.threads = max(1, threads if threads is not None else default_threads())
        self._library = build_cache.load(self.program.source, cancelled=cancelled)
        self._library.spikeloom_run.restype = None
        self._library.spikeloom_job_size.restype = ctypes.c_int64
        if self._library.spikeloom_job_size() != ctypes.sizeof(Job):
            raise RunError("the generated simulator and the runtime disagree about their interface")
        self._shared = self._arena("shared", 1)
        side_by_side = any(schedule.online for schedule in schedules.values())
        self._places = max(self.threads, batch_size) if side_by_side else self.threads
        self._slots = self._arena("slot", self._places)
        self._shards = self._arena("shard", self.shards)
        self._params = np.array(self.layout.param_values, dtype=self.layout.dtype)
        self._next_stamp = 1  # each batch has its own, so that gradients need no clearing
        self._last_stamp = 0
        self._running: Job | None = None
        self._initialise()

    @property
    def source(self) -> str:
        """The generated C++."""
        return self.program.source

    @property
    def memory(self) -> int:
        """Bytes of weights, state and gradients."""
        return int(self._shared.nbytes + self._slots.nbytes + self._shards.nbytes)

    # -- memory ----------------------------------------------------------------------------------------------
    def _arena(self, name: str, count: int) -> np.ndarray:
        size = self.layout.sizes[name] * count
        # numpy asks for huge pages where an array has 4 MiB or more; with them rows are found faster.
        spare = 2 * HUGE_PAGE if size >= LARGE else ALIGNMENT
        try:
            raw = np.zeros(size + spare, dtype=np.uint8)
        except (MemoryError, ValueError):  # numpy says ValueError for more than 64 bits can count
            raise RunError(
                f"{size / 1e9:.1f} GB of memory are needed for the {name} memory and could not be had",
                place=self.model.name,
                hint="use fewer threads or shards, a smaller network or a smaller max_spikes",
            ) from None
        start = -raw.ctypes.data % (HUGE_PAGE if size >= LARGE else ALIGNMENT)
        return raw[start : start + size]

    def _view(self, place: Field) -> np.ndarray:
        """The values of a shared field, padding cut off, as (rows, columns)."""
        dtype = self.layout.dtype if place.scalar else np.dtype(np.int32)
        raw = self._shared[place.offset : place.offset + place.length * dtype.itemsize]
        return cast(np.ndarray, raw.view(dtype).reshape(place.rows, place.stride)[:, : place.columns])

    def _shared_field(self, group: str, variable: str) -> Field:
        place = self.layout.fields.get((group, variable))
        if place is None or place.arena != "shared":
            raise UserError(f"'{variable}' is not a variable that outlives a batch", place=group)
        return place

    def get(self, group: str, variable: str) -> np.ndarray:
        """A copy of a variable that outlives a batch, of the shape that `GeNNModel.shape` says."""
        place = self._shared_field(group, variable)
        self._transpose()
        return np.array(self._view(place)).reshape(self.model.shape(group))

    def _transpose(self) -> None:
        """Bring what is the transpose of another variable up to date; while batches run, generated code does."""
        for name, synapses in self.model.synapses.items():
            for variable in synapses.transposes:
                other, places = self.model.transposed_places(name, variable)
                values = self._view(self.layout[other.group, other.var]).reshape(-1)[places]
                view = self._view(self.layout[name, variable])
                view[...] = values.reshape(view.shape)

    def set(self, group: str, variable: str, values: np.ndarray) -> None:
        """Write a variable that outlives a batch; its shape must fit."""
        place = self._shared_field(group, variable)
        view = self._view(place)
        shape = self.model.shape(group)
        values = np.asarray(values)
        if values.dtype.kind not in "biuf":
            raise UserError(f"an array of {values.dtype} was given, expected numbers", place=f"{group}.{variable}")
        if values.shape != shape:
            raise UserError(
                f"an array of shape {values.shape} was given, expected {shape}", place=f"{group}.{variable}"
            )
        view[...] = values.reshape(view.shape)

    def gradient(self, group: str, variable: str) -> np.ndarray:
        """An accumulated variable summed over the shards of the last batch: for tests and for looking."""
        place, stamps = self.layout[group, variable], self.layout[group, f"stamp:{variable}"]
        dtype, total = self.layout.dtype, np.zeros((place.rows, place.columns))
        sparse = getattr(self.model.synapses.get(group), "matrix", None)
        lengths = np.diff(sparse.offsets) if isinstance(sparse, SparseMatrix) else None
        for shard in self._shards.reshape(self.shards, -1):
            touched = shard[stamps.offset : stamps.offset + 4 * stamps.columns].view(np.int32) == self._last_stamp
            touched = touched[:, None] if lengths is None else np.repeat(touched, lengths)[None]
            part = shard[place.offset : place.offset + place.length * dtype.itemsize].view(dtype)
            total += np.where(touched, part.reshape(place.rows, place.stride)[:, : place.columns], 0)
        return total.reshape(self.model.shape(group))

    def _initialise(self) -> None:
        job = self._job()
        for constant, values in self.layout.constants.items():
            self._view(self.layout[constant])[...] = values
        for key, place, init in first_values(self.layout):
            if key in self.program.initialised:
                self._library.spikeloom_initialise(ctypes.byref(job), self.program.initialised[key])
            elif isinstance(init, Init):
                values = np.asarray(init.values)
                wanted = self.model.shape(key[0])
                if values.size != place.rows * place.columns:
                    raise UserError(
                        f"an array of shape {values.shape} was given, expected {wanted}", place=f"{key[0]}.{key[1]}"
                    )
                self._view(place)[...] = values.reshape(place.rows, place.columns)
            else:
                self._view(place)[...] = init
            if place.scalar and not np.isfinite(self._view(place)).all():
                message = "a first value is infinite or NaN"
                raise RunError(message, place=".".join(key), hint="look at what initialises it, and at its parameters")

    def _job(self) -> Job:
        job = Job()
        job.shared, job.slots, job.shards = (a.ctypes.data for a in (self._shared, self._slots, self._shards))
        job.params = self._params.ctypes.data
        job.slot_bytes, job.shard_bytes = self.layout.sizes["slot"], self.layout.sizes["shard"]
        job.n_threads, job.n_shards = self.threads, self.shards
        job.seed = self.seed & 0xFFFFFFFF
        return job

    # -- running -----------------------------------------------------------------------------------------------
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
        check_each_step: bool = False,
    ) -> JobResult:
        """Run `schedule` over `batches`, arrays of example numbers of `data`.

        Parameters
        ----------
        timesteps
            Of every example.
        update
            Also run what the schedule does after each batch (learning).
        dynamic
            (custom update, parameter) -> one value per batch, for each parameter that the schedule sets.
        record, recorded
            What to record, and of which positions (indices into the concatenated batches; None: of all).

        Raises
        ------
        RunError
            For NaN and infinity, with the population, variable, neuron, example and step.
        """
        call = _Call(self, schedule, data, batches, timesteps)
        call.job.update = update
        call.job.epoch = epoch
        call.job.check_each_step = check_each_step
        call.set_dynamic(dynamic or {})
        recording = call.set_recorders(record, recorded)
        call.job.stamp = self._next_stamp
        self._next_stamp += len(batches) * call.updates
        self._transpose()
        self._run_threads(call.job)
        if call.job.failure.kind:
            raise self._failure(call, schedule, data, epoch)
        self._last_stamp = int(call.job.stamp + call.job.batches_done * call.updates - 1)
        return call.finish(recording)

    def stop(self) -> None:
        """Ask the running job, from another thread, to end after the batch at hand."""
        job = self._running
        if job is not None:
            job.stop = 1

    def _run_threads(self, job: Job) -> None:
        self._running = job
        try:
            helpers = [
                threading.Thread(target=self._library.spikeloom_run, args=(ctypes.byref(job), n), daemon=True)
                for n in range(1, self.threads)
            ]
            for helper in helpers:
                helper.start()
            self._library.spikeloom_run(ctypes.byref(job), 0)
            for helper in helpers:
                helper.join()
        finally:
            self._running = None

    def _failure(self, call: _Call, schedule: str, data: BatchData, epoch: int) -> RunError:
        """The failure in words; the step of a NaN is found by running its example again, looking at every step."""
        failure = call.job.failure
        if failure.kind in (2, 4):
            groups = self.model.synapses if failure.kind == 2 else self.model.populations
            what = "a weight" if failure.kind == 2 else "a variable"
            if failure.variable:
                what = "the optimiser's average of a gradient"
            return RunError(
                f"{what} became infinite or NaN when it was updated",
                place=list(groups)[failure.group],
                hint="lower the learning rate, or the scale of the first weights",
            )
        population = list(self.model.populations.values())[failure.group]
        if failure.kind == 3:
            return RunError(f"an array index of {failure.index} is outside its array", place=population.name)
        variable = population.model.vars[failure.variable].name if failure.variable >= 0 else "Isyn"
        example = int(call.examples[failure.position])
        step = int(failure.step)
        if step < 0 and not call.job.check_each_step:
            try:
                only = [np.array([example])]
                timesteps = int(call.job.timesteps)
                self.run(schedule, data, only, epoch=epoch, timesteps=timesteps, check_each_step=True)
            except RunError as again:
                return again
        at = f" in step {step}" if step >= 0 else ""
        return RunError(
            f"neuron {failure.index} became infinite or NaN{at} of example {example}",
            place=f"{population.name}.{variable}",
            hint="lower the learning rate, or the scale of the first weights",
        )


class _Call:
    """One job with the arrays it points to, which must live as long as it runs."""

    def __init__(
        self, runtime: EmbeddedRuntime, schedule: str, data: BatchData, batches: Sequence[np.ndarray], timesteps: int
    ) -> None:
        self.runtime, self.program, self.layout = runtime, runtime.program, runtime.layout
        self.keep: list[Any] = []
        self.data = data
        self.job = job = runtime._job()
        job.schedule = self.program.schedules.index(schedule)
        job.timesteps = timesteps
        lengths = [len(batch) for batch in batches]
        self.offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        self.examples = np.concatenate(batches).astype(np.int64) if batches else np.zeros(0, np.int64)
        if len(self.examples) and not 0 <= self.examples.min() <= self.examples.max() < len(data):
            raise UserError(f"an example number is outside 0..{len(data) - 1}")
        job.n_batches = len(batches)
        job.batch_offsets, job.examples = self._address(self.offsets), self._address(self.examples)
        self.updates = runtime.updates[schedule]
        if self.updates > 1 and max(lengths, default=0) > runtime._places:
            message = f"a batch of {max(lengths)} examples was given, built for {runtime._places} side by side"
            raise UserError(message, place=runtime.model.name)
        job.tickets = self._address(np.zeros(max(1, len(batches) * self.updates), np.int32))
        self._set_data(data)
        self._set_results()

    def _address(self, array: np.ndarray) -> int:
        self.keep.append(array)
        return int(array.ctypes.data)

    def _structures(self, items: list[Any], kind: type) -> int:
        array: Any = (kind * max(1, len(items)))(*items)  # type: ignore[operator]
        self.keep.append(array)
        return ctypes.addressof(array)

    def _set_data(self, data: BatchData) -> None:
        spikes = []
        for name in self.program.spike_inputs:
            found = data.spikes[name]
            size = self.runtime.model.populations[name].size
            if len(found.ids) and not 0 <= found.ids.min() <= found.ids.max() < size:
                raise UserError(f"a spike of neuron {found.ids.max()} was given to {size} neurons", place=name)
            arrays = (
                np.ascontiguousarray(found.offsets, np.int64),
                np.ascontiguousarray(found.steps, np.int32),
                np.ascontiguousarray(found.ids, np.int32),
            )
            spikes.append(SpikeArrays(*(self._address(array) for array in arrays)))
        self.job.spikes = self._structures(spikes, SpikeArrays)
        values = []
        for key, target in self.program.values.items():
            if key not in data.values:
                values.append(ValueArray(0, 0))
                continue
            place, given = self.layout[target], np.asarray(data.values[key])
            if len(given) != len(data) or given.size != len(data) * place.length:
                wanted = (len(data), place.length)
                raise UserError(f"an array of shape {given.shape} was given, expected {wanted}", place=key)
            array = np.ascontiguousarray(given, self.layout.dtype if place.scalar else np.int32)
            values.append(ValueArray(self._address(array), place.length))
        self.job.values = self._structures(values, ValueArray)

    def _set_results(self) -> None:
        self.results: dict[str, np.ndarray] = {}
        structures = []
        for key, (group, variable) in self.program.results.items():
            place = self.layout[group, variable]
            array = np.zeros((len(self.examples), place.length), self.layout.dtype if place.scalar else np.int32)
            self.results[key] = array
            structures.append(ResultArray(self._address(array), place.length))
        self.job.results = self._structures(structures, ResultArray)

    def set_dynamic(self, dynamic: Mapping[tuple[str, str], np.ndarray]) -> None:
        """The batches' values of the parameters that the schedule sets."""
        if not self.job.update or not self.program.dynamic:
            return
        columns = [np.asarray(dynamic[op.name, op.param], dtype=self.layout.dtype) for op in self.program.dynamic]
        self.job.dynamic_values = self._address(np.ascontiguousarray(np.stack(columns, axis=1)))
        self.job.n_dynamic = len(columns)

    def set_recorders(
        self, record: Sequence[RecordSpikes | RecordVar], recorded: np.ndarray | None
    ) -> dict[Any, Any] | None:
        """Buffers for what is recorded."""
        if not record:
            return None
        positions = np.arange(len(self.examples)) if recorded is None else np.asarray(recorded)
        slots = np.full(len(self.examples), -1, np.int32)
        slots[positions] = np.arange(len(positions), dtype=np.int32)
        self.job.record_slots = self._address(slots)
        buffers: dict[Any, Any] = {}
        spike_records, var_records = [], []
        for recorder in record:
            if isinstance(recorder, RecordSpikes):
                # A neuron spikes at most once a step: what is emitted always fits.
                capacity = self._spike_capacity(recorder.population, positions)
                arrays: list[np.ndarray] = [np.zeros((len(positions), capacity), np.int32) for _ in range(2)]
                counts: np.ndarray = np.zeros(len(positions), np.int64)
                buffers[recorder] = (*arrays, counts)
                index = list(self.runtime.model.populations).index(recorder.population)
                addresses = [self._address(array) for array in (*arrays, counts)]
                spike_records.append(SpikeRecordArrays(index, capacity, *addresses))
            else:
                place = self._recorded_field(recorder)
                ids = self._recorded_places(recorder, place)
                out = np.zeros((len(positions), self.job.timesteps, len(ids)))
                buffers[recorder] = out
                fields = (recorder.phase, place.offset, int(not place.scalar), len(ids), recorder.late)
                var_records.append(VarRecordArrays(*fields, self._address(ids), self._address(out)))
        self.job.spike_records = self._structures(spike_records, SpikeRecordArrays)
        self.job.var_records = self._structures(var_records, VarRecordArrays)
        self.job.n_spike_records, self.job.n_var_records = len(spike_records), len(var_records)
        return buffers

    def _recorded_field(self, recorder: RecordVar) -> Field:
        place = self.layout.fields.get((recorder.population, recorder.variable))
        if place is None or place.arena != "slot":
            raise UserError(
                f"'{recorder.variable}' is not a variable that changes with time", place=recorder.population
            )
        return place

    def _recorded_places(self, recorder: RecordVar, place: Field) -> np.ndarray:
        """Where the values of the chosen neurons, or synapses, lie in a field."""
        count = place.rows * place.columns
        chosen = np.arange(count) if recorder.neurons is None else np.array(recorder.neurons, dtype=np.int64)
        if len(chosen) and not 0 <= chosen.min() <= chosen.max() < count:
            message = f"numbers {chosen.min()} to {chosen.max()} were asked for, it has 0 to {count - 1}"
            raise UserError(message, place=f"{recorder.population}.{recorder.variable}")
        rows, columns = np.divmod(chosen, place.columns)
        return (rows * place.stride + columns).astype(np.int32)

    def _spike_capacity(self, name: str, positions: np.ndarray) -> int:
        if name in self.program.spike_inputs:
            offsets = self.data.spikes[name].offsets
            examples = self.examples[positions]
            return int(max(1, (offsets[examples + 1] - offsets[examples]).max(initial=0)))
        return int(self.runtime.model.populations[name].size * self.job.timesteps)

    def finish(self, buffers: dict[Any, Any] | None) -> JobResult:
        """The results of the batches that were done."""
        done = int(self.job.batches_done)
        examples = int(self.offsets[done])
        recording = Recording()
        for recorder, buffer in (buffers or {}).items():
            if isinstance(recorder, RecordSpikes):
                steps, ids, counts = buffer
                recording.spikes[recorder.population] = [
                    (steps[r, :count].copy(), ids[r, :count].copy()) for r, count in enumerate(counts)
                ]
            else:
                recording.variables[recorder] = buffer
        results = {key: array[:examples] for key, array in self.results.items()}
        return JobResult(results, done, examples, recording)
