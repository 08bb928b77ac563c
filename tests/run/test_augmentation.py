"""Training examples that are drawn anew in each epoch; sets that are kept on disk; sources read in parts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import Arrays, Events, Source, load_dataset
from spikeloom.data.identity import identity
from spikeloom.data.transforms import Surroundings, transformed
from spikeloom.run import feeder as feeding
from spikeloom.run.prepare import prepare
from spikeloom.run.whole_set import WholeSet
from tests.data.spike_files import CHANNELS, CLASSES, write_folder


class DropSome(sl.Transform):
    """Drops a share of the spikes."""

    type: ClassVar[str] = "drop_some_of_test"
    draws: ClassVar[bool] = True

    share: float = sl.quantity(0.5, ge=0, le=1, help="Share.")


@transformed.register
def _(transform: DropSome, events: Events, around: Surroundings) -> Events:
    kept = around.rng.random(len(events.ids)) >= transform.share
    counts = np.add.reduceat(np.concatenate([kept, [0]]), events.offsets[:-1])
    counts[np.diff(events.offsets) == 0] = 0
    return Events(np.concatenate([[0], np.cumsum(counts)]), events.times[kept], events.ids[kept])


class Streamed(sl.Dataset):
    """Random spikes that are read in parts."""

    type: ClassVar[str] = "streamed_of_test"
    gives_spikes: ClassVar[bool] = True
    encoder: ClassVar[None] = None
    sample_shape: ClassVar[tuple[int, ...]] = (CHANNELS,)
    num_classes: ClassVar[int] = CLASSES

    size: int = sl.quantity(50, ge=1, help="Examples.")


READ: list[np.ndarray] = []


@dataclass(frozen=True)
class Drawn(Source):
    """Spikes drawn when they are read."""

    first: int = field(kw_only=True, default=0)

    @property
    def identity(self) -> str:
        return f"{self.first} {len(self)}"

    def read(self, examples: np.ndarray) -> Arrays:
        READ.append(examples)
        counts = [3 + (self.first + int(k)) % 5 for k in examples]
        rngs = [np.random.default_rng(self.first + int(k)) for k in examples]
        times = np.concatenate([rng.uniform(0, 40, n) for rng, n in zip(rngs, counts, strict=True)] or [np.zeros(0)])
        ids = [rng.integers(0, CHANNELS, n) for rng, n in zip(rngs, counts, strict=True)]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        events = Events(offsets, times, np.concatenate(ids or [np.zeros(0, int)]).astype(np.int32))
        return Arrays(events, self.labels[examples], groups={n: v[examples] for n, v in self.groups.items()})


@load_dataset.register
def _(dataset: Streamed, base: Path | None = None) -> dict[str, Any]:
    train, test = np.arange(dataset.size), np.arange(20)
    return {
        "train": Drawn((train % CLASSES).astype(np.int32), {"speaker": train % 4}),
        "test": Drawn((test % CLASSES).astype(np.int32), {"speaker": test % 4}, first=dataset.size),
    }


@identity.register
def _(dataset: Streamed, base: Path | None = None) -> str | None:
    return f"streamed {dataset.size}"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of data of its own; builds stay where they are."""
    from spikeloom.data import store

    monkeypatch.setattr(store, "cache_folder", lambda kind: tmp_path / kind)
    READ.clear()
    yield tmp_path / "data"


def document(dataset: sl.Dataset, **training: Any) -> sl.Document:
    """A small network that learns the data set."""
    with sl.Network() as net:
        source, hidden = sl.Population("spike_input"), sl.Population("lif", 12)
        output = sl.Population(sl.LI(readout="avg_var"))
        sl.Connection(source, hidden, sl.Dense(sl.Normal(0.5, 0.3)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5.0))
    settings = {"epochs": 2, "batch_size": 8} | training
    experiment = sl.Experiment(dataset, sl.Simulation(1.0, 40.0), "eventprop", sl.Training(**settings))
    return sl.Document(net, experiment)


def shd(folder: Path, **fields: Any) -> sl.SpikeHDF5:
    """Small recorded spikes."""
    return sl.SpikeHDF5(folder=str(write_folder(folder / "shd")), channels=CHANNELS, classes=CLASSES, **fields)


