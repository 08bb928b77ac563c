"""A data set as somebody wants to see it before anything runs: how many examples, of which classes, and single ones.

The task ``look`` loads the data set of a document, tells of it (``dataset``, and ``labels`` of all examples, by split)
and of one example (``sample``), and then answers: the command ``show`` asks for another example, or for the same one
under other settings. Where the files say what the document does not, ``findings`` has the fields; where they are not
there and can be had, ``offer`` says where, how large they are and on which terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from spikeloom.data import Arrays, Events, Making, Source, inspect, load_dataset
from spikeloom.data.downloads import Offer, offer_of, target_folder
from spikeloom.errors import SpikeloomError, UserError
from spikeloom.genn.batch import SpikeData
from spikeloom.run.control import Control
from spikeloom.run.events import Listener
from spikeloom.run.feeder import STREAM
from spikeloom.run.options import base_option, open_document
from spikeloom.run.prepare import SPLITS, Examples, joined, split_numbers
from spikeloom.run.whole_set import FIXED_SEED, PARTS
from spikeloom.spec import Dataset, Document, Experiment, Simulation
from spikeloom.spec.problem import Refused

SAMPLED = 200  # examples whose spikes are counted for a mean
BLENDED = 7  # examples of its class with which one may be blended
MOST_SPIKES = 200_000  # of a sample that are told
APART = ("encoder", "transforms", "augmentation", "split")  # what changes nothing of the files


def look(options: Mapping[str, Any], listener: Listener, control: Control) -> dict[str, Any]:
    """Tell of the data set of a document, and answer until told to stop; the result is the last that was told of it."""
    document = open_document(options)
    looker = Looker(document, base_option(document, options), listener)
    control.handle("show", looker.show)
    looker.show({"split": options.get("split"), "example": options.get("example")})
    if options.get("linger") is True:
        listener({"event": "lingering"})
        control.linger()
    listener({"event": "result", "task": "look", "result": looker.facts})
    return looker.facts


class Looker:
    """Loads a data set once, and shows what is asked for.

    Parameters
    ----------
    document
        Only its experiment counts.
    base
        The folder to which files are named relative.
    """

    def __init__(self, document: Document, base: Path | None, listener: Listener) -> None:
        self.experiment, self.base, self.listener = document.experiment, base, listener
        self.facts: dict[str, Any] = {}
        self._files = ""  # of which settings the examples were loaded
        self._told = self._told_labels = self._inspected = ""
        self._all: Examples | None = None
        self._sizes: dict[str, int] = {}
        self._numbers: dict[str, np.ndarray] = {}
        self._split, self._example, self._epoch = "train", 0, 0

    def show(self, wanted: Mapping[str, Any]) -> None:
        """Show an example.

        Parameters
        ----------
        wanted
            ``split`` and ``example``, ``epoch`` (of augmentation), ``dataset`` and ``simulation`` as a document has
            them; what is left out stays. What is wrong is told as an event ``message``, and changes nothing.
        """
        first = not self.facts
        try:
            self._take(wanted)
            self._load()
            self._tell_facts()
            self._tell_sample()
            if not isinstance(self._all, Source):  # who reads a large set again keeps everybody waiting
                self._tell_findings(loaded=True)
        except SpikeloomError as error:
            self._tell_remedies()
            if first:
                raise
            self.listener({"event": "message", "text": str(error), "level": "error", **error.as_dict()})

    def _tell_remedies(self) -> None:
        """Say what could be done about examples that cannot be loaded."""
        dataset = self.experiment.dataset
        if dataset is None or _of_files(dataset) == self._files:
            return
        if not self._tell_findings():
            offer = offer_of(dataset)
            if offer is not None and not offer.by_hand:
                self.listener({"event": "offer", **_in_plain(offer), "folder": _target(dataset, self.base)})

    def _tell_findings(self, *, loaded: bool = False) -> bool:
        """Say which fields the files would have otherwise, once for each set; whether there are any.

        Of a set that was loaded, only what the document leaves open, such as the names of classes.
        """
        dataset = self.dataset
        state = _of_files(dataset)
        if state == self._inspected:
            return False
        self._inspected = state
        try:
            found = inspect(dataset, self.base)
        except SpikeloomError:
            return False
        changes = {k: v for k, v in found.changes(dataset).items() if not (loaded and getattr(dataset, k))}
        if changes:
            self.listener({"event": "findings", "fields": changes, "words": list(found.words)})
        return bool(changes)

    def _take(self, wanted: Mapping[str, Any]) -> None:
        experiment = self.experiment.model_copy(deep=True)
        for name in ("dataset", "simulation"):
            if wanted.get(name) is not None:
                setattr(experiment, name, made(name, wanted[name]))
        if wanted.get("validation_fraction") is not None:
            experiment.training.validation_fraction = wanted["validation_fraction"]
        self.experiment = experiment
        if wanted.get("split") is not None:
            if wanted["split"] not in SPLITS:
                raise UserError(f"no split '{wanted['split']}'", place="split", hint=f"One of {', '.join(SPLITS)}.")
            self._split = str(wanted["split"])
        for name in ("example", "epoch"):
            value = wanted.get(name)
            if value is not None:
                if type(value) is not int or value < 0:
                    raise UserError(f"{value!r} found, expected a number from 0", place=name)
                setattr(self, f"_{name}", value)

    @property
    def dataset(self) -> Dataset:
        """What is looked at."""
        if self.experiment.dataset is None:
            hint = "Choose one on the card of the data."
            raise UserError("the document names no data set", place="experiment.dataset", hint=hint)
        return self.experiment.dataset

    def _load(self) -> None:
        """Load the examples, unless they are those that are there."""
        files = _of_files(self.dataset)
        if files != self._files:
            parts = load_dataset(self.dataset, self.base)
            self._sizes = {name: len(parts[name]) for name in PARTS if name in parts}
            self._all = parts["train"] if parts["train"].labels is None else joined([parts[n] for n in self._sizes])
            self._files = files
        assert self._all is not None
        if self._all.labels is None:
            self._numbers = {name: np.arange(len(self._all) if name == "train" else 0) for name in SPLITS}
        else:
            document = Document(experiment=self.experiment)
            self._numbers = split_numbers(document, self._sizes, self._all.labels, self._all.groups)

    # -- all of it -----------------------------------------------------------------------------------------------
    def _tell_facts(self) -> None:
        simulation = self.experiment.simulation
        held = self.experiment.training.validation_fraction
        state = f"{self.dataset.model_dump_json()} {simulation.model_dump_json()} {held}"
        if state == self._told:
            return
        assert self._all is not None
        dataset, labels = self.dataset, self._all.labels
        field = dataset.field_names[0]
        classes = dataset.num_classes or (int(labels.max(initial=-1)) + 1 if labels is not None else 0)
        names = list(dataset.class_names)
        self.facts = {
            "splits": {name: len(numbers) for name, numbers in self._numbers.items()},
            "shape": list(dataset.input_fields.get(field, ())),
            "spike_shape": self._spike_shape(),
            "classes": classes,
            "class_names": names,
            "balance": {} if labels is None else _balance(labels, self._numbers, classes),
            "groups": {name: _sizes(values) for name, values in self._all.groups.items()},
            **self._typical(),
        }
        self._told = state
        self.listener({"event": "dataset", **self.facts})
        self._tell_labels(f"{self._files} {dataset.split} {held}")

    def _tell_labels(self, state: str) -> None:
        """The classes of all examples, so that somebody can look for those of one."""
        assert self._all is not None
        if state == self._told_labels:
            return
        self._told_labels, labels = state, self._all.labels
        found = {} if labels is None else {name: labels[chosen] for name, chosen in self._numbers.items()}
        self.listener({"event": "labels", **{name: np.asarray(of, np.int32) for name, of in found.items()}})

    def _spike_shape(self) -> list[int]:
        """The shape of what an input takes; empty where it is not known."""
        shape = self.dataset.input_fields.get(self.dataset.field_names[0], ())
        try:
            return list(self.dataset.shape_of_spikes(shape)) if shape else []
        except Refused:
            return []

    def _typical(self) -> dict[str, Any]:
        """Mean number of spikes of some training examples, and how long recorded ones last (ms)."""
        numbers = self._numbers["train"]
        step = max(1, len(numbers) // SAMPLED)
        some = self._read(numbers[::step][:SAMPLED])
        if not len(some) or (self.dataset.encoder is None and not isinstance(some.x, Events)):
            return {}
        made_ = self._making().prepared(some, np.random.default_rng(FIXED_SEED))
        found: dict[str, Any] = {"spikes": len(made_.ids) / len(some)}
        if isinstance(some.x, Events) and len(some.x.ids):
            lasts = np.maximum.reduceat(some.x.times, some.x.offsets[:-1][np.diff(some.x.offsets) > 0])
            found["duration"] = {"median": float(np.median(lasts)), "longest": float(lasts.max())}
        return found

    # -- one example ---------------------------------------------------------------------------------------------
    def _tell_sample(self) -> None:
        numbers = self._numbers[self._split]
        if not len(numbers):
            self.listener({"event": "sample", "split": self._split, "example": 0, "examples": 0})
            return
        self._example = min(self._example, len(numbers) - 1)
        number = numbers[[self._example]]
        arrays, making, dataset = self._read(number), self._making(), self.dataset
        event: dict[str, Any] = {"event": "sample", "split": self._split, "example": self._example}
        event |= {"examples": len(numbers), "epoch": self._epoch, "spike_shape": self._spike_shape()}
        if arrays.labels is not None:
            label = int(arrays.labels[0])
            event["label"] = label
            event["name"] = dataset.class_names[label] if label < len(dataset.class_names) else str(label)
        event["groups"] = {name: int(values[0]) for name, values in arrays.groups.items()}
        if isinstance(arrays.x, Events):
            event |= self._spikes("raw", arrays.x)
        else:
            event["input"] = np.asarray(arrays.x[0] / np.float32(arrays.largest), np.float32)
        if dataset.encoder is not None or isinstance(arrays.x, Events):
            prepared = making.as_events(making.prepared(arrays, np.random.default_rng([FIXED_SEED, 0, 0])))
            event |= self._spikes("spikes", prepared)
            if making.draws:
                event |= self._spikes("augmented", self._augmented(making, number))
        self.listener(event)

    def _augmented(self, making: Making, number: np.ndarray) -> Events:
        """The example as an epoch would see it; others of its class are there to be blended with it."""
        assert self._all is not None
        rng = np.random.default_rng([self.experiment.training.seed, STREAM, self._epoch, int(number[0]), 0])
        beside = number
        if self._all.labels is not None:
            train = self._numbers["train"]
            same = train[self._all.labels[train] == self._all.labels[number[0]]]
            beside = np.concatenate([number, same[same != number[0]][:BLENDED]])
        arrays = self._read(beside)
        events = making.as_events(making.prepared(arrays, rng))
        return making.augmented(events, arrays.labels, rng).take(np.array([0]))

    def _spikes(self, name: str, found: Events | SpikeData) -> dict[str, np.ndarray]:
        """Times (ms) and neurons of an example, as many as can be shown."""
        events = self._making().as_events(found)
        times, ids = events.times[:MOST_SPIKES], events.ids[:MOST_SPIKES]
        return {f"{name}.times": np.asarray(times, np.float32), f"{name}.ids": np.asarray(ids, np.int32)}

    def _making(self) -> Making:
        simulation = self.experiment.simulation
        return Making(self.dataset, self.dataset.field_names[0], simulation.dt, simulation.timesteps)

    def _read(self, numbers: np.ndarray) -> Arrays:
        assert self._all is not None
        return self._all.read(numbers) if isinstance(self._all, Source) else self._all.take(numbers)


def _of_files(dataset: Dataset) -> str:
    """The settings that say what is read from files, as a text to compare."""
    return str(dataset.model_dump(mode="json", exclude=set(APART)))


def _in_plain(offer: Offer) -> dict[str, Any]:
    hosts = dict.fromkeys(urlsplit(file.addresses[0]).netloc for file in offer.files if file.addresses)
    return {"title": offer.title, "size": offer.size, "terms": offer.terms, "call": offer.call, "hosts": list(hosts)}


def _target(dataset: Dataset, base: Path | None) -> str:
    """Where a download would put the files; empty where there is no place for them yet."""
    try:
        return str(target_folder(dataset, base))
    except UserError:
        return ""


def _balance(labels: np.ndarray, numbers: Mapping[str, np.ndarray], classes: int) -> dict[str, list[int]]:
    """How many examples of each class the splits have."""
    return {name: np.bincount(labels[chosen], minlength=classes).tolist() for name, chosen in numbers.items()}


def _sizes(groups: np.ndarray) -> dict[int, int]:
    """Number of each group -> how many examples it has."""
    return {int(k): int(n) for k, n in zip(*np.unique(groups, return_counts=True), strict=True)}


def made(name: str, given: Any) -> Dataset | Simulation:
    """The data set or the simulation that a document would have."""
    found: Dataset | Simulation = getattr(Experiment(**{name: given}), name)
    return found
