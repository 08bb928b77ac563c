"""The reference in the window: F1 by the keyboard on whatever has it, search, links, back, themes, copying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

pytest.importorskip("PySide6")

import numpy as np
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import spikeloom as sl
from spikeloom.reference import Reference
from spikeloom_app import theme
from spikeloom_app.inspector import typesetting
from spikeloom_app.reference import ReferenceView
from spikeloom_app.reference.trail import Stop, Trail
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, window

__all__ = ["window"]

F1 = Qt.Key.Key_F1


@pytest.fixture
def digits(window: MainWindow) -> MainWindow:
    window.open_path(DIGITS)
    settled()
    return window


@pytest.fixture
def view(qtbot: Any, qapp: Any) -> Iterator[ReferenceView]:
    apply_theme("dark")
    typesetting.load()
    qtbot.waitUntil(typesetting.is_ready, timeout=60_000)
    made = ReferenceView()
    qtbot.addWidget(made)
    made.resize(360, 600)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made


def press(window: MainWindow, key: Qt.Key = F1) -> None:
    """A key where the keyboard is."""
    focused = window.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)
    settled()


def here(window: MainWindow) -> tuple[str, str]:
    """The page and the field that are shown, in front of everything."""
    assert not window.help.dock.visibleRegion().isEmpty()
    assert window.focusWidget() is window.help.view.browser
    stop = window.help.view.trail.here
    return stop.page, stop.field


def words(view: ReferenceView) -> str:
    return view.browser.toPlainText()


def follow(view: ReferenceView, title: str) -> None:
    """Tab to the link of this title, and press Enter on it."""
    view.browser.setFocus()
    for _ in range(80):
        QTest.keyClick(view.browser, Qt.Key.Key_Tab)
        if view.browser.textCursor().selectedText() == title:
            QTest.keyClick(view.browser, Qt.Key.Key_Return)
            return
    raise AssertionError(f"no link '{title}'")


# -- F1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("hidden", "neuron.lif"),
        ("output", "neuron.li"),
        ("input_hidden", "connectivity.dense"),
        ("experiment.dataset", "dataset.digits"),
        ("experiment.learning", "learning.eventprop"),
        ("", ""),
    ],
)
def test_f1_leads_to_the_page_of_what_is_selected(digits, name, page) -> None:
    digits.canvas.select([name] if name else [])
    digits.canvas.view.setFocus()
    press(digits)
    assert here(digits) == (page, "")
    title = Reference().pages[page].title if page else "Reference"
    assert title in words(digits.help.view)


def test_f1_in_a_field_leads_to_the_field_and_escape_leads_back(digits) -> None:
    digits.canvas.select(["hidden"])
    editor = digits.inspector.row("neuron.tau_mem").editor
    editor.setFocus()
    press(digits)
    assert here(digits) == ("neuron.lif", "tau_mem")
    assert "A number greater than 0 (ms) · default 20 ms" in words(digits.help.view)
    press(digits, Qt.Key.Key_Escape)
    assert digits.focusWidget() is editor and not digits.docks["inspector"].visibleRegion().isEmpty()
    press(digits)  # and again, now that the dock is there
    assert here(digits) == ("neuron.lif", "tau_mem")


def test_a_field_far_down_is_scrolled_to(digits) -> None:
    digits.canvas.select(["hidden"])
    digits.inspector.row("neuron.tau_refrac").editor.setFocus()
    press(digits)
    QTest.qWait(150)
    assert here(digits) == ("neuron.lif", "tau_refrac")
    assert digits.help.view.browser.verticalScrollBar().value() > 100


def test_f1_on_the_choice_of_a_type_leads_to_the_chosen_one(digits) -> None:
    digits.canvas.select([])
    row = digits.inspector.row("experiment.learning.optimiser")
    row.editor.setFocus()
    press(digits)
    assert here(digits) == ("optimiser.adam", "")
    digits.inspector.row("experiment.training.epochs").editor.setFocus()
    digits.docks["inspector"].raise_()
    settled()
    digits.inspector.row("experiment.training.epochs").editor.setFocus()
    press(digits)
    assert here(digits) == ("training", "epochs")


def test_f1_in_the_open_list_of_types_leads_to_the_marked_one(digits) -> None:
    digits.canvas.select(["hidden"])
    choice = digits.inspector.row("neuron").editor
    choice.setFocus()
    choice.showPopup()
    settled()
    QTest.keyClicks(choice.popup.search, "adaptive")
    QTest.keyClick(choice.popup.search, F1)
    settled()
    assert not choice.popup.isVisible()
    assert here(digits) == ("neuron.alif", "")
    assert digits.document.document.network.population("hidden").neuron.type == "lif"  # looked up, not chosen


def test_f1_in_the_palette_the_live_dock_and_a_plot(digits) -> None:
    entries = digits.palette_view.list
    entries.setFocus()
    row = next(k for k in range(entries.count()) if entries.item(k).text() == "Poisson input")
    entries.setCurrentRow(row)
    press(digits)
    assert here(digits) == ("neuron.poisson_input", "")
    digits.action("view.live").trigger()
    settled()
    live = next(row for row in digits.live.rows.values() if row.field.name == "alpha")
    live.slider.setFocus()
    press(digits)
    assert here(digits) == ("optimiser.adam", "alpha")
    digits.raster.setFocus()
    press(digits)
    assert here(digits) == ("plot.raster", "")


def test_f1_in_the_command_palette_leads_to_the_part_that_is_marked(digits) -> None:
    digits.action("view.command_palette").trigger()
    QTest.keyClicks(digits.command_palette.line, "go to population hidden")
    press(digits)
    assert here(digits) == ("neuron.lif", "")
    assert not digits.command_palette.isVisible()


def test_the_command_palette_opens_pages(digits) -> None:
    digits.action("view.command_palette").trigger()
    QTest.keyClicks(digits.command_palette.line, "read about cross-entropy")
    QTest.keyClick(digits.command_palette.line, Qt.Key.Key_Return)
    settled()
    assert here(digits) == ("loss.sparse_categorical_crossentropy", "")


def test_f1_where_something_is_to_be_added_leads_to_the_marked_type(digits) -> None:
    digits.canvas.view.setFocus()
    digits.canvas.select([])
    digits.action("edit.add").trigger()
    QTest.keyClicks(digits.canvas.view.chooser.line, "custom")
    press(digits)
    assert here(digits) == ("neuron.custom", "")


def test_f1_in_a_dock_that_stands_by_itself(digits, qtbot) -> None:
    digits.canvas.select(["hidden"])
    dock = digits.docks["inspector"]
    dock.setFloating(True)
    dock.activateWindow()
    editor = digits.inspector.row("neuron.v_reset").editor
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClick(editor, F1)
    settled()
    stop = digits.help.view.trail.here
    assert (stop.page, stop.field) == ("neuron.lif", "v_reset")
    QTest.keyClick(digits.help.view.browser, Qt.Key.Key_Escape)
    qtbot.waitUntil(editor.hasFocus)
    choice = digits.inspector.row("neuron").editor
    choice.showPopup()
    QTest.keyClicks(choice.popup.search, "leaky integrator")
    QTest.keyClick(choice.popup.search, F1)
    assert digits.help.view.trail.here.page == "neuron.li"


def test_help_has_it_on_the_welcome_page_too(window) -> None:
    window.action("help.contents").trigger()
    settled()
    assert here(window) == ("", "")
    window.open_path(DIGITS)
    settled()
    assert window.help.dock.isVisible()
    assert window.action("help.reference").shortcut().toString() == "F1"


def test_it_is_closed_until_it_is_asked_for(digits) -> None:
    assert digits.help.dock.isHidden()
    assert digits.help.view._reference is None  # and costs nothing


# -- reading -------------------------------------------------------------------------------------------------------


def test_links_lead_on_and_back_leads_back_to_where_one_read(view) -> None:
    view.show_page("learning.eprop")
    bar = view.browser.verticalScrollBar()
    bar.setValue(300)
    follow(view, "A loss")
    assert view.trail.here.page == "loss"
    follow(view, "Mean square error")
    assert view.trail.here.page == "loss.mean_square_error" and bar.value() == 0
    QTest.keyClick(view.browser, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(view.browser, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert view.trail.here.page == "learning.eprop" and bar.value() > 100
    QTest.keyClick(view.browser, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert view.trail.here.page == "loss"
    view.back.click()
    view.back.click()
    assert view.page() is None and not view.back.isEnabled() and view.forward.isEnabled()
    view.forward.click()
    assert view.trail.here.page == "learning.eprop"


def test_home_and_end_go_to_the_ends_and_another_tab_in_front_changes_nothing(digits) -> None:
    digits.help.show_contents()
    settled()
    view = digits.help.view
    bar = view.browser.verticalScrollBar()
    QTest.keyClick(view.browser, Qt.Key.Key_End)
    assert bar.value() == bar.maximum() > 1000
    digits.docks["inspector"].raise_()
    settled()
    digits.help.dock.raise_()
    QTest.qWait(150)
    assert bar.value() > 1000  # as far as before, whatever room there is now
    QTest.keyClick(view.browser, Qt.Key.Key_Home)
    assert bar.value() == 0


def test_a_name_in_a_text_is_a_link(view) -> None:
    view.show_page("optimiser.adam_w")
    follow(view, "Adam")
    assert view.trail.here.page == "optimiser.adam"


def test_a_click_on_a_link(view, qtbot) -> None:
    view.show_contents()
    cursor = view.browser.document().find("Leaky integrate-and-fire")
    at = view.browser.cursorRect(cursor).center() - QPoint(12, 0)
    QTest.mouseClick(view.browser.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.trail.here.page == "neuron.lif"


def test_the_actions_of_the_table_go_back_and_forward(digits) -> None:
    assert not digits.action("help.back").isEnabled()
    digits.help.show_page("neuron.lif")
    assert digits.action("help.back").isEnabled() and not digits.action("help.forward").isEnabled()
    digits.action("help.back").trigger()
    assert digits.help.view.page() is None
    digits.action("help.forward").trigger()
    assert digits.help.view.page().key == "neuron.lif"


def test_a_page_has_what_there_is_to_know(view) -> None:
    view.show_page("neuron.alif")
    shown = words(view)
    for said in ("Adaptive LIF", "tau_adapt", "A number greater than 0 (ms) · default 2000 ms", "under More",
                 "A solution to the learning dilemma", "doi: 10.1038/s41467-020-17236-y"):  # fmt: skip
        assert said in shown, said
    view.show_page("readout")
    assert "Spike count" in words(view) and "Stands in" in words(view)


@pytest.mark.parametrize("key", list(Reference().pages))
def test_every_page_can_be_shown(view, key) -> None:
    view.show_page(key)
    page = view.page()
    assert page is not None and page.title in words(view)
    for entry in page.fields:
        assert entry.label in words(view)
    if page.equations:
        assert words(view).count("\ufffc") == len(page.equations)


# -- searching -----------------------------------------------------------------------------------------------------


def test_typing_searches_and_enter_opens(view) -> None:
    view.show_contents()
    view.browser.setFocus()
    QTest.keyClicks(view.browser, "p")
    assert view.line.text() == "p" and QApplication.focusWidget() is view.line
    QTest.keyClicks(view.line, "oisson")
    assert view.found()[0] == "Poisson input" and "Poisson input" in words(view)
    QTest.keyClick(view.line, Qt.Key.Key_Return)
    assert view.trail.here.page == "neuron.poisson_input" and view.line.text() == ""
    assert QApplication.focusWidget() is view.browser


def test_a_search_for_a_field_leads_to_the_field(view) -> None:
    QTest.keyClicks(view.line, "tau_adapt")
    QTest.keyClick(view.line, Qt.Key.Key_Return)
    assert view.trail.here == Stop("neuron.alif", "tau_adapt", view.trail.here.scroll)


def test_the_arrows_choose_and_escape_clears(view) -> None:
    view.show_page("neuron.lif")
    QTest.keyClicks(view.line, "learning rate")
    assert len(view.found()) > 2
    first = view.line.accessibleDescription()
    QTest.keyClick(view.line, Qt.Key.Key_Down)
    second = view.line.accessibleDescription()
    assert [first, second] == view.found()[:2]
    QTest.keyClick(view.line, Qt.Key.Key_Escape)
    assert view.line.text() == "" and "Leaky integrate-and-fire" in words(view)
    QTest.keyClicks(view.line, "zzzz")
    assert view.found() == [] and "Nothing matches" in words(view)


def test_a_paper_is_found_by_its_name(view) -> None:
    QTest.keyClicks(view.line, "wunderlich")
    assert view.found() == ["EventProp"]


# -- equations, themes, copying --------------------------------------------------------------------------------------


def picture(view: ReferenceView, number: int = 0) -> QImage:
    found = view.browser.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl(f"equation:{number}"))
    assert isinstance(found, QImage)
    return found


def ink(image: QImage) -> QColor:
    """The colour of the most opaque pixel."""
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(-1, 4)
    blue, green, red, _ = pixels[pixels[:, 3].argmax()].tolist()
    return QColor(red, green, blue)


def test_equations_have_the_colour_of_the_text_in_every_theme(view) -> None:
    view.show_page("neuron.lif")
    view.browser.verticalScrollBar().setValue(150)
    assert ink(picture(view)) == QColor(theme.DARK.text)
    before = view.browser.verticalScrollBar().value()
    apply_theme("light")
    assert ink(picture(view)) == QColor(theme.LIGHT.text)
    assert view.browser.verticalScrollBar().value() == before > 0
    corner = view.grab().toImage().pixelColor(view.width() // 2, view.height() - 3)
    assert corner == QColor(theme.LIGHT.surface)
    assert theme.LIGHT.text in view.browser.toHtml() and theme.DARK.text not in view.browser.toHtml()


def test_an_equation_is_as_sharp_as_the_screen_and_no_wider_than_the_page(view, monkeypatch) -> None:
    view.show_page("learning.eprop")
    flat = picture(view, 2)
    assert flat.deviceIndependentSize().width() <= view.browser.viewport().width()
    monkeypatch.setattr(type(view), "devicePixelRatioF", lambda _self: 2.0)
    view.show_page("learning")
    view.show_page("learning.eprop")
    sharp = picture(view, 2)
    assert sharp.width() == pytest.approx(2 * flat.width(), abs=2)
    assert sharp.deviceIndependentSize().width() == pytest.approx(flat.width(), abs=1)
    view.resize(220, 600)
    QTest.qWait(150)
    assert picture(view, 2).deviceIndependentSize().width() < flat.width()


def test_what_is_copied_has_the_source_of_equations(view) -> None:
    view.show_page("synapse.exponential")
    view.browser.setFocus()
    QTest.keyClick(view.browser, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.browser, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert all(line in copied for line in sl.Exponential.equations)
    assert "\ufffc" not in copied and "Time constant of the current." in copied


def test_nothing_is_fetched_or_opened(view, tmp_path) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    kind = QTextDocument.ResourceType.ImageResource.value
    for address in ("https://example.org/x.png", QUrl.fromLocalFile(str(tmp_path / "x.png")).toString()):
        assert view.browser.loadResource(kind, QUrl(address)) is None
    view.show_page("neuron.lif")
    view.browser.anchorClicked.emit(QUrl("https://example.org"))
    assert view.trail.here.page == "neuron.lif"
    assert "http" not in "".join(words(view) for key in view.reference.pages if view.show_page(key) is None)


def test_equations_wait_for_the_typesetter(view, monkeypatch) -> None:
    monkeypatch.setattr(typesetting, "is_ready", lambda: False)
    view.show_page("neuron.if")
    assert r"\dot{V} = I + b" in words(view)
    monkeypatch.setattr(typesetting, "is_ready", lambda: True)
    QTest.qWait(150)
    assert r"\dot{V} = I + b" not in words(view) and picture(view).width() > 20


# -- types of the user's own ---------------------------------------------------------------------------------------


@pytest.fixture
def own() -> Iterator[None]:
    class Inverted(sl.Delta):
        """A spike acts with the opposite sign, <b>not</b> in bold."""

        equations: ClassVar[tuple[str, ...]] = (r"\nonsense{", r"V \leftarrow V - w")

    yield
    del sl.Synapse._registry["inverted"]


def test_a_type_of_a_script_that_comes_later_has_a_page(digits, request) -> None:
    digits.help.show_contents()
    assert "Inverted" not in words(digits.help.view)
    request.getfixturevalue("own")
    digits.help.show_page("synapse.inverted")
    shown = words(digits.help.view)
    assert "a type of your own" in shown and "<b>not</b> in bold" in shown and r"\nonsense{" in shown


# -- the trail -----------------------------------------------------------------------------------------------------


def test_the_trail_forgets_what_one_went_back_from() -> None:
    trail = Trail()
    for page in ("a", "b", "b", "c"):
        trail.visit(Stop(page))
    assert trail.go(-1) == Stop("b")
    trail.leave_at(70)
    trail.visit(Stop("d"))
    assert not trail.can_go_forward
    assert trail.go(-1) == Stop("b", scroll=70)
    assert trail.go(-9) == Stop() and not trail.can_go_back
    for number in range(500):
        trail.visit(Stop(str(number)))
    steps = 0
    while trail.can_go_back:
        trail.go(-1)
        steps += 1
    assert steps == 99
