"""Checkpoints: what was saved comes back, and what is none is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spikeloom.errors import UserError
from spikeloom.run.checkpoints import load_checkpoint, save_checkpoint

ARRAYS = {"a.g": np.arange(6, dtype=np.float32).reshape(2, 3), "a.m": np.zeros((2, 3), np.float32)}
STATE = {"epoch": 3, "step": 120, "seed": 7}


def with_metadata(path, metadata):
    from safetensors.numpy import save_file

    save_file(ARRAYS, path, metadata)


@pytest.mark.parametrize("file", ["c.safetensors", "c.npz"])
def test_round_trip(tmp_path, file):
    path = tmp_path / file
    save_checkpoint(path, ARRAYS, STATE)
    arrays, state = load_checkpoint(path)
    assert state == STATE
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, ARRAYS[name])
    assert [path.name for path in tmp_path.iterdir()] == [file]


def test_a_run_folder_stands_for_its_last_checkpoint(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    save_checkpoint(tmp_path / "checkpoints" / "last.safetensors", ARRAYS, STATE)
    assert load_checkpoint(tmp_path)[1] == STATE


def test_the_same_content_gives_the_same_bytes(tmp_path):
    for name in ("a", "b", "a.npz", "b.npz"):
        save_checkpoint(tmp_path / name, dict(ARRAYS), STATE)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_arrays_that_numpy_saved_are_a_checkpoint(tmp_path):
    np.savez(tmp_path / "c.npz", **ARRAYS)
    arrays, state = load_checkpoint(tmp_path / "c.npz")
    assert state == {}
    np.testing.assert_array_equal(arrays["a.g"], ARRAYS["a.g"])


def test_nothing_pickled_is_read(tmp_path):
    np.savez(tmp_path / "c.npz", **{"a.g": np.array([{}, print], dtype=object)})
    np.save(tmp_path / "single.npy", ARRAYS["a.g"])
    (tmp_path / "single.npy").rename(tmp_path / "single.npz")
    np.savez(tmp_path / "words.npz", **{"a.g": np.array(["x"])})
    for name in ("c", "single", "words"):
        with pytest.raises(UserError, match="not a readable checkpoint"):
            load_checkpoint(tmp_path / f"{name}.npz")


def test_nothing_there(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UserError, match="no such checkpoint"):
            load_checkpoint(path)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 pickled", b"\xff" * 64, b"\x80\x04\x95", b"\x02\0\0\0\0\0\0\0{}x"])
def test_damaged_files(tmp_path, content):
    for name in ("c.safetensors", "c.npz"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match="not a readable checkpoint"):
            load_checkpoint(tmp_path / name)


@pytest.mark.parametrize("suffix", ["", ".npz"])
def test_every_cut_is_noticed(tmp_path, suffix):
    save_checkpoint(tmp_path / f"whole{suffix}", ARRAYS, STATE)
    content = (tmp_path / f"whole{suffix}").read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / f"cut{suffix}").write_bytes(content[:length])
        with pytest.raises(UserError):
            load_checkpoint(tmp_path / f"cut{suffix}")


@pytest.mark.parametrize(
    "state",
    [
        "[]",
        "3",
        "{",
        "[" * 100_000,
        json.dumps({"epoch": "three"}),
        json.dumps({"epoch": -1}),
        json.dumps({"step": 1e300}),
        json.dumps({"step": 10**30}),
        json.dumps({"epoch": None}),
        json.dumps({"epoch": True}),
    ],
)
def test_a_hostile_place_in_training(tmp_path, state):
    with_metadata(tmp_path / "c.safetensors", {"state": state})
    with pytest.raises(UserError):
        load_checkpoint(tmp_path / "c.safetensors")


def test_arrays_alone_are_a_checkpoint(tmp_path):
    with_metadata(tmp_path / "c.safetensors", None)
    arrays, state = load_checkpoint(tmp_path / "c.safetensors")
    assert arrays.keys() == ARRAYS.keys() and state == {}


@pytest.mark.parametrize("name", ["c.safetensors", "c.npz"])
def test_a_checkpoint_with_nan_is_refused(tmp_path, name):
    save_checkpoint(tmp_path / name, {"a.g": np.array([1.0, np.nan], np.float32)}, STATE)
    with pytest.raises(UserError, match=r"NaN or infinity in 'a\.g'"):
        load_checkpoint(tmp_path / name)
