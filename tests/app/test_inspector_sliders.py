"""Sliders: which fields have one, that the document follows the hand, and that a drag is one step of undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from spikeloom.spec import (
    SGD,
    Adam,
    Conv2D,
    Digits,
    FixedProbability,
    LinearLatency,
    LogLatency,
    Normal,
    PoissonInput,
    Training,
    YinYang,
    describe,
)
from spikeloom.spec.fields import FieldInfo
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector
from spikeloom_app.inspector.sliders import ValueSlider, is_natural
from tests.app.inspecting import Key, document, inspector, wheel, write

__all__ = ["document", "inspector"]  # fixtures

CONNECTIVITY = ("network", "connections", "input_hidden", "connectivity")
P = (*CONNECTIVITY, "p")


@pytest.fixture
def slider(document: OpenDocument, inspector: Inspector) -> ValueSlider:
    """That of a probability of 0.1."""
    document.set_value(CONNECTIVITY, FixedProbability(p=0.1, weight=Normal(0.0, 0.1)))
    document.undo_stack.clear()
    inspector.show_selection(["input_hidden"])
    QTest.qWait(20)
    found = inspector.row("connectivity.p").slider
    assert found is not None and found.isVisible()
    return found


def drag(widget: QWidget, shares: list[float], release: bool = True) -> None:
    """Press at the first of some shares of the width, go through the others, and let go."""
    places = [QPoint(7 + round(share * (widget.width() - 14)), widget.height() // 2) for share in shares]
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(widget, place)
    if release:
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])


def test_a_drag_changes_the_document_all_the_time_and_is_one_step(slider, inspector, document) -> None:
    before = document.document.dumps()
    seen: list[float] = []
    document.changed.connect(lambda: seen.append(document.value(P)))
    drag(slider, [0.1, 0.3, 0.5, 0.8], release=False)
    assert len({round(value, 1) for value in seen} & {0.3, 0.5, 0.8}) == 3
    assert document.value(P) == pytest.approx(0.8, abs=0.03)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(0, 0))
    assert document.undo_stack.labels == ["change p"]
    assert float(inspector.row("connectivity.p").editor.text()) == document.value(P)
    after = document.document.dumps()
    document.undo_stack.undo()
    assert document.document.dumps() == before
    assert slider.value_at(slider.value()) == 0.1
    document.undo_stack.redo()
    assert document.document.dumps() == after


def test_two_drags_are_two_steps(slider, document) -> None:
    drag(slider, [0.1, 0.5])
    middle = document.value(P)
    drag(slider, [0.5, 0.7, 0.9])
    assert len(document.undo_stack.labels) == 2
    document.undo_stack.undo()
    assert document.value(P) == middle


def test_a_drag_leaves_what_was_changed_before_it(slider, inspector, document) -> None:
    write(inspector, "connectivity.weight.sd", "0.25")
    drag(slider, [0.2, 0.4])
    document.undo_stack.undo()
    assert document.value(P) == 0.1
    assert document.value((*CONNECTIVITY, "weight", "sd")) == 0.25


def test_the_ends(slider, document) -> None:
    drag(slider, [0.1, 1.5])
    assert document.value(P) == 1.0
    drag(slider, [1.0, -1.0])
    assert document.value(P) == 0.01  # 0 is left out


def test_keys(slider, document) -> None:
    slider.setFocus()
    QTest.keyClick(slider, Key.Key_Right)
    assert document.value(P) == 0.15
    QTest.keyClick(slider, Key.Key_Left)
    assert document.value(P) == 0.1
    QTest.keyClick(slider, Key.Key_PageUp)
    assert document.value(P) == pytest.approx(0.3)
    QTest.keyClick(slider, Key.Key_End)
    assert document.value(P) == 1.0
    QTest.keyClick(slider, Key.Key_Home)
    assert document.value(P) == 0.01
    assert len(document.undo_stack.labels) == 5
    document.undo_stack.go_to(0)
    assert document.value(P) == 0.1


def test_what_is_typed_moves_the_handle(slider, inspector, document) -> None:
    write(inspector, "connectivity.p", "1/3")
    assert slider.value_at(slider.value()) == 0.33
    assert document.value(P) == 1 / 3  # as it was typed, not where the handle is


def test_the_wheel_scrolls_the_form(slider, document) -> None:
    slider.setFocus()
    wheel(slider, 3)
    assert document.value(P) == 0.1


def test_the_tab_key_stops_at_it_and_it_says_what_it_is(slider, inspector) -> None:
    assert "P" in slider.accessibleName() and slider.toolTip()
    slider.setFocus()
    QTest.keyClick(slider, Key.Key_Tab)
    assert inspector.focusWidget() is inspector.row("connectivity.p").editor


def test_only_ranges_that_mean_something_have_one() -> None:
    with_slider = [
        (FixedProbability, "p"),
        (SGD, "momentum"),
        (Adam, "beta1"),
        (Digits, "test_fraction"),
        (LinearLatency, "threshold"),
        (LogLatency, "threshold"),
        (YinYang, "bias"),
        (Training, "validation_fraction"),
    ]
    without = [
        (Training, "seed"),
        (Training, "epochs"),
        (Training, "shards"),
        (Conv2D, "filters"),
        (YinYang, "train_size"),
        (PoissonInput, "input_frames"),
        (Adam, "alpha"),
        (LinearLatency, "min_time"),
    ]
    for cases, expected in ((with_slider, True), (without, False)):
        for cls, name in cases:
            field = next(field for field in describe(cls) if field.name == name)
            assert is_natural(field) is expected, (cls, name)


def field(kind: str, low: float, high: float, **more: object) -> FieldInfo:
    return FieldInfo("x", "X", "", "", None, False, kind, minimum=low, maximum=high, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("info", "ends", "middle"),
    [
        (field("float", 1e-6, 1.0, scale="log"), (1e-6, 1.0), 1e-3),
        (field("int", 1, 12), (1, 12), 6),
        (field("float", -2.0, 2.0, step=0.3), (-2.0, 2.0), 0.0),
    ],
)
def test_scales(qtbot, info: FieldInfo, ends: tuple[float, float], middle: float) -> None:
    slider = ValueSlider(info)
    qtbot.addWidget(slider)
    assert (slider.value_at(slider.minimum()), slider.value_at(slider.maximum())) == ends
    slider.show_value(middle)
    assert slider.value_at(slider.value()) == pytest.approx(middle, rel=0.05, abs=0.02)
    assert type(slider.value_at(slider.value())) is (int if info.kind == "int" else float)
