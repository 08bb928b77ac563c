"""Parameters that change while a network runs: the panel, its sliders, and what the network answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

import spikeloom as sl
from spikeloom.spec import Document
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs import LivePanel, RunController, RunWatch
from spikeloom_app.runs.live_fields import live_fields, reaches_zero, with_range
from spikeloom_app.runs.live_row import LiveRow
from spikeloom_app.shell.main_window import MainWindow
from tests.app.fake_worker import FakeWorker
from tests.app.shell_window import DIGITS, window  # noqa: F401 - a fixture

PATIENCE = 20_000  # ms
ALPHA = "experiment.learning.optimiser.alpha"
ALPHA_PATH = ("experiment", "learning", "optimiser", "alpha")
UPPER = "experiment.learning.reg_lambda_upper"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeWorker:
    return FakeWorker(monkeypatch, tmp_path / "told.jsonl")


@pytest.fixture
def document() -> OpenDocument:
    return OpenDocument(Document.load(DIGITS))


@pytest.fixture
def controller(qtbot: Any, worker: FakeWorker, tmp_path: Path) -> Iterator[RunController]:
    made = RunController(runs_folder=tmp_path / "runs")
    yield made
    made.shut_down()


@pytest.fixture
def panel(qtbot: Any, document: OpenDocument, controller: RunController) -> LivePanel:
    made = LivePanel(document, controller)
    qtbot.addWidget(made)
    made.resize(360, 600)
    made.show()
    return made


def run(qtbot: Any, controller: RunController, document: OpenDocument) -> None:
    """Train until it runs."""
    controller.train(document)
    qtbot.waitUntil(lambda: controller.state == "running", timeout=PATIENCE)


def type_value(row: LiveRow, text: str) -> None:
    """Type a number and press Enter."""
    row.edit.setFocus()
    row.edit.selectAll()
    QTest.keyClicks(row.edit, text)
    QTest.keyClick(row.edit, Qt.Key.Key_Return)


def drag(row: LiveRow, *shares: float) -> None:
    """Drag the slider through these shares of its width, the first of them where it is pressed."""
    slider = row.slider
    points = [QPoint(round(8 + share * (slider.width() - 16)), slider.height() // 2) for share in shares]
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(slider, point)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=points[-1])


# -- which fields there are --------------------------------------------------------------------------------------
def test_lists_what_can_change_and_nothing_else(panel: LivePanel) -> None:
    assert list(panel.rows) == [
        "experiment.dataset.encoder.gain",
        ALPHA,
        UPPER,
        "experiment.learning.reg_lambda_lower",
        "experiment.learning.reg_nu_upper",
    ]
    row = panel.rows[ALPHA]
    assert row.edit.text() == "0.005" and row.edit.accessibleName() == "Adam: Learning rate"


def test_a_parameter_of_a_population_is_found_by_its_name(document: OpenDocument) -> None:
    document.document.network.population("input").neuron = sl.PoissonInput()
    (found,) = [live for live in live_fields(document.document) if live.path[0] == "network"]
    assert found.place == "network.populations.input.neuron.rate" and found.owner == "input · Poisson input"


def test_the_learning_rate_of_delays_is_told_apart(qtbot: Any, document: OpenDocument, panel: LivePanel) -> None:
    delays = "experiment.learning.delay_optimiser.alpha"
    document.set_value(("experiment", "learning", "delay_optimiser"), sl.Adam(alpha=0.1))
    qtbot.waitUntil(lambda: delays in panel.rows, timeout=2000)
    assert panel.rows[delays].edit.accessibleName() == "Adam: Delay learning rate (ms)"
    assert panel.rows[ALPHA].edit.accessibleName() == "Adam: Learning rate"


def test_the_rows_follow_the_document(qtbot: Any, document: OpenDocument, panel: LivePanel) -> None:
    document.set_value(("experiment", "learning"), sl.EProp())
    qtbot.waitUntil(lambda: "experiment.learning.c_reg" in panel.rows, timeout=2000)
    assert UPPER not in panel.rows
    document.set_value(ALPHA_PATH, 0.25)
    qtbot.waitUntil(lambda: panel.rows[ALPHA].edit.text() == "0.25", timeout=2000)


def test_ranges_of_the_hand(document: OpenDocument) -> None:
    fields = {live.place: live.field for live in live_fields(document.document)}
    alpha = with_range(fields[ALPHA], 0.005)
    assert (alpha.minimum, alpha.maximum) == (1e-5, 0.1)
    gain = with_range(fields["experiment.dataset.encoder.gain"], 1.0)
    assert (gain.minimum, gain.maximum) == (0.0, 4.0) and gain.exclusive_minimum
    assert reaches_zero(fields[UPPER]) and not reaches_zero(fields[ALPHA])


# -- moving ------------------------------------------------------------------------------------------------------
def test_a_drag_is_one_step_of_undo_and_the_network_follows(
    qtbot: Any, document: OpenDocument, controller: RunController, panel: LivePanel, worker: FakeWorker
) -> None:
    run(qtbot, controller, document)
    before, position = document.value(ALPHA_PATH), document.undo_stack.position
    drag(panel.rows[ALPHA], 0.1, 0.3, 0.5, 0.6, 0.75)
    after = document.value(ALPHA_PATH)
    assert after != before and document.undo_stack.position == position + 1
    qtbot.waitUntil(lambda: bool(worker.commands("set")), timeout=PATIENCE)
    qtbot.waitUntil(lambda: worker.commands("set")[-1]["value"] == after, timeout=PATIENCE)
    assert {message["path"] for message in worker.commands("set")} == {ALPHA}
    document.undo_stack.undo()
    assert document.value(ALPHA_PATH) == before


def test_the_answer_is_shown_at_the_slider(
    qtbot: Any, document: OpenDocument, controller: RunController, panel: LivePanel
) -> None:
    run(qtbot, controller, document)
    row = panel.rows[ALPHA]
    type_value(row, "0.001")
    qtbot.waitUntil(lambda: row.note.text() == "0.005 → 0.001 at epoch 3, step 120", timeout=PATIENCE)
    assert document.value(ALPHA_PATH) == 0.001


def test_a_refusal_is_said_at_the_slider(
    qtbot: Any, document: OpenDocument, controller: RunController, panel: LivePanel
) -> None:
    run(qtbot, controller, document)
    row = panel.rows[ALPHA]
    type_value(row, "0.02")  # which the fake worker refuses
    qtbot.waitUntil(lambda: row.note.text() == "it cannot be so large", timeout=PATIENCE)
    assert row.note.property("tone") == "warning" and row.note.isVisible()


def test_what_the_document_refuses_is_said_and_not_sent(
    qtbot: Any, document: OpenDocument, controller: RunController, panel: LivePanel, worker: FakeWorker
) -> None:
    run(qtbot, controller, document)
    row = panel.rows[ALPHA]
    type_value(row, "-1")
    assert "greater than 0" in row.note.text() and document.value(ALPHA_PATH) == 0.005
    QTest.qWait(150)
    assert not worker.commands("set")


def test_what_is_changed_elsewhere_is_offered_to_the_network(
    qtbot: Any, document: OpenDocument, controller: RunController, panel: LivePanel, worker: FakeWorker
) -> None:
    run(qtbot, controller, document)
    document.set_value(ALPHA_PATH, 0.03)  # as the inspector does, which never touches a network that runs
    row = panel.rows[ALPHA]
    qtbot.waitUntil(lambda: row.note.text() == "The network runs with 0.005", timeout=2000)
    assert not worker.commands("set")
    qtbot.mouseClick(row.apply, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [m["value"] for m in worker.commands("set")] == [0.03], timeout=PATIENCE)
    qtbot.waitUntil(lambda: row.note.text().startswith("0.005 → 0.03"), timeout=PATIENCE)
    assert not row.apply.isVisible()


def test_where_nothing_runs_only_the_document_changes(
    document: OpenDocument, panel: LivePanel, worker: FakeWorker
) -> None:
    assert "next run" in panel.headline.text()
    type_value(panel.rows[ALPHA], "0.001")
    assert document.value(ALPHA_PATH) == 0.001 and not panel.rows[ALPHA].note.text()
    assert not worker.told()


def test_a_strength_reaches_zero_and_comes_back(document: OpenDocument, panel: LivePanel) -> None:
    row, path = panel.rows[UPPER], ("experiment", "learning", "reg_lambda_upper")
    row.slider.setFocus()
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert 0 < document.value(path) < 1e-8
    QTest.keyClick(row.slider, Qt.Key.Key_Left)
    assert document.value(path) == 0.0
    type_value(row, "3")
    assert document.value(path) == 3.0 and row.slider.maximum() > row.slider.value() > row.slider.minimum()


def test_the_slider_makes_room_at_its_end(document: OpenDocument, panel: LivePanel) -> None:
    row = panel.rows[ALPHA]
    drag(row, 0.6, 0.9, 1.2)
    assert document.value(ALPHA_PATH) == 0.1  # the end of the first range
    assert row.slider.value() < row.slider.maximum()
    drag(row, 0.9, 1.2)
    assert document.value(ALPHA_PATH) > 0.1


# -- what ran ----------------------------------------------------------------------------------------------------
def test_a_live_change_is_what_ran_and_another_is_not(document: OpenDocument) -> None:
    watch = RunWatch(document)
    watch.run_started()
    document.set_value(ALPHA_PATH, 0.01)
    assert watch.changed_settings() == {"learning"}
    watch.moved_live(ALPHA, 0.01)
    assert not watch.changed_settings()
    document.set_value(("experiment", "learning", "reg_nu_upper"), 20.0)
    watch.moved_live(ALPHA, 0.01)
    assert watch.changed_settings() == {"learning"}
    watch.moved_live("experiment.nothing.at.all", 1.0)
    watch.moved_live("network.populations.nobody.neuron.rate", 1.0)


def test_a_live_change_of_a_population_is_what_ran(document: OpenDocument) -> None:
    document.set_value(("network", "populations", "input", "neuron"), sl.PoissonInput())
    watch = RunWatch(document)
    watch.run_started()
    document.set_value(("network", "populations", "input", "neuron", "rate"), 50.0)
    assert watch.changed_parts() == {"input"}
    watch.moved_live("network.populations.input.neuron.rate", 50.0)
    assert not watch.changed_parts()


def test_in_the_window_by_key_and_in_the_log(qtbot: Any, worker: FakeWorker, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=PATIENCE)
    QTest.keyClick(window, Qt.Key.Key_F4)
    first = next(iter(window.live.rows.values()))
    assert first.slider.hasFocus() and first.slider.isVisible()
    type_value(window.live.rows[ALPHA], "0.001")
    said = "learning rate 0.005 → 0.001 at epoch 3, step 120"
    qtbot.waitUntil(lambda: said in window.log.toPlainText(), timeout=PATIENCE)
    assert not window.run_watch.changed_settings()
    window.document.undo_stack.undo()
    assert window.run_watch.changed_settings() == {"learning"}
