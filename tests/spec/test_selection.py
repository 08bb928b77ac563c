"""Some of many: what a script, a form or a document says, what it becomes, and what it chooses."""

from __future__ import annotations

import json

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.examples import examples
from spikeloom.spec.selection import as_text, chosen

SHAPE = (4, 5, 6)
ALL = np.arange(120).reshape(SHAPE)


def selected(value):
    return sl.SpikeRecorder("hidden", value).neurons


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (..., None),
        ([0, 4, 7], [0, 4, 7]),
        (np.array([0, 4, 7]), [0, 4, 7]),
        (range(3), [0, 1, 2]),
        (5, [5]),
        (np.int32(5), [5]),
        ("5", [5]),
        ("[0, 4, 7]", [0, 4, 7]),
        ("0:100:2", "0:100:2"),
        (" 0 : 10 ", "0:10"),
        (slice(0, 100, 2), "0:100:2"),
        (slice(None, 10), ":10"),
        (slice(None), ":"),
        (slice(None, None, -1), "::-1"),
        (np.array([True, False, True]), [0, 2]),
        ([True, False, True], [0, 2]),
        ((slice(0, 3), slice(None), 5), ["0:3", ":", [5]]),
        ("0:3, :, 5", ["0:3", ":", [5]]),
        ("[0, 2], 1", [[0, 2], [1]]),
        ((1, 2), [[1], [2]]),
        ([[0, 1], "0:3", 5], [[0, 1], "0:3", [5]]),
        (([0, 2], np.array([False, True]), ...), [[0, 2], [1], ":"]),
    ],
)
def test_what_is_given_becomes_plain_data(value, kept):
    found = selected(value)
    assert found == kept
    assert selected(found) == kept  # and stays that
    assert selected(as_text(found) or None) == kept  # in a form too


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ALL),
        ([0, 4, 7], np.array([0, 4, 7])),
        ("10:0:-3", ALL.ravel()[10:0:-3]),
        ((slice(0, 3), slice(None), 5), ALL[0:3, :, 5]),
        ((slice(-2, None),), ALL[-2:]),
        (([3, 1], 2), ALL[[3, 1], 2]),
        (ALL % 7 == 0, ALL[ALL % 7 == 0]),
    ],
)
def test_it_chooses_what_numpy_would(value, expected):
    assert chosen(selected(value), SHAPE).tolist() == expected.ravel().tolist()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0:3:0", "a step other than 0"),
        ("first", "expected numbers such as [0, 4], a slice such as '0:100:2'"),
        ([0.5], "0.5 found in it"),
        (1.5, "1.5 found"),
        (True, "true found"),
        ({"a": 1}, "an object found"),
        (slice(0, 1.5), "whole numbers in a slice"),
        ("0:3, x", "'x' (text) found"),
        ([[0, 1], [0, "1:2"]], "'1:2' (text) found in it"),
    ],
)
def test_what_is_no_selection_is_refused(value, words):
    with pytest.raises(UserError) as caught:
        selected(value)
    assert words in str(caught.value) and "neurons" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "shape", "words"),
    [
        ([0, 10], (10,), "10 found, 'hidden' has neurons 0 to 9"),
        ([-1], (10,), "-1 found, 'hidden' has neurons 0 to 9"),
        ("3, 7", (10,), "2 axes found, expected at most 1"),
        ((0, 5), (4, 5), "5 found, 'hidden' has neurons 0 to 4 along axis 1"),
        ("20:30", (10,), "which chooses no neurons"),
        ([], (10,), "which chooses no neurons"),
    ],
)
def test_what_is_not_there_is_said(value, shape, words):
    with pytest.raises(UserError) as caught:
        chosen(selected(value), shape, "neurons", "hidden")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("mask", "shape", "words"),
    [
        (
            np.ones(5, bool),
            (30,),
            "a mask of 5 truth values found, expected one for each of the 30 neurons of 'hidden'",
        ),
        (np.zeros(100, bool), (30,), "a mask of 100 truth values found"),
        ([True, False], (3,), "a mask of 2 truth values found"),
        (np.ones((6, 4), bool), (4, 6), "a mask of 6 × 4 found, expected one of 4 × 6"),
        (np.ones((4, 6), bool), (4, 6, 2), "a mask of 4 × 6 found, expected one of 4 × 6 × 2"),
        ((0, np.ones(5, bool)), (4, 6), "expected one for each of the 6 neurons of 'hidden' along axis 1"),
    ],
)
def test_a_mask_of_another_shape_is_refused(mask, shape, words):
    with pytest.raises(UserError) as caught:
        chosen(selected(mask), shape, "neurons", "hidden")
    assert words in str(caught.value)


def test_a_mask_keeps_its_shape_in_copies_and_is_plain_numbers_in_files():
    recorder = sl.SpikeRecorder("hidden", np.arange(30) % 10 == 0)
    assert recorder == sl.SpikeRecorder("hidden", [0, 10, 20])
    assert json.loads(recorder.model_dump_json())["neurons"] == [0, 10, 20]
    copied = recorder.model_copy(deep=True)
    assert chosen(copied.neurons, (30,)).tolist() == [0, 10, 20]
    with pytest.raises(UserError, match="a mask of 30 truth values"):
        chosen(copied.neurons, (40,))
    # One of all neurons of a shaped population may be flat, or have its shape.
    for mask in (np.ones((4, 6), bool), np.ones(24, bool)):
        assert chosen(selected(mask), (4, 6)).tolist() == list(range(24))


def test_a_list_of_single_neurons_is_proposed_where_axes_were_written():
    with pytest.raises(UserError) as caught:
        chosen(selected("3, 7"), (10,))
    assert "[3, 7]" in caught.value.hint


def test_examples_are_chosen_along_one_axis() -> None:
    document = sl.Document.load(examples()["digits"])
    recorder = document.experiment.recording[0]
    recorder.examples = "0, 7"
    (problem,) = sl.validate(document)
    assert problem.place == "experiment.recording[0].examples" and "2 axes found" in problem.message
    assert problem.fix is not None and problem.fix.value == [0, 7]
    recorder.examples = problem.fix.value
    assert sl.validate(document) == []
    recorder.examples = ["0:3", [5]]
    (problem,) = sl.validate(document)
    assert problem.fix is None
    for fits in ([0, 7], "0:100:2", None, np.array([True, False])):
        recorder.examples = fits
        assert sl.validate(document) == []
