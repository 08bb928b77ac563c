"""Sets that tonic reads: through its own classes, from small files in the formats that are published."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from tests.data import tonic_files as files
from tests.data.file_server import served
from tests.data.tonic_files import needs_aedat

import spikeloom.spec as sp
from spikeloom.data import downloads, identity, load_dataset
from spikeloom.data.downloads import File, Offer
from spikeloom.data.downloads.addresses import OFFERS
from spikeloom.errors import UserError

pytest.importorskip("tonic", reason="tonic is not installed")


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("no_proxy", "*")


CAMERAS = [
    pytest.param(sp.NMNIST(), files.nmnist, False, id="NMNIST"),
    pytest.param(sp.DVSGesture(), files.dvs_gesture, True, id="DVSGesture"),
    pytest.param(sp.POKERDVS(), files.poker_dvs, False, id="POKERDVS"),
    pytest.param(sp.TonicDataset("DVSLip"), files.dvs_lip, True, id="DVSLip"),
    pytest.param(sp.TonicDataset("ASLDVS"), files.asl_dvs, True, id="ASLDVS"),
    pytest.param(sp.TonicDataset("NCALTECH101"), files.ncaltech101, False, id="NCALTECH101"),
    pytest.param(sp.CIFAR10DVS(), files.cifar10_dvs, True, id="CIFAR10DVS", marks=needs_aedat),
]


def everything(source: Any) -> Any:
    return source.read(np.arange(len(source)))


def path_of(source: Any, example: int) -> Path:
    """The file of an example, through the portions of a set that is divided."""
    if hasattr(source, "numbers") and hasattr(source, "whole"):
        return path_of(source.whole, source.numbers[example])
    return source.files[example]


@pytest.mark.parametrize(("dataset", "write", "from_first"), CAMERAS)
def test_every_event_is_where_and_when_the_file_has_it(tmp_path, dataset, write, from_first):
    written = write(tmp_path / dataset.tonic_class)
    splits = load_dataset(dataset, tmp_path)
    assert sum(len(source) for source in splits.values()) == len(written)
    rows, columns, polarities = dataset.sample_shape
    for source in splits.values():
        events = everything(source).x
        for example in range(len(source)):
            y, x, p, t = written[path_of(source, example)]
            inside = slice(events.offsets[example], events.offsets[example + 1])
            expected = (t - t.min() if from_first else t) / 1000
            np.testing.assert_allclose(events.times[inside], expected, atol=1e-9)
            np.testing.assert_array_equal(events.ids[inside], (y * columns + x) * polarities + p)
        assert events.ids.max() < rows * columns * polarities


@pytest.mark.parametrize(("dataset", "write", "from_first"), CAMERAS)
def test_labels_are_those_of_folders_and_names(tmp_path, dataset, write, from_first):
    write(tmp_path / dataset.tonic_class)
    for source in load_dataset(dataset, tmp_path).values():
        for example, label in enumerate(source.labels):
            path = path_of(source, example)
            names = {
                "NMNIST": "0123456789",
                "POKERDVS": ("cl", "he", "di", "sp"),
                "DVSLip": ("accused", "action", "allow"),
                "ASLDVS": "abcdefghijklmnopqrstuvwxyz",
                "NCALTECH101": ("anchor", "bonsai", "crab"),
                "CIFAR10DVS": dataset.class_names,
                "DVSGesture": tuple(map(str, range(11))),
            }[dataset.tonic_class]
            named = path.stem if dataset.tonic_class == "DVSGesture" else path.parent.name
            assert names.index(named) == label


@pytest.mark.parametrize(("dataset", "write", "from_first"), CAMERAS)
def test_some_examples_are_read_in_the_order_given(tmp_path, dataset, write, from_first):
    write(tmp_path / dataset.tonic_class)
    source = load_dataset(dataset, tmp_path)["train"]
    whole, chosen = everything(source), np.array([5, 0, 5, 2])
    some = source.take(np.array([8, 5, 2, 0])).read(np.array([1, 3, 1, 2]))
    np.testing.assert_array_equal(some.labels, whole.labels[chosen])
    for name in ("offsets", "times", "ids"):
        np.testing.assert_array_equal(getattr(some.x, name), getattr(whole.x.take(chosen), name))


@pytest.mark.parametrize(("dataset", "write", "from_first"), CAMERAS)
def test_the_order_does_not_depend_on_the_file_system(tmp_path, monkeypatch, dataset, write, from_first):
    write(tmp_path / dataset.tonic_class)
    first = load_dataset(dataset, tmp_path)["train"]
    walk = os.walk

    def backwards(*arguments: Any, **settings: Any) -> Any:
        for path, folders, names in walk(*arguments, **settings):
            folders.sort(reverse=True)
            yield path, folders, sorted(names, reverse=True)

    monkeypatch.setattr("os.walk", backwards)
    second = load_dataset(dataset, tmp_path)["train"]
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(everything(first).x.ids, everything(second).x.ids)
    assert first.identity == second.identity


def test_the_identity_changes_with_the_files_and_the_settings(tmp_path):
    files.nmnist(tmp_path / "NMNIST")
    first = load_dataset(sp.NMNIST(), tmp_path)["train"].identity
    assert load_dataset(sp.NMNIST(split=sp.HoldOut(0.5)), tmp_path)["train"].identity == first
    assert load_dataset(sp.NMNIST(stabilise=True), tmp_path)["train"].identity != first
    assert load_dataset(sp.NMNIST(), tmp_path)["test"].identity != first
    shutil.copytree(tmp_path / "NMNIST", tmp_path / "elsewhere" / "NMNIST")
    assert load_dataset(sp.NMNIST(), tmp_path / "elsewhere")["train"].identity == first
    files.nmnist(tmp_path / "NMNIST", seed=1)
    assert load_dataset(sp.NMNIST(), tmp_path)["train"].identity != first


def test_what_is_kept_is_found_by_the_files_without_opening_them(tmp_path, monkeypatch):
    files.nmnist(tmp_path / "NMNIST")
    first = identity(sp.NMNIST(), tmp_path)
    monkeypatch.setitem(sys.modules, "tonic.datasets", None)
    assert first is not None and identity(sp.NMNIST(), tmp_path) == first
    files.nmnist(tmp_path / "NMNIST", seed=1)
    assert identity(sp.NMNIST(), tmp_path) != first
    shutil.rmtree(tmp_path / "NMNIST" / "Test")
    with pytest.raises(UserError, match="in the folder 'Test'"):
        identity(sp.NMNIST(), tmp_path)


# -- what each has of its own -----------------------------------------------------------------------------------------


def test_saccades_and_the_movement_of_the_camera(tmp_path):
    rng = np.random.default_rng(0)
    for part in ("Train", "Test"):
        for digit in range(2):
            y, x, p, _ = files.recording(digit, 20, 20, rng)
            events = (y + 7, x + 7, p, np.sort(rng.integers(0, 310_000, len(y))))
            files.atis(tmp_path / "NMNIST" / part / str(digit) / "1.bin", events)
    whole, third, still = (
        everything(load_dataset(dataset, tmp_path)["train"]).x
        for dataset in (sp.NMNIST(), sp.NMNIST(first_saccade_only=True), sp.NMNIST(stabilise=True))
    )
    assert whole.times.max() > 200 and third.times.max() < 100 and len(third.ids) < len(whole.ids) / 2
    assert len(still.ids) == len(whole.ids) and not np.array_equal(still.ids, whole.ids)


def test_subjects_of_gestures_can_be_left_out(tmp_path):
    written = files.dvs_gesture(tmp_path / "DVSGesture")
    splits = load_dataset(sp.DVSGesture(), tmp_path)
    assert set(splits["train"].groups["subject"]) == {1, 2, 10} and set(splits["test"].groups["subject"]) == {24, 25}
    for source in splits.values():
        for example, subject in enumerate(source.groups["subject"]):
            assert f"user{subject:02}_" in str(path_of(source, example))
    assert len(written) == 110
    tenth = np.flatnonzero(splits["train"].groups["subject"] == 10)
    assert splits["train"].take(tenth).read(np.array([0])).groups["subject"].tolist() == [10]


def crossings(image: np.ndarray, neurons: int, step: float, *, doubled: bool) -> list[tuple[float, int]]:
    """The spikes of an image by their definition: thresholds that a pixel crosses after the one before it."""
    half = neurons // 2
    thresholds = np.linspace(0, 254, half).astype(int)
    pixels = image.reshape(-1).astype(int)
    found = []
    for pixel, (before, after) in enumerate(pairwise(pixels)):
        for number, threshold in enumerate(thresholds):
            if before < threshold <= after:
                found.append((pixel, neurons - number))
            if after < threshold <= before:
                found.append((pixel, neurons - half - number))
    found += [(pixel, 0) for pixel in np.flatnonzero(pixels == 255)]
    times = [(2 * pixel + more, neuron) for pixel, neuron in found for more in (0, 1)] if doubled else found
    return sorted((time * step, neuron) for time, neuron in times)


@pytest.mark.parametrize(("neurons", "doubled", "step"), [(99, True, 1.0), (11, False, 0.5)])
def test_sequential_digits_cross_thresholds(tmp_path, neurons, doubled, step):
    parts = files.smnist(tmp_path / "smnist", sizes=(4, 3))
    dataset = sp.SMNIST(neurons=neurons, duplicate=doubled, step=step)
    splits = load_dataset(dataset, tmp_path)
    assert dataset.sample_shape == (neurons,)
    for split, prefix in (("train", "train"), ("test", "t10k")):
        images, labels = parts[prefix]
        np.testing.assert_array_equal(splits[split].labels, labels)
        events = everything(splits[split]).x
        for example, image in enumerate(images):
            inside = slice(events.offsets[example], events.offsets[example + 1])
            found = sorted(zip(events.times[inside].tolist(), events.ids[inside].tolist(), strict=True))
            assert found == crossings(image, neurons, step, doubled=doubled)


@pytest.mark.parametrize(("name", "parts"), [("SHD", ("train", "test")), ("SSC", ("train", "valid", "test"))])
def test_the_heidelberg_sets_have_speakers(tmp_path, name, parts):
    files.heidelberg(tmp_path / name, name.lower(), parts)
    splits = load_dataset(sp.TonicDataset(name), tmp_path)
    assert list(splits) == [{"valid": "validation"}.get(part, part) for part in parts]
    own = sp.SpikeHDF5(
        folder=name,
        train_file=f"{name.lower()}_train.h5",
        test_file=f"{name.lower()}_test.h5",
        validation_file="ssc_valid.h5" if name == "SSC" else "",
    )
    for split, arrays in load_dataset(own, tmp_path).items():
        found = everything(splits[split])
        np.testing.assert_array_equal(found.labels, arrays.labels)
        np.testing.assert_array_equal(found.groups["speaker"], arrays.groups["speaker"])
        np.testing.assert_array_equal(found.x.ids, arrays.x.ids)
        np.testing.assert_allclose(found.x.times, arrays.x.times, atol=1.1e-3)  # tonic has whole microseconds


def test_digits_of_a_cochlea(tmp_path):
    path = tmp_path / "NTIDIGITS18" / "n-tidigits.hdf5"
    files.tidigits(path)
    splits = load_dataset(sp.TonicDataset("NTIDIGITS18"), tmp_path)
    single = ["o", "1", "z", "9", "1", "o", "z"]
    dataset = sp.TonicDataset("NTIDIGITS18")
    names = {"o": "oh", "z": "zero"}
    for split, source in splits.items():
        assert [dataset.class_names[label] for label in source.labels] == [names.get(one, one) for one in single]
        events = everything(source).x
        with h5py.File(path) as file:
            last = np.asarray(file[f"{split}_addresses/speaker7-z"])
            np.testing.assert_array_equal(events.ids[events.offsets[-2] :], last)
            seconds = np.asarray(file[f"{split}_timestamps/speaker7-z"])
            np.testing.assert_allclose(events.times[events.offsets[-2] :], seconds * 1000, atol=1.1e-3)


@needs_aedat
def test_a_set_without_a_split_is_divided_with_a_seed(tmp_path):
    files.cifar10_dvs(tmp_path / "CIFAR10DVS")
    parts = [load_dataset(sp.CIFAR10DVS(test_fraction=0.3, split_seed=seed), tmp_path) for seed in (0, 0, 1)]
    for splits in parts:
        assert np.bincount(splits["train"].labels).tolist() == [7] * 10
        assert np.bincount(splits["test"].labels).tolist() == [3] * 10
    same, other = (parts[0]["test"].identity == found["test"].identity for found in parts[1:])
    assert same and not other


# -- where ------------------------------------------------------------------------------------------------------------


def test_the_folder_may_have_any_name_and_needs_no_archives(tmp_path):
    files.nmnist(tmp_path / "my recordings")
    found = load_dataset(sp.NMNIST(folder=str(tmp_path / "my recordings")))
    assert len(found["train"]) == 30


def test_the_folder_above_is_what_tonic_calls_save_to(tmp_path):
    files.poker_dvs(tmp_path / "all" / "POKERDVS")
    assert len(load_dataset(sp.POKERDVS(folder="all"), tmp_path)["test"]) == 16


def test_a_part_that_is_missing_is_named_and_nothing_is_downloaded(tmp_path, monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("tonic asked the network")

    monkeypatch.setattr("urllib.request.urlopen", fail)
    for dataset, write, part in (
        (sp.NMNIST(), files.nmnist, "Test"),
        (sp.POKERDVS(), files.poker_dvs, "pips_test"),
        (sp.DVSGesture(), files.dvs_gesture, "ibmGestureTest"),
    ):
        folder = tmp_path / dataset.tonic_class
        write(folder)
        shutil.rmtree(folder / part)
        with pytest.raises(UserError, match=f"in the folder '{part}'") as caught:
            load_dataset(dataset, tmp_path)
        assert caught.value.place == str(folder) and "spikeloom data download" in caught.value.hint


def test_archives_from_the_network_are_what_tonic_reads(tmp_path, monkeypatch):
    files.poker_dvs(tmp_path / "made")
    with served() as server:
        made = []
        for part in ("pips_train", "pips_test"):
            archive = Path(shutil.make_archive(str(tmp_path / part), "gztar", tmp_path / "made", part))
            server.files[archive.name] = archive.read_bytes()
            md5 = hashlib.md5(server.files[archive.name]).hexdigest()
            made.append(File(archive.name, (server.at(archive.name),), md5, makes=part))
        monkeypatch.setitem(OFFERS, "POKERDVS", Offer("POKER-DVS", tuple(made), "some kB", "free"))
        folder = downloads.download(sp.POKERDVS(), tmp_path / "mine", lambda _: None, lambda: False)
    assert len(load_dataset(sp.POKERDVS(), tmp_path / "mine")["train"]) == 16

    import tonic

    # tonic by itself finds it complete but for its number of files, and does not ask for it again.
    enough = type("POKERDVS", (tonic.datasets.POKERDVS,), {"_check_exists": lambda self: self._is_file_present()})
    assert len(enough(save_to=str(folder.parent))) == 16


# -- damage -----------------------------------------------------------------------------------------------------------


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def halved(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 + 1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def of_something_else(path: Path) -> None:
    path.write_bytes(b"<html>no such file</html>" + bytes(3))


@pytest.mark.parametrize("damage", [cut, halved, emptied, of_something_else])
@pytest.mark.parametrize(("dataset", "write", "from_first"), CAMERAS)
def test_a_damaged_recording_is_named(tmp_path, dataset, write, from_first, damage: Callable):
    written = write(tmp_path / dataset.tonic_class)
    path = list(written)[3]
    damage(path)
    with pytest.raises(UserError) as caught:
        for source in load_dataset(dataset, tmp_path).values():
            everything(source)
    assert caught.value.place == str(path)
    assert "spikeloom data download FILE --again" in caught.value.hint


def claims_much(path: Path) -> None:
    """A header of ten billion events, with none of them."""
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file,
            {"descr": "<i8", "fortran_order": False, "shape": (10**10, 4)},  # type: ignore[arg-type]
        )


def pickled(path: Path) -> None:
    np.save(path, np.array([[{}, 1, 2, 3]], dtype=object), allow_pickle=True)


def of_three_columns(path: Path) -> None:
    np.save(path, np.zeros((5, 3), int))


@pytest.mark.parametrize("damage", [claims_much, pickled, of_three_columns])
@pytest.mark.parametrize(
    ("dataset", "write"),
    [
        (sp.DVSGesture(), files.dvs_gesture),
        (sp.POKERDVS(), files.poker_dvs),
        (sp.TonicDataset("DVSLip"), files.dvs_lip),
    ],
    ids=lambda value: getattr(value, "title", ""),
)
def test_an_array_of_another_kind_is_refused_before_it_is_read(tmp_path, dataset, write, damage):
    path = list(write(tmp_path / dataset.tonic_class))[3]
    damage(path)
    with pytest.raises(UserError, match=r"no array, damaged|expected") as caught:
        for source in load_dataset(dataset, tmp_path).values():
            everything(source)
    assert caught.value.place == str(path)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ((34, 3, 0, 5), "row 34 found, expected 0 to 33"),
        ((3, 34, 0, 5), "column 34 found, expected 0 to 33"),
    ],
)
def test_an_event_beyond_the_sensor_is_refused(tmp_path, event, message):
    written = files.nmnist(tmp_path / "NMNIST")
    path = list(written)[4]
    files.atis(path, tuple(np.append(column, one) for column, one in zip(written[path], event, strict=True)))
    source = load_dataset(sp.NMNIST(), tmp_path)["train"]
    with pytest.raises(UserError, match=message) as caught:
        everything(source)
    assert caught.value.place == str(path)


@pytest.mark.parametrize(
    ("event", "message"),
    [((3, 4, 2, 5), "polarity 2 found"), ((3, -1, 0, 5), "column -1 found"), ((3, 4, 0, -5), "at -5 µs found")],
)
def test_numbers_that_no_camera_gives_are_refused(tmp_path, event, message):
    written = files.poker_dvs(tmp_path / "POKERDVS")
    path = list(written)[4]
    files.columns(path, tuple(np.append(column, one) for column, one in zip(written[path], event, strict=True)), "txyp")
    with pytest.raises(UserError, match=message) as caught:
        everything(load_dataset(sp.POKERDVS(), tmp_path)["train"])
    assert caught.value.place == str(path)


def test_names_that_are_not_as_published_are_said(tmp_path):
    files.nmnist(tmp_path / "NMNIST")
    (tmp_path / "NMNIST" / "Train" / "3").rename(tmp_path / "NMNIST" / "Train" / "three")
    with pytest.raises(UserError, match="tonic cannot read the set") as caught:
        load_dataset(sp.NMNIST(), tmp_path)
    assert "not as published" in caught.value.hint
    files.dvs_gesture(tmp_path / "DVSGesture")
    odd = tmp_path / "DVSGesture" / "ibmGestureTrain" / "user01_led"
    (odd / "3.npy").rename(odd / "11.npy")
    with pytest.raises(UserError, match="label 11 found, expected 0 to 10") as caught:
        load_dataset(sp.DVSGesture(), tmp_path)
    assert caught.value.place == str(odd / "11.npy")


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
@pytest.mark.parametrize("damage", [cut, emptied, of_something_else])
def test_damaged_images_are_named(tmp_path, name, damage):
    files.smnist(tmp_path / "smnist")
    damage(tmp_path / "smnist" / name)
    with pytest.raises(UserError, match=r"cut short|no IDX file") as caught:
        load_dataset(sp.SMNIST(), tmp_path)
    assert caught.value.place == str(tmp_path / "smnist" / name)


@pytest.mark.parametrize("damage", [halved, emptied, of_something_else])
@pytest.mark.parametrize("name", ["SHD", "NTIDIGITS18"])
def test_damaged_hdf5_files_are_named(tmp_path, name, damage):
    files.heidelberg(tmp_path / "SHD", "shd", ("train", "test"))
    files.tidigits(tmp_path / "NTIDIGITS18" / "n-tidigits.hdf5")
    path = tmp_path / name / {"SHD": "shd_train.h5", "NTIDIGITS18": "n-tidigits.hdf5"}[name]
    damage(path)
    with pytest.raises(UserError, match=r"damaged or cut short|is no HDF5 file") as caught:
        load_dataset(sp.TonicDataset(name), tmp_path)
    assert caught.value.place.startswith(str(path))


@pytest.mark.parametrize("name", ["SHD", "NTIDIGITS18"])
def test_hdf5_files_lead_to_no_other(tmp_path, name):
    files.heidelberg(tmp_path / "SHD", "shd", ("train", "test"))
    files.tidigits(tmp_path / "NTIDIGITS18" / "n-tidigits.hdf5")
    path, key = {
        "SHD": (tmp_path / "SHD" / "shd_train.h5", "spikes/units"),
        "NTIDIGITS18": (tmp_path / "NTIDIGITS18" / "n-tidigits.hdf5", "train_addresses/speaker0-o"),
    }[name]
    with h5py.File(path, "a") as file:
        del file[key]
        file[key] = h5py.ExternalLink("/etc/secret.h5", "/x")
    with pytest.raises(UserError, match="not followed"):
        load_dataset(sp.TonicDataset(name), tmp_path)


def test_fewer_channels_than_the_files_have_are_refused(tmp_path):
    files.heidelberg(tmp_path / "SHD", "shd", ("train", "test"))
    source = load_dataset(sp.TonicDataset("SHD", shape=(60,)), tmp_path)["train"]
    with pytest.raises(UserError, match=r"channel \d+ found, expected 0 to 59"):
        everything(source)
    with pytest.raises(UserError, match="label 2 found, expected 0 to 1") as caught:
        load_dataset(sp.TonicDataset("SHD", classes=2), tmp_path)
    assert "Set 'classes' of the data set to 4" in caught.value.hint


@needs_aedat
def test_a_package_that_tonic_misses_is_named(tmp_path, monkeypatch):
    files.cifar10_dvs(tmp_path / "CIFAR10DVS", each=4)
    source = load_dataset(sp.CIFAR10DVS(test_fraction=0.5), tmp_path)["train"]
    monkeypatch.setitem(sys.modules, "aedat", None)
    with pytest.raises(UserError, match="'aedat', which is not installed") as caught:
        everything(source)
    assert caught.value.hint == "Install it: pip install aedat."
