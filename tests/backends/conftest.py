"""Data that the tests of the engine share."""

from __future__ import annotations

import pytest

from spikeloom.genn.batch import BatchData
from spikeloom.run.prepare import prepare
from tests.backends.digits_runs import digits


@pytest.fixture(scope="module")
def examples() -> dict[str, BatchData]:
    """The digits as spikes: 500 to train on and 100 to watch."""
    splits = prepare(digits(validation_fraction=0.1))
    return {"train": splits["train"].take(range(500)), "validation": splits["validation"].take(range(100))}
