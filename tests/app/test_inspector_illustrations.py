"""Equations and pictures of distributions: each is there, says in words what it shows, and never stands in the way."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from spikeloom.spec import LIF, Adam, Array, Constant, Kaiming, Normal, Snippet, SpikeInput, Type, Uniform
from spikeloom_app import style, theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector, typesetting
from spikeloom_app.inspector.equations import Equations
from spikeloom_app.inspector.form import FamilyRow
from spikeloom_app.inspector.pictures import DistributionPicture
from tests.app.inspecting import choose, document, inspector, write

__all__ = ["document", "inspector"]  # fixtures

WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


def built_in() -> list[type[Type]]:
    families = Type.__subclasses__()
    types = {found for family in families for found in family.types().values()}  # type: ignore[attr-defined]
    return sorted((t for t in types if t.__module__.startswith("spikeloom.")), key=lambda cls: cls.__qualname__)


def coloured(widget: QWidget, colour: str) -> int:
    """How many pixels are close to a colour."""
    wanted, image = QColor(colour), widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    return int((abs(pixels - [wanted.blue(), wanted.green(), wanted.red()]).sum(axis=2) < 60).sum())


@pytest.fixture
def typesetter(qtbot) -> None:
    typesetting.load()
    qtbot.waitUntil(typesetting.is_ready, timeout=60_000)


# -- equations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", built_in(), ids=lambda cls: f"{cls.family().type}-{cls.type}")
def test_every_equation_can_be_typeset(typesetter, qapp, cls) -> None:
    for line in cls.equations:
        path = typesetting.path_of(line)
        assert path is not None, line
        assert 10 < path.boundingRect().width() < 400, line
        assert path.boundingRect().height() <= typesetting.room_for(line) < path.boundingRect().height() + 12, line


def test_what_is_below_an_equation_does_not_move_when_it_is_set(typesetter, qapp, qtbot, monkeypatch) -> None:
    ready = [False]
    monkeypatch.setattr(typesetting, "is_ready", lambda: ready[0])
    shown = Equations()
    qtbot.addWidget(shown)
    shown.show_lines((*Adam.equations, *LIF.equations))
    shown.resize(shown.sizeHint())
    shown.show()
    empty, before = shown.grab().toImage(), shown.sizeHint()
    ready[0] = True
    qtbot.waitUntil(lambda: shown.grab().toImage() != empty)
    assert shown.sizeHint() == before


def test_the_types_that_compute_have_equations() -> None:
    without = {cls.type for cls in built_in() if not cls.equations}
    said = {cls.type for cls in built_in() if cls.equations}
    assert {"lif", "alif", "if", "li", "exponential", "delta", "dense", "adam", "sgd", "eventprop", "normal"} <= said
    assert without & {"readout", "loss"} == set()


def test_the_equation_of_a_neuron_stands_below_its_type(typesetter, inspector, document, qtbot) -> None:
    inspector.show_selection(["hidden"])
    row = inspector.row("neuron")
    assert isinstance(row, FamilyRow)
    shown = row.equations
    qtbot.waitUntil(lambda: shown.isVisible() and coloured(shown, theme.current().text) > 50)
    assert shown.lines == LIF.equations
    assert "tau" in shown.toolTip() and shown.accessibleName().startswith("Equations: ")
    choose(inspector, "neuron", "Spike input")
    assert row.equations.lines == SpikeInput.equations
    document.undo_stack.undo()
    assert row.equations.lines == LIF.equations
    row.equations.show_lines(())
    assert not row.equations.isVisible()


def test_the_equation_follows_the_switches(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    row = inspector.row("neuron")
    document.set_value(("network", "populations", "hidden", "neuron", "relative_reset"), True)
    assert any("V - (V_" in line for line in row.equations.lines)
    document.undo_stack.undo()
    assert row.equations.lines == LIF.equations


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_an_equation_is_painted_in_the_colour_of_the_text(typesetter, qapp, qtbot, tokens) -> None:
    before, sheet = theme.current(), qapp.styleSheet()
    try:
        theme.use(tokens)
        style.apply(qapp, tokens)
        shown = Equations()
        qtbot.addWidget(shown)
        shown.resize(300, 40)
        shown.show_lines(LIF.equations)
        shown.show()
        qtbot.waitUntil(lambda: coloured(shown, tokens.text) > 20)
    finally:
        theme.use(before)
        qapp.setStyleSheet(sheet)


def test_a_line_that_cannot_be_set_is_shown_as_it_is(typesetter, qapp, qtbot) -> None:
    class Odd(LIF):
        """A neuron of the user's own."""

        type: ClassVar[str] = "odd_lif"
        equations: ClassVar[tuple[str, ...]] = (r"\nonsense{", "", "$$", "x" * 500)

    assert [typesetting.path_of(line) is None for line in Odd.equations] == [True, True, True, False]
    shown = Equations()
    qtbot.addWidget(shown)
    shown.resize(260, 120)
    shown.show_lines(Odd().own_equations())
    shown.show()
    qtbot.waitUntil(lambda: coloured(shown, theme.current().text_muted) > 10)


