"""The PyGeNN runtime: the schedule's ops, one after the other, on a model that GeNN compiled.

Examples run side by side where the device can (`batch_size` of them); GeNN's CPU runs one at a time. A batch of the
schedule may hold more: its examples then run in turns, and gradients go on adding up until the batch is complete.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from spikeloom.backends.interface import JobResult, Recorder
from spikeloom.backends.pygenn import source
from spikeloom.backends.pygenn.arrays import pulled, push
from spikeloom.backends.pygenn.build import Builder, model_name
from spikeloom.backends.pygenn.call import Call
from spikeloom.backends.pygenn.captured import Captured
from spikeloom.backends.pygenn.library import load
from spikeloom.backends.pygenn.limits import check_limits
from spikeloom.backends.pygenn.translate import IDLE, TRACED
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.genn.code import c_name
from spikeloom.genn.model_check import check_model, check_schedule
from spikeloom.genn.network import GeNNModel
from spikeloom.genn.schedule import Schedule, SetNorm, SetParam, Update
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
        for schedule in schedules.values():
            self._check_side_by_side(schedule, batch_size)
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

    def _check_side_by_side(self, schedule: Schedule, examples: int) -> None:
        """Refuse updates within an example where the other examples of the batch would not have come as far."""
        if schedule.online and examples > self.batch_size:
            message = f"updates within an example need all {examples} of a batch side by side, and there is room for "
            hint = "Take a batch_size of 1, update after each batch, or use the embedded backend."
            raise UserError(f"{message}{self.batch_size}", place=self.model.name, hint=hint)

    # -- building ----------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="spikeloom-genn-")
        printed = Captured()
        try:
            with printed:
                self.genn.build(self._folder.name)
                self.genn.load(num_recording_timesteps=self.timesteps)
        except Exception as error:  # PyGeNN raises what its parts raise, and prints why
            reason = "; ".join(printed.errors) or f"{type(error).__name__}: {error}"
            message = f"PyGeNN could not build the model ({reason})"
            raise RunError(message, place=self.model.name, hint="`spikeloom doctor` says what it found.") from error

    # -- variables ---------------------------------------------------------------------------------------------
    def array(self, group: str, name: str) -> Any:
        """PyGeNN's array of a variable, or of values that codes index."""
        owner = self.groups.find(group)
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
        self._transpose()

    def rewire(self, name: str, pre: np.ndarray, post: np.ndarray, fresh: np.ndarray) -> None:
        """Not built on PyGeNN: `check_limits` refuses networks whose synapses move."""
        raise UserError("synapses that move are not built on PyGeNN yet", place=name)

    def _transpose(self) -> None:
        """Bring what is the transpose of another variable up to date."""
        for name, synapses in self.model.synapses.items():
            for variable in synapses.transposes:
                other, places = self.model.transposed_places(name, variable)
                push(self.array(name, variable), pulled(self.array(other.group, other.var)).ravel()[places])

    def gradient(self, group: str, variable: str) -> np.ndarray:
        """An accumulated variable summed over the examples of the last job: for tests and for looking."""
        values = pulled(self.array(group, variable)).astype(float)
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
        record: Sequence[Recorder] = (),
        recorded: np.ndarray | None = None,
        epoch: int = 0,
    ) -> JobResult:
        """Run `schedule` over `batches`, arrays of example numbers of `data`; see `Runtime.run`."""
        if timesteps != self.timesteps:
            raise UserError(f"{timesteps} timesteps asked for, built for {self.timesteps}", place=self.model.name)
        self._stopped = False
        data, batches = data.resolved(batches)
        self._clear_sums()
        chosen_schedule = self.schedules[schedule]
        self._check_side_by_side(chosen_schedule, max(map(len, batches), default=0))
        learn = partial(self._update, chosen_schedule, dynamic or {}) if update else None
        call = Call(self, chosen_schedule, data, record, learn)
        done = position = 0
        chosen = None if recorded is None else set(np.asarray(recorded).tolist())
        for batch in batches:
            for start in range(0, len(batch), self.batch_size):
                chunk = np.asarray(batch[start : start + self.batch_size])
                places = range(position, position + len(chunk))
                call.examples(chunk, [k for k, place in enumerate(places) if chosen is None or place in chosen])
                position += len(chunk)
            self._sums_left = not update
            if learn is not None:
                learn(call.updates)
                call.updates += 1
            done += 1
            if self._stopped:
                break
        return call.result(done)

    def _update(self, schedule: Schedule, dynamic: Mapping[tuple[str, str], np.ndarray], number: int) -> None:
        """What the schedule does after a batch, or within it; the update has a `number` in the job."""
        for op in schedule.each_batch:
            match op:
                case SetParam(name, param):
                    self.groups.updates[name].set_dynamic_param_value(param, float(dynamic[name, param][number]))
                case SetNorm(params, of):
                    squares = [np.square(pulled(self.array(ref.group, ref.var)), dtype=float).sum() for ref in of]
                    for name, param in params:
                        self.groups.updates[name].set_dynamic_param_value(param, float(np.sqrt(sum(squares))))
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
            self.array(name, var.name)
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
        with Captured():
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
