"""Arrays of the user's own: what is read from NPZ, NPY and CSV files, and what is refused with its place."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.data import inspect, load_dataset
from spikeloom.errors import UserError

SHAPE, CLASSES = (4, 3), 3


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "arrays").mkdir()


def small(**fields) -> sp.ArrayFile:
    return sp.ArrayFile(**{"shape": SHAPE, "classes": CLASSES} | fields)


def examples(size=30, seed=0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random((size, *SHAPE)).astype(np.float32), np.arange(size) % CLASSES


def save(tmp_path, name="data.npz", **arrays):
    np.savez(tmp_path / "arrays" / name, **arrays)


def loaded(tmp_path, **fields):
    return load_dataset(small(**fields), tmp_path)


def refused(tmp_path, **fields) -> UserError:
    with pytest.raises(UserError) as caught:
        loaded(tmp_path, **fields)
    return caught.value


# -- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32])
def test_an_npz_file_with_both_parts(tmp_path, kind):
    (x, y), (x_test, y_test) = examples(), examples(9, seed=1)
    save(tmp_path, x_train=x, y_train=y.astype(kind), x_test=x_test, y_test=y_test.astype(kind))
    splits = loaded(tmp_path)
    np.testing.assert_array_equal(splits["train"].x, x)
    np.testing.assert_array_equal(splits["test"].x, x_test)
    np.testing.assert_array_equal(splits["test"].labels, y_test)
    assert splits["train"].labels.dtype == np.int32


def test_examples_for_validation_are_a_part_of_their_own(tmp_path):
    x, y = examples(6)
    parts = {
        f"{name}_{part}": values for part in ("train", "test", "validation") for name, values in (("x", x), ("y", y))
    }
    save(tmp_path, **parts)
    assert set(loaded(tmp_path)) == {"train", "test", "validation"}


def test_what_is_not_divided_gives_a_fifth_of_each_class_to_the_test(tmp_path):
    x, y = examples()
    save(tmp_path, images=x, kinds=y)
    splits = loaded(tmp_path, examples="images", labels="kinds")
    assert np.bincount(splits["test"].labels).tolist() == [2, 2, 2]
    rows = {example.tobytes(): label for example, label in zip(x, y, strict=True)}
    together = [*splits["train"].x, *splits["test"].x]
    assert len({example.tobytes() for example in together}) == len(x)
    assert [rows[example.tobytes()] for example in together] == [*splits["train"].labels, *splits["test"].labels]


def test_npy_files_with_labels_beside_them(tmp_path):
    for part, seed in (("train", 0), ("test", 1)):
        x, y = examples(12, seed)
        np.save(tmp_path / "arrays" / f"x_{part}.npy", (255 * x).astype(np.uint8))
        np.save(tmp_path / "arrays" / f"y_{part}.npy", y)
    found = loaded(
        tmp_path,
        file="x_train.npy",
        labels="y_train.npy",
        test_file="x_test.npy",
        test_labels="y_test.npy",
        largest=255,
    )
    assert (found["train"].x.dtype, found["train"].largest) == (np.uint8, 255)
    np.testing.assert_array_equal(found["test"].x, (255 * examples(12, 1)[0]).astype(np.uint8))


def test_a_table_with_classes_in_words(tmp_path):
    lines = ["width;name;height", *(f"{k};{'owl' if k % 2 else 'cat'};{10 * k}" for k in range(1, 21))]
    (tmp_path / "arrays" / "birds.csv").write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    splits = loaded(tmp_path, file="birds.csv", labels="name", shape=2, classes=2, largest=200)
    rows = np.concatenate([splits["train"].x, splits["test"].x]) * 200
    labels = np.concatenate([splits["train"].labels, splits["test"].labels])
    assert sorted(rows[:, 0].round().astype(int)) == list(range(1, 21))
    np.testing.assert_allclose(rows[:, 1], 10 * rows[:, 0], rtol=1e-5)
    np.testing.assert_array_equal(labels, rows[:, 0].round().astype(int) % 2)  # cat before owl


def test_a_table_without_a_header_and_labels_in_the_first_column(tmp_path):
    table = np.column_stack([np.arange(12) % 3, np.arange(12), np.arange(12) + 0.5])
    np.savetxt(tmp_path / "arrays" / "t.csv", table, delimiter=",")
    splits = loaded(tmp_path, file="t.csv", header=False, labels="1", shape=2, largest=16, split=sp.HoldOut(0.5))
    found = np.concatenate([splits["train"].x, splits["test"].x]) * 16
    assert sorted(found[:, 1].tolist()) == table[:, 2].tolist()


def test_values_are_scaled_between_smallest_and_largest(tmp_path):
    x, y = examples(15)
    save(tmp_path, x=4 * x - 2, y=y)
    found = loaded(tmp_path, smallest=-2, largest=2)["train"]
    assert found.largest == 1
    assert found.x.min() >= 0 and found.x.max() <= 1 and found.x.max() > 0.9


def test_rows_of_numbers_take_the_shape_of_the_document(tmp_path):
    x, y = examples(15)
    save(tmp_path, x=x.reshape(15, -1), y=y)
    assert loaded(tmp_path)["train"].x.shape[1:] == SHAPE


def test_labels_that_do_not_count_from_0_have_names(tmp_path):
    x, y = examples(15)
    save(tmp_path, x=x, y=10 * (y + 1))
    assert "label 10 found, expected 0 to 2" in refused(tmp_path).message
    found = loaded(tmp_path, label_names=["10", "20", "30"])
    assert set(found["train"].labels.tolist()) == {0, 1, 2}


def test_without_an_encoder_values_are_spikes(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.random((10, 20, 4)) < 0.1
    save(tmp_path, x_train=x, y_train=np.zeros(10, int), x_test=x, y_test=np.zeros(10, int))
    fields = {"encoder": None, "shape": 4, "timestep": 2.0}
    whole = loaded(tmp_path, **fields)["train"].x
    for example in range(10):
        inside = slice(whole.offsets[example], whole.offsets[example + 1])
        found = set(zip(whole.times[inside] / 2.0, whole.ids[inside], strict=True))
        assert found == set(zip(*np.nonzero(x[example]), strict=True))
    monkeypatch.setattr("spikeloom.data.array_file.VALUES_AT_ONCE", 160)
    np.testing.assert_array_equal(loaded(tmp_path, **fields)["train"].x.ids, whole.ids)
    assert small(**fields).gives_spikes and not small().gives_spikes


# -- what is refused --------------------------------------------------------------------------------------------------


def with_nan(x):
    x = x.copy()
    x[7, 1, 1] = np.nan
    return x


@pytest.mark.parametrize(
    ("alter", "message", "hint"),
    [
        (lambda x, y: (x, y[:-1]), "30 examples found, but 29 labels", ""),
        (lambda x, y: (x, y + 1), "label 3 found, expected 0 to 2", "Set 'classes' of the data set to 4."),
        (lambda x, y: (x, y - 1), "label -1 found", ""),
        (lambda x, y: (x, y + 0.5), "labels of float64 found, expected whole numbers", ""),
        (lambda x, y: (x, np.eye(3)[y]), "labels of shape (30, 3)", "not one-hot"),
        (lambda x, y: (with_nan(x), y), "NaN or infinity found in example 7", ""),
        (
            lambda x, y: (x[:, :2], y),
            "examples of shape [2, 3] found, expected [4, 3]",
            "Set 'shape' of the data set to",
        ),
        (lambda x, y: (x.astype(object), y), "Python objects found, expected numbers", "Save numbers"),
        (lambda x, y: (x.astype(complex), y), "values of complex128", ""),
        (lambda x, y: (x, y.astype(str)), None, ""),  # classes in words are fine
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_their_names(tmp_path, alter, message, hint):
    x, y = alter(*examples())
    save(tmp_path, x=x, y=y)
    if message is None:
        loaded(tmp_path)
        return
    error = refused(tmp_path)
    assert message in error.message and hint in error.hint
    assert "data.npz: " in error.place


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a,b,label\n1,2,0\n3,x,1\n", "t.csv:3", "'x' found in column 'b', expected a finite number"),
        ("a,b,label\n1,2,0\n3,,1\n", "t.csv:3", "nothing found in column 'b'"),
        ("a,b,label\n1,2,0\n\n3,nan,1\n", "t.csv:4", "'nan' found in column 'b'"),
        ("a,b,label\n1,2,0\n3,1\n", "t.csv:3", "2 columns found, expected 3"),
        ("1,2,0\n3,4,1\n", "t.csv:1", "numbers found, expected the names of the columns"),
        ("", "t.csv", "an empty file found"),
        ("a,b,label\n\xff\n", "t.csv", "is no text in UTF-8"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_line_and_column(tmp_path, text, place, message):
    (tmp_path / "arrays" / "t.csv").write_bytes(text.encode("latin-1"))
    error = refused(tmp_path, file="t.csv", shape=2)
    assert error.place.endswith(place)
    assert message in error.message


def test_an_array_or_a_column_of_another_name_is_suggested(tmp_path):
    x, y = examples()
    save(tmp_path, x=x, labels=y)
    assert "did you mean 'labels'" in refused(tmp_path, labels="lables").message
    (tmp_path / "arrays" / "t.csv").write_text("a,kind\n1,0\n")
    assert "did you mean 'kind'" in refused(tmp_path, file="t.csv", labels="kinds", shape=1).message


def test_nothing_is_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    x = np.array([Trap()], dtype=object)
    save(tmp_path, x=x, y=np.zeros(1, int))
    np.save(tmp_path / "arrays" / "x.npy", x, allow_pickle=True)
    for fields in ({}, {"file": "x.npy", "labels": "x.npy"}):
        assert "Python objects" in refused(tmp_path, **fields).message
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["data.npz", "x.npy"])
def test_a_file_that_is_cut_short(tmp_path, name):
    x, y = examples()
    save(tmp_path, x=x, y=y)
    np.save(tmp_path / "arrays" / "x.npy", x)
    path = tmp_path / "arrays" / name
    path.write_bytes(path.read_bytes()[:-300])
    error = refused(tmp_path, file=name, labels="x.npy" if name == "x.npy" else "")
    assert "damaged or cut short" in error.message and name in error.place


def test_a_header_that_claims_too_much_takes_no_memory(tmp_path):
    with zipfile.ZipFile(tmp_path / "arrays" / "data.npz", "w") as archive:
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 99), }"
        content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
        archive.writestr("x.npy", content)
        archive.writestr("y.npy", content)
    assert "larger than 8 GB" in refused(tmp_path).message


def test_a_file_that_is_not_there(tmp_path):
    error = refused(tmp_path, file="other.npz")
    assert "other.npz" in error.hint and str(tmp_path / "arrays") in error.message


@pytest.mark.parametrize(
    ("x", "fields", "message", "hint"),
    [
        ([0.0, 7.0], {}, "values from 0 to 7 found, expected 0 to 1", "Set 'largest' of the data set to 7."),
        ([-3.0, 1.0], {}, "values from -3 to 1 found", "Set 'smallest' of the data set to -3."),
        ([0.0, 1e300], {}, "values from 0 to 1e+300 found", "to 1e+300."),
        (np.array([3, 200], np.uint8), {}, "values from 3 to 200 found", "to 255."),
    ],
)
def test_values_out_of_the_range_are_refused(tmp_path, x, fields, message, hint):
    save(tmp_path, x=np.resize(x, (30, *SHAPE)), y=examples()[1])
    error = refused(tmp_path, **fields)
    assert message in error.message and hint in error.hint


def test_values_beyond_single_precision_are_scaled(tmp_path):
    x, y = examples()
    save(tmp_path, x=x.astype(float) * 1e300, y=y)
    parts = loaded(tmp_path, largest=1e300)
    found = np.concatenate([parts["train"].x, parts["test"].x])
    np.testing.assert_allclose(np.sort(found, axis=None), np.sort(x, axis=None), rtol=1e-6)
    with pytest.raises(UserError, match="too far from smallest"):
        small(smallest=-1e308, largest=1.7e308)


@pytest.mark.parametrize("shape", ["(" * 5000, "(True, 4)", "(-1, 4)", "(9223372036854775807, 2)", "{}", "(10**400, )"])
def test_a_damaged_header_is_said(tmp_path, shape):
    header = ("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }").encode()
    for text in (header, shape.encode()):
        content = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(64)
        (tmp_path / "arrays" / "x.npy").write_bytes(content)
        error = refused(tmp_path, file="x.npy", labels="x.npy")
        assert "damaged or cut short" in error.message and "Save it again" in error.hint


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_part_without_examples_is_said(tmp_path, part):
    (x, y), other = examples(), "test" if part == "train" else "train"
    save(tmp_path, **{f"x_{part}": x[:0], f"y_{part}": y[:0], f"x_{other}": x, f"y_{other}": y})
    error = refused(tmp_path)
    assert error.message == f"no {'training' if part == 'train' else 'test'} examples found"
    assert "classes" not in error.hint


def test_a_table_with_a_header_only_and_labels_of_bytes(tmp_path):
    (tmp_path / "arrays" / "t.csv").write_text("a,b,label\n")
    assert refused(tmp_path, file="t.csv", shape=2).message == "no examples found"
    x, y = examples()
    save(tmp_path, x=x, y=y.astype("S1"))
    assert "astype(str)" in refused(tmp_path).hint


# -- what is found ----------------------------------------------------------------------------------------------------


def test_the_files_say_shape_classes_and_scale(tmp_path):
    x, _ = examples()
    save(tmp_path, x=(255 * np.tile(x, (1, 2, 2))).astype(np.uint8), y=np.arange(30) % 5)
    start = sp.ArrayFile()
    found = inspect(start, tmp_path)
    assert found.changes(start) == {"shape": (8, 6), "classes": 5, "largest": 255.0}
    load_dataset(found.applied(start), tmp_path)
    assert any("30 examples" in words for words in found.words)


def test_a_table_says_the_names_of_its_classes(tmp_path):
    (tmp_path / "arrays" / "t.csv").write_text("a,b,kind\n" + "1.5,-3,cat\n2,7,owl\n" * 5)
    start = sp.ArrayFile(file="t.csv")
    found = inspect(start, tmp_path)
    expected = {"shape": (2,), "classes": 2, "label_names": ["cat", "owl"], "smallest": -3.0, "largest": 7.0}
    assert found.changes(start) == expected
    assert len(load_dataset(found.applied(start), tmp_path)["train"]) == 8