def test_what_is_derived_from_a_type_has_not_its_equations() -> None:
    class Another(LIF):
        """A neuron that does something else."""

        type: ClassVar[str] = "another_lif"

    assert Another.equations == ()


# -- distributions -----------------------------------------------------------------------------------------------


def picture(inspector: Inspector, inner: str = "connectivity.weight") -> DistributionPicture:
    row = inspector.row(inner)
    assert isinstance(row, FamilyRow) and row.picture is not None
    return row.picture


def test_the_picture_follows_what_is_typed(inspector, document, qtbot) -> None:
    document.set_value(WEIGHT, Normal(0.0, 1.0))
    inspector.show_selection(["input_hidden"])
    shown = picture(inspector)
    assert shown.isVisible()
    assert "from −3 to 3" in shown.accessibleName()
    write(inspector, "connectivity.weight.mean", "1")
    assert "from −2 to 4" in shown.toolTip()
    choose(inspector, "connectivity.weight", "Uniform")
    assert shown.words() == "Distribution of the values, from 0 to 1"
    assert coloured(shown, theme.current().accent) > 50
    document.undo_stack.undo()
    assert "from −2 to 4" in shown.toolTip()


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (Constant(0.25), "All values are 0.25"),
        (Uniform(2.0, 2.0), "All values are 2"),
        (Kaiming(1.0, "uniform"), "from −0.217 to 0.217"),  # 64 inputs
        (Array(np.linspace(-1, 2, 64 * 100, dtype=np.float32).reshape(64, 100)), "from −1 to 2"),
    ],
)
def test_pictures_of_types(inspector, document, weight, words) -> None:
    document.set_value(WEIGHT, weight)
    inspector.show_selection(["input_hidden"])
    shown = picture(inspector)
    assert words in shown.accessibleName()
    assert coloured(shown, theme.current().accent) > 10


@pytest.mark.parametrize("weight", [Snippet(), Array(file="not_there.safetensors", tensor="w"), Normal(0.0, 1e308)])
def test_no_picture_where_the_distribution_is_not_known(inspector, document, weight) -> None:
    document.set_value(WEIGHT, weight)
    inspector.show_selection(["input_hidden"])
    assert not picture(inspector).isVisible()


def test_no_picture_of_a_fan_in_that_is_not_known(inspector, document) -> None:
    document.set_value(WEIGHT[:-1], {"type": "sparse", "weight": "kaiming"})
    inspector.show_selection(["input_hidden"])
    assert not picture(inspector).isVisible()  # no synapses are listed yet
    write(inspector, "connectivity.pre_ind", "0, 1, 2")
    write(inspector, "connectivity.post_ind", "0, 1, 2")
    assert picture(inspector).isVisible()


def test_to_look_at_values_of_a_file_is_not_to_load_them(inspector, document: OpenDocument, tmp_path) -> None:
    document.set_value(WEIGHT, Array(np.ones((64, 100), np.float32) * np.arange(100, dtype=np.float32)))
    document.save(tmp_path / "net.snn")
    (tmp_path / "other.snn").write_bytes((tmp_path / "net.snn").read_bytes())
    document.open(tmp_path / "other.snn")  # the arrays beside a document of their name are held, others are not
    inspector.show_selection(["input_hidden"])
    assert "from 0 to 99" in picture(inspector).accessibleName()
    assert not document.value(WEIGHT).in_memory
