"""All examples of a data set as the spike inputs of a document take them: made once, kept on disk, mapped into memory.

What is kept depends on the files, on encoder and transforms, and on the timesteps; not on the split nor on any seed of
training, so that folds and seeds share it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.compilers import inputs_of
from spikeloom.data import Arrays, Events, Making, Source, Store, StoreWriter, identity, portions
from spikeloom.errors import RunError
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import Dataset, Document

PARTS = ("train", "test", "validation")  # in the order in which they are put together
WORTH_KEEPING = 0.5  # seconds that it took to make them
FIXED_SEED = 0  # of encoders that draw, where examples are the same in every epoch

Parts = Mapping[str, Arrays | Source]


@dataclass
class WholeSet:
    """All examples, those for training first.

    Parameters
    ----------
    sizes
        How many of them are of which part.
    labels
        Field -> int32, (examples,).
    groups
        By what they are grouped -> int32, (examples,).
    spikes
        Field of the inputs -> the spikes of all examples.
    events
        Field -> the spikes as they were before timesteps, where training examples are changed in each epoch.
    store
        Where they are kept.
    seconds
        How long it took to make or to find them.
    """

    sizes: dict[str, int]
    labels: dict[str, np.ndarray]
    groups: dict[str, np.ndarray]
    spikes: dict[str, SpikeData]
    events: dict[str, Events] = field(default_factory=dict)
    store: Store | None = None
    seconds: float = 0.0

    @classmethod
    def of(cls, document: Document, load: Callable[[], Parts], base: Path | None, *, keep: bool = True) -> WholeSet:
        """The examples of a document's data set: those that are kept, or made anew.

        Parameters
        ----------
        load
            Loads the data set.
        keep
            Whether to look for what is kept, and to keep what is made.
        """
        dataset = document.experiment.dataset
        assert dataset is not None
        started = time.perf_counter()
        key = _key(document, dataset, load, base) if keep else None
        found = _found(key) if key is not None else None
        if found is None:
            found = _Maker(document, dataset, load(), key).make(started)
        found.seconds = time.perf_counter() - started
        return found

    @property
    def bytes_per_spike(self) -> float:
        """On the disk, labels and all; 0 where nothing is kept."""
        spikes = sum(len(data.ids) for data in self.spikes.values())
        return self.store.size / spikes if self.store is not None and spikes else 0.0


def makings(document: Document) -> dict[str, Making]:
    """How each field that spike inputs take becomes their spikes."""
    dataset, simulation = document.experiment.dataset, document.experiment.simulation
    assert dataset is not None
    return {name: Making(dataset, name, simulation.dt, simulation.timesteps) for name in fields_of(document).values()}


def fields_of(document: Document) -> dict[str, str]:
    """Spike input -> what it takes of the data set."""
    dataset, network = document.experiment.dataset, document.network
    assert dataset is not None
    taken = [port.population for port in inputs_of(network) if not port.key]
    return {name: network.population(name).field or dataset.field_names[0] for name in taken}


def _key(document: Document, dataset: Dataset, load: Callable[[], Parts], base: Path | None) -> str | None:
    """Of what the examples are made; None where they are not worth to be kept."""
    files = identity(dataset, base) or _of_sources(load())
    if not files:
        return None
    made = dataset.model_dump(mode="json", exclude={"split"})
    if not dataset.augmentation:
        made.pop("augmentation", None)
    simulation = document.experiment.simulation
    facts = {
        "dt": simulation.dt,
        "timesteps": simulation.timesteps,
        "fields": sorted(set(fields_of(document).values())),
    }
    return json.dumps({"dataset": made, "files": files, **facts}, sort_keys=True)


def _found(key: str) -> WholeSet | None:
    """What is kept; None where there is nothing, or not all that there should be."""
    store = Store.open(key)
    try:
        return _assembled(store.array, store.facts, store) if store is not None else None
    except (LookupError, TypeError, ValueError):
        return None


def _of_sources(parts: Parts) -> str:
    """What sources, which are cheap to open, say of themselves; empty where the examples are in memory already."""
    sources = [part for part in parts.values() if isinstance(part, Source)]
    return "\n".join(source.identity for source in sources) if len(sources) == len(parts) else ""


def _assembled(array: Callable[[str], np.ndarray], facts: Mapping[str, Any], store: Store | None) -> WholeSet:
    """The examples, of arrays by the names that `_Maker` gives them."""
    labels = {name: np.asarray(array(f"label.{n}")) for n, name in enumerate(facts["labels"])}
    groups = {name: np.asarray(array(f"group.{n}")) for n, name in enumerate(facts["groups"])}
    spikes, events = {}, {}
    for n, name in enumerate(facts["fields"]):
        spikes[name] = SpikeData(np.asarray(array(f"{n}.offsets")), array(f"{n}.steps"), array(f"{n}.ids"))
        if name in facts["events"]:
            offsets = np.asarray(array(f"{n}.before.offsets"))
            events[name] = Events(offsets, array(f"{n}.before.times"), array(f"{n}.before.ids"))
    return WholeSet(dict(facts["sizes"]), labels, groups, spikes, events, store)


class _Maker:
    """Makes the examples, portion by portion.

    Of a source, what is made may not fit into memory, and is written as it comes; else it is gathered, and written if
    it took long.
    """

    def __init__(self, document: Document, dataset: Dataset, parts: Parts, key: str | None) -> None:
        self.dataset, self.parts, self.key = dataset, [parts[name] for name in PARTS if name in parts], key
        self.makings = makings(document)
        streams = any(isinstance(part, Source) for part in self.parts)
        self.writer = StoreWriter(key) if streams and key is not None else None
        self.gathered: dict[str, list[np.ndarray]] = {}
        self.ends: dict[str, int] = {}
        self.facts: dict[str, Any] = {
            "sizes": {name: len(parts[name]) for name in PARTS if name in parts},
            "fields": list(self.makings),
            "events": [],
        }

    def make(self, started: float) -> WholeSet:
        """All of them; it began at `started`."""
        try:
            self._put_described()
            number = 0
            for part in self.parts:
                for portion in portions(part):
                    self._put_portion(portion, number)
                    number += 1
            if self.writer is not None:
                store = self.writer.commit(self.facts)
                return _assembled(store.array, self.facts, store)
        except BaseException:
            if self.writer is not None:
                self.writer.discard()
            raise
        whole = {name: found[0] if len(found) == 1 else np.concatenate(found) for name, found in self.gathered.items()}
        slow = time.perf_counter() - started > WORTH_KEEPING
        kept = self._kept(whole, self.key) if self.key is not None and slow else None
        return _assembled(whole.__getitem__, self.facts, kept)

    def _kept(self, arrays: Mapping[str, np.ndarray], key: str) -> Store | None:
        """Write what is in memory, for the next time; where that fails, this time goes on without."""
        try:
            writer = StoreWriter(key)
            for name, values in arrays.items():
                writer.append(name, values)
            return writer.commit(self.facts)
        except RunError:
            return None

    def _put(self, name: str, values: np.ndarray) -> None:
        if self.writer is not None:
            self.writer.append(name, values)
        else:
            self.gathered.setdefault(name, []).append(values)

    def _put_described(self) -> None:
        """Labels and groups, which are small."""
        first = self.dataset.field_names[1]
        labels = {first: [np.asarray(part.labels, np.int32) for part in self.parts]}
        for name in self.dataset.more_labels:
            labels[name] = [np.asarray(part.more[name], np.int32) for part in self.parts if isinstance(part, Arrays)]
        shared = set.intersection(*(set(part.groups) for part in self.parts))
        groups = {name: [np.asarray(part.groups[name], np.int32) for part in self.parts] for name in sorted(shared)}
        for kind, found in (("label", labels), ("group", groups)):
            self.facts[f"{kind}s"] = list(found)
            for n, arrays in enumerate(found.values()):
                self._put(f"{kind}.{n}", np.concatenate(arrays))

    def _put_portion(self, arrays: Arrays, number: int) -> None:
        for n, (name, making) in enumerate(self.makings.items()):
            prepared = making.prepared(arrays, np.random.default_rng([FIXED_SEED, number, n]))
            spikes = making.steps(prepared)
            self._put_offsets(f"{n}.offsets", spikes.offsets)
            self._put(f"{n}.steps", spikes.steps.astype(np.int32, copy=False))
            self._put(f"{n}.ids", spikes.ids.astype(np.int32, copy=False))
            if self.dataset.augmentation and isinstance(prepared, Events):
                if name not in self.facts["events"]:
                    self.facts["events"].append(name)
                self._put_offsets(f"{n}.before.offsets", prepared.offsets)
                self._put(f"{n}.before.times", prepared.times)
                self._put(f"{n}.before.ids", prepared.ids.astype(np.int32, copy=False))

    def _put_offsets(self, name: str, offsets: np.ndarray) -> None:
        """Offsets that go on where those of the portions before end."""
        end = self.ends.get(name)
        self._put(name, (offsets if end is None else offsets[1:] + end).astype(np.int64))
        self.ends[name] = int(offsets[-1]) + (end or 0)
