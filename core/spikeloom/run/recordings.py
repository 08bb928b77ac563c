"""Recorders of a document or a script while a network runs, and recordings as NPZ files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.backends.interface import JobResult, RecordSpikes, RecordVar
from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.checkpoints import write_atomically
from spikeloom.run.prediction import SpikeTrain
from spikeloom.run.recorder_checks import each_once
from spikeloom.spec import Document, PopulationRecorder, Recorder, SynapseRecorder, VariableRecorder, infer_shapes
from spikeloom.spec.selection import chosen

if TYPE_CHECKING:
    from spikeloom.run.session import Session

MOST_SYNAPSES = 20_000
Key = str | tuple[str, str]


class Recordings:
    """Gathers what recorders see.

    Parameters
    ----------
    recorders
        Of a document or a script.
    document, compiled
        What runs.
    count
        How many examples there are to choose from.

    Attributes
    ----------
    asked
        What a backend is to record.
    spikes
        Population -> a `SpikeTrain` for each of its recorded examples.
    wanted
        The numbers of the examples that some recorder sees.
    examples
        Of each population, and of each (part, variable), the numbers of these examples.
    """

    def __init__(
        self, recorders: Sequence[Recorder], document: Document, compiled: CompiledNetwork, count: int
    ) -> None:
        recorders = each_once(recorders)
        self._shapes, self._dt = infer_shapes(document), compiled.model.dt
        self._timesteps = compiled.timesteps
        self._recorders = [(recorder, self._asked(recorder, compiled)) for recorder in recorders]
        self._examples = [_chosen(recorder.examples, (count,), "examples", recorder) for recorder in recorders]
        self._every = all(recorder.examples is None for recorder in recorders)
        self.wanted = np.unique(np.concatenate([*self._examples, np.zeros(0, np.int64)]))
        self.asked = [asked for _, asked in self._recorders]
        self.spikes: dict[str, list[SpikeTrain]] = {}
        self.examples: dict[Key, list[int]] = {}
        self._values: dict[tuple[str, str], list[np.ndarray]] = {}
        for recorder, asked in self._recorders:
            self.examples[key_of(recorder)] = []
            if isinstance(asked, RecordSpikes):
                self.spikes[asked.population] = []
            else:
                size = int(np.prod(compiled.model.shape(recorder.part)))
                columns = size if asked.neurons is None else len(asked.neurons)
                self._values[asked.population, asked.variable] = [np.zeros((0, self._timesteps, columns))]

    def _asked(self, recorder: Recorder, compiled: CompiledNetwork) -> RecordSpikes | RecordVar:
        match recorder:
            case SynapseRecorder():
                numbers = synapses_of(recorder, compiled, self._shapes)
                return RecordVar(
                    recorder.connection,
                    recorder.variable,
                    tuple(numbers.tolist()),
                    late=compiled.lag(recorder.variable),
                )
            case VariableRecorder():
                every = recorder.neurons is None
                neurons = None if every else tuple(self._neurons(recorder).tolist())
                return RecordVar(recorder.population, recorder.variable, neurons)
            case PopulationRecorder():
                return RecordSpikes(recorder.population)
        raise NotImplementedError(recorder.type)

    def _neurons(self, recorder: PopulationRecorder) -> np.ndarray:
        shape = self._shapes[recorder.population]
        return _chosen(recorder.neurons, shape, "neurons", recorder, recorder.population)

    @property
    def variables(self) -> dict[tuple[str, str], np.ndarray]:
        """(part, variable) -> (recorded examples, timesteps, neurons or synapses)."""
        return {key: np.concatenate(values) for key, values in self._values.items()}

    def positions(self, examples: np.ndarray) -> np.ndarray:
        """Which of some examples are recorded, by their places among them."""
        return np.arange(len(examples)) if self._every else np.flatnonzero(np.isin(examples, self.wanted))

    def add(self, examples: np.ndarray, result: JobResult, rows: np.ndarray | None = None) -> None:
        """Take what was recorded of some examples, which stand in these `rows` of the recording (None: in all)."""
        places = np.arange(len(examples)) if rows is None else rows
        for (recorder, asked), wanted in zip(self._recorders, self._examples, strict=True):
            mine = np.ones(len(examples), bool) if recorder.examples is None else np.isin(examples, wanted)
            self.examples[key_of(recorder)] += examples[mine].tolist()
            if isinstance(asked, RecordVar):
                if mine.any():
                    values = result.recording.variables[asked][places[mine]]
                    self._values[asked.population, asked.variable].append(values)
                continue
            assert isinstance(recorder, PopulationRecorder)
            chosen = None if recorder.neurons is None else self._neurons(recorder)
            for row in places[mine]:
                steps, ids = result.recording.spikes[asked.population][row]
                keep = slice(None) if chosen is None else np.isin(ids, chosen)
                self.spikes[asked.population].append(SpikeTrain(steps[keep] * self._dt, ids[keep]))


def key_of(recorder: Recorder) -> Key:
    """What a recorder's findings are filed under: a population, or a part and a variable."""
    variable = getattr(recorder, "variable", "")
    return (recorder.part, variable) if variable else recorder.part


