"""The shapes of initialisers' distributions against values that are drawn from them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spikeloom.genn import Init
from spikeloom.spec import (
    LIF,
    Around,
    Array,
    Connection,
    Constant,
    Delta,
    Dense,
    Distribution,
    Document,
    FluctuationDriven,
    Initialiser,
    Kaiming,
    Network,
    Normal,
    Population,
    Snippet,
    Uniform,
    Xavier,
    known_surroundings,
)

AROUND = Around(fan_in=100.0, fan_out=25.0, psp=(20.0, 10.0), threshold=1.0)


def drawn(initialiser: Initialiser, number: int = 200_000) -> np.ndarray:
    """Values as the engine draws them: the statement of the GeNN snippet, in numpy."""
    init = initialiser.genn_init(AROUND)
    if not isinstance(init, Init):
        return np.full(number, float(init))
    if init.snippet is None:
        return np.asarray(init.values).ravel()
    rng = np.random.default_rng(3)
    draw = {
        "gennrand_uniform()": rng.random(number),
        "gennrand_normal()": rng.standard_normal(number),
    }
    expression = init.snippet.var_init_code.removeprefix("value = ").removesuffix(";")
    names = {f"draw{k}": values for k, values in enumerate(draw.values())}
    for k, call in enumerate(draw):
        expression = expression.replace(call, f"draw{k}")
    return eval(expression, {"__builtins__": {}}, {**names, **init.params})  # our own snippets


def share_below(distribution: Distribution, x: float) -> float:
    """The integral of the density up to x."""
    low = distribution.x[0]
    places = low + (x - low) * (np.arange(20_000) + 0.5) / 20_000
    return float(np.interp(places, distribution.x, distribution.density).mean() * (x - low))


@pytest.mark.parametrize(
    "initialiser",
    [
        Uniform(-0.5, 2.0),
        Normal(0.3, 0.7),
        Kaiming(2.0),
        Kaiming(2.0, "uniform"),
        Xavier(0.5),
        Xavier(0.5, "uniform"),
        FluctuationDriven(0.2),
        Array(np.random.default_rng(0).gamma(2.0, 1.0, (300, 40)).astype(np.float32)),
    ],
    ids=lambda initialiser: f"{initialiser.type}",
)
def test_the_density_is_that_of_the_values_that_are_drawn(initialiser) -> None:
    found = initialiser.shape_of_values(AROUND)
    values = drawn(initialiser)
    low, high = found.ends
    assert found.bounded == (values.min() >= low - 1e-6 and values.max() <= high + 1e-6)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        x = low + share * (high - low)
        assert share_below(found, x) == pytest.approx(np.mean(values <= x), abs=0.02)
    assert share_below(found, high) == pytest.approx(1.0 if found.bounded else math.erf(3 / math.sqrt(2)), abs=0.02)


@pytest.mark.parametrize("initialiser", [Constant(2.5), Normal(2.5, 0.0), Uniform(2.5, 2.5), Array(np.full(9, 2.5))])
def test_one_value_has_no_width(initialiser) -> None:
    assert initialiser.shape_of_values().ends == (2.5, 2.5)


@pytest.mark.parametrize(
    "initialiser",
    [
        Snippet(),
        Kaiming(),
        Xavier(),
        FluctuationDriven(),
        Array(file="not_there.safetensors", tensor="w"),
        Array(),
        Array(np.zeros((0, 3))),
        Normal(0.0, 1e308),
        Uniform(-1.7e308, 1.7e308),
    ],
)
def test_what_is_not_known_has_no_shape(initialiser) -> None:
    assert initialiser.shape_of_values() is None


def test_a_distribution_that_cannot_be_has_no_shape() -> None:
    assert FluctuationDriven(2.0).shape_of_values(AROUND) is None  # its mean is above the threshold


def test_a_large_array_is_sampled() -> None:
    found = Array(np.arange(1_000_000, dtype=np.float32)).shape_of_values()
    assert found is not None
    assert found.ends[0] == 0.0 and found.ends[1] > 990_000
    assert len(found.x) < 200


def test_surroundings_are_those_of_the_connection_or_nothing() -> None:
    with Network() as network:
        source = Population("spike_input", 30, "source")
        target = Population(LIF(), 12, "target")
        connection = Connection(source, target, Dense(Kaiming()), Delta())
    document = Document(network)
    around = known_surroundings(document, connection)
    assert around is not None and (around.fan_in, around.fan_out) == (30.0, 12.0)
    connection.target = "gone"
    assert known_surroundings(document, connection) is None
