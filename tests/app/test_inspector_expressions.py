"""Arithmetic in number fields: what it computes is Python's own result, and no text does anything else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.errors import UserError
from spikeloom.spec import LIF, Training, describe
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector, values
from spikeloom_app.inspector.expressions import evaluate
from tests.app.inspecting import TAU_MEM, document, inspector, messages, write

__all__ = ["document", "inspector"]  # fixtures


# -- what is computed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/sqrt(784)", 1 / 28),
        ("2*pi*50", 100 * math.pi),
        ("28*28", 784),
        ("exp(-1/20)", math.exp(-0.05)),
        ("-(2 + 3) * 4", -20),
        ("7 // 2 + 7 % 4", 6),
        ("2**-1", 0.5),
        ("-2**2", -4),
        ("+3", 3),
        ("log(8, 2) + log2(8) + log10(1000)", 9.0),
        ("min(3, 1, 2) + max(4, 5)", 6),
        ("floor(2.7) + ceil(2.2) + round(2.6) + abs(-1)", 9),
        ("round(pi, 2)", 3.14),
        ("sin(0) + cos(0) + tan(0) + tanh(0)", 1.0),
        ("2×3 · 4 ÷ 8 − 1", 2.0),
        ("2*π", 2 * math.pi),
        ("1e3*1_000", 1e6),
        ("log(e)", 1.0),
    ],
)
def test_arithmetic(text: str, value: float) -> None:
    assert evaluate(text) == pytest.approx(value, rel=1e-15)
    assert type(evaluate(text)) is type(value)


UNARY = ["sqrt", "exp", "log", "tanh", "abs", "floor", "ceil"]
_leaves = st.one_of(
    st.integers(0, 1000).map(str),
    st.floats(0, 1e6, allow_nan=False).map(repr),
    st.sampled_from(["pi", "e"]),
)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(" ".join)
    return st.one_of(
        infix.map("({})".format),
        infix,
        inner.map("-({})".format),
        st.tuples(st.sampled_from(["sqrt", "exp", "log", "tanh", "abs", "floor", "ceil"]), inner).map(
            "{0[0]}({0[1]})".format
        ),
        st.tuples(inner, st.integers(-3, 3)).map("({0[0]}) ** {0[1]}".format),
        st.tuples(inner, inner).map("max({0[0]}, {0[1]})".format),
    )


@given(st.recursive(_leaves, _wider, max_leaves=8))
def test_it_agrees_with_pythons_own_arithmetic(text: str) -> None:
    names = {name: getattr(math, name) for name in ("sqrt", "exp", "log", "tanh", "floor", "ceil", "pi", "e")}
    try:
        expected = eval(text, {"__builtins__": {}}, {**names, "abs": abs, "max": max})  # what this test made itself
    except (ArithmeticError, ValueError):
        expected = None
    usable = isinstance(expected, int | float) and math.isfinite(expected)
    try:
        value = evaluate(text)
    except UserError as error:
        assert not usable or len(text) > 200 or "too large" in error.message
        return
    assert usable
    assert value == expected
    assert type(value) is type(expected)


# -- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1/0", "divides by zero"),
        ("5 % 0", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("log(2, 1)", "divides by zero"),
        ("9**9**9", "too large"),
        ("9**9**9**9**9", "too large"),
        ("(2**1000)**1000", "too large"),
        ("10.0**400", "too large"),
        ("1e308*10", "too large"),
        ("exp(1000)", "too large"),
        ("2**2000 / 3", "too large"),
        ("round(1, -10**9)", "round keeps"),
        ("(-1)**0.5", "no real number"),
        ("sqrt(-1)", "sqrt(-1) is no real number"),
        ("log(0)", "log(0) is no real number"),
        ("sqr(2)", "did you mean 'sqrt'?"),
        ("Pi", "did you mean 'pi'?"),
        ("banana", "known are sqrt, exp"),
        ("2^3", "2**3"),
        ("sqrt", "sqrt(2)"),
        ("pi(2)", "pi*2"),
        ("sqrt(1, 2)", "takes 1 number, 2 found"),
        ("min()", "takes 1 or more numbers, 0 found"),
        ("(" * 150 + "1" + ")" * 150, "at most 200 characters"),
        ("-(" * 60 + "1" + ")" * 60, "nested more than"),
        ("--3", "Two signs"),
        ("1+" * 99 + "1", "nested more than"),
        ("1 2", "takes arithmetic"),
        ("2 pi", "takes arithmetic"),
        ("1,5", "takes arithmetic"),
        ("1 <<  3", "takes + -"),
    ],
)
def test_what_has_no_value_says_why(text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        evaluate(text)
    assert words in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "open('/etc/passwd')",
        "(1).__class__",
        "().__class__.__bases__[0]",
        "[1 for _ in range(9)]",
        "lambda: 1",
        "(x := 1)",
        "'a' * 9",
        "b'1'",
        "True",
        "None",
        "1j",
        "1 if 1 else 2",
        "1 < 2",
        "not 1",
        "~1",
        "{1}",
        "f'{1}'",
        "sqrt(x=1)",
        "max(*[1, 2])",
        "print(1)",
        "eval('1')",
        "1; 2",
        "1\n2",
        "1 # 2\n+ 3",
        "...",
        "\x00",
        "await 1",
        "yield",
        "sqrt.__name__",
        "1if 1else 2",
        "\\",
    ],
)
def test_nothing_but_arithmetic_is_taken(text: str) -> None:
    with pytest.raises(UserError):
        evaluate(text)


@given(st.text(max_size=40))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        value = evaluate(text)
    except UserError:
        return
    assert type(value) in (int, float)
    assert math.isfinite(value)


# -- in the fields -----------------------------------------------------------------------------------------------


def test_an_expression_is_typed_into_a_number_field(inspector: Inspector, document: OpenDocument) -> None:
    before = document.document.dumps()
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "1000/50 + 2**2 ms")
    assert document.value(TAU_MEM) == 24.0
    assert field.text() == "24"
    after = document.document.dumps()
    document.undo_stack.undo()
    assert document.document.dumps() == before
    document.undo_stack.redo()
    assert document.document.dumps() == after


def test_an_expression_without_a_value_stays_as_typed(inspector: Inspector, document: OpenDocument) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "sqr(9)")
    assert field.text() == "sqr(9)"
    expected = "'sqr(9)' found, expected a number greater than 0 (ms). No name 'sqr'; did you mean 'sqrt'?"
    assert messages(inspector, "neuron.tau_mem") == [expected]
    assert not document.modified


def test_whole_numbers_take_expressions_too(inspector: Inspector, document: OpenDocument) -> None:
    epochs = ("experiment", "training", "epochs")
    write(inspector, "experiment.training.epochs", "28*28")
    assert document.value(epochs) == 784
    write(inspector, "experiment.training.epochs", "6/2")
    assert document.value(epochs) == 3
    write(inspector, "experiment.training.epochs", "1/3")
    assert document.value(epochs) == 3
    assert messages(inspector, "experiment.training.epochs") == [
        "'1/3' is 0.333333, expected a whole number of at least 1"
    ]


def test_arrow_keys_step_from_an_expression(inspector: Inspector, document: OpenDocument) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "5*5", end=None)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert document.value(TAU_MEM) == 26.0


def test_numbers_with_names_take_expressions() -> None:
    assert values.read_numbers("tau = 1/20, k = max(1, 2)\nn=2*pi") == {"tau": 0.05, "k": 2.0, "n": 2 * math.pi}
    with pytest.raises(UserError, match="'k = 1/0' found"):
        values.read_numbers("k = 1/0")


def test_number_fields_say_that_they_take_arithmetic() -> None:
    fields = {field.name: field for cls in (LIF, Training) for field in describe(cls)}
    assert "arithmetic" in values.tooltip(fields["tau_mem"])
    assert "arithmetic" in values.tooltip(fields["epochs"])
    assert "arithmetic" not in values.tooltip(fields["relative_reset"])


@pytest.mark.parametrize("text", ["9" * 5000, "9" * 400, "-" + "9" * 400])
def test_very_long_numbers_are_refused_or_read(text: str) -> None:
    field = next(field for field in describe(LIF) if field.name == "tau_mem")
    with pytest.raises(UserError):
        values.read_number(text, field)
