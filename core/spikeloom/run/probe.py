"""A look at one example while the network learns: its spikes, a few variables and what is read, as an event.

The network stands still between two chunks of training; then the example is predicted with recorders and the event
``example`` tells what was seen. Nothing that training depends on is touched: weights are bit-identical with and
without a probe.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikeloom.backends.interface import JobResult, RecordSpikes, RecordVar
from spikeloom.compilers import Output
from spikeloom.errors import UserError, nearest
from spikeloom.genn.batch import BatchData
from spikeloom.run.control import Control
from spikeloom.run.events import Listener
from spikeloom.run.pace import Pace
from spikeloom.run.prepare import SPLITS
from spikeloom.run.session import Session
from spikeloom.run.watched import Watched
from spikeloom.spec import ALIF

INTERVAL = 0.2  # seconds between two looks
Shown = Callable[[str, int], Mapping[str, Any]]


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
        (population, variable, neurons) each; the neurons are indices, none of them for a few. Of a connection, indices
        of its synapses; none of them for a few whose presynaptic neurons spike.
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
        if split not in SPLITS:
            raise UserError(f"{split!r} found, expected train, validation or test", place="probe.split")
        if isinstance(interval, bool) or not isinstance(interval, int | float) or not 0 <= interval < math.inf:
            raise UserError(f"{interval!r} found, expected seconds", place="probe.interval")
        return cls(example, split, float(interval), read_variables(value.get("variables", ()), "probe.variables"))


def is_index(value: Any) -> bool:
    """Whether JSON gave a whole number of at least 0."""
    return type(value) is int and value >= 0


def read_variables(value: Any, place: str) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """(Part, variable, numbers) each, of an option or a command that is called `place` in errors."""
    read: list[tuple[str, str, tuple[int, ...]]] = []
    for number, item in enumerate(value if isinstance(value, list | tuple) else [value]):
        match item:
            case [str(population), str(variable), [*neurons]] if all(map(is_index, neurons)):
                if any(before[:2] == (population, variable) for before in read):
                    raise UserError(f"'{population}.{variable}' is named twice", place=f"{place}[{number}]")
                read.append((population, variable, tuple(neurons)))
            case _:
                message = f"{item!r} found, expected [population, variable, [neurons]]"
                raise UserError(message, place=f"{place}[{number}]")
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
        Through it another example (`Control.probe`) can be chosen.
    shown
        Gives, for a split and an example, what else its event tells: the input as it was before it became spikes.

    To look is never a reason for a run to fail: a part, variable or neuron that there is not is left out, and in place
    of an example that there is not another one is shown; messages say so.
    """

    def __init__(
        self,
        options: ProbeOptions,
        session: Session,
        data: Mapping[str, BatchData],
        listener: Listener,
        control: Control,
        shown: Shown = lambda split, example: {},
    ) -> None:
        self.options, self.session, self.listener, self.control = options, session, listener, control
        self.splits, self.split, self.example, self.shown = data, options.split, options.example, shown
        self._pace = Pace(options.interval)
        document = session.document
        self.populations = [p for p in document.network.populations if p.neuron.is_input or p.neuron.spiking]
        self.watched: list[Watched] = []
        self.watch(options.variables)
        if self.example >= len(self.data):
            self.listener({"event": "message", "text": self._outside(self.split, self.example), "level": "warning"})
            self.example = 0
            known = (name for name in (self.split, *reversed(SPLITS)) if len(data[name]))
            self.split = next(known, self.split)
        control.handle("probe", self.choose)

    @property
    def data(self) -> BatchData:
        """The split that is looked at."""
        return self.splits[self.split]

    def watch(self, variables: Sequence[tuple[str, str, tuple[int, ...]]]) -> None:
        """Record other variables from now on; of those that cannot be, a message tells."""
        self.watched = []
        for item in variables:
            try:
                self.watched.append(Watched(self.session, *item))
            except UserError as error:
                self.listener({"event": "message", "text": error.message, "level": "warning"})

    def choose(self, example: int, split: str | None = None) -> None:
        """Look at another example, now; one that there is not leaves all as it is."""
        wanted = self.split if split is None else split
        if example < len(self.splits.get(wanted, ())):
            self.split, self.example = wanted, example
            self.look(force=True)
        else:
            self.listener({"event": "message", "text": self._outside(wanted, example), "level": "warning"})

    def look(self, *, force: bool = False) -> None:
        """Look if it is time to, or if forced."""
        if not force and not self._pace.due:
            return
        with self._pace:
            event = self.event()
            if event is not None:
                self.listener(event)

    def _outside(self, split: str, example: int) -> str:
        if split not in self.splits:
            return f"there is no split '{split}'{nearest(split, SPLITS)}"
        count = len(self.splits[split])
        if not count:
            return f"the {split} split has no examples"
        return f"there is no example {example}: the {split} split has 0 to {count - 1}"

    def event(self) -> dict[str, Any] | None:
        """What is seen of the example now; None where the run was interrupted meanwhile."""
        if not len(self.data):  # of a data set without any examples
            return None
        data = self.data.take(range(self.example, self.example + 1))
        for watched in self.watched:
            watched.choose(data)
        response = self._response(data)
        wanted = [recorder for watched in (*self.watched, *response.values()) for recorder in watched.forward]
        wanted = list(dict.fromkeys(wanted))
        readout, parts = self.session.predict(data, [*(RecordSpikes(p.name) for p in self.populations), *wanted])
        if not len(readout):
            return None
        values: dict[RecordVar, np.ndarray | None] = dict(parts[0].recording.variables)
        backward = [recorder for watched in self.watched for recorder in watched.backward]
        if backward:
            swept = self.session.sweep(data, backward)
            # The run may have been interrupted, or the example have no label to learn from.
            values |= swept or dict.fromkeys(backward)
        event = self._said(data, parts)
        for output, watched in response.items():
            event |= self._followed(output, watched, data, values)
        for name, examples in parts[0].recording.spikes.items():
            steps, ids = examples[0]
            event[f"{name}.steps"], event[f"{name}.ids"] = steps.astype(np.int32), ids.astype(np.int32)
        seen = [(watched, watched.values(values)) for watched in self.watched]
        known = [(watched, found) for watched, found in seen if found is not None]
        event["variables"] = [[w.part, w.variable, list(w.numbers)] for w, _ in known]
        event["labels"] = [w.labels() for w, _ in known]
        event["backward"] = [w.name for w, _ in known if w.backward]
        return event | {watched.name: found.astype(np.float32) for watched, found in known}

    def _response(self, data: BatchData) -> dict[Output, Watched]:
        """What outputs are to follow over time, where they have targets that change with time."""
        found = {}
        for output in self.session.compiled.outputs:
            targets = data.values.get(output.targets)
            if output.labels not in data.values and targets is not None and np.ndim(targets) == 3:
                neuron = self.session.document.network.population(output.population).neuron
                every = tuple(range(np.shape(targets)[2]))
                found[output] = Watched(self.session, output.population, neuron.output_var, every)
        return found

    def _followed(
        self, output: Output, watched: Watched, data: BatchData, values: Mapping[RecordVar, np.ndarray | None]
    ) -> dict[str, np.ndarray]:
        """What an output did over time, and what it was to follow; those of the first are plain words."""
        shown = watched.values(values)
        assert shown is not None
        before = "" if output is self.session.compiled.outputs[0] else f"{output.population}."
        targets = np.asarray(data.values[output.targets][0], np.float32)
        return {f"{before}response": shown.astype(np.float32), f"{before}targets": targets}

    def _answer(self, output: Output, data: BatchData, parts: Sequence[JobResult]) -> dict[str, Any]:
        """What was read of an output, and for which class it took the example."""
        readout, labels = self.session.readout(parts, output)[0], data.values.get(output.labels)
        return {
            "label": None if labels is None else int(labels[0]),
            "prediction": None if labels is None else int(readout.argmax()),
            "readout": [float(value) for value in readout],
        }

    def _said(self, data: BatchData, parts: Sequence[JobResult]) -> dict[str, Any]:
        compiled = self.session.compiled
        sizes = {name: population.size for name, population in compiled.model.populations.items()}
        answers = {output.population: self._answer(output, data, parts) for output in compiled.outputs}
        thresholds = {
            p.name: float(p.neuron.v_thresh)
            for p in self.session.document.network.populations
            if hasattr(p.neuron, "v_thresh")
        }
        return {
            "event": "example",
            "epoch": self.session.epoch,
            "example": self.example,
            "examples": len(self.data),
            "split": self.split,
            **answers[compiled.output],
            "outputs": answers,
            "timesteps": compiled.timesteps,
            "dt": compiled.model.dt,
            "populations": [{"name": p.name, "size": sizes[p.name]} for p in self.populations],
            "thresholds": thresholds,
            "adaptation": {
                p.name: float(p.neuron.beta)
                for p in self.session.document.network.populations
                if isinstance(p.neuron, ALIF)
            },
            **self.shown(self.split, self.example),
        }