def trained(made: sl.Document, **options: Any) -> dict[str, np.ndarray]:
    """The weights after training on the document's own data."""
    model = sl.Model.from_document(made, **options)
    model.train()
    return model.weights


def test_each_epoch_sees_something_else_and_the_same_in_every_run(tmp_path: Path) -> None:
    made = document(shd(tmp_path, augmentation=[DropSome()]))
    data = prepare(made)
    order = [np.arange(8), np.arange(8, 16)]
    seen = []
    for epoch in (0, 1, 0):
        feed = data["train"].feed(order, epoch)
        found, places = feed.take(1, 1)
        seen.append(found.take(places[0]).spikes["input"])
        feed.close()
    assert len(seen[0].ids) != len(seen[1].ids)
    np.testing.assert_array_equal(seen[0].ids, seen[2].ids)
    plain = data["train"].take(np.arange(8, 16)).spikes["input"]
    assert 0.2 < len(seen[0].ids) / len(plain.ids) < 0.8
    assert set(zip(seen[0].steps, seen[0].ids, strict=True)) <= set(zip(plain.steps, plain.ids, strict=True))


def test_what_is_learned_does_not_depend_on_threads_or_on_where_training_stopped(tmp_path: Path) -> None:
    made = document(shd(tmp_path, augmentation=[DropSome(0.3)]))
    once = trained(made)
    for name, weights in trained(made, threads=1).items():
        np.testing.assert_array_equal(weights, once[name])
    model = sl.Model.from_document(made)
    model.train(epochs=1)
    model.save_checkpoint(tmp_path / "c.safetensors")
    again = sl.Model.from_document(made)
    again.load_checkpoint(tmp_path / "c.safetensors")
    again.train(epochs=1)
    for name, weights in again.weights.items():
        np.testing.assert_array_equal(weights, once[name])
    plain = trained(document(shd(tmp_path)))
    assert any((plain[name] != once[name]).any() for name in once)


def test_an_augmentation_that_changes_nothing_trains_to_the_same(tmp_path: Path) -> None:
    plain, through = trained(document(shd(tmp_path))), trained(document(shd(tmp_path, augmentation=[DropSome(0.0)])))
    for name, weights in plain.items():
        np.testing.assert_array_equal(through[name], weights)


def test_encoded_numbers_are_augmented_too() -> None:
    made = document(sl.Digits(encoder=sl.LinearLatency(max_time=25.0), augmentation=[DropSome(0.9)]), epochs=1)
    model = sl.Model.from_document(made)
    history = model.train()
    assert (
        history["rate:input"][0] < 0.2 * sl.Model.from_document(document(sl.Digits())).train(epochs=1)["rate:input"][0]
    )


