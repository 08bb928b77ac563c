"""Prepared examples on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from spikeloom.data import Store, StoreWriter
from spikeloom.data.store import ABOUT, BUILDING, LIMIT_VARIABLE, folder_of
from spikeloom.errors import RunError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own."""
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path))
    return tmp_path / "data"


def write(key: str, size: int = 10) -> Store:
    """An entry with two arrays, one in two parts."""
    writer = StoreWriter(key)
    writer.append("ids", np.arange(size, dtype=np.int32))
    writer.append("times", np.zeros((3, 2)))
    writer.append("times", np.ones((1, 2)))
    writer.append("nothing", np.zeros(0, np.int64))
    return writer.commit({"sizes": {"train": size}})


def test_arrays_come_back_as_they_were_written(cache: Path) -> None:
    write("a")
    found = Store.open("a")
    assert found is not None
    np.testing.assert_array_equal(found.array("ids"), np.arange(10))
    assert found.array("ids").dtype == np.int32
    np.testing.assert_array_equal(found.array("times"), [[0, 0], [0, 0], [0, 0], [1, 1]])
    assert found.array("nothing").shape == (0,)
    assert found.facts == {"sizes": {"train": 10}}
    assert found.size == 10 * 4 + 8 * 8
    assert isinstance(found.array("ids"), np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found.array("ids")[0] = 1
    assert Store.open("b") is None


@pytest.mark.parametrize("damage", ["cut", "gone", "words", "shape"])
def test_what_is_damaged_is_made_again(damage: str) -> None:
    write("a")
    folder = folder_of("a")
    if damage == "cut":
        os.truncate(folder / "ids", 20)
    elif damage == "gone":
        (folder / "times").unlink()
    elif damage == "words":
        (folder / ABOUT).write_text("{")
    else:
        about = json.loads((folder / ABOUT).read_text())
        about["arrays"]["ids"] = "all"
        (folder / ABOUT).write_text(json.dumps(about))
    assert Store.open("a") is None
    write("a")
    assert Store.open("a") is not None


def test_what_is_given_up_leaves_nothing(cache: Path) -> None:
    writer = StoreWriter("a")
    writer.append("ids", np.arange(3))
    assert [path.name.startswith(BUILDING) for path in cache.iterdir()] == [True]
    writer.discard()
    assert list(cache.iterdir()) == []


def test_what_was_used_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, "0.000014")  # 14 kB: three of them
    for number, key in enumerate("abc"):
        write(key, 1000)
        os.utime(folder_of(key) / ABOUT, (number, number))
    assert Store.open("a") is not None  # used now
    write("d", 1000)
    assert Store.open("b") is None
    assert Store.open("a") is not None
    assert Store.open("d") is not None


def test_a_disk_that_takes_no_more_is_said(cache: Path) -> None:
    cache.parent.mkdir(exist_ok=True)
    cache.write_text("a file where a folder should be")
    with pytest.raises(RunError, match="prepared examples cannot be kept") as caught:
        StoreWriter("a")
    assert "SPIKELOOM_CACHE" in caught.value.hint


def test_another_byte_is_noticed(cache: Path) -> None:
    write("a", 1000)
    path = folder_of("a") / "ids"
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)
    assert Store.open("a") is None


@pytest.mark.parametrize("missing", ["facts", "arrays"])
def test_what_lacks_a_part_is_made_again(missing: str) -> None:
    write("a")
    about = json.loads((folder_of("a") / ABOUT).read_text())
    del about[missing]
    (folder_of("a") / ABOUT).write_text(json.dumps(about))
    assert Store.open("a") is None