def _chosen(
    selection: str | list[object] | None, shape: tuple[int, ...], what: str, recorder: Recorder, owner: str = ""
) -> np.ndarray:
    try:
        return chosen(selection, shape, what, owner)
    except UserError as error:
        raise UserError(error.message, place=f"the recorder of '{recorder.part}'", hint=error.hint) from None


def synapses_of(recorder: SynapseRecorder, compiled: CompiledNetwork, shapes: dict[str, tuple[int, ...]]) -> np.ndarray:
    """The numbers of the synapses that are recorded.

    Raises
    ------
    UserError
        Where they are too many.
    """
    sources, targets = compiled.model.pairs(recorder.connection)
    group = compiled.model.synapses[recorder.connection]
    found = np.flatnonzero(
        _at(recorder.sources, sources, group.source, shapes, recorder)
        & _at(recorder.targets, targets, group.target, shapes, recorder)
    )
    if len(found) > MOST_SYNAPSES:
        message = f"{len(found)} synapses would be recorded in every timestep, expected at most {MOST_SYNAPSES}"
        raise UserError(message, place=f"the recorder of '{recorder.connection}'", hint="Choose sources and targets.")
    return found


def _at(
    selection: str | list[object] | None,
    ends: np.ndarray,
    population: str,
    shapes: dict[str, tuple[int, ...]],
    recorder: Recorder,
) -> np.ndarray:
    """Which synapses begin, or end, at the neurons that are chosen."""
    if selection is None:
        return np.ones(len(ends), bool)
    return np.isin(ends, _chosen(selection, shapes[population], "neurons", recorder, population))


def save_recording(path: Path, session: Session, data: BatchData, document: Document, count: int) -> None:
    """Run examples and save what the recorders see; of a recorder that chooses none, the first `count` examples.

    The file holds, per recorded population, ``<population>.spike_times`` (ms), ``.spike_ids`` and ``.spike_examples``,
    and ``<population>.<variable>`` (examples, timesteps, neurons). Of a connection it is (examples, timesteps,
    synapses), and ``<connection>.sources`` and ``.targets`` say which neurons each synapse connects. Where examples are
    chosen, ``<population>.<variable>.examples`` has their numbers.
    """
    document = document.model_copy(deep=True)
    for recorder in document.experiment.recording:
        if recorder.examples is None:
            recorder.examples = f":{count}"
    recordings = Recordings(document.experiment.recording, document, session.compiled, len(data))
    last = max(recordings.wanted, default=0)
    session.predict(data.take(range(last + 1)), recordings=recordings)
    arrays: dict[str, np.ndarray] = {}
    for population, trains in recordings.spikes.items():
        numbers = recordings.examples[population]
        counts = [len(train.times) for train in trains]
        arrays[f"{population}.spike_times"] = np.concatenate([train.times for train in trains])
        arrays[f"{population}.spike_ids"] = np.concatenate([train.neurons for train in trains])
        arrays[f"{population}.spike_examples"] = np.repeat(numbers, counts)
    for (part, variable), values in recordings.variables.items():
        arrays[f"{part}.{variable}"] = values
        if recordings.examples[part, variable] != list(range(len(values))):
            arrays[f"{part}.{variable}.examples"] = np.array(recordings.examples[part, variable])
    for traced in (r for r in document.experiment.recording if isinstance(r, SynapseRecorder)):
        found, name = synapses_of(traced, session.compiled, infer_shapes(document)), traced.connection
        sources, targets = session.compiled.model.pairs(name)
        arrays |= {f"{name}.sources": sources[found], f"{name}.targets": targets[found]}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    write_atomically(path, buffer.getvalue())
