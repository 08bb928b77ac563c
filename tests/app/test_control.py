"""What is asked of a run while it goes on, holds, or has ended and its worker keeps the network; with a fake worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from spikeloom_app.plots.panel import Wants
from spikeloom_app.runs import RunBar, RunController
from spikeloom_app.runs.inbox import Inbox
from spikeloom_app.shell.main_window import MainWindow
from tests.app.fake_worker import FakeWorker
from tests.app.real_runs import Heard, digits, gone
from tests.app.shell_window import DIGITS, window  # noqa: F401 - a fixture

PATIENCE = 20_000  # ms


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeWorker:
    return FakeWorker(monkeypatch, tmp_path / "told.jsonl")


@pytest.fixture
def controller(qtbot: Any, worker: FakeWorker, tmp_path: Path) -> Iterator[RunController]:
    made = RunController(runs_folder=tmp_path / "runs")
    yield made
    made.shut_down()


def run(qtbot: Any, controller: RunController, **options: Any) -> None:
    """Train until it runs."""
    controller.train(digits(4), **options)
    qtbot.waitUntil(lambda: controller.state == "running", timeout=PATIENCE)


def finish(qtbot: Any, controller: RunController) -> None:
    """Let the run come to its end; the fake worker lingers then."""
    controller.stop()
    qtbot.waitUntil(lambda: controller.lingering, timeout=PATIENCE)


def test_a_worker_that_has_stopped_may_take_its_time_to_draw_the_curves(
    qtbot: Any, controller: RunController, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    FakeWorker(monkeypatch, tmp_path / "slow.jsonl", slow=True)
    run(qtbot, controller)
    monkeypatch.setattr("spikeloom_app.runs.worker_process.KILL_MILLISECONDS", 250)
    finish(qtbot, controller)
    assert controller.answers


def test_options_and_wishes_from_before_go_into_the_task(
    qtbot: Any, controller: RunController, worker: FakeWorker, tmp_path: Path
) -> None:
    wants = Wants(variables=(("hidden", "V", (0, 5)),), weights=(("input_hidden", "gradient"),))
    controller.watch(wants)
    controller.show_example(7, "validation")
    run(qtbot, controller, resume=tmp_path / "old", weights=None)
    (task,) = worker.tasks()
    assert task["task"] == "train" and task["linger"] is True
    assert task["resume"] == str(tmp_path / "old") and "weights" not in task
    assert task["watch"] == {"variables": [["hidden", "V", [0, 5]]], "weights": [["input_hidden", "gradient"]]}
    assert task["probe"] == {"example": 7, "split": "validation"}


def test_what_is_watched_is_told_once_while_it_runs(qtbot: Any, controller: RunController, worker: FakeWorker) -> None:
    run(qtbot, controller)
    wants = Wants(weights=(("input_hidden", "weights"),))
    controller.watch(wants)
    controller.watch(wants)
    controller.ask_evaluation("validation")
    qtbot.waitUntil(lambda: bool(worker.commands("evaluate")), timeout=PATIENCE)
    assert worker.commands("watch") == [
        {"command": "watch", "variables": [], "weights": [["input_hidden", "weights"]]},
    ]


def test_a_worker_that_has_trained_answers_on(qtbot: Any, controller: RunController, worker: FakeWorker) -> None:
    heard = Heard(controller)
    run(qtbot, controller)
    finish(qtbot, controller)
    assert controller.state == "idle" and heard.states[-1] == "idle"
    controller.show_example(3)
    qtbot.waitUntil(lambda: [event["example"] for event in heard.of("example")] == [3], timeout=PATIENCE)
    controller.ask_evaluation("test")
    qtbot.waitUntil(lambda: bool(heard.of("evaluated")), timeout=PATIENCE)
    assert controller.state == "idle" and not heard.failures


def test_another_run_ends_the_worker_that_lingers(qtbot: Any, controller: RunController, worker: FakeWorker) -> None:
    run(qtbot, controller)
    finish(qtbot, controller)
    first = controller.worker_pid
    run(qtbot, controller)
    assert controller.worker_pid not in (0, first) and not controller.lingering
    qtbot.waitUntil(lambda: gone(first), timeout=PATIENCE)
    assert len(worker.tasks()) == 2


def test_a_worker_that_nobody_asks_goes(qtbot: Any, controller: RunController, worker: FakeWorker) -> None:
    controller._patience.setInterval(300)  # instead of ten minutes
    run(qtbot, controller)
    finish(qtbot, controller)
    pid = controller.worker_pid
    qtbot.waitUntil(lambda: not controller.lingering, timeout=PATIENCE)
    qtbot.waitUntil(lambda: gone(pid), timeout=PATIENCE)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_nobody_is_alarmed_when_it_dies_while_it_lingers(
    qtbot: Any, controller: RunController, worker: FakeWorker
) -> None:
    heard = Heard(controller)
    run(qtbot, controller)
    finish(qtbot, controller)
    os.kill(controller.worker_pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not controller.lingering, timeout=PATIENCE)
    assert controller.state == "idle" and not heard.failures and controller.failure is None


def test_live_values_are_sent_seldom_and_the_last_one_always(
    qtbot: Any, controller: RunController, worker: FakeWorker
) -> None:
    run(qtbot, controller)
    place = "experiment.learning.optimiser.alpha"
    for number in range(1, 41):
        controller.set_live(place, number / 10_000)
        QTest.qWait(10)
    qtbot.waitUntil(lambda: bool(worker.commands("set")), timeout=PATIENCE)
    qtbot.waitUntil(lambda: worker.commands("set")[-1]["value"] == 0.004, timeout=PATIENCE)
    sent = worker.commands("set")
    assert sent[0] == {"command": "set", "path": place, "value": 0.0001}
    assert 2 <= len(sent) <= 15


def test_nothing_is_sent_where_nothing_runs(qtbot: Any, controller: RunController, worker: FakeWorker) -> None:
    controller.set_live("experiment.learning.optimiser.alpha", 0.1)
    controller.ask_evaluation("test")
    controller.step("batch")
    QTest.qWait(50)
    assert controller.state == "idle" and not worker.told()


def test_of_weights_and_evaluations_the_newest_of_each_is_kept() -> None:
    inbox = Inbox()
    for number in range(5):
        for connection in ("a", "b"):
            inbox.add({"event": "weights", "connection": connection, "values": "weights", "n": number})
        inbox.add({"event": "weights", "connection": "a", "values": "gradient", "n": number})
        inbox.add({"event": "evaluated", "split": "train", "n": number})
        inbox.add({"event": "evaluated", "split": "test", "n": number})
    heard: list[dict[str, Any]] = []
    inbox.deliver(heard.append, seconds=10)
    assert len(heard) == 5 and {event["n"] for event in heard} == {4}


# -- steps -------------------------------------------------------------------------------------------------------
def test_a_step_goes_on_and_holds_again(qtbot: Any, controller: RunController, worker: FakeWorker) -> None:
    heard = Heard(controller)
    run(qtbot, controller)
    controller.pause()
    qtbot.waitUntil(lambda: controller.state == "paused", timeout=PATIENCE)
    controller.step("batch")
    qtbot.waitUntil(lambda: heard.states[-3:] == ["paused", "running", "paused"], timeout=PATIENCE)
    assert worker.commands("step") == [{"command": "step", "unit": "batch"}]


def press(window: MainWindow, name: str) -> None:  # noqa: F811
    """The key of an action."""
    key = window.action_set.keys(name)[0]
    assert key != QKeySequence()
    combination = key[0]
    QTest.keyClick(window, combination.key(), combination.keyboardModifiers())


def test_a_step_from_idle_begins_a_run_and_holds(qtbot: Any, worker: FakeWorker, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    assert window.run_bar.step_button.isVisible()
    press(window, "run.step_epoch")
    qtbot.waitUntil(lambda: window.controller.state == "paused", timeout=PATIENCE)
    assert worker.commands("step") == [{"command": "step", "unit": "epoch"}]
    assert window.run_bar.headline.text() == "Paused"


def test_examples_and_timesteps_by_key(qtbot: Any, worker: FakeWorker, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    steps: list[int] = []
    window.run_bar.stepping.timestep_wanted.connect(steps.append)
    press(window, "run.step_on")
    assert not steps  # no example is shown yet
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=PATIENCE)
    window.controller.show_example(9)
    qtbot.waitUntil(lambda: window.run_bar.stepping.can_look, timeout=PATIENCE)
    window.action_set.refresh()
    press(window, "run.step_on")
    press(window, "run.step_back")
    assert steps == [1, -1]
    press(window, "run.next_example")  # after the last of ten comes the first
    qtbot.waitUntil(lambda: worker.commands("probe")[-1]["example"] == 0, timeout=PATIENCE)
    press(window, "run.previous_example")
    qtbot.waitUntil(lambda: worker.commands("probe")[-1]["example"] == 9, timeout=PATIENCE)


def test_a_step_can_be_chosen_from_the_bar(qtbot: Any, worker: FakeWorker, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    menu = window.run_bar.step_menu
    titles = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
    assert titles[:4] == ["One batch", "One epoch", "Next example", "Previous example"]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.controller.state == "paused", timeout=PATIENCE)


def test_another_document_ends_what_lingers(qtbot: Any, worker: FakeWorker, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=PATIENCE)
    finish(qtbot, window.controller)
    pid = window.controller.worker_pid
    window.open_example(DIGITS)
    assert not window.controller.lingering
    qtbot.waitUntil(lambda: gone(pid), timeout=PATIENCE)


# -- the bar -----------------------------------------------------------------------------------------------------
@pytest.fixture
def bar(qtbot: Any, controller: RunController) -> RunBar:
    made = RunBar(controller, digits(4))
    qtbot.addWidget(made)
    made.resize(1100, 60)
    made.show()
    return made


def test_speed_is_not_said_of_a_run_that_holds(qtbot: Any, controller: RunController, bar: RunBar) -> None:
    run(qtbot, controller)
    qtbot.waitUntil(lambda: "1\u202f000 examples/s" in bar.details.text(), timeout=PATIENCE)
    controller.pause()
    qtbot.waitUntil(lambda: controller.state == "paused", timeout=PATIENCE)
    assert "examples/s" not in bar.details.text() and "epoch 1 of 4" in bar.details.text()
    controller.resume()
    qtbot.waitUntil(lambda: "examples/s" in bar.details.text(), timeout=PATIENCE)


def test_the_bar_says_that_the_network_is_held(qtbot: Any, controller: RunController, bar: RunBar) -> None:
    run(qtbot, controller)
    finish(qtbot, controller)
    assert bar.headline.text() == "Test accuracy 90.0 % · 1.0 s" and bar.details.text() == "the network is held"
    assert bar.train_button.isEnabled() and not bar.stop_button.isEnabled()
    controller.ask_evaluation("validation")
    qtbot.waitUntil(lambda: bar.details.text() == "validation accuracy 87.5 %", timeout=PATIENCE)


def test_stages_of_a_build_are_counted_and_can_be_cancelled(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    FakeWorker(monkeypatch, tmp_path / "told.jsonl", stages=True)
    controller = RunController(runs_folder=tmp_path / "runs")
    bar = RunBar(controller, digits(4))
    qtbot.addWidget(bar)
    bar.show()
    controller.train(digits(4))
    qtbot.waitUntil(lambda: bar.headline.text() == "Compiling the simulator", timeout=PATIENCE)
    assert bar.progress.busy
    qtbot.waitUntil(lambda: bar.details.text() == "1 s", timeout=5000)
    qtbot.mouseClick(bar.stop_button, Qt.MouseButton.LeftButton)
    assert bar.headline.text() == "Cancelling the build"
    qtbot.waitUntil(lambda: controller.state == "idle", timeout=PATIENCE)
    assert bar.headline.text() == "Build cancelled" and controller.failure is None
    controller.shut_down()
