"""E-prop's gradient on the engine against the rule in numpy, and its two modes against each other."""

from __future__ import annotations

import pytest

from tests.compilers.eprop_cases import CASES
from tests.compilers.eprop_nets import Engine, error

DRAWS = 3


@pytest.mark.parametrize("name", CASES)
def test_the_adjoint_is_the_rule(name):
    """In a build in double precision, over random weights: every gradient, and the loss."""
    engine = Engine(CASES[name], 1, precision="double")
    spikes = 0
    for seed in range(DRAWS):
        engine.draw(seed)
        ours = engine.run()
        expected, count, losses = engine.expected()
        spikes += count
        found = error(ours, expected)
        print(f"\n{name}, draw {seed}: {count} hidden spikes, error {found:.1e}")
        assert found <= 1e-12
        assert sum(engine.losses.values()) == pytest.approx(losses["all"], rel=1e-10)
    assert spikes > 20 * DRAWS


FORWARD = {name: case for name, case in CASES.items() if "to the output" not in name}


@pytest.mark.parametrize("name", FORWARD)
def test_the_forward_mode_is_the_rule(name):
    engine = Engine(CASES[name], 1, precision="double", mode="forward")
    for seed in range(DRAWS):
        engine.draw(seed)
        ours = engine.run()
        expected, _, losses = engine.expected()
        assert error(ours, expected) <= 1e-12
        assert sum(engine.losses.values()) == pytest.approx(losses["all"], rel=1e-10)
