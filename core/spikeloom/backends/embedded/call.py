"""One call of a built simulator: the job's arrays of data, results and recordings, and what comes of them."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spikeloom.backends.embedded.generate import Program
from spikeloom.backends.embedded.job import (
    Job,
    ResultArray,
    SpikeArrays,
    SpikeRecordArrays,
    ValueArray,
    VarRecordArrays,
)
from spikeloom.backends.embedded.layout import Field
from spikeloom.backends.interface import CountSpikes, JobResult, Recorder, Recording, RecordSpikes, RecordVar
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.genn.network import GeNNModel


class Call:
    """One job with the arrays it points to, which must live as long as it runs.

    Parameters
    ----------
    program, model
        What is called.
    job
        With the runtime's memory in it; the call adds the rest.
    schedule, data, batches, timesteps
        See `EmbeddedRuntime.run`.
    places
        The most examples that can advance side by side.
    """

    def __init__(
        self,
        program: Program,
        model: GeNNModel,
        job: Job,
        schedule: str,
        data: BatchData,
        batches: Sequence[np.ndarray],
        timesteps: int,
        places: int,
    ) -> None:
        self.program, self.model, self.layout = program, model, program.layout
        self.keep: list[Any] = []
        self.data = data
        self.job = job
        job.schedule = self.program.schedules.index(schedule)
        job.timesteps = timesteps
        lengths = [len(batch) for batch in batches]
        self.offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        self.examples = np.concatenate(batches).astype(np.int64) if batches else np.zeros(0, np.int64)
        if len(self.examples) and not 0 <= self.examples.min() <= self.examples.max() < len(data):
            raise UserError(f"an example number is outside 0..{len(data) - 1}")
        job.n_batches = len(batches)
        job.batch_offsets, job.examples = self._address(self.offsets), self._address(self.examples)
        self.updates = program.updates[schedule]
        if self.updates > 1 and max(lengths, default=0) > places:
            message = f"a batch of {max(lengths)} examples was given, built for {places} side by side"
            raise UserError(message, place=model.name)
        job.tickets = self._address(np.zeros(max(1, len(batches) * self.updates), np.int32))
        self._set_data(data)
        self._set_results()
        self._count_spikes()

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
            size = self.model.populations[name].size
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

    def _count_spikes(self) -> None:
        self.spike_counts: np.ndarray = np.zeros((len(self.examples), len(self.model.populations)), np.int64)
        self.job.spike_counts = self._address(self.spike_counts)

    def set_dynamic(self, dynamic: Mapping[tuple[str, str], np.ndarray]) -> None:
        """The batches' values of the parameters that the schedule sets."""
        if not self.job.update or not self.program.dynamic:
            return
        columns = [np.asarray(dynamic[op.name, op.param], dtype=self.layout.dtype) for op in self.program.dynamic]
        self.job.dynamic_values = self._address(np.ascontiguousarray(np.stack(columns, axis=1)))
        self.job.n_dynamic = len(columns)

    def set_recorders(self, record: Sequence[Recorder], recorded: np.ndarray | None) -> dict[Any, Any] | None:
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
                addresses = [self._address(array) for array in (*arrays, counts)]
                spike_records.append(SpikeRecordArrays(self._index(recorder.population), capacity, *addresses))
            elif isinstance(recorder, CountSpikes):
                size = self.model.populations[recorder.population].size
                counted = buffers[recorder] = np.zeros((len(positions), size), np.int32)
                address = self._address(counted)
                spike_records.append(SpikeRecordArrays(self._index(recorder.population), size, 0, address, 0))
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

    def _index(self, population: str) -> int:
        return list(self.model.populations).index(population)

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
            what = "synapses" if recorder.population in self.model.synapses else "neurons"
            message = f"{what} {recorder.neurons} were asked for, it has 0 to {count - 1}"
            raise UserError(message, place=f"{recorder.population}.{recorder.variable}")
        rows, columns = np.divmod(chosen, place.columns)
        return (rows * place.stride + columns).astype(np.int32)

    def _spike_capacity(self, name: str, positions: np.ndarray) -> int:
        if name in self.program.spike_inputs:
            offsets = self.data.spikes[name].offsets
            examples = self.examples[positions]
            return int(max(1, (offsets[examples + 1] - offsets[examples]).max(initial=0)))
        return int(self.model.populations[name].size * self.job.timesteps)

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
            elif isinstance(recorder, CountSpikes):
                recording.counts[recorder.population] = buffer
            else:
                recording.variables[recorder] = buffer
        results = {key: array[:examples] for key, array in self.results.items()}
        counts = {name: self.spike_counts[:examples, k] for k, name in enumerate(self.model.populations)}
        return JobResult(results, done, examples, recording, counts)
