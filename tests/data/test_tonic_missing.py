"""Where tonic is not installed, its sets say so, and everything else works."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from tests.data import spike_files, tonic_files

import spikeloom.spec as sp
from spikeloom.data import load_dataset
from spikeloom.data.source import Source
from spikeloom.errors import UserError


def test_a_set_of_tonics_says_what_to_install(tmp_path, monkeypatch):
    tonic_files.nmnist(tmp_path / "NMNIST")
    monkeypatch.setitem(sys.modules, "tonic", None)
    with pytest.raises(UserError, match="tonic is not installed") as caught:
        load_dataset(sp.NMNIST(), tmp_path)
    assert 'pip install "spikeloom[tonic]"' in caught.value.hint


def test_nothing_imports_tonic_before_it_is_used():
    code = "import sys, spikeloom.run.tasks, spikeloom.cli.parser; assert 'tonic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_set_with_a_type_of_its_own_is_pointed_to():
    with pytest.raises(UserError, match="'NMNIST' is a data set of its own") as caught:
        sp.TonicDataset("NMNIST")
    assert "Choose the data set 'nmnist'" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sp.SMNIST(neurons=50), "50 found, expected an odd number"),
        (lambda: sp.TonicDataset("SHD", shape=(3, 4)), "expected rows, columns and polarities, or a number"),
        (lambda: sp.TonicDataset("DSEC"), "DSEC"),
        (lambda: sp.NMNIST(folder=" "), "expected one such as 'NMNIST'"),
        (lambda: sp.NMNIST(encoder="linear_latency"), "examples are spikes already"),
    ],
)
def test_wrong_settings_are_refused(make, message):
    with pytest.raises(UserError) as caught:
        make()
    assert message in str(caught.value)


# -- SHD's format -----------------------------------------------------------------------------------------------------


def small(**settings) -> sp.SpikeHDF5:
    return sp.SpikeHDF5(channels=spike_files.CHANNELS, classes=spike_files.CLASSES, **settings)


def test_a_large_file_is_read_a_portion_at_a_time(tmp_path, monkeypatch):
    spike_files.write_folder(tmp_path / "shd")
    whole = load_dataset(small(), tmp_path)["train"]
    size = (tmp_path / "shd" / "shd_train.h5").stat().st_size
    monkeypatch.setattr("spikeloom.data.spike_hdf5.LARGE", size)
    splits = load_dataset(small(), tmp_path)
    source = splits["train"]
    assert isinstance(splits["test"], Source)  # both or neither: a split may mix them
    assert isinstance(source, Source) and len(source) == 40
    np.testing.assert_array_equal(source.labels, whole.labels)
    for chosen in (np.arange(40), np.array([7, 3, 3, 39, 0]), np.zeros(0, int)):
        some, expected = source.read(chosen), whole.take(chosen)
        np.testing.assert_array_equal(some.labels, expected.labels)
        np.testing.assert_array_equal(some.groups["speaker"], expected.groups["speaker"])
        for name in ("offsets", "times", "ids"):
            np.testing.assert_array_equal(getattr(some.x, name), getattr(expected.x, name))
    first = source.identity
    spike_files.write_file(tmp_path / "shd" / "shd_train.h5", *spike_files.trains(41, 5))
    assert load_dataset(small(), tmp_path)["train"].identity != first


def test_a_file_for_validation(tmp_path):
    folder = spike_files.write_folder(tmp_path / "shd")
    spike_files.write_file(folder / "valid.h5", *spike_files.trains(9, 4))
    splits = load_dataset(small(validation_file="valid.h5"), tmp_path)
    assert {name: len(part) for name, part in splits.items()} == {"train": 40, "test": 15, "validation": 9}
    with pytest.raises(UserError, match=r"no file 'none\.h5'"):
        load_dataset(small(validation_file="none.h5"), tmp_path)


def test_speakers_group_the_examples(tmp_path):
    import h5py

    folder = spike_files.write_folder(tmp_path / "shd")
    with h5py.File(folder / "shd_train.h5", "a") as file:
        file["extra/speaker"][:] = np.arange(40) % 4
    with h5py.File(folder / "shd_test.h5", "a") as file:
        del file["extra"]
    splits = load_dataset(small(), tmp_path)
    assert splits["train"].groups["speaker"].tolist() == [n % 4 for n in range(40)]
    assert splits["test"].groups == {}
    with h5py.File(folder / "shd_train.h5", "a") as file:
        del file["extra/speaker"]
        file["extra/speaker"] = np.zeros(3, int)
    with pytest.raises(UserError, match="expected a whole number for each of 40 examples"):
        load_dataset(small(), tmp_path)
    with h5py.File(folder / "shd_train.h5", "a") as file:
        del file["extra"]
        file["extra"] = h5py.ExternalLink("/etc/secret.h5", "/x")
    with pytest.raises(UserError, match="not followed"):
        load_dataset(small(), tmp_path)
