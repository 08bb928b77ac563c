"""Runs that are steered, with a real worker: single steps, live parameters, and a network that is held afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from spikeloom_app.plots.panel import Wants
from spikeloom_app.runs import RunController
from tests.app.real_runs import LONG, PATIENCE, Heard, controller, digits, gone, heard

__all__ = ["controller", "heard"]  # fixtures
ALPHA = "experiment.learning.optimiser.alpha"


def test_steps_of_a_batch_and_of_an_epoch(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG, batch_size=100))
    controller.step("batch")
    qtbot.waitUntil(lambda: controller.state == "paused", timeout=PATIENCE)
    first = heard.of("progress")[-1]["step"]
    assert not heard.of("epoch")
    controller.step("batch")
    qtbot.waitUntil(lambda: heard.states[-3:] == ["paused", "running", "paused"], timeout=PATIENCE)
    assert heard.of("progress")[-1]["step"] == first + 1
    controller.step("epoch")
    qtbot.waitUntil(lambda: heard.states.count("paused") == 3, timeout=PATIENCE)
    assert [event["epoch"] for event in heard.of("epoch")] == [1]
    controller.stop()
    qtbot.waitUntil(lambda: controller.state == "idle", timeout=PATIENCE)
    assert not heard.failures


def test_a_parameter_moves_in_the_network_and_in_the_runs_record(
    qtbot: Any, controller: RunController, heard: Heard
) -> None:
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    controller.set_live(ALPHA, 0.00125)
    qtbot.waitUntil(lambda: bool(heard.of("live")), timeout=PATIENCE)
    event = heard.of("live")[0]
    assert (event["path"], event["old"], event["value"]) == (ALPHA, 0.005, 0.00125)
    qtbot.waitUntil(lambda: heard.of("progress")[-1]["learning_rate"] == 0.00125, timeout=PATIENCE)
    controller.stop()
    qtbot.waitUntil(lambda: controller.state == "idle", timeout=PATIENCE)
    facts = json.loads((Path(heard.of("folder")[0]["run"]) / "run.json").read_text())
    assert [change["value"] for change in facts["live"]] == [0.00125]


def test_what_cannot_move_is_said_with_its_path(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    controller.set_live("experiment.training.batch_size", 7)
    qtbot.waitUntil(lambda: any(event.get("path") for event in heard.of("message")), timeout=PATIENCE)
    (event,) = [event for event in heard.of("message") if event.get("path")]
    assert event["path"] == "experiment.training.batch_size" and event["level"] == "warning"
    assert not heard.failures


def test_the_trained_network_answers_until_it_is_let_go(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(3))
    qtbot.waitUntil(lambda: controller.lingering, timeout=PATIENCE)
    assert controller.state == "idle" and heard.of("result")
    heard.events.clear()
    controller.show_example(12)
    qtbot.waitUntil(lambda: any(event["example"] == 12 for event in heard.of("example")), timeout=PATIENCE)
    controller.ask_evaluation("test")
    qtbot.waitUntil(lambda: bool(heard.of("evaluated")), timeout=PATIENCE)
    event = heard.of("evaluated")[-1]
    assert event["split"] == "test" and event["accuracy"] > 0.7
    assert event["confusion"].sum() == event["examples"] == len(event["labels"])
    controller.watch(Wants(weights=(("input_hidden", "weights"),)))
    qtbot.waitUntil(lambda: bool(heard.of("weights")), timeout=PATIENCE)
    assert heard.of("weights")[-1]["matrix"].shape == (64, 100)
    pid = controller.worker_pid
    controller.release()
    assert not controller.lingering and controller.state == "idle"
    qtbot.waitUntil(lambda: gone(pid), timeout=PATIENCE)
    assert not heard.failures


def test_a_run_that_was_stopped_is_held_too(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    controller.stop()
    qtbot.waitUntil(lambda: controller.lingering, timeout=PATIENCE)
    qtbot.wait(3000)  # longer than a worker may go on that was told to stop
    assert controller.lingering
    heard.events.clear()
    controller.show_example(2)
    qtbot.waitUntil(lambda: bool(heard.of("example")), timeout=PATIENCE)


def test_variables_that_are_watched_come_with_the_example(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.watch(Wants(variables=(("hidden", "V", (3, 7)),)))
    controller.show_example(5, "train")
    controller.train(digits(2))
    qtbot.waitUntil(lambda: controller.lingering, timeout=PATIENCE)
    event = heard.of("example")[-1]
    assert event["split"] == "train" and event["example"] == 5
    assert event["hidden.V"].shape == (30, 2) and event["input"].dtype == np.float32
    assert "output.V" not in event


def test_a_learning_rate_beyond_all_bounds(qtbot: Any, controller: RunController, heard: Heard) -> None:
    document = digits(3)
    document.set_value(("experiment", "learning", "optimiser", "alpha"), 1e38)
    controller.train(document)
    qtbot.waitUntil(lambda: bool(heard.failures) or controller.lingering, timeout=PATIENCE)
    assert heard.failures, [event for event in heard.events if event["event"] in ("epoch", "result")]
    assert controller.failure is not None and controller.failure.hint
    assert controller.failure.part(document.document)


def test_the_build_is_told_in_words(
    qtbot: Any, controller: RunController, heard: Heard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path / "empty"))
    controller.train(digits(1))
    qtbot.waitUntil(lambda: bool(heard.of("started")), timeout=PATIENCE)
    stages = [event for event in heard.of("build") if event.get("state") == "stage"]
    assert stages and all(event["text"] for event in stages)
