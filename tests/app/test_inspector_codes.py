"""Codes and names with numbers of custom neurons, typed in the inspector."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.errors import UserError
from spikeloom.spec import CustomNeuron
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector, values
from spikeloom_app.inspector.edits import Paragraph
from tests.app.inspecting import TAU_MEM, Key, document, inspector

__all__ = ["document", "inspector"]  # fixtures


@pytest.fixture
def custom(document: OpenDocument, inspector: Inspector) -> Inspector:
    """The inspector on a population of custom neurons."""
    document.set_value(TAU_MEM[:-1], CustomNeuron())
    inspector.show_selection(["hidden"])
    QTest.qWait(50)
    return inspector


def neuron_of(document: OpenDocument) -> CustomNeuron:
    found = document.document.network.population("hidden").neuron
    assert isinstance(found, CustomNeuron)
    return found


def replace_text(editor: Paragraph, *lines: str) -> None:
    """Click into a field of several lines and type over what it says."""
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton)
    editor.selectAll()
    for number, line in enumerate(lines):
        if number:
            QTest.keyClick(editor, Key.Key_Return)
        QTest.keyClicks(editor, line)


def test_codes_are_checked_while_they_are_typed(document: OpenDocument, custom: Inspector, qtbot) -> None:
    """A pause in typing is enough: the mistake is shown with line and column, and the cursor stays where it was."""
    editor = custom.row("neuron.sim_code").editor
    replace_text(editor, "V += Isyn;", "W = 2;")
    qtbot.waitUntil(lambda: neuron_of(document).sim_code == "V += Isyn;\nW = 2;", timeout=3000)
    messages = [problem.message for problem in document.problems() if problem.place.endswith("sim_code")]
    assert messages == ["line 2, column 1: unknown name 'W'"]
    qtbot.waitUntil(lambda: any("unknown name 'W'" in n.text for n in custom.row("neuron.sim_code").notices.notices))
    QTest.keyClick(editor, Key.Key_Backspace)
    QTest.keyClicks(editor, " ")
    QTest.qWait(900)
    assert editor.toPlainText() == "V += Isyn;\nW = 2 "
    assert editor.textCursor().atEnd()


def test_names_with_numbers_are_typed_line_by_line(document: OpenDocument, custom: Inspector) -> None:
    editor = custom.row("neuron.params").editor
    assert editor.toPlainText() == "tau = 20"
    replace_text(editor, "tau = 15", "a = 1e-3")
    QTest.keyClick(editor, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert neuron_of(document).params == {"tau": 15.0, "a": 0.001}
    document.undo_stack.undo()
    assert neuron_of(document).params == {"tau": 20.0}
    QTest.qWait(30)
    assert editor.toPlainText() == "tau = 20"
    replace_text(editor, "tau is 15")
    QTest.keyClick(editor, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert neuron_of(document).params == {"tau": 20.0}
    assert "expected a name and a number" in custom.row("neuron.params").notices.notices[0].text


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("", {}),
        ("tau = 20", {"tau": 20.0}),
        ("a=1; b = -2.5e-3\n\n c = \N{MINUS SIGN}4", {"a": 1.0, "b": -0.0025, "c": -4.0}),
    ],
)
def test_names_with_numbers_as_text(text: str, mapping: dict[str, float]) -> None:
    assert values.read_numbers(text) == mapping
    assert values.read_numbers(values.numbers_text(mapping)) == mapping


@pytest.mark.parametrize("text", ["tau", "tau =", "= 3", "1a = 2", "a = b", "a = nan", "a = 1\na = 2", "\u00e4 = 1"])
def test_what_are_no_names_with_numbers(text: str) -> None:
    with pytest.raises(UserError):
        values.read_numbers(text)
