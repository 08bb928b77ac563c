"""Variables, first values and names."""

from __future__ import annotations

import re

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.compilers import compile_document
from spikeloom.errors import UserError
from spikeloom.genn import NeuronModel
from spikeloom.genn.batch import BatchData
from spikeloom.run import Session
from tests.backends.digits_runs import HIDDEN, Built, digits, same

# -- variables --------------------------------------------------------------------------------------------------------


def test_get_gives_a_copy_and_set_takes_any_number_type():
    runtime = Built(digits()).runtime
    weights = runtime.get("out", "g")
    assert weights.shape == (HIDDEN, 10)
    weights[:] = 0
    assert runtime.get("out", "g").all()
    for values in (np.ones((HIDDEN, 10), int), np.ones((HIDDEN, 10)).tolist(), np.ones((10, HIDDEN)).T):
        runtime.set("out", "g", values)
        assert (runtime.get("out", "g") == 1).all()


@pytest.mark.parametrize(
    ("group", "variable", "shape", "message"),
    [
        ("out", "g", (10, HIDDEN), "out.g: an array of shape (10, 20) was given, expected (20, 10)"),
        ("out", "g", (HIDDEN * 10,), "out.g: an array of shape (200,) was given, expected (20, 10)"),
        ("out", "g", (), "out.g: an array of shape () was given, expected (20, 10)"),
        ("out", "G", (HIDDEN, 10), "out: 'G' is not a variable that outlives a batch"),
        ("hidden", "V", (HIDDEN,), "hidden: 'V' is not a variable that outlives a batch"),
        ("nowhere", "g", (HIDDEN, 10), "nowhere: 'g' is not a variable that outlives a batch"),
    ],
)
def test_set_and_get_say_what_is_wrong(group, variable, shape, message):
    runtime = Built(digits()).runtime
    before = runtime.get("out", "g")
    with pytest.raises(UserError) as caught:
        runtime.set(group, variable, np.zeros(shape))
    assert str(caught.value) == message
    np.testing.assert_array_equal(runtime.get("out", "g"), before)
    if "outlives" in message:
        with pytest.raises(UserError):
            runtime.get(group, variable)


def test_text_is_no_weight():
    with pytest.raises(UserError, match=r"out\.g: an array of <U5 was given, expected numbers"):
        Built(digits()).runtime.set("out", "g", np.full((HIDDEN, 10), "heavy"))


# -- first values -----------------------------------------------------------------------------------------------------


def first_weights(document: sp.Document, seed: int = 3) -> dict[str, np.ndarray]:
    return Session(document, threads=1).weights() if seed == 3 else Built(document, seed=seed).weights()


def test_a_new_population_or_connection_changes_no_other_first_weight():
    plain = first_weights(digits())
    grown = digits()
    with grown.network:
        extra = sp.Population(sp.LIF(), 5, name="extra")
        sp.Connection("input", extra, sp.Dense(sp.Normal(0.5, 0.4)), sp.Exponential(5.0), "also_in")
        sp.Connection(extra, "output", sp.Dense(sp.Normal(0.5, 0.4)), sp.Exponential(5.0), "also_out")
    grown.network.populations.reverse()
    grown.network.connections.reverse()
    found = first_weights(grown)
    assert len(found) == 5
    assert same({name: found[name] for name in plain}, plain)
    # Connections with one initialiser draw different numbers.
    assert not np.intersect1d(found["in"], found["also_in"]).size > 20


def test_a_larger_population_keeps_the_weights_of_the_smaller():
    """Weight i, j is drawn for i and j: neighbours do not shift it."""
    wide = digits()
    wide.network.population("hidden").shape = (HIDDEN + 9,)
    small, large = first_weights(digits()), first_weights(wide)
    np.testing.assert_array_equal(large["in"][:, :HIDDEN], small["in"])
    np.testing.assert_array_equal(large["out"][:HIDDEN], small["out"])


def drawn(weight: sp.Initialiser, seed: int = 0, shape: tuple[int, int] = (400, 500), precision: str = "float"):
    """First weights of one large connection."""
    with sp.Network() as net:
        sp.Population("spike_input", shape[0], name="input")
        sp.Population(sp.LI(readout="var"), shape[1], name="output")
        sp.Connection("input", "output", sp.Dense(weight), name="only")
    built = Built(sp.Document(net), seed=seed, precision=precision)
    return built.runtime.get("only", "g")


def independent(values: np.ndarray) -> None:
    """Assert that neighbouring rows and columns are uncorrelated, to 5 standard errors."""
    for a, b in ((values[1:], values[:-1]), (values[:, 1:], values[:, :-1]), (values[1:, 1:], values[:-1, :-1])):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / a.size**0.5


@pytest.mark.parametrize("precision", ["float", "double"])
def test_normal_weights_have_their_mean_and_deviation(precision):
    values = drawn(sp.Normal(mean=-0.3, sd=0.05), precision=precision).astype(float)
    z = (values - -0.3) / 0.05
    count = z.size
    assert abs(z.mean()) < 5 / count**0.5
    assert abs((z**2).mean() - 1) < 5 * (2 / count) ** 0.5
    assert abs((z**3).mean()) < 5 * (15 / count) ** 0.5
    assert abs((z**4).mean() - 3) < 5 * (96 / count) ** 0.5
    assert 4 < np.abs(z).max() < 6.5
    independent(z)


