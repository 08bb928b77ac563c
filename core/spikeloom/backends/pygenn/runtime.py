"""The PyGeNN runtime: the schedule's ops, one after the other, on a model that GeNN compiled.

Examples run side by side where the device can (`batch_size` of them); GeNN's CPU runs one at a time. A batch of the
schedule may hold more: its examples then run in turns, and gradients go on adding up until the batch is complete.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.backends.interface import JobResult, Recorder
from spikeloom.backends.pygenn import build_folder, counters, memory, norms, source
from spikeloom.backends.pygenn.adopting import same_program
from spikeloom.backends.pygenn.arrays import INPUT, pulled, push
from spikeloom.backends.pygenn.build import Builder, model_name
from spikeloom.backends.pygenn.call import Call, Halted
from spikeloom.backends.pygenn.captured import Captured
from spikeloom.backends.pygenn.device import CPU, free_memory
from spikeloom.backends.pygenn.library import load
from spikeloom.backends.pygenn.limits import check_limits
from spikeloom.backends.pygenn.rewiring import rewire
from spikeloom.backends.pygenn.translate import IDLE, TRACED
from spikeloom.backends.pygenn.transposes import TRANSPOSE
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.genn.code import c_name
from spikeloom.genn.model_check import check_model, check_schedule
from spikeloom.genn.network import GeNNModel
from spikeloom.genn.schedule import Schedule, SetNorm, SetParam, Update
from spikeloom.genn.variables import Access, VarRef

PATIENCE = 0.5  # seconds that a batch has to come to its end when somebody asks to stop


def best_device(pygenn: Any) -> str:
    """What PyGeNN would run a model on: the best that it was built with."""
    return str(next(iter(pygenn.genn_model.backend_modules)))


def plan_of(
    model: GeNNModel,
    schedules: Sequence[Schedule],
    timesteps: int,
    batch_size: int,
    precision: str = "float",
    device: str | None = None,
) -> memory.Plan:
    """How a batch of a model would run on a device, the best by default.

    Raises
    ------
    UserError
        If there is no PyGeNN, or a single example does not fit the device.
    """
    device = device or best_device(load())
    needed, most = memory.estimate(model, schedules, timesteps, precision), 1 if device == CPU else batch_size
    return memory.plan(needed, device, batch_size, most=most, room=free_memory(device), place=model.name)


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
        How many examples a batch has; as many of them run side by side as the device has room for, 1 on GeNN's CPU.
    precision
        ``"float"``, or ``"double"`` for tests.
    device
        ``"cuda"``, ``"hip"`` or ``"single_threaded_cpu"``; None: the best that PyGeNN was built with.
    moves
        The parameters, as (group, parameter), that `adopt` may change.
    told
        Is given words about what it needs and does, while the model is built.
    """

    keeps_gradients = True  # of the last batch, so that they can be looked at
    records_inputs = True  # the summed input of synapses (inSyn) can be recorded

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
        moves: Collection[tuple[str, str]] = (),
        told: Callable[[str], None] = lambda text: None,
    ) -> None:
        check_model(model)
        for schedule in schedules.values():
            check_schedule(model, schedule)
        check_limits(model, schedules.values(), timesteps, may_rewire=True)
        self.pygenn = load()
        self.model, self.schedules, self.timesteps = model, dict(schedules), timesteps
        self.device = device or best_device(self.pygenn)
        self.plan = plan_of(model, list(schedules.values()), timesteps, batch_size, precision, self.device)
        self.batch_size = self.plan.examples
        told(self.plan.words())
        for schedule in schedules.values():
            self._check_side_by_side(schedule, batch_size)
        self.moves = frozenset(moves)
        self._moved: dict[tuple[str, str], float] = {}  # what `adopt` has changed
        self._precision, self._seed = precision, (seed % (2**32 - 1)) + 1
        self.counted = {name for name, population in model.populations.items() if counters.counts(population)}
        self._keepers = [update.name for update in counters.keepers(model)]
        self._stop_asked: float | None = None
        began = time.perf_counter()
        self.reused = self._build()  # what was compiled before
        how = "found what it had compiled for this network" if self.reused else "compiled this network"
        told(f"PyGeNN {how} in {time.perf_counter() - began:.1f} s.")
        self._mode = (-1, False)
        self._sums_left = False  # whether examples have added to sums that no update took
        self._learnt = False  # whether an update took the sums of the last batch that had a gradient
        self._places: dict[tuple[str, str], tuple[VarRef, np.ndarray]] = {}  # of what is a transpose, as the model says
        self._params: dict[tuple[str, str], float] = {}  # of custom updates, as the last update set them
        self._transpose()

    def _check_side_by_side(self, schedule: Schedule, examples: int) -> None:
        """Refuse updates within an example where the other examples of the batch would not have come as far."""
        if schedule.online and examples > self.batch_size:
            message = f"updates within an example need all {examples} of a batch side by side, and there is room for "
            hint = "Take a batch_size of 1, update after each batch, or use the embedded backend."
            raise UserError(f"{message}{self.batch_size}", place=self.model.name, hint=hint)

    # -- building ----------------------------------------------------------------------------------------------
    def _build(self) -> bool:
        """Build and load, or load what was built before; whether it was."""
        settings = (self._precision, self._seed, self.batch_size, self.timesteps, sorted(self.moves))
        key = build_folder.entry_key(self.pygenn, self.device, settings, self.model, self.schedules)
        self._folder = tempfile.TemporaryDirectory(prefix="spikeloom-genn-", ignore_cleanup_errors=True)
        folder, printed = Path(self._folder.name), Captured()
        reused = build_folder.fetch(key, folder)
        try:
            with printed:
                if not reused:
                    build_folder.make(key, partial(self._generate, never_rebuild=False), folder)
                self._generate(folder, never_rebuild=True)
                self.genn.load(num_recording_timesteps=self.timesteps)
        except RunError:
            raise
        except Exception as error:  # PyGeNN raises what its parts raise, and prints why
            reason = "; ".join(printed.errors) or f"{type(error).__name__}: {error}"
            message = f"PyGeNN could not build the model ({reason})"
            raise RunError(message, place=self.model.name, hint="`spikeloom doctor` says what it found.") from error
        return reused

    def _generate(self, folder: Path, *, never_rebuild: bool) -> None:
        """Hand the model to PyGeNN anew, to be compiled in a folder or, with `never_rebuild`, found there."""
        options = {"optimize_code": True} if self.device == CPU else {}
        self.genn = self.pygenn.GeNNModel(self._precision, model_name(self.model), backend=self.device, **options)
        self.genn.dt, self.genn.batch_size, self.genn.seed = self.model.dt, self.batch_size, self._seed
        sizes = self.batch_size, self.timesteps
        builder = Builder(self.pygenn, self.genn, self.model, *sizes, on_device=True, moves=self.moves)
        self.groups = builder.add_all(list(self.schedules.values()))
        self.genn.build(str(folder), never_rebuild=never_rebuild)

    # -- variables ---------------------------------------------------------------------------------------------
    def array(self, group: str, name: str) -> Any:
        """PyGeNN's array of a variable, or of values that codes index."""
        owner = self.groups.find(group)
        if name == INPUT and group in self.model.synapses:
            return owner.out_post
        if owner is not None and name in getattr(owner, "extra_global_params", {}):
            return owner.extra_global_params[name]
        if owner is None or name not in owner.vars:
            raise UserError(f"'{name}' is not a variable of the model", place=group)
        return owner.vars[name]

    def get(self, group: str, variable: str) -> np.ndarray:
        """A copy of a variable that outlives a batch: (pre, post) for synapses, (size,) for neurons."""
        return pulled(self.array(group, variable)).reshape(self.model.shape(group))

    def set(self, group: str, variable: str, values: np.ndarray) -> None:
        """Write a variable that outlives a batch; its shape must fit."""
        array, values = self.array(group, variable), np.asarray(values)
        shape = self.model.shape(group)
        if values.shape != shape:
            message = f"an array of shape {values.shape} was given, expected {shape}"
            raise UserError(message, place=f"{group}.{variable}")
        push(array, values)
        if any(VarRef(group, variable) in s.transposes.values() for s in self.model.synapses.values()):
            self._transpose()

    def rewire(self, name: str, pre: np.ndarray, post: np.ndarray, fresh: np.ndarray) -> None:
        """Let synapse k of `name` lead from neuron ``pre[k]`` to ``post[k]``; those that are `fresh` start anew."""
        rewire(self.groups, self.model, name, pre, post, fresh)
        self._places.clear()
        self._transpose()

    def adopt(self, model: GeNNModel, schedules: Mapping[str, Schedule]) -> bool:
        """Take the parameters of a model that differs in nothing but those that may move; whether it does."""
        if not same_program(self.model, self.schedules, model, schedules, self.moves):
            return False
        for name, param in self.moves:
            value = float(model.group(name).params[param])
            if value != self._moved.get((name, param), self.model.group(name).params[param]):
                self._moved[name, param] = value
                self.groups.find(name).set_dynamic_param_value(param, value)
        return True

    def _transpose(self) -> None:
        """Bring what is the transpose of another variable up to date."""
        if self.groups.transposes:
            self.genn.custom_update(TRANSPOSE)
        for name, synapses in self.model.synapses.items():
            for variable in synapses.transposes:
                if (name, variable) not in self.groups.transposes:
                    if (name, variable) not in self._places:
                        self._places[name, variable] = self.model.transposed_places(name, variable)
                    other, places = self._places[name, variable]
                    push(self.array(name, variable), pulled(self.array(other.group, other.var)).ravel()[places])

    def gradient(self, group: str, variable: str) -> np.ndarray:
        """An accumulated variable summed over the examples of the last batch: for tests and for looking."""
        shape, taken = self.model.shape(group), self._mean_of(group, variable) if self._learnt else None
        if taken is not None:  # an update took the sum and left its mean
            name, mean, scale = taken
            return np.asarray(pulled(self.array(name, mean)).astype(float).reshape(shape) / scale)
        values = pulled(self.array(group, variable)).astype(float)
        return np.asarray(values.reshape(-1, *shape).sum(axis=0))

    def _mean_of(self, group: str, variable: str) -> tuple[str, str, float] | None:
        """The custom update, with its variable and its factor, that took the sum over the last batch."""
        for update in self.model.custom_updates.values():
            for var in update.model.vars:
                if var.access is Access.REDUCE_BATCH_SUM and VarRef(group, variable) in update.var_refs.values():
                    scales = [self._params.get((update.name, param), 0.0) for param in update.model.params]
                    return (update.name, var.name, scales[0]) if scales and scales[0] else None
        return None

    # -- running -----------------------------------------------------------------------------------------------
    def stop(self) -> None:
        """Ask a running job, from another thread, to end after the batch at hand; within it, where that takes long."""
        if self._stop_asked is None:
            self._stop_asked = time.monotonic()

    @property
    def hurried(self) -> bool:
        """Whether somebody who asked to stop waits for longer than the batch at hand may take."""
        return self._stop_asked is not None and time.monotonic() > self._stop_asked + PATIENCE

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
    ) -> JobResult:
        """Run `schedule` over `batches`, arrays of example numbers of `data`; see `Runtime.run`."""
        if timesteps != self.timesteps:
            raise UserError(f"{timesteps} timesteps asked for, built for {self.timesteps}", place=self.model.name)
        self._stop_asked = None
        data, batches = data.resolved(batches)
        chosen_schedule = self.schedules[schedule]
        self._check_side_by_side(chosen_schedule, max(map(len, batches), default=0))
        if chosen_schedule.each_batch:
            self._learnt = update
        learn = partial(self._update, chosen_schedule, dynamic or {}) if update else None
        call = Call(self, chosen_schedule, data, record, learn)
        done = position = 0
        chosen = None if recorded is None else set(np.asarray(recorded).tolist())
        for batch in batches:
            if self._sums_left:
                self.keep_sums(0)
            self._sums_left = True
            try:
                self._run_batch(call, np.asarray(batch), position, chosen)
            except Halted:
                call.forget_batch()
                break
            position += len(batch)
            if learn is not None:
                learn(call.updates)
                call.updates += 1
                self._sums_left = False
            call.end_batch()
            done += 1
            if self._stop_asked is not None:
                break
        return call.result(done)

    def _run_batch(self, call: Call, batch: np.ndarray, position: int, chosen: Container[int] | None) -> None:
        """Run the examples of a batch, as many side by side as there is room for; those that are over come first."""
        ends = range(len(batch), 0, -self.batch_size)
        for end in reversed(ends):
            start = max(0, end - self.batch_size)
            places = range(position + start, position + end)
            call.examples(batch[start:end], [k for k, p in enumerate(places) if chosen is None or p in chosen])

    def _update(self, schedule: Schedule, dynamic: Mapping[tuple[str, str], np.ndarray], number: int) -> None:
        """What the schedule does after a batch, or within it; the update has a `number` in the job."""
        for op in schedule.each_batch:
            match op:
                case SetParam(name, param):
                    self._params[name, param] = float(dynamic[name, param][number])
                    self.groups.updates[name].set_dynamic_param_value(param, self._params[name, param])
                case SetNorm(params, of):
                    norm = self._norm(of)
                    for name, param in params:
                        self.groups.updates[name].set_dynamic_param_value(param, norm)
                case Update(name):
                    self.genn.custom_update(c_name(name))
        self._transpose()

    def _norm(self, of: Sequence[VarRef]) -> float:
        """The Euclidean norm of variables together."""
        added = self.groups.squares
        if any(ref in added for ref in of):
            for group in self.groups.squaring:
                self.genn.custom_update(group)
        squares = [
            pulled(added[ref].vars[norms.TOTAL]).astype(float).sum()
            if ref in added
            else np.square(pulled(self.array(ref.group, ref.var)), dtype=float).sum()
            for ref in of
        ]
        return float(np.sqrt(sum(squares)))

    def keep_sums(self, examples: int) -> None:
        """Forget what all but the first `examples` of those side by side have added to sums over the batch."""
        for name in self._keepers:
            self.groups.updates[name].set_dynamic_param_value(counters.KEPT, examples)
        if self._keepers:
            self.genn.custom_update(counters.KEEP_SUMS)

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
        with Captured():
            self.genn.load(num_recording_timesteps=self.timesteps)
        for values, before in kept:
            push(values, before)
        for (name, param), value in self._moved.items():
            self.groups.find(name).set_dynamic_param_value(param, value)
        (phase, traces), self._mode = self._mode, (-1, False)
        self.set_phase(phase, traces=traces)

    def close(self) -> None:
        """Let go of the model and its folder."""
        with contextlib.suppress(Exception):
            self.genn.unload()
        self._folder.cleanup()
