"""The data set in the real window: what is known of it, its examples live, and what helps where it is not there."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

import spikeloom as sl
from spikeloom.spec import Document
from spikeloom_app.canvas.words import dataset_words
from spikeloom_app.data import DataPanel
from spikeloom_app.data.download import share_of, words_of
from spikeloom_app.data.facts import facts_of, summary_of
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector
from spikeloom_app.plots.chart import SideLabel
from spikeloom_app.plots.confusion import ConfusionPlot
from spikeloom_app.plots.raster import RasterPlot
from spikeloom_app.reference.topics import topic_of
from spikeloom_app.shell import dialogs, help_topics
from spikeloom_app.shell.main_window import MainWindow
from tests.app.inspecting import choose, document, inspector
from tests.app.shell_window import DIGITS, EXAMPLES, window
from tests.data.spike_files import CHANNELS, CLASSES, write_folder

__all__ = ["document", "inspector", "window"]  # fixtures
LEFT = Qt.MouseButton.LeftButton
DATASET = ("experiment", "dataset")
MAX_TIME = (*DATASET, "encoder", "max_time")
PATIENCE = 20_000  # ms: a worker starts

# A worker that has 40 examples of 4 classes; it writes down what it is told, and fails as it is told to.
WORKER = """
import json, sys, time
import numpy as np
from spikeloom.worker import encode_event
log = open(sys.argv[1], "a")
def say(event, **values):
    sys.stdout.buffer.write(encode_event({"event": event, **values}))
    sys.stdout.buffer.flush()
def told(line):
    log.write(line.strip() + "\\n")
    log.flush()
    return json.loads(line)
labels = np.arange(40, dtype=np.int32) % 4
def facts(train):
    say("dataset", splits={"train": train, "validation": 0, "test": 8}, shape=[2, 3], spike_shape=[6], classes=4,
        class_names=["no", "yes", "up", "down"], balance={"train": [10] * 4, "test": [2] * 4},
        groups={"speaker": {"0": 30, "1": 18}}, spikes=12.0)
    say("labels", train=labels, test=labels[:8])
def sample(split, example, epoch, shift):
    count = 40 if split == "train" else 8
    example = min(example, count - 1)
    times, ids = np.array([1.0, 2.0, 3.0], np.float32) + np.float32(shift), np.array([0, 2, 5], np.int32)
    label = int(labels[example])
    say("sample", split=split, example=example, examples=count, epoch=epoch, spike_shape=[6], label=label,
        name=["no", "yes", "up", "down"][label], groups={"speaker": 1}, input=np.full((2, 3), 0.5, np.float32),
        **{"spikes.times": times, "spikes.ids": ids, "augmented.times": times + epoch, "augmented.ids": ids})
task = told(sys.stdin.readline())
mode = open(sys.argv[2]).read()
if task["task"] == "download":
    for part in range(1, 200):
        say("download", doing="downloading", file="a.zip", number=1, files=2, bytes=part * 10**6, total=2 * 10**8,
            remaining=float(200 - part))
        if mode != "slow":
            break
        time.sleep(0.05)
    open(sys.argv[2], "w").write("")
    say("result", task="download", result={"folder": "/data"})
    sys.exit()
if mode == "missing":
    say("offer", title="Sounds", size="about 170 MB", terms="CC BY 4.0", call="tonic.datasets.SHD()",
        hosts=["example.org"], folder="/data/sounds")
    say("error", kind="UserError", message="the folder was not found", place="experiment.dataset.folder",
        hint="Choose it.", exit_code=2)
    sys.exit(2)
if mode == "crash":
    import os; os.abort()
facts(40)
sample(task["split"], task["example"], 0, 0)
if mode == "findings":
    say("findings", fields={"test_fraction": 0.25}, words=["A quarter is the test."])
say("lingering")
for line in sys.stdin:
    m = told(line)
    if m["command"] == "stop":
        break
    if m["dataset"].get("test_fraction") == 0.31:
        say("message", level="error", message="the files are not there", text="x", place="experiment.dataset", hint="")
        continue
    if m["dataset"]["encoder"] and m["dataset"]["encoder"]["max_time"] == 13.0:
        say("message", level="error", message="cannot do 13", text="cannot do 13", place="experiment.dataset.encoder",
            hint="Take 14.")
        continue
    sample(m["split"], m["example"], m["epoch"], m["dataset"]["encoder"]["max_time"] if m["dataset"]["encoder"] else 0)