@pytest.mark.parametrize("precision", ["float", "double"])
def test_uniform_weights_fill_their_range_evenly(precision):
    values = drawn(sp.Uniform(min=-0.25, max=0.75), precision=precision).astype(float)
    count = values.size
    assert -0.25 <= values.min() < -0.2499
    assert 0.7499 < values.max() <= 0.75
    assert abs(values.mean() - 0.25) < 5 / (12 * count) ** 0.5
    shares = np.histogram(values, bins=20, range=(-0.25, 0.75))[0] / count
    assert np.abs(shares - 0.05).max() < 5 * (0.05 * 0.95 / count) ** 0.5
    independent(values)


def test_seeds_draw_different_weights():
    first, other = drawn(sp.Normal(0, 1), seed=0), drawn(sp.Normal(0, 1), seed=1)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 5 / first.size**0.5
    np.testing.assert_array_equal(first, drawn(sp.Normal(0, 1), seed=0))


def test_constant_weights_and_weights_of_an_array():
    assert (drawn(sp.Constant(-1.5), shape=(3, 4)) == -1.5).all()
    assert (drawn(sp.Normal(0.5, 0.0), shape=(3, 4)) == 0.5).all()
    values = np.random.default_rng(0).normal(size=(13, 21)).astype(np.float32)
    np.testing.assert_array_equal(drawn(sp.Array(values), shape=(13, 21)), values)
    # C order: row i holds the weights of the synapses from neuron i.
    np.testing.assert_array_equal(drawn(sp.Array(np.asfortranarray(values)), shape=(13, 21)), values)


# -- names ------------------------------------------------------------------------------------------------------------


def test_the_generated_code_holds_no_text_of_the_document():
    """Names and comments of the user reach the compiler as identifiers or not at all."""
    secret = "QQzz"
    document = digits(
        names=(f"{secret} in", f"{secret}-hidden", f"{secret} out"), connections=(secret, f"{secret}b", f"{secret} c")
    )
    document.title = document.description = f"{secret} title */"
    model = compile_document(document).model
    neuron = model.populations[f"{secret}-hidden"].model
    commented = f'/* {secret} comment " */ // {secret} \\\n{neuron.sim_code}'
    model.populations[f"{secret}-hidden"].model = NeuronModel(
        **{**vars(neuron), "name": f"{secret} \n#error", "sim_code": commented}
    )
    model.name = f"{secret}\n#error"
    compiled = compile_document(document)
    built = EmbeddedRuntime(model, compiled.schedules, threads=1)
    code = re.sub(r"//[^\n]*", "", built.source)
    assert secret not in re.sub(r"\b\w*_QQzz\w*\b", "", code)
    assert "comment" not in code.split("---- the model ----")[-1]
    assert "#error" not in re.sub(r"//.*", "", built.source)
    lines = [line for line in built.source.split("\n") if line.lstrip().startswith("#error")]
    assert lines == []


CLASHING = [
    ("a b", "a_b", "a-b"),
    ("a_20_b", "a b", "a_b"),
    ("input", "Input", "INPUT"),
    ("job", "slot", "class"),
    ("a", "a_", "_a"),
    ("loss", "step", "ex"),
    ("x_gradient", "x_optimiser", "x"),
    ("hidden_lost", "hidden", "hidden_clipped"),
    ("softmax_sum", "softmax_maximum", "g"),
]


@pytest.mark.parametrize("names", CLASHING, ids="/".join)
def test_any_names_give_the_same_network(examples, names):
    """Two names never become one, and none is a word of the generated code; the numbers do not depend on them."""
    connections = ("loss of x", "in_gradient", "train")
    if names[0] == "x_gradient":
        connections = ("x-gradient", "y", "y_gradient")
    if names[0] == "loss":
        connections = ("in", "softmax_sum", "loss_gradient")
    plain, renamed = Built(digits()), Built(digits(names=names, connections=connections))
    for old, new in zip(("in", "recurrent", "out"), connections, strict=True):
        renamed.runtime.set(new, "g", plain.runtime.get(old, "g"))
    data = examples["train"]
    moved = BatchData({names[0]: data.spikes["input"]}, data.values)
    batches = [np.arange(20), np.arange(20, 40)]
    first, second = plain.run("train", data, batches, update=True), renamed.run("train", moved, batches, update=True)
    np.testing.assert_array_equal(first.results["y"], second.results["y"])
    np.testing.assert_array_equal(first.results["loss"], second.results["loss"])
    for old, new in zip(("in", "recurrent", "out"), connections, strict=True):
        np.testing.assert_array_equal(renamed.runtime.get(new, "g"), plain.runtime.get(old, "g"))


def test_letters_that_look_alike_are_no_names():
    with pytest.raises(UserError, match="expected a name"):
        sp.Population(sp.LIF(), 3, name="hidd\u0435n")
