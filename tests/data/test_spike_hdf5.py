"""Files in SHD's format: what is read from them, what is refused, and that they lead to no other file."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from tests.data.spike_files import CHANNELS, CLASSES, SIZES, ragged, trains, write_file, write_folder

import spikeloom.spec as sp
from spikeloom.data import load_dataset
from spikeloom.errors import UserError

REAL = os.environ.get("SPIKELOOM_DATA", "")


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def small(**fields) -> sp.SpikeHDF5:
    return sp.SpikeHDF5(**{"channels": CHANNELS, "classes": CLASSES} | fields)


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_the_files_give_spikes_and_labels(tmp_path, zipped):
    folder = write_folder(tmp_path / "shd", zipped=zipped)
    before = sorted(folder.iterdir())
    splits = load_dataset(small(), tmp_path)
    for seed, (split, size) in enumerate(zip(("train", "test"), SIZES.values(), strict=True)):
        times, units, labels = trains(size, seed)
        events = splits[split].x
        assert len(events) == len(splits[split]) == size
        for example in range(size):
            inside = slice(events.offsets[example], events.offsets[example + 1])
            np.testing.assert_array_equal(events.times[inside], [1000 * float(time) for time in times[example]])
            np.testing.assert_array_equal(events.ids[inside], units[example])
        np.testing.assert_array_equal(splits[split].labels, labels)
    assert sorted(folder.iterdir()) == before  # nothing was unfolded there


def test_a_zipped_file_leaves_nothing_behind(tmp_path, monkeypatch):
    write_folder(tmp_path / "shd", zipped=True)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    load_dataset(small(), tmp_path)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_file_may_be_called_by_its_zipped_name(tmp_path):
    write_folder(tmp_path / "shd", zipped=True)
    splits = load_dataset(small(train_file="shd_train.h5.gz", test_file="shd_test.h5.gz"), tmp_path)
    assert len(splits["train"]) == SIZES["shd_train.h5"]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_times_are_as_exact_as_the_file_has_them(tmp_path, kind):
    times = np.array([0.0, 0.001, 0.0125, 0.333, 1.7]).astype(kind)
    for name in SIZES:
        write_file(tmp_path / "shd" / name, [times], [np.arange(5)], [0], kind=kind)
    found = load_dataset(small(), tmp_path)["train"].x.times
    assert found.astype(float).tolist() == (times.astype(float) * 1000).tolist()


def test_more_examples_than_are_read_at_once(tmp_path, monkeypatch):
    write_folder(tmp_path / "shd")
    whole = load_dataset(small(), tmp_path)["train"].x
    monkeypatch.setattr("spikeloom.data.spike_hdf5.EXAMPLES_AT_ONCE", 7)
    parts = load_dataset(small(), tmp_path)["train"].x
    for name in ("offsets", "times", "ids"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_examples_that_are_all_silent(tmp_path):
    for name in SIZES:
        write_file(tmp_path / "shd" / name, [[], []], [[], []], [0, 1])
    assert load_dataset(small(), tmp_path)["train"].x.offsets.tolist() == [0, 0, 0]


# -- what does not fit --------------------------------------------------------------------------------------------


def change(path: Path, alter: Callable[[h5py.File], None]) -> None:
    with h5py.File(path, "a") as file:
        alter(file)


def replaced(key: str, parts: list, kind: object) -> Callable[[h5py.File], None]:
    def alter(file: h5py.File) -> None:
        del file[key]
        ragged(file, key, parts, kind)

    return alter


def put(key: str, value: object) -> Callable[[h5py.File], None]:
    def alter(file: h5py.File) -> None:
        del file[key]
        file[key] = value

    return alter


def without(key: str) -> Callable[[h5py.File], None]:
    def alter(file: h5py.File) -> None:
        del file[key]

    return alter


SILENT = [[] for _ in range(39)]


@pytest.mark.parametrize(
    ("alter", "key", "message", "hint"),
    [
        (without("labels"), "", "no 'labels' in the file", ""),
        (without("spikes/units"), "", "no 'spikes/units' in the file", ""),
        (without("spikes"), "", "no 'spikes/times' in the file", ""),
        (put("spikes", 3), "", "no 'spikes/times' in the file", ""),
        (put("labels", np.full(40, 3)), "labels", "label 3 found, expected 0 to 2", "Set 'classes' of the data set to"),
        (put("labels", np.full(40, -1)), "labels", "label -1 found, expected 0 to 2", ""),
        (put("labels", np.zeros(40)), "labels", "values of float64, shape (40,) found, expected a whole number", ""),
        (put("labels", np.zeros((40, 1), int)), "labels", "shape (40, 1) found", ""),
        (put("labels", np.zeros(39, int)), "spikes/times", "40 examples found, but 39 labels", ""),
        (put("spikes/times", np.zeros((40, 5))), "spikes/times", "expected an array of fractions for each", ""),
        (replaced("spikes/times", [*SILENT, [1]], np.int32), "spikes/times", "arrays of int32", ""),
        (
            replaced("spikes/units", [*SILENT, [1]], np.float32),
            "spikes/units",
            "expected an array of whole numbers",
            "",
        ),
        (replaced("spikes/units", [*SILENT, [1] * 99], np.uint16), "spikes/units", "times and 0 units found in", ""),
    ],
)
def test_what_does_not_fit_is_said_with_file_and_key(tmp_path, alter, key, message, hint):
    path = write_folder(tmp_path / "shd") / "shd_train.h5"
    change(path, alter)
    with pytest.raises(UserError) as caught:
        load_dataset(small(), tmp_path)
    assert message in caught.value.message
    assert caught.value.place == (f"{path}: {key}" if key else str(path))
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("times", "units", "key", "message", "hint"),
    [
        ([0.01], [12], "spikes/units", "channel 12 found, expected 0 to 11", "Set 'channels' of the data set to 13"),
        ([np.nan], [0], "spikes/times", "a spike at nan s found", ""),
        ([np.inf], [0], "spikes/times", "a spike at inf s found", ""),
        ([-0.5], [0], "spikes/times", "a spike at -0.5 s found, expected 0 or later", ""),
    ],
)
def test_spikes_that_do_not_fit_are_refused(tmp_path, times, units, key, message, hint):
    for name in SIZES:
        path = write_file(tmp_path / "shd" / name, [[], times], [[], units], [0, 0])
    with pytest.raises(UserError) as caught:
        load_dataset(small(test_file="shd_test.h5", train_file="shd_test.h5"), tmp_path)
    assert (caught.value.place, hint in caught.value.hint) == (f"{path}: {key}", True)
    assert message in caught.value.message


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_a_file_that_is_damaged_is_refused(tmp_path, zipped):
    folder = write_folder(tmp_path / "shd", zipped=zipped)
    path = folder / ("shd_train.h5.gz" if zipped else "shd_train.h5")
    whole = path.read_bytes()
    for length in (len(whole) // 3, len(whole) - 100):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match="damaged or cut short") as caught:
            load_dataset(small(), tmp_path)
        assert caught.value.place.startswith(str(path))


@pytest.mark.parametrize("content", [b"", b"no HDF5", b"PK\x03\x04" + bytes(500)])
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_a_file_of_another_kind_is_refused(tmp_path, content, zipped):
    path = write_folder(tmp_path / "shd") / "shd_test.h5"
    path.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(UserError, match="is no HDF5 file") as caught:
        load_dataset(small(), tmp_path)
    assert caught.value.place == str(path)


def test_a_file_that_unfolds_without_end_is_refused(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "shd", zipped=True)
    monkeypatch.setattr("spikeloom.data.hdf5.LARGEST", 1000)
    with pytest.raises(UserError, match="unfolds to more than") as caught:
        load_dataset(small(), tmp_path)
    assert caught.value.place == str(folder / "shd_train.h5.gz")


# -- no other file --------------------------------------------------------------------------------------------------


def external_link(file: h5py.File, secret: Path) -> None:
    file["labels"] = h5py.ExternalLink(str(secret), "/labels")


def soft_link(file: h5py.File, secret: Path) -> None:
    file["elsewhere"] = h5py.ExternalLink(str(secret), "/labels")
    file["labels"] = h5py.SoftLink("/elsewhere")


def virtual(file: h5py.File, secret: Path) -> None:
    layout = h5py.VirtualLayout((40,), np.uint16)
    layout[:] = h5py.VirtualSource(str(secret), "labels", (40,))
    file.create_virtual_dataset("labels", layout)


def outer_bytes(file: h5py.File, secret: Path) -> None:
    file.create_dataset("labels", (40,), np.uint16, external=[(str(secret), 0, 80)])


@pytest.mark.parametrize("make", [external_link, soft_link, virtual, outer_bytes])
def test_a_file_leads_to_no_other(tmp_path, make):
    secret = write_file(tmp_path / "secret.h5", *trains(40, 0))
    path = write_folder(tmp_path / "shd") / "shd_train.h5"

    def alter(file: h5py.File) -> None:
        del file["labels"]
        make(file, secret)

    change(path, alter)
    with pytest.raises(UserError, match="not followed") as caught:
        load_dataset(small(), tmp_path)
    assert caught.value.place == str(path)


def test_a_group_that_is_a_link_is_not_followed(tmp_path):
    secret = write_file(tmp_path / "secret.h5", *trains(40, 0))
    path = write_folder(tmp_path / "shd") / "shd_train.h5"

    def alter(file: h5py.File) -> None:
        del file["spikes"]
        file["spikes"] = h5py.ExternalLink(str(secret), "/spikes")

    change(path, alter)
    with pytest.raises(UserError, match="'spikes/times' is a link to another place, which is not followed"):
        load_dataset(small(), tmp_path)


# -- where ----------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    folder = write_folder(tmp_path / "shd")
    (folder / "shd_test.h5").unlink()
    with pytest.raises(UserError, match=r"no file 'shd_test\.h5' or 'shd_test\.h5\.gz'") as caught:
        load_dataset(small(), tmp_path)
    assert caught.value.place == str(folder)
    assert "SPIKELOOM_DATA" in caught.value.hint


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="the folder 'nowhere' of the data set was not found") as caught:
        load_dataset(small(folder="nowhere"), tmp_path)
    assert caught.value.place == "experiment.dataset.folder"


# -- the real thing ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not REAL or not (Path(REAL) / "spoken_digits").is_dir(), reason="no spoken digits in the folder SPIKELOOM_DATA"
)
def test_the_spoken_digits(monkeypatch):
    monkeypatch.setenv("SPIKELOOM_DATA", REAL)
    splits = load_dataset(sp.SpikeHDF5(folder="spoken_digits", channels=128, classes=10))
    assert {split: len(arrays) for split, arrays in splits.items()} == {"train": 2700, "test": 300}
    assert np.bincount(splits["test"].labels).tolist() == [30] * 10
    events = splits["train"].x
    assert 2000 < len(events.ids) / len(events) < 4000
    assert 2000 < events.times.max() < 2400


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_file_without_examples_is_said(tmp_path, part):
    folder = write_folder(tmp_path / "shd")
    write_file(folder / f"shd_{part}.h5", [], [], np.zeros(0, np.uint16))
    with pytest.raises(UserError, match=f"no {'training' if part == 'train' else 'test'} examples found"):
        load_dataset(sp.SpikeHDF5(channels=CHANNELS, classes=CLASSES), tmp_path)
