"""Which examples are for training and which for the test."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import divide
from spikeloom.errors import UserError

LABELS = np.repeat([0, 1, 2], [50, 30, 20])
GROUPS = {"speaker": np.arange(100) % 4}


def whole(train: np.ndarray, test: np.ndarray) -> bool:
    """Whether each example is in one of both."""
    return sorted([*train, *test]) == list(range(100))


def test_a_share_of_each_class_is_held_out() -> None:
    train, test = divide(sl.HoldOut(0.2), LABELS, GROUPS)
    assert whole(train, test)
    assert np.bincount(LABELS[test]).tolist() == [10, 6, 4]
    again = divide(sl.HoldOut(0.2), LABELS, GROUPS)[1]
    np.testing.assert_array_equal(test, again)
    assert set(test) != set(divide(sl.HoldOut(0.2, seed=1), LABELS, GROUPS)[1])


def test_a_share_of_all_is_held_out() -> None:
    train, test = divide(sl.HoldOut(0.25, stratified=False), LABELS, GROUPS)
    assert whole(train, test)
    assert len(test) == 25


@pytest.mark.parametrize("stratified", [True, False])
def test_every_example_is_tested_in_one_fold(stratified: bool) -> None:
    parts = [divide(sl.KFold(4, fold, stratified=stratified), LABELS, GROUPS) for fold in range(4)]
    assert all(whole(*part) for part in parts)
    assert sorted(np.concatenate([test for _, test in parts])) == list(range(100))
    assert {len(test) for _, test in parts} == {25}
    if stratified:
        counts = np.array([np.bincount(LABELS[test], minlength=3) for _, test in parts])
        assert (np.ptp(counts, axis=0) <= 1).all()


def test_a_group_is_left_out() -> None:
    train, test = divide(sl.LeaveOneGroupOut("speaker", 2), LABELS, GROUPS)
    assert whole(train, test)
    assert set(GROUPS["speaker"][test]) == {2}
    assert 2 not in GROUPS["speaker"][train]


@pytest.mark.parametrize(
    ("split", "groups", "words"),
    [
        (sl.LeaveOneGroupOut("speakr"), GROUPS, "no group 'speakr' in the data; did you mean 'speaker'"),
        (sl.LeaveOneGroupOut("speaker"), {}, "no group 'speaker'"),
        (sl.LeaveOneGroupOut("speaker", 9), GROUPS, "no example of speaker 9"),
        (sl.HoldOut(0.001), GROUPS, "no examples are left for the test"),
    ],
)
def test_what_cannot_be_split_is_said(split: sl.Split, groups: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        divide(split, LABELS, groups)
    assert caught.value.place.startswith("experiment.dataset.split")
    assert caught.value.hint


def test_a_fold_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="5 found, expected 0 to 4"):
        sl.KFold(5, 5)