say("result", task="look", result={})
"""


class Worker:
    """Stands for the worker; `mode` says what it does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.log, self._mode = folder / "told", folder / "mode"
        self._mode.write_text("")
        command = [sys.executable, "-P", "-c", WORKER, str(self.log), str(self._mode)]
        monkeypatch.setattr("spikeloom_app.runs.worker_process.worker_command", lambda: command)

    def mode(self, mode: str) -> None:
        self._mode.write_text(mode)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def tasks(self, name: str = "look") -> int:
        return sum(message.get("task") == name for message in self.told())


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Worker:
    return Worker(monkeypatch, tmp_path)


@pytest.fixture
def panel(window: MainWindow, worker: Worker, qtbot: Any) -> DataPanel:
    """The panel of a window with the digits, shown, with what the fake worker tells."""
    window.open_example(DIGITS)
    window.action("view.data").trigger()
    made = window.data_sets.panel
    qtbot.waitUntil(shows(made, 0), timeout=PATIENCE)
    return made


def shows(panel: DataPanel, example: int, split: str = "train") -> Callable[[], bool]:
    def check() -> bool:
        event = panel.browser._event
        return event is not None and (event["example"], event["split"]) == (example, split) and not panel.looker.busy

    return check


def first_spike(panel: DataPanel) -> float:
    band = panel.browser.raster.graphics.bands[0]
    return float(band.steps[0] * panel.browser.raster.graphics.dt)


def labels(panel: DataPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel))


def click(widget: Any) -> None:
    QTest.mouseClick(widget, LEFT)


# -- what is known of it -----------------------------------------------------------------------------------------
def test_a_real_worker_counts_the_digits_and_shows_them_live(window: MainWindow, qtbot: Any) -> None:
    window.open_example(DIGITS)
    stages = window.canvas.view.graph.stages.cards
    assert stages["experiment.dataset"].words.kind == "8 × 8 · 10 classes"
    card = stages["experiment.dataset"]
    place = window.canvas.view.mapFromScene(card.outline().center())
    QTest.mouseDClick(window.canvas.view.viewport(), LEFT, pos=place)
    panel = window.data_sets.panel
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    assert "1\u202f294 training" in panel.facts.values["Examples"].text()
    assert panel.facts.values["Classes"].text() == "10"
    assert card.words.kind == "1\u202f797 · 8 × 8 · 10 classes"
    assert panel.browser.picture.sample.values.shape == (8, 8)
    before = panel.browser.raster.graphics.bands[0].steps.max()
    window.document.set_value(MAX_TIME, 5.0)
    qtbot.waitUntil(lambda: panel.browser.raster.graphics.bands[0].steps.max() < before, timeout=2000)
    assert panel.browser.raster.graphics.bands[0].steps.max() <= 5
    # The number of examples does not depend on the encoder, and stays on the card.
    assert card.words.kind.startswith("1\u202f797")
    pid = panel.looker._worker.pid
    window.document.set_value((*DATASET, "augmentation"), [sl.TimeJitter(2.0)])
    qtbot.waitUntil(lambda: "augmented" in panel.browser.raster.offered, timeout=2000)
    assert panel.looker._worker.pid == pid


def test_facts_are_said_with_units_and_names() -> None:
    told = {
        "splits": {"train": 1400, "validation": 0, "test": 10},
        "shape": [128, 128, 2],
        "spike_shape": [32, 32, 2],
        "classes": 3,
        "class_names": ["yin", "yang", "dot"],
        "groups": {"speaker": {"0": 5, "1": 1405}},
        "spikes": 3.25,
        "duration": {"median": 394.5, "longest": 721.2},
    }
    values = {fact.label: fact.value for fact in facts_of(told)}
    assert values["Examples"] == "1\u202f400 training · 10 test"
    assert values["Shape"] == "128 × 128 × 2  →  32 × 32 × 2"
    assert values["Classes"] == "3: yin, yang, dot"
    assert values["Speakers"] == "2"
    assert values["Spikes"] == "3.25 per example"
    assert values["Duration"] == "394 ms, up to 721 ms"


