"""MNIST's files: where they are looked for, what is read from them, and what is said of files that are damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from tests.data.idx_files import SIZES, contents, idx, write

import spikeloom.spec as sp
from spikeloom.data import encode, load_dataset
from spikeloom.errors import UserError
from spikeloom.settings import Settings

REAL = os.environ.get("SPIKELOOM_DATA", "")


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_the_files_give_images_and_labels(tmp_path, zipped):
    write(tmp_path / "mnist", contents(), zipped=zipped)
    splits = load_dataset(sp.MNIST(), tmp_path)
    rng = np.random.default_rng(0)
    for split, size in zip(("train", "test"), SIZES.values(), strict=True):
        images, labels = rng.integers(0, 256, (size, 28, 28)), rng.integers(0, 10, size)
        np.testing.assert_array_equal(splits[split].x, images)
        np.testing.assert_array_equal(splits[split].labels, labels)
        assert (splits[split].x.dtype, splits[split].labels.dtype) == (np.uint8, np.int32)


def test_a_limit_takes_the_first_examples(tmp_path):
    write(tmp_path / "mnist", contents())
    whole = load_dataset(sp.MNIST(), tmp_path)
    some = load_dataset(sp.MNIST(train_limit=7, test_limit=1000), tmp_path)
    np.testing.assert_array_equal(some["train"].x, whole["train"].x[:7])
    np.testing.assert_array_equal(some["train"].labels, whole["train"].labels[:7])
    assert {name: len(values) for name, values in some["train"].more.items()} == {
        "left half": 7,
        "right half": 7,
        "parity": 7,
    }
    assert len(some["test"]) == len(whole["test"])
    assert len(load_dataset(sp.MNIST(test_limit=3), tmp_path)["test"]) == 3


def test_names_with_a_point_are_known_too(tmp_path):
    files = {name.replace("-idx", ".idx"): content for name, content in contents().items()}
    write(tmp_path / "mnist", files)
    assert len(load_dataset(sp.MNIST(), tmp_path)["train"]) == 30


def test_bytes_are_encoded_as_the_fractions_that_they_stand_for():
    pixels = np.arange(256, dtype=np.uint8)[None]
    encoder = sp.LinearLatency(max_time=51.0, threshold=0.2)
    as_bytes, as_fractions = (encode(encoder, x, 0.5, 200, top) for x, top in ((pixels, 255), (pixels / 255, 1)))
    for name in ("offsets", "steps", "ids"):
        np.testing.assert_array_equal(getattr(as_bytes, name), getattr(as_fractions, name))
    assert as_bytes.ids.min() == 52


# -- where ------------------------------------------------------------------------------------------------------------


def test_the_folder_beside_the_document_comes_before_the_users(tmp_path, monkeypatch):
    write(tmp_path / "beside" / "mnist", contents(1))
    write(tmp_path / "mine" / "mnist", contents(2))
    monkeypatch.setenv("SPIKELOOM_DATA", str(tmp_path / "mine"))
    beside = load_dataset(sp.MNIST(), tmp_path / "beside")["train"].x
    elsewhere = load_dataset(sp.MNIST(), tmp_path)["train"].x
    np.testing.assert_array_equal(beside, np.random.default_rng(1).integers(0, 256, (30, 28, 28)))
    np.testing.assert_array_equal(elsewhere, np.random.default_rng(2).integers(0, 256, (30, 28, 28)))


def test_the_users_folder_is_the_variable_and_else_the_setting(tmp_path, monkeypatch):
    write(tmp_path / "set" / "mnist", contents(1))
    write(tmp_path / "named" / "mnist", contents(2))
    Settings().set("data_folder", str(tmp_path / "set"))
    assert json.loads((tmp_path / "config/spikeloom/settings.json").read_text())["data_folder"]
    first = load_dataset(sp.MNIST())["train"].x
    monkeypatch.setenv("SPIKELOOM_DATA", str(tmp_path / "named"))
    second = load_dataset(sp.MNIST())["train"].x
    np.testing.assert_array_equal(first, np.random.default_rng(1).integers(0, 256, (30, 28, 28)))
    np.testing.assert_array_equal(second, np.random.default_rng(2).integers(0, 256, (30, 28, 28)))


def test_an_absolute_folder_is_what_it_says(tmp_path):
    folder = write(tmp_path / "somewhere", contents())
    assert len(load_dataset(sp.MNIST(folder=str(folder)))["test"]) == 20


def test_a_folder_that_is_nowhere_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("SPIKELOOM_DATA", str(tmp_path / "mine"))
    with pytest.raises(UserError) as caught:
        load_dataset(sp.MNIST(folder="missing"), tmp_path)
    assert caught.value.place == "experiment.dataset.folder"
    assert str(tmp_path / "missing") in caught.value.message
    assert str(tmp_path / "mine" / "missing") in caught.value.message
    assert "SPIKELOOM_DATA" in caught.value.hint


# -- damage -----------------------------------------------------------------------------------------------------------


def cut(content: bytes) -> bytes:
    return content[:-100]


def lengthened(content: bytes) -> bytes:
    return content + b"\0"


def of_floats(content: bytes) -> bytes:
    return b"\0\0\x0d" + content[3:]


def emptied(_content: bytes) -> bytes:
    return b""


def of_other_size(_content: bytes) -> bytes:
    return idx(np.zeros((30, 14, 14)))


def of_fewer(_content: bytes) -> bytes:
    return idx(np.zeros((29, 28, 28)))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "cut short"),
        (lengthened, "cut short"),
        (of_floats, "no IDX file"),
        (emptied, "no IDX file"),
        (of_other_size, "14 x 14 pixels found, expected 28 x 28"),
        (of_fewer, "29 images and 30 labels"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_damaged_files_are_refused(tmp_path, damage, message, zipped):
    files = contents()
    files["train-images-idx3-ubyte"] = damage(files["train-images-idx3-ubyte"])
    folder = write(tmp_path / "mnist", files, zipped=zipped)
    with pytest.raises(UserError, match=message) as caught:
        load_dataset(sp.MNIST(), tmp_path)
    assert str(folder) in caught.value.place


def test_a_gzipped_file_that_is_cut_short_is_refused(tmp_path):
    folder = write(tmp_path / "mnist", contents(), zipped=True)
    path = folder / "train-images-idx3-ubyte.gz"
    whole = path.read_bytes()
    for length in (5, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match="damaged or cut short"):
            load_dataset(sp.MNIST(), tmp_path)
    path.write_bytes(whole[: len(whole) // 2] + bytes(100) + whole[len(whole) // 2 + 100 :])
    with pytest.raises(UserError, match="damaged or cut short"):
        load_dataset(sp.MNIST(), tmp_path)


def test_a_label_beyond_the_classes_and_a_missing_file_are_refused(tmp_path):
    files = contents()
    files["t10k-labels-idx1-ubyte"] = idx(np.full(20, 10))
    folder = write(tmp_path / "mnist", files)
    with pytest.raises(UserError, match="label 10 found in 't10k-labels', expected 0 to 9"):
        load_dataset(sp.MNIST(), tmp_path)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError, match=r"no file 't10k-labels-idx1-ubyte' or 't10k-labels-idx1-ubyte\.gz'"):
        load_dataset(sp.MNIST(), tmp_path)


# -- the real thing ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not (Path(REAL) / "mnist").is_dir() or not REAL, reason="no MNIST in the folder SPIKELOOM_DATA")
def test_the_published_files(monkeypatch):
    monkeypatch.setenv("SPIKELOOM_DATA", REAL)
    splits = load_dataset(sp.MNIST())
    assert {split: len(arrays) for split, arrays in splits.items()} == {"train": 60000, "test": 10000}
    assert np.bincount(splits["train"].labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert splits["train"].labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert round(splits["train"].x.mean() / 255, 4) == 0.1307
