"""What can be proved from the code alone; a proof that does not hold would lose spike-like events."""

from __future__ import annotations

import pytest

from spikeloom.genn.code import fold_expression, is_set, leaves_zero, parse, parse_expression


@pytest.mark.parametrize(
    "code",
    [
        "X = 0;",
        "V += 1; X = 0; V = 2;",
        "if (X) { V += 1; X = 0; }",
        "if (X) X = 0;",
        "if (X != 0) { X = 0; }",
        "X = 1; if (X) { X = 0; }",
        "if (X) { X = 5; X = 0; }",
        "if (V > 1) { X = 1; } X = 0;",
    ],
)
def test_a_variable_that_is_0_afterwards(code):
    assert leaves_zero(parse(code), "X")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "V = 0;",
        "X = 1;",
        "X = V;",
        "X -= X;",
        "X = 0; X = 1;",
        "X = 0; X++;",
        "X = 0; if (V > 1) { X = 1; }",
        "if (V > 1) { X = 0; }",
        "if (X > 0) { X = 0; }",
        "if (X) { X = 0; } else { V = 1; }",
        "if (X) { X = 0; X = V; }",
        "if (X) { if (V) { X = 0; } }",
        "if (X) { V = 0; }",
        "X = 0; for (int i = 0; i < 2; i++) { X += 1; }",
        "X = 0.5;",
    ],
)
def test_a_variable_of_which_that_cannot_be_told(code):
    assert not leaves_zero(parse(code), "X")


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ("X", "X"),
        ("X != 0", "X"),
        ("phase == 1 && X", "X"),
        ("X != 1", ""),
        ("X > 0", ""),
        ("!X", ""),
        ("X && Y", ""),
        ("1", ""),
    ],
)
def test_a_condition_that_asks_for_one_name(condition, name):
    assert is_set(fold_expression(parse_expression(condition, "condition"), {"phase": 1})) == name
