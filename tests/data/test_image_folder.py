"""Images in folders, and what all folders of files have in common: classes, parts, patterns, tables, links."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest
from PIL import Image
from tests.data.own_files import write_image

import spikeloom.spec as sp
from spikeloom.data import inspect, load_dataset
from spikeloom.errors import UserError

ROWS, COLUMNS = 6, 5


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def small(**fields) -> sp.ImageFolder:
    return sp.ImageFolder(**{"rows": ROWS, "columns": COLUMNS, "classes": 2} | fields)


def picture(number: int, *axes: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (ROWS, COLUMNS, *axes)).astype(np.uint8)


@pytest.fixture
def animals(tmp_path):
    """Ten images each of cats and owls; image n has the pixels ``picture(n)``, owls are odd."""
    for number in range(20):
        write_image(tmp_path / "images" / ("owl" if number % 2 else "cat") / f"{number}.png", picture(number))
    return tmp_path


def refused(tmp_path, **fields) -> UserError:
    with pytest.raises(UserError) as caught:
        load_dataset(small(**fields), tmp_path)
    return caught.value


def whole(splits) -> dict[bytes, int]:
    """Label by pixels, of all parts."""
    return {
        image.tobytes(): int(label)
        for arrays in splits.values()
        for image, label in zip(arrays.x, arrays.labels, strict=True)
    }


def test_a_folder_is_a_class(animals):
    splits = load_dataset(small(), animals)
    assert (len(splits["train"]), len(splits["test"])) == (16, 4)
    assert np.bincount(splits["test"].labels).tolist() == [2, 2]
    assert whole(splits) == {picture(number).tobytes(): number % 2 for number in range(20)}
    assert (splits["train"].x.dtype, splits["train"].largest) == (np.uint8, 255)


def test_the_parts_do_not_depend_on_a_split(animals):
    """What is kept on the disk is the same for all splits."""
    plain = load_dataset(small(), animals)
    for split in (sp.HoldOut(0.5), sp.KFold(5)):
        found = load_dataset(small(split=split), animals)
        for name, arrays in plain.items():
            np.testing.assert_array_equal(found[name].x, arrays.x)


def test_folders_for_training_and_test(tmp_path):
    for part, numbers in (("Train", range(8)), ("test", range(8, 12)), ("val", range(12, 16))):
        for number in numbers:
            write_image(tmp_path / "images" / part / f"{number % 2}" / f"{number}.bmp", picture(number))
    splits = load_dataset(small(), tmp_path)
    assert {name: len(part) for name, part in splits.items()} == {"train": 8, "test": 4, "validation": 4}
    assert set(whole({"test": splits["test"]})) == {picture(number).tobytes() for number in range(8, 12)}


def test_names_of_files_say_class_and_group(tmp_path):
    for number in range(12):
        name = f"{number}-{('cat', 'owl')[number % 2]}_by_{('ann', 'bob', 'eve')[number % 3]}.png"
        write_image(tmp_path / "images" / name, picture(number))
    dataset = small(pattern="{take}-{label}_by_{painter}.png")
    assert dataset.groups == {"take": 0, "painter": 0}
    for arrays in load_dataset(dataset, tmp_path).values():
        for image, label, painter in zip(arrays.x, arrays.labels, arrays.groups["painter"], strict=True):
            number = next(n for n in range(12) if picture(n).tobytes() == image.tobytes())
            assert (label, painter) == (number % 2, number % 3)


def test_a_pattern_may_name_folders(tmp_path):
    for number in range(12):
        path = tmp_path / "images" / f"painter {number % 3}" / ("cat", "owl")[number % 2] / f"{number}.png"
        write_image(path, picture(number))
    found = load_dataset(small(pattern="{painter}/{label}/{number}"), tmp_path)
    assert whole(found) == {picture(number).tobytes(): number % 2 for number in range(12)}


def test_a_table_says_the_labels(tmp_path):
    lines = ["file,label,painter"]
    for number in range(10):
        write_image(tmp_path / "images" / f"{number}.png", picture(number))
        lines.append(f"{number}.png,{('cat', 'owl')[number % 2]},{number // 5}")
    (tmp_path / "images" / "labels.csv").write_text("\n".join(lines))
    found = load_dataset(small(labels_file="labels.csv"), tmp_path)
    assert whole(found) == {picture(number).tobytes(): number % 2 for number in range(10)}
    assert set(found["train"].groups) == {"painter"}


def test_numbers_as_names_come_in_their_order(tmp_path):
    for number in range(12):
        write_image(tmp_path / "images" / str(number) / "a.png", picture(number))
    found = load_dataset(small(classes=12), tmp_path)
    assert whole(found) == {picture(number).tobytes(): number for number in range(12)}


def test_the_names_of_the_document_decide_on_the_order(animals):
    found = load_dataset(small(label_names=["owl", "cat"]), animals)
    assert whole(found)[picture(1).tobytes()] == 0


# -- pixels -----------------------------------------------------------------------------------------------------------


def one(tmp_path, **fields) -> np.ndarray:
    """The image of class 'it', as the data set has it."""
    write_image(tmp_path / "images" / "other" / "x.png", picture(0))
    found = load_dataset(small(split=sp.KFold(2), **fields), tmp_path)
    return next(image for part in found.values() for image, label in zip(part.x, part.labels, strict=True) if not label)


def test_images_are_resized_and_made_grey(tmp_path):
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = (255, 255, 255)
    write_image(tmp_path / "images" / "it" / "x.png", pixels)
    found = one(tmp_path, rows=4, columns=6)
    assert found.shape == (4, 6)
    assert (found[:, :2] < 10).all() and (found[:, 4:] > 245).all()
    assert (one(tmp_path, rows=4, columns=6, inverted=True) == 255 - found).all()


def test_colours_are_three_channels(tmp_path):
    pixels = picture(1, 3)
    write_image(tmp_path / "images" / "it" / "x.png", pixels)
    dataset = small(colours="rgb")
    assert dataset.sample_shape == (ROWS, COLUMNS, 3)
    np.testing.assert_array_equal(one(tmp_path, colours="rgb"), pixels)


def test_what_is_transparent_is_dark(tmp_path):
    pixels = np.full((ROWS, COLUMNS, 4), 255, np.uint8)
    pixels[0, :, 3] = 0
    write_image(tmp_path / "images" / "it" / "x.png", pixels)
    found = one(tmp_path)
    assert (found[0] == 0).all() and (found[1:] == 255).all()


def test_sixteen_bits_are_scaled(tmp_path):
    pixels = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS) * 2000
    write_image(tmp_path / "images" / "it" / "x.png", pixels)
    np.testing.assert_array_equal(one(tmp_path), pixels >> 8)


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"not an image", "cut"])
def test_a_damaged_image_is_named(animals, content):
    path = animals / "images" / "cat" / "4.png"
    path.write_bytes(path.read_bytes()[:60] if content == "cut" else content)
    error = refused(animals)
    assert "is no image that can be read" in error.message
    assert error.place.endswith("4.png")


def test_an_image_of_too_many_pixels_is_not_opened(animals, monkeypatch):
    monkeypatch.setattr("spikeloom.data.image_folder.MOST_PIXELS", 1000)
    Image.new("L", (50, 50)).save(animals / "images" / "cat" / "4.png")
    assert "50 x 50 pixels found, expected at most 1000" in refused(animals).message


def test_too_many_images_for_memory(animals, monkeypatch):
    monkeypatch.setattr("spikeloom.data.image_folder.MOST_BYTES", 100)
    assert "fewer rows and columns" in refused(animals).hint


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ({"classes": 3}, "2 classes found (cat, owl), expected 3", "Set 'classes' of the data set to 2."),
        ({"classes": 1}, "2 classes found (cat, owl), expected 1", "Set 'classes' of the data set to 2."),
        ({"label_names": ["cat", "owls"]}, "class 'owl' found; did you mean 'owls'?", "cat, owls"),
        ({"pattern": "{label}_{take}.png"}, "20 of 20 files do not fit the pattern", "The first is 'cat/0.png'."),
        ({"labels_file": "labels.csv"}, "cannot be read: No such file", ""),
        ({"folder": "pictures"}, "the folder 'pictures' of the data set was not found", ""),
    ],
)
def test_what_does_not_fit_is_said(animals, fields, message, hint):
    error = refused(animals, **fields)
    assert message in error.message and hint in error.hint


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("name,label\n", ":1", "no column 'file' found"),
        ("file,label\ncat/0.png,a\ncat/0.png,b\n", ":3", "'cat/0.png' occurs a second time"),
        (
            "file,label\ncat/0.png,a\ncat/00.png,b\n",
            ":3",
            "no file 'cat/00.png' in the folder; did you mean 'cat/0.png'?",
        ),
        ("file,label\n../../x.png,a\n", ":2", "no file '../../x.png' in the folder"),
        ("file,label\ncat/0.png\n", ":2", "1 columns found, expected 2"),
    ],
)
def test_a_table_that_does_not_fit(animals, text, place, message):
    (animals / "images" / "labels.csv").write_text(text)
    error = refused(animals, labels_file="labels.csv")
    assert message in error.message and error.place.endswith(f"labels.csv{place}")


def test_images_in_no_folder_of_a_class(animals):
    write_image(animals / "images" / "stray.png", picture(0))
    assert "'stray.png' lies in no folder of a class" in refused(animals).message


def test_a_folder_without_images(tmp_path):
    (tmp_path / "images" / "cat").mkdir(parents=True)
    (tmp_path / "images" / "cat" / "notes.doc").touch()
    error = refused(tmp_path)
    assert "does not have its files" in error.message and ".png" in error.hint


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("target", ["file", "folder"])
def test_links_are_not_followed_out_of_the_folder(animals, tmp_path_factory, target):
    elsewhere = write_image(tmp_path_factory.mktemp("elsewhere") / "secret.png", picture(99))
    link = animals / "images" / "cat" / "z.png"
    os.symlink(elsewhere if target == "file" else elsewhere.parent, link)
    assert "is a link" in refused(animals).message


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_name_that_is_no_utf_8(animals):
    path = os.fsencode(animals / "images" / "cat") + b"/\xff.png"
    with open(path, "wb"):
        pass
    error = refused(animals)
    assert "is not UTF-8" in error.message
    str(error).encode()  # the message itself can be printed


def test_hidden_files_are_left_out(animals):
    (animals / "images" / "cat" / "._1.png").write_bytes(b"metadata")
    assert len(whole(load_dataset(small(), animals))) == 20


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pattern": "{take}.png"}, "expected a pattern with {label}"),
        ({"pattern": "{label}{take}.png"}, "two names in braces without a character between them"),
        ({"pattern": "{label}_{label}.png"}, "each of them once"),
        ({"pattern": "{label}_{.*}.png"}, "expected a name of letters in the braces"),
        ({"pattern": "{label}_}.png"}, "a brace without its other half"),
        ({"labels_file": "../labels.csv"}, "expected the name of a file in the folder"),
        ({"label_names": ["a", "a"]}, "'a' found twice"),
        ({"label_names": ["a"]}, "1 names found, expected one for each of 2 classes"),
    ],
)
def test_a_document_that_cannot_be_meant(fields, message):
    with pytest.raises(UserError) as caught:
        small(**fields)
    assert message in str(caught.value)


# -- what is found ----------------------------------------------------------------------------------------------------


def test_the_images_say_size_classes_and_names(animals):
    start = sp.ImageFolder(classes=7)
    found = inspect(start, animals)
    assert found.changes(start) == {"rows": ROWS, "columns": COLUMNS, "classes": 2, "label_names": ["cat", "owl"]}
    assert "20 images" in found.words[0]
    assert len(load_dataset(found.applied(start), animals)["train"]) == 16


def test_several_sizes_are_said_and_none_is_taken(animals):
    write_image(animals / "images" / "cat" / "x.png", np.zeros((9, 9, 3), np.uint8))
    found = inspect(sp.ImageFolder(), animals)
    assert "rows" not in found.fields and "colours" not in found.fields
    assert any("2 sizes" in words for words in found.words)