def test_portions_end_where_they_should(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = trained(document(shd(tmp_path, augmentation=[DropSome(0.0)])))
    monkeypatch.setattr(feeding, "PORTION", 16)  # of batches of 8
    for name, weights in trained(document(shd(tmp_path, augmentation=[DropSome(0.0)]))).items():
        np.testing.assert_array_equal(weights, whole[name])


def test_an_error_while_examples_are_made_is_said(tmp_path: Path) -> None:
    class Unknown(DropSome):
        """Nothing does it."""

        type: ClassVar[str] = "unknown_of_test"

    made = document(shd(tmp_path, augmentation=[DropSome()]))
    data = prepare(made)
    data.feeder.load = data.feeder.spikes = lambda *_: 1 / 0
    model = sl.Model.from_document(made)
    model._data = data
    with pytest.raises(ZeroDivisionError):
        model.train()


# -- kept on disk ------------------------------------------------------------------------------------------------------
def test_the_second_time_nothing_is_read(tmp_path: Path, cache: Path) -> None:
    made = document(Streamed(size=60))
    first = prepare(made)
    assert READ and first.whole.store is not None
    READ.clear()
    second = prepare(made)
    assert not READ
    for split in ("train", "test"):
        one, other = (data[split].take(range(len(data[split]))) for data in (first, second))
        np.testing.assert_array_equal(one.spikes["input"].ids, other.spikes["input"].ids)
        np.testing.assert_array_equal(one.values["labels"], other.values["labels"])
    assert 8 <= first.whole.bytes_per_spike < 20
    assert len(list(cache.iterdir())) == 1
    # Another split or seed shares them, another timestep does not.
    for other in (document(Streamed(size=60, split=sl.KFold(3, 1))), document(Streamed(size=60), seed=4)):
        prepare(other)
    assert not READ
    faster = document(Streamed(size=60))
    faster.experiment.simulation = sl.Simulation(2.0, 40.0)
    prepare(faster)
    assert READ


def test_a_source_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    from spikeloom.run import whole_set

    monkeypatch.setattr(whole_set.portions, "__defaults__", (16,))
    data = prepare(document(Streamed(size=60)))
    assert max(len(numbers) for numbers in READ) == 16
    straight = Drawn(np.zeros(80, np.int32)).read(np.arange(80))
    spikes = data["train"].whole.spikes["input"]
    assert len(spikes) == 80
    steps = np.floor(straight.x.times).astype(int)
    for example in (0, 15, 16, 59, 79):
        mine = slice(*straight.x.offsets[example : example + 2])
        expected = set(zip(steps[mine], straight.x.ids[mine], strict=True))
        found = spikes.take(np.array([example]))
        assert set(zip(found.steps, found.ids, strict=True)) == expected


def test_sources_are_split_by_speaker_and_train() -> None:
    made = document(Streamed(size=60, split=sl.LeaveOneGroupOut("speaker", 1), augmentation=[DropSome(0.1)]))
    data = prepare(made)
    assert {name: len(part) for name, part in data.items()} == {"train": 60, "validation": 0, "test": 20}
    history = sl.Model.from_document(made).train()
    assert np.isfinite(history["loss"]).all()


def test_files_that_change_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spikeloom.run import whole_set

    monkeypatch.setattr(whole_set, "WORTH_KEEPING", 0.0)
    made = document(shd(tmp_path))
    assert prepare(made).whole.store is not None
    assert prepare(made).whole.store is not None
    size = len(prepare(made)["test"])
    path = tmp_path / "shd" / "shd_test.h5"
    path.write_bytes((tmp_path / "shd" / "shd_train.h5").read_bytes())
    assert len(prepare(made)["test"]) != size


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spikeloom.data import store
    from spikeloom.run import whole_set

    monkeypatch.setattr(whole_set, "WORTH_KEEPING", 0.0)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(store, "cache_folder", lambda kind: tmp_path / "file" / kind)
    data = prepare(document(shd(tmp_path)))
    assert data.whole.store is None
    assert isinstance(data.whole, WholeSet)
    assert len(data["train"])


def test_an_entry_that_lacks_what_is_wanted_is_made_again(cache: Path) -> None:
    made = document(Streamed(size=60))
    prepare(made)
    (folder,) = cache.iterdir()
    about = json.loads((folder / "about.json").read_text())
    about["facts"] = {}
    (folder / "about.json").write_text(json.dumps(about))
    READ.clear()
    assert len(prepare(made)["test"]) == 20
    assert READ


def test_augmentation_that_could_not_be_done_is_a_problem() -> None:
    with sl.Network() as net:
        source, other = sl.Population("spike_input"), sl.Population(sl.PoissonInput(rate=100.0))
        output = sl.Population(sl.LI(readout="avg_var"))
        for end in (source, other):
            sl.Connection(end, output, sl.Dense(0.1), sl.Exponential(5.0))
    mixed = sl.Document(net, sl.Experiment(sl.Digits(augmentation=[DropSome()])))
    (problem,) = sl.validate(mixed)
    assert problem.place == "experiment.dataset.augmentation"
    assert problem.fix is not None
    curves = document(sl.Pattern(augmentation=[DropSome()]))
    assert "experiment.dataset.augmentation" in [problem.place for problem in sl.validate(curves)]


def test_a_transform_that_does_not_fit_is_one_problem() -> None:
    (problem,) = sl.validate(document(sl.Digits(augmentation=[sl.DelayLine(2, 5.0)])))
    assert problem.place == "experiment.dataset.augmentation[0]"