def test_the_card_says_how_many_there_are() -> None:
    document = Document.load(DIGITS)
    known = {"splits": {"train": 60000, "validation": 0, "test": 10000}, "shape": [8, 8]}
    words = dataset_words(document, known)
    assert words.kind == "70\u202f000 · 8 × 8 · 10 classes"
    assert "60\u202f000 train, 10\u202f000 test" in words.tooltip
    assert dataset_words(document).kind == "8 × 8 · 10 classes"


def test_the_menu_of_the_card_and_f1_lead_here(window: MainWindow, panel: DataPanel) -> None:
    window.docks["data"].hide()
    window.canvas.select(["experiment.dataset"])
    entry = next(action for action in window.canvas.menu().actions() if action.text() == "Browse the data")
    entry.trigger()
    assert window.data_sets.shown
    panel.browser.number.setFocus()
    assert help_topics.topic(window) == (topic_of(window.document.document.experiment.dataset), "")


# -- one example after another -----------------------------------------------------------------------------------
def test_examples_are_stepped_through_and_named(panel: DataPanel, qtbot: Any) -> None:
    browser = panel.browser
    assert not browser.previous.isEnabled()
    click(browser.next)
    qtbot.waitUntil(shows(panel, 1))
    assert "yes" in browser.side.text() and "speaker 1" in " ".join(browser.side._versions)
    browser.number.setFocus()
    browser.number.selectAll()
    QTest.keyClicks(browser.number, "17")
    QTest.keyClick(browser.number, Qt.Key.Key_Return)
    qtbot.waitUntil(shows(panel, 17))
    browser.slider.setFocus()
    QTest.keyClick(browser.slider, Qt.Key.Key_End)
    qtbot.waitUntil(shows(panel, 39))
    assert not browser.next.isEnabled()
    browser.chooser.setFocus()
    QTest.keyClick(browser.chooser, Qt.Key.Key_Down)
    qtbot.waitUntil(shows(panel, 0, "test"))
    assert panel.facts.balance.counts.tolist() == [2] * 4


def test_a_bar_chooses_a_class(panel: DataPanel, qtbot: Any) -> None:
    panel.all_facts.setChecked(True)
    balance = panel.facts.balance
    QTest.mouseClick(balance, LEFT, pos=balance.box(2).center().toPoint())
    qtbot.waitUntil(shows(panel, 2))
    assert panel.browser.classes.currentText() == "up"
    panel.all_facts.setChecked(False)
    click(panel.browser.next)
    qtbot.waitUntil(shows(panel, 6))
    click(panel.browser.previous)
    qtbot.waitUntil(shows(panel, 2))
    assert not panel.browser.previous.isEnabled()
    balance.setFocus()
    panel.browser.look_for(None)
    click(panel.browser.next)
    qtbot.waitUntil(shows(panel, 3))
    click(panel.browser.another)
    qtbot.waitUntil(shows(panel, 7))


def test_spikes_are_shown_as_an_epoch_would_see_them(panel: DataPanel, qtbot: Any) -> None:
    raster = panel.browser.raster
    assert raster.shown_way == "spikes" and not raster.again.isVisible()
    assert [way for way, button in raster.buttons.items() if button.isVisible()] == ["spikes", "augmented"]
    click(raster.buttons["augmented"])
    before = first_spike(panel)
    click(raster.again)
    qtbot.waitUntil(lambda: first_spike(panel) > before)
    click(raster.again)
    qtbot.waitUntil(lambda: panel.browser._event["epoch"] == 2 and not panel.looker.busy)
    click(raster.buttons["spikes"])
    assert raster.shown_way == "spikes"


