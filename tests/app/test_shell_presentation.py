"""Presentation mode and the keyboard: everything comes back, F6 reaches every pane, and every widget has a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QPushButton, QWidget

from spikeloom_app import style, theme
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, text, window

__all__ = ["window"]


@pytest.fixture(autouse=True)
def usual_look() -> Iterator[None]:
    yield
    apply_theme("dark", 1.0)


def rects(window: MainWindow) -> dict[str, tuple[int, ...]]:
    """Where the docks are that can be seen."""
    docks = {**window.docks, **window.plot_docks.docks}
    shown = {name: dock for name, dock in docks.items() if window.rect().contains(dock.geometry())}
    return {name: dock.geometry().getRect() for name, dock in shown.items() if not dock.isHidden()}


def state(window: MainWindow) -> dict[str, object]:
    """All that a presentation changes."""
    docks = {name: (dock.isHidden(), dock.isFloating()) for name, dock in window.docks.items()}
    return {
        "docks": docks,
        "geometry": window.geometry(),
        "full": window.isFullScreen(),
        "menu": window.menuBar().isVisible(),
        "tools": window.action_bar.isVisible(),
        "text": theme.current().font,
        "document": text(window),
    }


@pytest.mark.parametrize("key", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_a_presentation_ends_as_it_began(window: MainWindow, key: Qt.Key) -> None:
    window.open_example(DIGITS)
    window.docks["log"].close()
    window.resizeDocks([window.docks["palette"]], [300], Qt.Orientation.Horizontal)
    settled()
    before, places = state(window), rects(window)
    font = theme.current().font
    QTest.keyClick(window, Qt.Key.Key_F11)
    settled()
    assert window.isFullScreen()
    assert theme.current().font == round(1.5 * font)
    assert window.docks["palette"].isHidden()
    assert not window.docks["inspector"].isHidden()
    assert not window.menuBar().isVisible()
    assert window.run_bar.isVisible()
    window.canvas.view.setFocus()
    QTest.keyClick(window.canvas.view, key)
    settled()
    assert state(window) == before
    for name, place in rects(window).items():  # to a few px: large text makes some docks larger for a while
        assert all(abs(a - b) <= 16 for a, b in zip(place, places[name], strict=True)), name


def test_keys_still_work_in_a_presentation(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.document.rename("hidden", "middle")
    window.action("view.presentation").trigger()
    settled()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "hidden" in window.document.document.network.names()


def test_closing_in_a_presentation_remembers_the_usual_layout(window: MainWindow) -> None:
    window.open_example(DIGITS)
    settled()
    window.action("view.presentation").trigger()
    settled()
    window.document.undo_stack.set_clean()
    window.close()
    assert not window.presentation.active
    assert not window.docks["palette"].isHidden()
    assert "palette" in window.settings.get("open_docks")
    assert window.settings.get("docks")["palette"]["area"] == "left"


@pytest.mark.parametrize("size", [0.8, 1.0, 1.5, 2.0])
def test_words_of_the_welcome_page_have_room_at_every_size(window: MainWindow, size: float) -> None:
    apply_theme("dark", size)
    window.resize(1100, 700)
    settled()
    cards, buttons = window.welcome.cards, window.welcome.templates.findChildren(QPushButton)
    assert cards and buttons
    for card in cards:
        # The words begin below the title, and keep as far from the edge as that does.
        room = QRect(0, 0, card.width() - 34, 10_000)
        font = QFont(card.font())
        font.setPixelSize(theme.current().font_small + 1)
        words = QFontMetrics(font).boundingRect(room, Qt.TextFlag.TextWordWrap, card.text_below).height()
        assert 12 + theme.large(26) + words + 12 <= card.height(), card.title
    assert len({(card.y(), card.height()) for card in cards[:2]}) == 1, "as high as the one beside it"
    for button in buttons:
        assert button.fontMetrics().height() + 12 <= button.height(), button.text()


def test_the_welcome_page_in_a_presentation(window: MainWindow) -> None:
    window.action("view.presentation").trigger()
    assert not window.presentation.active  # there is nothing to present
    window.open_example(DIGITS)
    window.action("view.presentation").trigger()
    window.action("file.welcome").trigger()
    window.presentation.leave()
    settled()
    assert window.pages.currentWidget() is window.welcome
    assert all(dock.isHidden() for dock in window.docks.values())
    window.show_editor()
    assert not window.docks["palette"].isHidden()


# -- the keyboard alone ------------------------------------------------------------------------------------------------
def panes_by_f6(window: MainWindow, backwards: bool = False) -> list[QWidget]:
    """The panes that F6 reaches, in order, until it is around."""
    reached: list[QWidget] = []
    modifiers = Qt.KeyboardModifier.ShiftModifier if backwards else Qt.KeyboardModifier.NoModifier
    for _ in range(20):
        QTest.keyClick(window, Qt.Key.Key_F6, modifiers)
        settled()
        pane = window.panes.current()
        assert pane is not None
        if pane.widget in reached:
            break
        reached.append(pane.widget)
        assert window.panes.frame.isVisible()
        assert window.panes.frame.size() == pane.widget.size()
    return reached


def test_f6_goes_through_the_panes_and_back(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.canvas.view.setFocus()
    settled()
    reached = panes_by_f6(window)
    expected = {window.palette_view, window.canvas, window.inspector, window.curves, window.run_bar}
    expected |= {window.raster, window.traces, window.problem_counter}
    assert set(reached) == expected
    window.canvas.view.setFocus()
    assert panes_by_f6(window, backwards=True) == [*reached[-2::-1], window.canvas]


def test_problems_are_reached_where_they_are_in_front(window: MainWindow) -> None:
    window.action("file.new").trigger()
    window.docks["problems"].raise_()
    window.canvas.view.setFocus()
    settled()
    reached = panes_by_f6(window)
    assert window.problems in reached
    assert window.curves not in reached


def spoken(widget: QWidget) -> str:
    """What a screen reader says of a widget."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.text()
    return ""


