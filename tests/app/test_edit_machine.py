"""Any edits in any order, 50 steps at a time; `edit_machine` runs for longer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from hypothesis.stateful import run_state_machine_as_test

from spikeloom_app.document import undo
from tests.app.edit_machine import Edits, quiet


@pytest.fixture(autouse=True)
def merging() -> Iterator[None]:
    before = undo.MERGE_SECONDS
    yield
    undo.MERGE_SECONDS = before


def test_any_edits_are_undone_to_the_start_and_redone_to_the_end(qapp: Any) -> None:
    run_state_machine_as_test(Edits, settings=quiet(stateful_step_count=50, max_examples=30))
