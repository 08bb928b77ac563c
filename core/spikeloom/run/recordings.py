"""Recorders of a document, and recordings as NPZ files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.genn.batch import BatchData
from spikeloom.run.checkpoints import write_atomically
from spikeloom.run.session import Session
from spikeloom.spec import Document, SpikeRecorder, VariableRecorder


def recorders_of(document: Document) -> list[RecordSpikes | RecordVar]:
    """The document's recorders as a backend takes them."""
    found: list[RecordSpikes | RecordVar] = []
    for recorder in document.experiment.recording:
        if isinstance(recorder, SpikeRecorder):
            found.append(RecordSpikes(recorder.population))
        elif isinstance(recorder, VariableRecorder):
            neurons = None if recorder.neurons is None else tuple(recorder.neurons)
            found.append(RecordVar(recorder.population, recorder.variable, neurons))
    return found


def save_recording(
    path: Path,
    session: Session,
    data: BatchData,
    recorders: Sequence[RecordSpikes | RecordVar],
    document: Document,
    count: int,
) -> None:
    """Run the first `count` examples and save what the recorders see.

    The file holds, per recorded population, ``<population>.spike_times`` (ms), ``.spike_ids`` and ``.spike_examples``,
    and ``<population>.<variable>`` (examples, timesteps, neurons).
    """
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
    buffer = io.BytesIO()
    joined = {name: np.concatenate(parts) for name, parts in arrays.items()}
    np.savez_compressed(buffer, **joined)  # type: ignore[arg-type]
    write_atomically(path, buffer.getvalue())