def test_what_the_pointer_is_on_is_said(panel: DataPanel, qtbot: Any) -> None:
    raster = panel.browser.raster
    assert raster.pointed.text().startswith("3")
    viewport = raster.chart.viewport()
    QTest.mouseMove(viewport, QPoint(viewport.width() // 2, viewport.height() // 3))
    qtbot.waitUntil(lambda: "neuron" in raster.pointed.text() and "of" not in raster.pointed.text())


# -- live --------------------------------------------------------------------------------------------------------
def test_the_same_example_follows_a_slider_without_another_worker(
    window: MainWindow, panel: DataPanel, worker: Worker, qtbot: Any
) -> None:
    click(panel.browser.next)
    qtbot.waitUntil(shows(panel, 1))
    for step in range(20):
        window.document.set_value(MAX_TIME, 4.0 + 0.5 * step)
        QTest.qWait(4)
    qtbot.waitUntil(lambda: first_spike(panel) >= 14.0, timeout=2000)
    assert panel.browser.example == 1 and worker.tasks() == 1
    asked = [message for message in worker.told() if message.get("command") == "show"]
    assert len(asked) < 20, "each of many wishes was asked for"
    window.action("edit.undo").trigger()
    qtbot.waitUntil(lambda: first_spike(panel) != 14.5)


def test_what_is_wrong_is_said_and_goes_away_again(window: MainWindow, panel: DataPanel, qtbot: Any) -> None:
    window.document.set_value(MAX_TIME, 13.0)
    qtbot.waitUntil(panel.trouble.isVisible)
    assert panel.trouble.words.text() == "Cannot do 13." and panel.trouble.hint.text() == "Take 14."
    assert panel.trouble.buttons["place"].isVisible() and not panel.trouble.buttons["again"].isVisible()
    click(panel.trouble.buttons["place"])
    assert window.focusWidget() is window.inspector.row("experiment.dataset.encoder").editor
    window.document.set_value(MAX_TIME, 14.0)
    qtbot.waitUntil(lambda: not panel.trouble.isVisible())


def test_nothing_runs_while_nobody_sees_it(
    window: MainWindow, panel: DataPanel, worker: Worker, monkeypatch: Any, qtbot: Any
) -> None:
    count = len(worker.told())
    window.docks["data"].hide()
    window.document.set_value(MAX_TIME, 9.0)
    QTest.qWait(150)
    assert len(worker.told()) == count and panel.looker.runs
    panel.looker._enough.start(10)  # as if it had been hidden for long
    qtbot.waitUntil(lambda: not panel.looker.runs)
    window.action("view.data").trigger()
    qtbot.waitUntil(lambda: worker.tasks() == 2, timeout=PATIENCE)


def test_a_document_without_data_asks_for_some(window: MainWindow, worker: Worker, qtbot: Any) -> None:
    window.files.new()
    window.action("view.data").trigger()
    panel = window.data_sets.panel
    assert panel.choose.isVisible() and worker.tasks() == 0
    click(panel.choose)
    assert window.focusWidget() is window.inspector.row("experiment.dataset").editor
    window.document.set_value(DATASET, sl.Digits())
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    # One action makes what takes it; one undo takes it back.
    assert panel.ends.isVisible()
    window.action("edit.add_ends").trigger()
    shapes = sl.infer_shapes(window.document.document)
    assert shapes == {"input": (8, 8), "output": (10,)}
    assert not window.action("edit.add_ends").isEnabled() and not panel.ends.isVisible()
    window.action("edit.undo").trigger()
    assert not window.document.document.network.populations


def test_what_is_in_front_stays_there_when_another_document_is_opened(
    window: MainWindow, panel: DataPanel, worker: Worker, qtbot: Any
) -> None:
    window.action("view.script").trigger()
    QTest.qWait(300)
    window.open_example(EXAMPLES / "pattern.snn")
    QTest.qWait(500)
    assert window.scripts.shown
    window.open_example(EXAMPLES / "yin_yang.snn")
    qtbot.waitUntil(lambda: window.data_sets.shown and window.scripts.shown)
    QTest.qWait(500)
    assert window.data_sets.shown and window.scripts.shown
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    assert panel.facts.title.text() == "Yin-Yang"


def test_plots_are_in_front_of_what_was_only_seen_for_want_of_them(window: MainWindow, qtbot: Any) -> None:
    window.files.new()
    QTest.qWait(300)
    window.open_example(DIGITS)
    curves = next(dock for dock in window.plot_docks.docks.values() if dock.windowTitle().startswith("Curves"))
    qtbot.waitUntil(lambda: not curves.visibleRegion().isEmpty())


def test_a_line_says_what_it_counts_and_is_elided(panel: DataPanel, qtbot: Any) -> None:
    told = {"splits": {"train": 10}, "shape": [5], "classes": 3}
    assert summary_of(told, "Rings")[0] == "<b>Rings</b> · 10 examples · 5 values · 3 classes"
    assert "20 channels" in summary_of({**told, "shape": [20], "duration": {"median": 1, "longest": 2}}, "Rings")[0]
    label = SideLabel()
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.say("<b>A data set of a very long name</b>")
    label.show()
    assert label.text().endswith("…</b>") and label.text().startswith("<b>A")


# -- what helps --------------------------------------------------------------------------------------------------
def test_a_worker_that_dies_is_said_in_words(window: MainWindow, worker: Worker, qtbot: Any) -> None:
    worker.mode("crash")
    window.open_example(DIGITS)
    window.action("view.data").trigger()
    panel = window.data_sets.panel
    qtbot.waitUntil(panel.trouble.isVisible, timeout=PATIENCE)
    assert "crashed" in panel.trouble.words.text() and not panel.browser.isVisible()
    worker.mode("")
    click(panel.trouble.buttons["again"])
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    assert not panel.trouble.isVisible() and panel.browser.isVisible()


def test_a_set_that_is_missing_after_another_one_has_the_room_and_another_try(
    window: MainWindow, panel: DataPanel, worker: Worker, qtbot: Any
) -> None:
    window.document.set_value((*DATASET, "test_fraction"), 0.31)  # which the same worker does not find
    qtbot.waitUntil(panel.trouble.isVisible, timeout=PATIENCE)
    again = panel.trouble.buttons["again"]
    assert again.isVisible() and not panel.browser.isVisible() and not panel.facts.isVisible()
    assert panel.trouble.words.text() == "The files are not there."
    before = worker.tasks()
    click(again)  # the files were put there
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    assert worker.tasks() == before + 1
    assert panel.browser.isVisible() and panel.trouble.isHidden()


def test_a_set_is_downloaded_only_when_the_user_says_so_twice(
    window: MainWindow, worker: Worker, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    asked: list[str] = []
    answers = iter([False, True])
    monkeypatch.setattr(dialogs, "confirm", lambda _w, title, text, _b: asked.append(title + text) or next(answers))
    worker.mode("missing")
    window.open_example(DIGITS)
    window.action("view.data").trigger()
    panel = window.data_sets.panel
    qtbot.waitUntil(panel.trouble.isVisible, timeout=PATIENCE)
    assert panel.trouble.hint.text().startswith("Sounds is about 170 MB to download (CC BY 4.0).")
    assert "Choose it." in panel.trouble.hint.toolTip()
    assert panel.trouble.buttons["download"].text() == "Download (about 170 MB)…"
    assert panel.trouble.buttons["folder"].isVisible()
    click(panel.trouble.buttons["download"])
    assert all(words in asked[0] for words in ("Sounds", "170 MB", "example.org", "CC BY 4.0", "tonic.datasets.SHD()"))
    assert worker.tasks("download") == 0
    click(panel.trouble.buttons["download"])
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    assert worker.tasks("download") == 1 and not panel.trouble.isVisible()


def test_a_download_is_cancelled(window: MainWindow, worker: Worker, monkeypatch: Any, qtbot: Any) -> None:
    monkeypatch.setattr(dialogs, "confirm", lambda *_: True)
    worker.mode("missing")
    window.open_example(DIGITS)
    window.action("view.data").trigger()
    panel = window.data_sets.panel
    qtbot.waitUntil(panel.trouble.isVisible, timeout=PATIENCE)
    worker.mode("slow")
    click(panel.trouble.buttons["download"])
    qtbot.waitUntil(lambda: "MB" in panel.trouble.progress_words.text(), timeout=PATIENCE)
    assert "(1 of 2)" in panel.trouble.progress_words.text() and "left" in panel.trouble.progress_words.text()
    worker.mode("missing")
    click(panel.trouble.buttons["cancel"])
    qtbot.waitUntil(lambda: panel.remedies.loading is None, timeout=PATIENCE)
    qtbot.waitUntil(panel.trouble.buttons["download"].isVisible, timeout=PATIENCE)
    assert not panel.trouble.progress.isVisible()


def test_progress_is_said_in_words() -> None:
    event = {"doing": "downloading", "file": "a.zip", "number": 2, "files": 2, "bytes": 55e6, "total": 131e6}
    assert words_of({**event, "remaining": 130.0}) == "Downloading a.zip (2 of 2): 55 of 131 MB, 2 min 10 s left"
    assert share_of(event) == pytest.approx(55 / 131)
    assert (
        words_of({**event, "doing": "unpacking", "total": 0, "files": 1, "remaining": None}) == "Unpacking a.zip: 55 MB"
    )
    assert share_of({**event, "total": 0}) < 0


def test_fields_are_read_from_the_files_as_one_step(window: MainWindow, worker: Worker, qtbot: Any) -> None:
    worker.mode("findings")
    window.open_example(DIGITS)
    before = window.document.document.experiment.dataset
    window.action("view.data").trigger()
    panel = window.data_sets.panel
    qtbot.waitUntil(panel.trouble.isVisible, timeout=PATIENCE)
    assert "test fraction" in panel.trouble.words.text()
    worker.mode("")
    click(panel.trouble.buttons["fields"])
    assert window.document.document.experiment.dataset.test_fraction == 0.25
    assert not panel.trouble.isVisible()
    window.action("edit.undo").trigger()
    assert window.document.document.experiment.dataset == before


def test_a_real_worker_reads_the_fields_of_a_file(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    pytest.importorskip("h5py")
    write_folder(tmp_path)
    window.open_example(DIGITS)
    window.document.set_value(DATASET, sl.SpikeHDF5(folder=str(tmp_path), channels=1, classes=CLASSES))
    window.action("view.data").trigger()
    panel = window.data_sets.panel
    qtbot.waitUntil(panel.trouble.buttons["fields"].isVisible, timeout=PATIENCE)
    assert not panel.trouble.buttons["download"].isVisible()
    click(panel.trouble.buttons["fields"])
    qtbot.waitUntil(shows(panel, 0), timeout=PATIENCE)
    assert 1 < window.document.document.experiment.dataset.channels <= CHANNELS


# -- forms and names ---------------------------------------------------------------------------------------------
def test_transforms_are_folded_until_there_are_some(inspector: Inspector, document: OpenDocument) -> None:
    row = inspector.row("experiment.dataset.transforms")
    section = next(s for s in _sections(inspector) if s.row is row)
    assert not row.isVisibleTo(section)
    click(section.button)
    assert row.isVisibleTo(section)
    choose(inspector, "experiment.dataset.transforms", "Time scaling")
    choose(inspector, "experiment.dataset.transforms", "Time scaling")
    assert section.button.text() == "Transforms (2)"
    document.set_value((*DATASET, "transforms", "0", "factor"), 3.0)
    click(row.cards[0].down)
    assert [t.factor for t in document.document.experiment.dataset.transforms][1] == 3.0
    click(row.cards[1].remove)
    assert len(document.document.experiment.dataset.transforms) == 1
    document.undo_stack.undo()
    assert section.button.text() == "Transforms (2)"


def test_what_comes_into_a_section_unfolds_it(inspector: Inspector, document: OpenDocument) -> None:
    section = next(s for s in _sections(inspector) if s.row.field.name == "split")
    assert not section.button.isChecked()
    document.set_value((*DATASET, "split"), sl.KFold(5, 2))
    assert section.row.isVisibleTo(section)
    assert inspector.row("experiment.dataset.split.folds").field.help


def _sections(inspector: Inspector) -> list[Any]:
    from spikeloom_app.inspector.section import Section

    return inspector.findChildren(Section)


def test_classes_are_called_by_their_names_in_plots(qtbot: Any) -> None:
    document = Document.load(EXAMPLES / "yin_yang.snn")
    confusion, raster = ConfusionPlot(), RasterPlot()
    qtbot.addWidget(confusion)
    qtbot.addWidget(raster)
    for plot in (confusion, raster):
        plot.describe(document)
    assert confusion.outputs.class_names == ("yin", "yang", "dot")
    assert raster._classes == {"output": ("yin", "yang", "dot")}
