"""The embedded engine: builds a model's simulator, loads it, runs batches on threads without Python's lock."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from spikeloom.backends.embedded import build_cache
from spikeloom.backends.embedded.call import Call
from spikeloom.backends.embedded.generate import Program, generate
from spikeloom.backends.embedded.initialise import first_values
from spikeloom.backends.embedded.job import (
    Job,
)
from spikeloom.backends.embedded.layout import ALIGNMENT, Field
from spikeloom.backends.interface import (
    KEPT,
    JobResult,
    Recorder,
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

    keeps_gradients = True  # whether the gradient of a batch is there when the batch is over
    records_inputs = True  # whether the summed input of synapses (inSyn) can be recorded

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
        self.precision = precision
        self.program: Program = generate(model, schedules, precision)
        self.layout = self.program.layout
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
                hint="use fewer threads or shards, a smaller batch, network, max_spikes or tape_memory",
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

    def rewire(self, name: str, pre: np.ndarray, post: np.ndarray, fresh: np.ndarray) -> None:
        """Let synapse k of `name` lead from neuron ``pre[k]`` to ``post[k]``, in the order in which they are now.

        Parameters
        ----------
        pre, post
            As many as there are synapses.
        fresh
            Synapses that start anew: all that learning has written to them is 0. Signs and delays stay.
        """
        synapses = self.model.synapses[name]
        matrix, order = SparseMatrix.from_pairs(pre, post, self.model.ends(name)[0], self.model.ends(name)[1])
        for (group, variable), place in self.layout.fields.items():
            own, update = group == name, self.model.custom_updates.get(group)
            if place.arena != "shared" or not place.scalar or place.columns != len(order):
                continue
            if own or (update is not None and update.group == name):
                values = self._view(place)[0]
                if not own or variable not in KEPT:
                    values[fresh] = 0
                values[:] = values[order]
        synapses.matrix = matrix
        self._set_structure(name)
        for other, ways_back in self.model.synapses.items():
            if any(ref.group == name for ref in ways_back.transposes.values()):
                ways_back.matrix = matrix.transposed(*self.model.ends(name))[0]
                self._set_structure(other)
        self._transpose()

    def _set_structure(self, name: str) -> None:
        """Write which synapses there are, after they have moved."""
        matrix = self.model.synapses[name].matrix
        assert isinstance(matrix, SparseMatrix)
        self._view(self.layout[name, "offsets"])[0] = matrix.offsets
        self._view(self.layout[name, "targets"])[0] = matrix.targets
        for variable in self.model.synapses[name].transposes:
            _, places = self.model.transposed_places(name, variable)
            into = np.empty(len(places), np.int32)
            into[places] = np.arange(len(places), dtype=np.int32)
            self._view(self.layout[name, f"into:{variable}"])[0] = into

    def adopt(self, model: GeNNModel, schedules: Mapping[str, Schedule]) -> bool:
        """Take the parameters of a model that differs in nothing else; whether it is such a model."""
        program = generate(model, schedules, self.precision)
        if program.source != self.program.source:
            return False
        self._params[:] = np.array(program.layout.param_values, dtype=self.layout.dtype)
        return True

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
        record: Sequence[Recorder] = (),
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
        data, batches = data.resolved(batches)
        call = Call(self.program, self.model, self._job(), schedule, data, batches, timesteps, self._places)
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

    def _failure(self, call: Call, schedule: str, data: BatchData, epoch: int) -> RunError:
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