def focusable(window: MainWindow) -> list[QWidget]:
    """The widgets that take the keyboard, without those inside another that does (a spin box's line)."""
    found = []
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        inner = isinstance(parent, QAbstractScrollArea) or widget.objectName().startswith("qt_")
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and not inner:
            found.append(widget)
    return found


@pytest.mark.parametrize("shown", ["welcome", "editor", "selection", "problems", "palette", "tour"])
def test_every_widget_that_takes_the_keyboard_has_a_name(window: MainWindow, shown: str) -> None:
    if shown != "welcome":
        window.open_example(DIGITS)
    if shown == "selection":
        window.canvas.select(["hidden"])
    elif shown == "problems":
        window.document.set_value(("experiment", "dataset"), None)
        window.show_problems()
    elif shown == "palette":
        window.action("view.command_palette").trigger()
    elif shown == "tour":
        window.action("help.tour").trigger()
    settled()
    nameless = [f"{type(w).__name__} {w.objectName()} in {type(w.parentWidget()).__name__}" for w in focusable(window)
                if not spoken(w)]  # fmt: skip
    assert nameless == []


def test_the_tab_key_goes_on_inside_the_bars(window: MainWindow) -> None:
    """From the run bar, which F6 reaches, to the tool bar and the fields; on the canvas, Tab is the canvas's own."""
    window.open_example(DIGITS)
    window.document.rename("hidden", "middle")
    settled()
    wanted = {window.action_bar.buttons[name] for name in ("file.new", "edit.undo", "view.command_palette")}
    reached: set[QWidget | None] = set()
    for backwards in (False, True):
        window.run_bar.train_button.setFocus()
        for _ in range(60):
            focused = QApplication.focusWidget()
            if focused is None or focused is window.canvas.view:
                break
            reached.add(focused)
            QTest.keyClick(focused, Qt.Key.Key_Backtab if backwards else Qt.Key.Key_Tab)
    assert wanted <= reached
    window.inspector.row("experiment.dataset").editor.setFocus()
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    assert window.inspector.isAncestorOf(QApplication.focusWidget() or window)


def test_text_is_as_large_as_the_desktop_says(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = theme.current().font
    monkeypatch.setattr(style.QFontDatabase, "systemFont", lambda _which: QFont("Sans", 18))
    window.appearance.apply()
    assert theme.current().font == 2 * usual
    assert window.run_bar.headline.fontMetrics().height() > 1.5 * usual
    monkeypatch.undo()
    window.appearance.apply()
    assert theme.current().font == usual


@pytest.mark.parametrize("name", ["dark", "light"])
def test_panels_keep_their_colour_when_the_theme_is_used_again(window: MainWindow, name: str) -> None:
    window.open_example(DIGITS)
    for _ in range(2):
        window.use_theme(name)
        settled()
        at = window.inspector.mapTo(window, QPoint(40, 6))
        assert window.grab().toImage().pixelColor(at).name() == theme.current().surface
