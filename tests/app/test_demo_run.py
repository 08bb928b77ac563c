"""A user's session from one end to the other, by keys and the mouse in the real window, with a real worker.

The digits are trained, held, stepped, steered and stopped, then compared with the run before, and every plot is
exported. With ``SPIKELOOM_DEMO`` in the environment, a picture of the window after each scene goes to that folder.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom_app.plots.export import save
from spikeloom_app.runs.history_compare import CompareView
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, window  # noqa: F401 - a fixture

PATIENCE = 60.0  # s without a word of the worker
LONGEST = 600.0  # s, however much it says
ALPHA = "experiment.learning.optimiser.alpha"
EPOCHS = ("experiment", "training", "epochs")


class Session:
    """What a user does in a window, and what came of it."""

    def __init__(self, window: MainWindow, qtbot: Any) -> None:  # noqa: F811
        self.window, self.qtbot = window, qtbot
        self.events: list[dict[str, Any]] = []
        self.scenes = 0
        self.heard = 0.0
        window.controller.event.connect(self._hear)
        window.controller.failed.connect(lambda message, _hint: pytest.fail(message))

    def key(self, name: str) -> None:
        """Press the key of an action."""
        combination = self.window.action_set.keys(name)[0][0]
        assert self.window.action(name).isEnabled(), name
        QTest.keyClick(self.window, combination.key(), combination.keyboardModifiers())

    def _hear(self, event: dict[str, Any]) -> None:
        self.heard = time.monotonic()
        self.events.append(event)

    def until(self, condition: Any) -> None:
        """Wait for as long as the worker tells of progress: on a busy machine a worker takes long to start."""
        start = self.heard = time.monotonic()
        while not condition():
            now = time.monotonic()
            state = f"{self.window.controller.state}, after {self.events[-1:]}"
            assert now - self.heard < PATIENCE, f"nothing was heard for {PATIENCE:g} s: {state}"
            assert now - start < LONGEST, f"it did not happen within {LONGEST:g} s: {state}"
            QTest.qWait(20)

    def state(self, wanted: str) -> None:
        """Wait for a state of the run."""
        self.until(lambda: self.window.controller.state == wanted)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind since `forget`."""
        return [event for event in self.events if event["event"] == kind]

    def scene(self) -> None:
        """Let the plots draw, and keep a picture where somebody wants one."""
        QTest.qWait(150)
        self.scenes += 1
        folder = os.environ.get("SPIKELOOM_DEMO")
        if folder:
            self.window.grab().save(str(Path(folder) / f"{self.scenes:02}.png"))


def test_a_session(qtbot: Any, window: MainWindow, tmp_path: Path) -> None:  # noqa: F811
    session = Session(window, qtbot)
    window.open_example(DIGITS)
    for kind in ("weights", "confusion", "examples"):
        window.action(f"view.plot_{kind}").trigger()
    first = _train_to_the_end(session)
    second = _steer(session)
    _look_at_examples(session)
    _judge(session)
    _compare(session, first, second)
    _export(session, tmp_path)


def _train_to_the_end(session: Session) -> str:
    """Three epochs, and the network is held afterwards."""
    window = session.window  # noqa: F811
    window.document.set_value(EPOCHS, 3)
    session.key("run.train")
    session.until(lambda: window.controller.lingering)
    assert [event["epoch"] for event in session.of("epoch")] == [1, 2, 3]
    assert window.run_bar.headline.text().startswith("Test accuracy")
    session.scene()
    return str(session.of("folder")[-1]["run"])


def _steer(session: Session) -> str:
    """Hold, step, change the learning rate in the running network, go on, stop."""
    window = session.window  # noqa: F811
    window.document.set_value(EPOCHS, 1000)
    session.events.clear()
    session.key("run.train")
    session.until(lambda: len(session.of("epoch")) >= 2)
    session.key("run.pause")
    session.state("paused")
    step = session.of("progress")[-1]["step"]
    session.key("run.step_batch")
    session.until(lambda: session.of("progress")[-1]["step"] > step and window.controller.state == "paused")
    session.key("view.live")
    row = window.live.rows[ALPHA]
    row.edit.setFocus()
    row.edit.selectAll()
    QTest.keyClicks(row.edit, "0.001")
    QTest.keyClick(row.edit, Qt.Key.Key_Return)
    session.until(lambda: session.of("live"))
    assert row.note.text().startswith("0.005 → 0.001 at epoch")
    session.scene()
    epochs = len(session.of("epoch"))
    session.key("run.step_epoch")
    session.until(lambda: len(session.of("epoch")) > epochs and window.controller.state == "paused")
    assert session.of("epoch")[-1]["learning_rate"] == 0.001
    session.key("run.pause")
    session.until(lambda: len(session.of("epoch")) > epochs + 2)
    session.scene()
    session.key("run.stop")
    session.until(lambda: window.controller.lingering)
    assert window.run_bar.headline.text().startswith("Stopped after")
    assert not window.run_watch.changed_settings()  # the learning rate is what ran
    return str(session.of("folder")[-1]["run"])


def _look_at_examples(session: Session) -> None:
    """Walk through examples with what was learned, and through the time of one of them."""
    window = session.window  # noqa: F811
    for example in (1, 2):
        session.key("run.next_example")
        session.until(lambda example=example: session.of("example")[-1]["example"] == example)
    window.board.set_time(3)
    session.key("run.step_on")
    assert window.board.time == 4
    session.scene()


def _judge(session: Session) -> None:
    """Ask in the confusion matrix for the test split, of which a run that was stopped has said nothing."""
    window = session.window  # noqa: F811
    panel = window.board.first("confusion")
    window.plot_docks.bring("confusion")
    session.until(panel.evaluate.isVisible)
    session.qtbot.mouseClick(panel.evaluate, Qt.MouseButton.LeftButton)
    session.until(panel.table)
    assert window.run_bar.details.text().startswith("test accuracy")
    session.scene()


def _compare(session: Session, *folders: str) -> None:
    """Both runs side by side: the settings that differ are named."""
    window = session.window  # noqa: F811
    session.key("run.history")
    runs = window.run_history
    session.until(lambda: set(folders) <= set(runs.reader.entries))
    runs.panel.choose(*folders)
    window.action_set.refresh()
    window.action("run.compare").trigger()
    (view,) = window.findChildren(CompareView)
    session.until(view.isVisible)
    said = [view.settings.item(row, 0).text() for row in range(view.settings.rowCount())]
    assert any("Epochs" in words for words in said), said
    session.scene()
    view.close()


def _export(session: Session, folder: Path) -> None:
    """Every plot as a picture and as numbers."""
    for name, panel in session.window.board.panels.items():
        stem = name.replace(":", "-")
        save(panel, folder / f"{stem}.png")
        save(panel, folder / f"{stem}.svg")
        assert (folder / f"{stem}.png").read_bytes().startswith(b"\x89PNG") and (folder / f"{stem}.svg").stat().st_size
        save(panel, folder / f"{stem}.csv")
        save(panel, folder / f"{stem}.npz")
        with (folder / f"{stem}.csv").open(newline="", encoding="utf-8") as file:
            heading, *rows = list(csv.reader(file))
        assert heading and rows, name
        with np.load(folder / f"{stem}.npz", allow_pickle=False) as arrays:
            assert arrays.files, name
