"""Parts of a data set whose files do not say which examples are for the test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from spikeloom.data.datasets import Arrays
from spikeloom.data.source import Source
from spikeloom.data.splits import hold_out, stratified
from spikeloom.errors import UserError
from spikeloom.spec import Dataset

WHOLE = "all"  # the part of files that are not divided
TEST_FRACTION = 0.2  # of what is not divided otherwise
SEED = 0

Part = TypeVar("Part", Arrays, Source)


def in_parts(dataset: Dataset, parts: Mapping[str, Part]) -> dict[str, Part]:
    """The parts with names that every data set has, ``train`` and ``test``.

    Of what is not divided a fifth of each class is the test, which a `split` of the data set divides anew: the parts do
    not depend on it, since what is kept of them does not either.
    """
    if WHOLE not in parts:
        return dict(parts)
    whole = parts[WHOLE]
    labels = whole.labels
    assert labels is not None  # the files of users have some
    train, test = stratified(labels, TEST_FRACTION, SEED)
    if not len(test):  # fewer than three of each class
        train, test = hold_out(len(labels), TEST_FRACTION, SEED)
    if not len(test) and dataset.split is None:
        message = f"{len(labels)} examples found, too few for a test"
        raise UserError(message, place="experiment.dataset", hint="Give the test examples, or more of them.")
    return {"train": whole.take(train), "test": whole.take(test)}
