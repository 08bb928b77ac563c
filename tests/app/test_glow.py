"""Activity on the canvas: cards glow with the rate of their population, quietly, and only while there is something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest

from spikeloom.spec import Document
from spikeloom_app import motion
from spikeloom_app.canvas import Canvas
from spikeloom_app.canvas.activity import Activity, rates_of
from spikeloom_app.canvas.glow import Glow, intensity, rate_text
from spikeloom_app.document import OpenDocument
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, window  # noqa: F401 - a fixture

LONG = "a population with a very long name"


@pytest.fixture
def canvas(qtbot: Any) -> Canvas:
    made = Canvas(OpenDocument(Document.load(DIGITS)))
    qtbot.addWidget(made)
    made.resize(1200, 500)
    made.show()
    qtbot.waitExposed(made)
    made.view.graph.settle()
    return made


@pytest.fixture
def still() -> Iterator[None]:
    motion.reduce(True)
    yield
    motion.reduce(False)


def glows(canvas: Canvas) -> dict[str, Glow]:
    """The halos that there are, by population."""
    cards = canvas.view.graph.cards
    return {name: item for name, card in cards.items() for item in card.childItems() if isinstance(item, Glow)}


def halo_colour(canvas: Canvas, name: str) -> tuple[int, int, int]:
    """The colour on the screen just above a card."""
    card = canvas.view.graph.cards[name]
    at = canvas.view.mapFromScene(card.outline().center().x(), card.outline().top() - 4)
    colour = canvas.view.grab().toImage().pixelColor(at)
    return colour.red(), colour.green(), colour.blue()


def test_a_canvas_without_a_run_has_no_halos(canvas: Canvas) -> None:
    assert not glows(canvas)


def test_cards_glow_with_their_rate(qtbot: Any, canvas: Canvas) -> None:
    before = {name: halo_colour(canvas, name) for name in ("hidden", "output")}
    canvas.activity.hear({"event": "progress", "rates": {"hidden": 80.0, "output": 0.0}})
    qtbot.waitUntil(lambda: "hidden" in glows(canvas) and glows(canvas)["hidden"].level > 0.7, timeout=3000)
    assert glows(canvas)["hidden"].number.text == "80 Hz"
    assert halo_colour(canvas, "hidden") != before["hidden"] and halo_colour(canvas, "output") == before["output"]


def test_it_fades_when_the_run_ends(qtbot: Any, canvas: Canvas) -> None:
    before = halo_colour(canvas, "hidden")
    canvas.activity.show_rates({"hidden": 80.0})
    qtbot.waitUntil(lambda: bool(glows(canvas)) and glows(canvas)["hidden"].level > 0.7, timeout=3000)
    canvas.activity.fade()
    QTest.qWait(100)
    assert 0 < glows(canvas)["hidden"].level < 0.8  # on its way
    qtbot.waitUntil(lambda: not glows(canvas), timeout=3000)
    assert halo_colour(canvas, "hidden") == before


def test_with_reduced_motion_nothing_fades(qtbot: Any, canvas: Canvas, still: None) -> None:
    levels: set[float] = set()
    canvas.activity.show_rates({"hidden": 80.0})
    qtbot.waitUntil(lambda: bool(glows(canvas)), timeout=3000)
    levels.add(glows(canvas)["hidden"].level)
    assert levels == {intensity(80.0)}
    canvas.activity.fade()
    qtbot.waitUntil(lambda: not glows(canvas), timeout=1000)


class Paints(QObject):
    """Counts how often the canvas is painted."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.count = 0
        canvas.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_many_rates_are_few_pictures(qtbot: Any, canvas: Canvas) -> None:
    QTest.qWait(100)
    paints = Paints(canvas)
    for turn in range(100):
        canvas.activity.hear({"event": "progress", "rates": {"hidden": 10.0 + 100 * (turn % 2)}})
        QTest.qWait(10)
    assert 2 <= paints.count <= 22  # in a bit more than a second
    QTest.qWait(1500)
    paints.count = 0
    canvas.activity.hear({"event": "progress", "rates": {"hidden": 110.0}})
    QTest.qWait(300)
    assert paints.count == 0  # the same again


def test_an_example_says_rates_too() -> None:
    event = {
        "event": "example",
        "timesteps": 50,
        "dt": 2.0,
        "populations": [{"name": "hidden", "size": 10}, {"name": "silent", "size": 5}, {"name": "untold", "size": 5}],
        "hidden.ids": np.arange(20) % 10,
        "silent.ids": np.zeros(0, np.int32),
    }
    assert rates_of(event) == {"hidden": pytest.approx(20.0), "silent": 0.0}


def test_the_rates_of_all_examples_count_for_more(canvas: Canvas) -> None:
    activity: Activity = canvas.activity
    activity.hear({"event": "progress", "rates": {"hidden": 30.0}})
    one = {"event": "example", "timesteps": 10, "dt": 1.0, "populations": [{"name": "hidden", "size": 1}]}
    activity.hear(one | {"hidden.ids": np.zeros(8, np.int32)})
    activity._step()
    assert glows(canvas)["hidden"].number.text == "30 Hz"


def test_a_folded_frame_glows_for_what_is_in_it(canvas: Canvas) -> None:
    canvas.select(["input", "hidden"])
    canvas.edit.add_frame()
    canvas.view.graph.settle()
    canvas.select(["frame:1"])
    canvas.edit.fold()
    canvas.view.graph.settle()
    canvas.activity.show_rates({"input": 5.0, "hidden": 60.0})
    canvas.activity._step()
    fold = canvas.view.graph.marks.folds["frame:1"]
    (glow,) = [item for item in fold.childItems() if isinstance(item, Glow)]
    assert glow.level > 0 and glow.number.text == "60 Hz"


def test_a_card_that_goes_takes_its_glow_along(canvas: Canvas) -> None:
    canvas.activity.show_rates({"hidden": 60.0, "output": 20.0})
    canvas.activity._step()
    canvas.document.remove(["hidden"])
    canvas.view.graph.settle()
    canvas.activity._step()
    assert set(glows(canvas)) == {"output"}


def test_the_number_gives_way_to_a_long_name(canvas: Canvas) -> None:
    canvas.activity.show_rates({"hidden": 60.0})
    canvas.activity._step()
    assert glows(canvas)["hidden"].number.fits
    canvas.document.rename("hidden", LONG)
    canvas.view.graph.settle()
    canvas.activity.show_rates({LONG: 60.0})
    canvas.activity._step()
    assert not glows(canvas)[LONG].number.fits


def test_the_switch_is_kept(window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    window.canvas.activity.show_rates({"hidden": 60.0})
    window.canvas.activity._step()
    assert glows(window.canvas)
    window.action("view.activity").trigger()
    assert window.settings.get("activity") is False and not window.action("view.activity").isChecked()
    window.canvas.activity.show_rates({"hidden": 60.0})
    QTest.qWait(200)
    assert not glows(window.canvas)


def test_figures() -> None:
    assert intensity(0) == 0 and intensity(1e6) == 1 and intensity(1) < intensity(10) < intensity(100)
    assert [rate_text(rate) for rate in (0.42, 9.96, 140.2, 1234)] == ["0.4 Hz", "10 Hz", "140 Hz", "1.2 kHz"]
