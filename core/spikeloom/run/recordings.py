"""Recorders of a document, and recordings as NPZ files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.checkpoints import write_atomically
from spikeloom.run.session import Session
from spikeloom.spec import Document, Recorder, SpikeRecorder, SynapseRecorder, VariableRecorder

MOST_SYNAPSES = 20_000


def recorder_of(recorder: Recorder, compiled: CompiledNetwork) -> RecordSpikes | RecordVar:
    """A recorder as a backend takes it."""
    match recorder:
        case SpikeRecorder():
            return RecordSpikes(recorder.population)
        case VariableRecorder():
            neurons = None if recorder.neurons is None else tuple(recorder.neurons)
            return RecordVar(recorder.population, recorder.variable, neurons)
        case SynapseRecorder():
            chosen = tuple(synapses_of(recorder, compiled).tolist())
            return RecordVar(recorder.connection, recorder.variable, chosen, late=compiled.lag(recorder.variable))
    raise NotImplementedError(recorder.type)


def synapses_of(recorder: SynapseRecorder, compiled: CompiledNetwork) -> np.ndarray:
    """The numbers of the synapses that are recorded.

    Raises
    ------
    UserError
        Where they are too many.
    """
    sources, targets = compiled.model.pairs(recorder.connection)
    chosen = np.ones(len(sources), bool)
    for wanted, ends in ((recorder.sources, sources), (recorder.targets, targets)):
        if wanted is not None:
            chosen &= np.isin(ends, wanted)
    found = np.flatnonzero(chosen)
    if len(found) > MOST_SYNAPSES:
        message = f"{len(found)} synapses would be recorded in every timestep, expected at most {MOST_SYNAPSES}"
        raise UserError(message, place=f"the recorder of '{recorder.connection}'", hint="Choose sources and targets.")
    return found


def save_recording(
    path: Path,
    session: Session,
    data: BatchData,
    document: Document,
    count: int,
) -> None:
    """Run the first `count` examples and save what the recorders see.

    The file holds, per recorded population, ``<population>.spike_times`` (ms), ``.spike_ids`` and ``.spike_examples``,
    and ``<population>.<variable>`` (examples, timesteps, neurons). Of a connection it is (examples, timesteps,
    synapses), and ``<connection>.sources`` and ``.targets`` say which neurons each synapse connects.
    """
    recorders = [recorder_of(recorder, session.compiled) for recorder in document.experiment.recording]
    _, parts = session.predict(data.take(range(count)), recorders)
    dt = session.compiled.model.dt
    wanted = {r.population: r.neurons for r in document.experiment.recording if isinstance(r, SpikeRecorder)}
    arrays: dict[str, list[np.ndarray]] = {}
    start = 0
    for part in parts:
        for population, trains in part.recording.spikes.items():
            for number, (steps, ids) in enumerate(trains):
                neurons = wanted.get(population)
                chosen = np.isin(ids, neurons) if neurons is not None else np.ones(len(ids), bool)
                arrays.setdefault(f"{population}.spike_times", []).append(steps[chosen] * dt)
                arrays.setdefault(f"{population}.spike_ids", []).append(ids[chosen])
                arrays.setdefault(f"{population}.spike_examples", []).append(np.full(int(chosen.sum()), start + number))
        for recorder, values in part.recording.variables.items():
            arrays.setdefault(f"{recorder.population}.{recorder.variable}", []).append(values)
        start += part.examples_done
    for traced in (r for r in document.experiment.recording if isinstance(r, SynapseRecorder)):
        chosen, name = synapses_of(traced, session.compiled), traced.connection
        sources, targets = session.compiled.model.pairs(name)
        arrays |= {f"{name}.sources": [sources[chosen]], f"{name}.targets": [targets[chosen]]}
    buffer = io.BytesIO()
    joined = {name: np.concatenate(parts) for name, parts in arrays.items()}
    np.savez_compressed(buffer, **joined)  # type: ignore[arg-type]
    write_atomically(path, buffer.getvalue())
