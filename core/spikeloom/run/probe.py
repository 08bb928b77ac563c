"""A look at one example while the network learns: its spikes, a few variables and what is read, as an event.

The network stands still between two chunks of training; then the example is predicted with recorders and the event
``example`` tells what was seen. Nothing that training depends on is touched: weights are bit-identical with and
without a probe.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.errors import UserError, nearest
from spikeloom.genn import SynapsePopulation
from spikeloom.genn.batch import BatchData
from spikeloom.run.control import Control
from spikeloom.run.events import Listener
from spikeloom.run.session import Session

INTERVAL = 0.2  # seconds between two looks
MOST_SHARE = 0.05  # of the time that looking may take
SYNAPSES = 4  # that are looked at where nobody chose any
GOLDEN = 0.618034  # multiples of it lie apart


@dataclass(frozen=True)
class ProbeOptions:
    """What to look at.

    Parameters
    ----------
    example, split
        Which example of which split.
    interval
        Least time between two looks, s.
    variables
        (population, variable, neurons) each; the neurons are indices. Of a connection, indices of its synapses; none
        of them for a few whose presynaptic neurons spike.
    """

    example: int = 0
    split: str = "test"
    interval: float = INTERVAL
    variables: tuple[tuple[str, str, tuple[int, ...]], ...] = field(default=())

    @classmethod
    def read(cls, value: Any) -> ProbeOptions | None:
        """The task option ``probe``; None where there is none.

        Raises
        ------
        UserError
            With the place where the option is not of its form.
        """
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise UserError(f"{value!r} found, expected an object", place="probe")
        unknown = sorted(set(value) - set(cls.__dataclass_fields__))
        if unknown:
            raise UserError(f"no option '{unknown[0]}'{nearest(unknown[0], cls.__dataclass_fields__)}", place="probe")
        example, split = value.get("example", 0), value.get("split", "test")
        interval = value.get("interval", INTERVAL)
        if not is_index(example):
            raise UserError(f"{example!r} found, expected the number of an example", place="probe.example")
        if split not in ("train", "validation", "test"):
            raise UserError(f"{split!r} found, expected train, validation or test", place="probe.split")
        if isinstance(interval, bool) or not isinstance(interval, int | float) or not 0 <= interval < math.inf:
            raise UserError(f"{interval!r} found, expected seconds", place="probe.interval")
        return cls(example, split, float(interval), _variables(value.get("variables", ())))


def is_index(value: Any) -> bool:
    """Whether JSON gave a whole number of at least 0."""
    return type(value) is int and value >= 0


def _variables(value: Any) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    read: list[tuple[str, str, tuple[int, ...]]] = []
    for number, item in enumerate(value if isinstance(value, list | tuple) else [value]):
        match item:
            case [str(population), str(variable), [*neurons]] if all(map(is_index, neurons)):
                if any(before[:2] == (population, variable) for before in read):
                    raise UserError(f"'{population}.{variable}' is named twice", place=f"probe.variables[{number}]")
                read.append((population, variable, tuple(neurons)))
            case _:
                place = f"probe.variables[{number}]"
                raise UserError(f"{item!r} found, expected [population, variable, [neurons]]", place=place)
    return tuple(read)


class Probe:
    """Looks at one example of a session that trains.

    Parameters
    ----------
    options
        What to look at.
    session
        Built; `look` is its ``on_chunk``.
    data
        The splits, encoded.
    listener
        Is told the ``example`` events.
    control
        Its `Control.example` is the example to show once somebody chose another.

    Raises
    ------
    UserError
        Where the example, a population, a variable or a neuron does not exist.
    """

    def __init__(
        self,
        options: ProbeOptions,
        session: Session,
        data: Mapping[str, BatchData],
        listener: Listener,
        control: Control,
    ) -> None:
        self.options, self.session, self.listener, self.control = options, session, listener, control
        self.data = data[options.split]
        self.example = options.example
        self._next = 0.0
        document = session.document
        self.populations = [p for p in document.network.populations if p.neuron.is_input or p.neuron.spiking]
        self.thresholds = {
            p.name: float(p.neuron.v_thresh) for p in document.network.populations if hasattr(p.neuron, "v_thresh")
        }
        self._record: list[RecordSpikes | RecordVar] = [RecordSpikes(p.name) for p in self.populations]
        self._record += [self._variable(number, *item) for number, item in enumerate(options.variables)]
        if self.example >= len(self.data):
            raise UserError(self._outside(self.example), place="probe.example")
        control.while_waiting(self._look_if_asked)

    def _variable(self, number: int, population: str, variable: str, neurons: tuple[int, ...]) -> RecordVar:
        place = f"probe.variables[{number}]"
        compiled = self.session.compiled
        populations = compiled.model.populations
        if population in compiled.model.synapses:
            return self._of_synapses(place, population, variable, neurons)
        if population not in populations:
            raise UserError(f"no population '{population}'{nearest(population, populations)}", place=place)
        known = [var.name for var in populations[population].model.vars]
        if variable not in known:
            raise UserError(f"'{population}' has no variable '{variable}'{nearest(variable, known)}", place=place)
        size = populations[population].size
        if any(neuron >= size for neuron in neurons):
            raise UserError(f"{max(neurons)} found, '{population}' has neurons 0 to {size - 1}", place=place)
        return RecordVar(population, variable, neurons)

    def _of_synapses(self, place: str, connection: str, variable: str, synapses: tuple[int, ...]) -> RecordVar:
        document, compiled = self.session.document, self.session.compiled
        rule = document.experiment.learning
        known = rule.synapse_variables(document, document.network.connection(connection)) if rule is not None else ()
        kept = [var.name for var in compiled.model.synapses[connection].weight_update.vars if var.name in known]
        if variable not in kept:
            message = f"'{connection}' has no variable '{variable}' of its synapses{nearest(variable, kept)}"
            raise UserError(message, place=place)
        count = compiled.model.num_synapses(connection)
        if any(synapse >= count for synapse in synapses):
            raise UserError(f"{max(synapses)} found, '{connection}' has synapses 0 to {count - 1}", place=place)
        return RecordVar(connection, variable, synapses, late=compiled.lag(variable))

    def _recorders(self, data: BatchData) -> list[RecordSpikes | RecordVar]:
        """What is recorded of the example; synapses that nobody chose are those of the inputs that spike most in it."""
        found: list[RecordSpikes | RecordVar] = []
        for recorder in self._record:
            group = self.session.compiled.model.synapses.get(recorder.population)
            if isinstance(recorder, RecordVar) and group is not None and not recorder.neurons:
                recorder = replace(recorder, neurons=self._busy_synapses(group, data))
            found.append(recorder)
        return found

    def _busy_synapses(self, group: SynapsePopulation, data: BatchData) -> tuple[int, ...]:
        """A synapse of each of a few busy inputs, onto neurons that lie apart; of other sources, some far apart."""
        sources, _ = self.session.compiled.model.pairs(group.name)
        spikes = data.spikes.get(group.source)
        if spikes is None or not len(spikes.ids):
            return tuple(sorted({int((k + 1) * GOLDEN % 1 * len(sources)) for k in range(SYNAPSES)}))
        chosen = []
        for k, source in enumerate(np.argsort(-np.bincount(spikes.ids), kind="stable")[:SYNAPSES]):
            own = np.flatnonzero(sources == source)
            chosen += [int(own[int((k + 1) * GOLDEN % 1 * len(own))])] if len(own) else []
        return tuple(sorted(chosen))

    def _labels(self, recorder: RecordVar) -> list[str]:
        """What the recorded neurons are called, or the synapses by their ends."""
        numbers = recorder.neurons or ()
        if recorder.population not in self.session.compiled.model.synapses:
            return [str(number) for number in numbers]
        sources, targets = self.session.compiled.model.pairs(recorder.population)
        return [f"{sources[number]} → {targets[number]}" for number in numbers]

    def look(self, *, force: bool = False) -> None:
        """Look if it is time to, if another example was chosen, or if forced."""
        if force or time.monotonic() >= self._next or self._asked:
            self._look()

    def _look_if_asked(self) -> None:
        if self._asked:
            self._look()

    @property
    def _asked(self) -> bool:
        return self.control.example not in (None, self.example)

    def _look(self) -> None:
        started = time.monotonic()
        self._choose(self.control.example)
        event = self.event()
        if event is not None:
            self.listener(event)
        now = time.monotonic()
        self._next = max(started + self.options.interval, now + (now - started) * (1 / MOST_SHARE - 1))

    def _choose(self, example: int | None) -> None:
        if example is None:
            return
        if example < len(self.data):
            self.example = example
        else:
            self.control.example = self.example
            self.listener({"event": "message", "text": self._outside(example), "level": "warning"})

    def _outside(self, example: int) -> str:
        count = len(self.data)
        if not count:
            return f"the {self.options.split} split has no examples"
        return f"there is no example {example}: the {self.options.split} split has 0 to {count - 1}"

    def event(self) -> dict[str, Any] | None:
        """What is seen of the example now; None where the run was interrupted meanwhile."""
        data = self.data.take(range(self.example, self.example + 1))
        readout, parts = self.session.predict(data, self._recorders(data))
        if not len(readout):
            return None
        recording = parts[0].recording
        compiled = self.session.compiled
        sizes = {name: population.size for name, population in compiled.model.populations.items()}
        labels = data.values.get("labels")
        event: dict[str, Any] = {
            "event": "example",
            "epoch": self.session.epoch,
            "example": self.example,
            "examples": len(self.data),
            "split": self.options.split,
            "label": None if labels is None else int(labels[0]),
            "prediction": None if labels is None else int(readout[0].argmax()),
            "timesteps": compiled.timesteps,
            "dt": compiled.model.dt,
            "readout": [float(value) for value in readout[0]],
            "populations": [{"name": p.name, "size": sizes[p.name]} for p in self.populations],
            "thresholds": self.thresholds,
            "variables": [[r.population, r.variable, list(r.neurons or ())] for r in recording.variables],
            "labels": [self._labels(r) for r in recording.variables],
        }
        for name, examples in recording.spikes.items():
            steps, ids = examples[0]
            event[f"{name}.steps"], event[f"{name}.ids"] = steps.astype(np.int32), ids.astype(np.int32)
        for recorder, values in recording.variables.items():
            event[f"{recorder.population}.{recorder.variable}"] = values[0].astype(np.float32)
        return event
