"""A look at one example while a network learns."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikeloom.errors import UserError
from spikeloom.run import tasks
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.control import Control
from spikeloom.run.prepare import prepare
from spikeloom.run.probe import Probe, ProbeOptions
from spikeloom.run.session import Session
from spikeloom.spec import Document
from spikeloom.worker import EventDecoder, encode_event

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
WATCHED = [["hidden", "V", [0, 3]], ["output", "V", list(range(10))]]


def train(folder: Path, control: Control | None = None, listener: Any = None, **options: Any) -> list[dict[str, Any]]:
    """Train the digits for a few epochs; the events."""
    events: list[dict[str, Any]] = []

    def hear(event: dict[str, Any]) -> None:
        events.append(event)
        if listener is not None:
            listener(event)

    task = {"task": "train", "document": str(DIGITS), "run_dir": str(folder), "epochs": 2, **options}
    tasks.train(task, hear, control or Control())
    return events


def examples(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of the probe."""
    return [event for event in events if event["event"] == "example"]


def test_looks_at_the_start_and_at_the_end(tmp_path: Path) -> None:
    events = train(tmp_path / "run", probe={"example": 7, "interval": 1000, "variables": WATCHED})
    first, last = examples(events)
    assert (first["epoch"], last["epoch"]) == (0, 2)
    assert first["example"] == 7 and first["split"] == "test" and first["examples"] == 359
    assert first["label"] == last["label"]
    assert first["timesteps"] == 30 and first["dt"] == 1.0
    assert first["populations"] == [{"name": "input", "size": 64}, {"name": "hidden", "size": 100}]
    assert first["thresholds"] == {"hidden": 1.0} and first["adaptation"] == {}
    assert first["hidden.V"].shape == (30, 2) and first["hidden.V"].dtype == np.float32
    assert first["output.V"].shape == (30, 10)
    assert len(first["input.steps"]) == len(first["input.ids"]) > 0
    assert first["hidden.ids"].dtype == np.int32
    assert last["prediction"] == int(np.argmax(last["readout"]))
    assert first["readout"] != last["readout"]


def test_sees_what_predict_sees(tmp_path: Path) -> None:
    document = Document.load(DIGITS)
    data = prepare(document)
    session = Session(document)
    probe = Probe(ProbeOptions.read({"example": 4, "split": "train"}), session, data, lambda event: None, Control())
    event = probe.event()
    assert event is not None
    readout, _ = session.predict(data["train"])
    np.testing.assert_array_equal(np.float32(event["readout"]), np.float32(readout[4]))
    alone = data["train"].take(range(4, 5))
    np.testing.assert_array_equal(event["input.steps"], alone.spikes["input"].steps)


def test_changes_nothing_that_is_learned(tmp_path: Path) -> None:
    train(tmp_path / "plain")
    train(tmp_path / "watched", probe={"interval": 0.0, "variables": WATCHED})
    plain, watched = (
        load_checkpoint(tmp_path / name / "checkpoints" / "last.safetensors")[0] for name in ("plain", "watched")
    )
    assert plain.keys() == watched.keys()
    for name, values in plain.items():
        np.testing.assert_array_equal(values, watched[name])


def test_shows_another_example_when_asked(tmp_path: Path) -> None:
    control = Control()

    def ask(event: dict[str, Any]) -> None:
        if event["event"] == "epoch" and event["epoch"] == 1:
            control.probe(11)

    found = examples(train(tmp_path / "run", control, ask, probe={"example": 1, "interval": 1000}))
    assert [event["example"] for event in found] == [1, 11, 11]


def test_shows_another_example_while_the_run_holds(tmp_path: Path) -> None:
    control = Control()
    seen = threading.Event()

    def steer(event: dict[str, Any]) -> None:
        if event["event"] == "epoch" and event["epoch"] == 1:
            control.pause()
        elif event["event"] == "paused":
            threading.Timer(0.05, control.probe, [5]).start()
        elif event["event"] == "example" and event["example"] == 5 and control.paused:
            seen.set()
            control.resume()

    train(tmp_path / "run", control, steer, probe={"interval": 1000})
    assert seen.is_set()


def test_an_example_that_is_not_there_is_said_and_the_old_one_stays(tmp_path: Path) -> None:
    control = Control()
    control.probe(10_000)
    events = train(tmp_path / "run", control, probe={"example": 2, "interval": 1000})
    assert {event["example"] for event in examples(events)} == {2}
    texts = [event["text"] for event in events if event["event"] == "message"]
    assert texts == ["there is no example 10000: the test split has 0 to 358"]


def test_travels_as_an_event(tmp_path: Path) -> None:
    event = examples(train(tmp_path / "run", probe={"variables": WATCHED}))[-1]
    (arrived,) = EventDecoder().feed(encode_event(event))
    assert arrived.keys() == event.keys()
    np.testing.assert_array_equal(arrived["hidden.ids"], event["hidden.ids"])
    np.testing.assert_array_equal(arrived["output.V"], event["output.V"])


@pytest.mark.parametrize(
    ("option", "place", "message"),
    [
        (3, "probe", "3 found, expected an object"),
        ({"exmple": 3}, "probe", "no option 'exmple'; did you mean 'example'?"),
        ({"example": -1}, "probe.example", "-1 found"),
        ({"example": True}, "probe.example", "True found"),
        ({"split": "held"}, "probe.split", "'held' found"),
        ({"interval": "fast"}, "probe.interval", "'fast' found"),
        ({"variables": [["hidden", "V"]]}, "probe.variables[0]", "expected [population, variable, [neurons]]"),
        ({"variables": [["hidden", "V", [1]], ["hidden", "V", [2]]]}, "probe.variables[1]", "named twice"),
    ],
)
def test_a_wrong_option_is_an_error_with_its_place(tmp_path: Path, option: Any, place: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        train(tmp_path / "run", probe=option)
    assert caught.value.place == place
    assert message in caught.value.message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"example": 400}, "the test split has 0 to 358"),
        ({"split": "validation"}, "the validation split has no examples"),
        ({"variables": [["hiden", "V", []]]}, "did you mean 'hidden'?"),
        ({"variables": [["hidden", "U", []]]}, "'hidden' has no variable 'U'"),
        ({"variables": [["hidden", "V", [100]]]}, "'hidden' has no neuron 100: it has 0 to 99"),
    ],
)
def test_what_cannot_be_looked_at_keeps_no_network_from_training(tmp_path: Path, option: Any, message: str) -> None:
    document = Document.load(DIGITS)
    document.experiment.training.validation_fraction = 0.0
    document.save(tmp_path / "d.snn")
    events = train(tmp_path / "run", document=str(tmp_path / "d.snn"), epochs=1, probe=option)
    assert [message in event["text"] for event in events if event["event"] == "message"] == [True]
    assert events[-1]["event"] == "result"
    seen = examples(events)[-1]
    assert (seen["split"], seen["example"], seen["variables"]) == ("test", 0, [])
