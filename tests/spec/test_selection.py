"""Some of many: what a script, a form or a document says, what it becomes, and what it chooses."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
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


def test_a_list_of_single_neurons_is_proposed_where_axes_were_written():
    with pytest.raises(UserError) as caught:
        chosen(selected("3, 7"), (10,))
    assert "[3, 7]" in caught.value.hint
