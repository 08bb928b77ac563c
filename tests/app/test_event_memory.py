"""What a plot is told that is opened in the middle of a run."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6")

from spikeloom_app.plots.memory import MOST_EPOCHS, EventMemory


def test_a_long_run_is_remembered_from_its_first_to_its_last_epoch_in_little_memory() -> None:
    memory = EventMemory()
    memory.keep({"event": "started"})
    for epoch in range(1, 10 * MOST_EPOCHS + 1):
        memory.keep({"event": "epoch", "epoch": epoch})
    told = list(memory.events())
    epochs = [event["epoch"] for event in told[1:]]
    assert told[0] == {"event": "started"} and len(epochs) <= MOST_EPOCHS + 1
    assert epochs[0] == 1 and epochs[-1] == 10 * MOST_EPOCHS and epochs == sorted(epochs)


def test_of_other_events_the_newest_of_each_thing_counts() -> None:
    memory = EventMemory()
    for number in range(3):
        for split in ("test", "train"):
            memory.keep({"event": "evaluated", "split": split, "number": number})
        memory.keep({"event": "weights", "connection": "a", "values": "weights", "number": number})
    assert [(event["event"], event.get("split"), event["number"]) for event in memory.events()] == [
        ("evaluated", "test", 2),
        ("evaluated", "train", 2),
        ("weights", None, 2),
    ]
    memory.clear()
    assert not list(memory.events())
