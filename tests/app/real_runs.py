"""A controller whose workers are real ones, what it said, and the digits as long as a test needs them.

A test module imports the fixtures `controller` and `heard` by their names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spikeloom.spec import Document
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs import RunController

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
PATIENCE = 60_000  # ms: an empty build cache on a busy machine
LONG = 100_000  # epochs: longer than any test


class Heard:
    """What a controller said."""

    def __init__(self, controller: RunController) -> None:
        self.events: list[dict[str, Any]] = []
        self.states: list[str] = []
        self.failures: list[tuple[str, str]] = []
        controller.event.connect(self.events.append)
        controller.state_changed.connect(self.states.append)
        controller.failed.connect(lambda message, hint: self.failures.append((message, hint)))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind."""
        return [event for event in self.events if event["event"] == kind]


@pytest.fixture
def controller(qtbot: Any, tmp_path: Path) -> Iterator[RunController]:
    made = RunController(runs_folder=tmp_path / "runs")
    yield made
    made.shut_down()


@pytest.fixture
def heard(controller: RunController) -> Heard:
    return Heard(controller)


def digits(epochs: int, **training: Any) -> OpenDocument:
    """The digits example, shorter or longer."""
    document = Document.load(DIGITS)
    document.experiment.training.epochs = epochs
    for name, value in training.items():
        setattr(document.experiment.training, name, value)
    return OpenDocument(document)


def idle(controller: RunController) -> Callable[[], bool]:
    """Whether nothing runs any more."""
    return lambda: controller.state == "idle"


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False
    return status.rpartition(")")[2].split()[0] == "Z"
