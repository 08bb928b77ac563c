"""Recorders of a script that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import UserError, nearest
from spikeloom.spec import Document, PopulationRecorder, Recorder, SynapseRecorder, VariableRecorder, infer_shapes
from spikeloom.spec.recording_problems import selection_problems, synapse_problems


def check_recorders(document: Document, compiled: CompiledNetwork, record: Sequence[Any]) -> None:
    """Refuse what is no recorder, or one of a part, a variable or a neuron that is not there."""
    for recorder in record:
        if not isinstance(recorder, Recorder):
            raise UserError(f"{type(recorder).__name__} found, expected a recorder", place="record")
        if isinstance(recorder, SynapseRecorder):
            for problem in synapse_problems(document, recorder, "record"):
                raise UserError(problem.message, place=problem.place, hint=problem.hint)
        elif isinstance(recorder, PopulationRecorder):
            _check_population(recorder, compiled)
            for problem in selection_problems(recorder.neurons, "record", recorder.population, infer_shapes(document)):
                raise UserError(problem.message, place=problem.place, hint=problem.hint)


def _check_population(recorder: PopulationRecorder, compiled: CompiledNetwork) -> None:
    populations = compiled.model.populations
    if recorder.population not in populations:
        meant = nearest(recorder.population, populations)
        raise UserError(f"no population '{recorder.population}'{meant}", place="record")
    names = [var.name for var in populations[recorder.population].model.vars]
    if isinstance(recorder, VariableRecorder) and recorder.variable not in names:
        message = f"no variable '{recorder.variable}' in '{recorder.population}' (known: {', '.join(names)})"
        raise UserError(message, place="record")


def each_once(record: Sequence[Recorder]) -> list[Recorder]:
    """The recorders without repetitions.

    Raises
    ------
    UserError
        Where two are of one variable, each of other neurons: one would stand in the place of the other.
    """
    seen: dict[tuple[str, str], Recorder] = {}
    for recorder in record:
        first = seen.setdefault((recorder.part, getattr(recorder, "variable", "")), recorder)
        if first != recorder:
            what = "examples"
            if first.examples == recorder.examples:
                what = "synapses" if isinstance(recorder, SynapseRecorder) else "neurons"
            message = f"'{recorder.part}' is recorded twice, each time other {what}"
            raise UserError(message, place="record", hint="List all of them in one recorder.")
    return list(seen.values())
