"""Every fix that the validator offers, over a corpus of documents: it can be applied, and removes its problem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import spikeloom as sl
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.places import apply_fix
from spikeloom_app.problems.listing import listed
from tests.spec import test_eprop_problems as eprop_broken
from tests.spec import test_validate as broken

EXAMPLES = sorted((Path(__file__).parents[2] / "resources" / "examples").glob("*.snn"))
Change = Callable[[sl.Document], None]


def no_readout(document: sl.Document) -> None:
    broken.neuron(document, "output").readout = None


def no_readout_of_spikes(document: sl.Document) -> None:
    document.network.population("output").neuron = sl.LIF()


def no_hidden_shape(document: sl.Document) -> None:
    document.network.population("hidden").shape = None


def no_dataset(document: sl.Document) -> None:
    document.experiment.dataset = None
    document.network.population("input").shape = (64,)
    document.network.population("output").shape = (10,)


def other_fields(document: sl.Document) -> None:
    document.network.population("input").field = "sound"
    document.network.population("output").field = "odd"


def wrong_shapes(document: sl.Document) -> None:
    document.network.population("input").shape = (9, 9)
    document.network.population("output").shape = (11,)


def broken_time(document: sl.Document) -> None:
    document.experiment.simulation.example_time = 10.4


def many_frames(document: sl.Document) -> None:
    document.network.population("input").neuron = sl.PoissonInput(input_frames=3, input_frame_timesteps=40)


def into_input(document: sl.Document) -> None:
    with document.network:
        sl.Connection("hidden", "input", sl.Dense(0.1), sl.Exponential(5))


def endless_delay(document: sl.Document) -> None:
    broken.connection(document, 0).connectivity.delay = sl.Normal(5, 1)


def one_output(document: sl.Document) -> None:
    document.experiment.dataset = None
    document.network.population("input").shape = (64,)
    document.network.population("output").shape = (1,)
    document.experiment.learning.loss = "relative_mean_square_error"  # type: ignore[union-attr]


def loss_of_hidden(document: sl.Document) -> None:
    document.network.population("hidden").loss = sl.MeanSquareError()


def output_alif(document: sl.Document) -> None:
    document.network.population("output").neuron = sl.ALIF(readout="spike_count")


def bounds_exchanged(document: sl.Document) -> None:
    first = broken.connection(document, 0)
    first.min_weight, first.max_weight = 1.0, -1.0


def dense_rewired(document: sl.Document) -> None:
    broken.connection(document, 0).rewiring = sl.DeepR()


CHANGES: list[Change] = [
    bounds_exchanged, dense_rewired,
    no_readout, no_readout_of_spikes, no_hidden_shape, no_dataset, other_fields, wrong_shapes, broken_time, many_frames,
    into_input, endless_delay, one_output, loss_of_hidden, output_alif, broken.set_delay, broken.set_count,
    broken.relative_reset, broken.refractory, broken.hidden_li, broken.delta, broken.two_taus, broken.output_lif,
    broken.biased, broken.adaptive, broken.biased_output, broken.signed, broken.two_outputs, broken.output_goes_on,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_offered_fix_removes_its_problem_and_undo_brings_the_text_back(change: Change) -> None:
    document = broken.digits()
    change(document)
    opened = OpenDocument(document)
    before = document.dumps()
    offered = [entry.problem for entry in listed(opened) if entry.problem.fix is not None]
    assert offered, "this document was to offer a fix"
    for problem in offered:
        assert problem.fix is not None
        apply_fix(opened, problem.fix)
        after = opened.document.dumps()
        left = [entry.problem for entry in listed(opened)]
        assert problem not in left
        assert not [other for other in left if (other.place, other.message) == (problem.place, problem.message)]
        opened.undo_stack.undo()
        assert opened.document.dumps() == before
        opened.undo_stack.redo()
        assert opened.document.dumps() == after
        opened.undo_stack.undo()


def test_bounds_the_wrong_way_round_are_exchanged() -> None:
    document = broken.digits()
    bounds_exchanged(document)
    opened = OpenDocument(document)
    (fix,) = (p.fix for p in opened.problems() if p.place.endswith("min_weight"))
    assert fix is not None and fix.label == "Exchange them"
    apply_fix(opened, fix)
    first = opened.document.network.connections[0]
    assert (first.min_weight, first.max_weight) == (-1.0, 1.0)


def test_a_dense_connection_that_shall_rewire_becomes_sparse_and_keeps_its_weights() -> None:
    document = broken.digits()
    dense_rewired(document)
    opened = OpenDocument(document)
    weight = broken.connection(document, 0).connectivity.weight  # type: ignore[attr-defined]
    (fix,) = (p.fix for p in opened.problems() if p.place.endswith("rewiring"))
    assert fix is not None and fix.label == "Make it a random 10 %"
    apply_fix(opened, fix)
    first = opened.document.network.connections[0]
    assert first.connectivity == sl.FixedProbability(0.1, weight) and first.rewiring is not None


UNMENDED = (eprop_broken.hidden_behind_hidden,)  # no one click can mend it


@pytest.mark.parametrize("change", [change for change, _ in eprop_broken.BROKEN], ids=lambda change: change.__name__)
def test_each_fix_for_e_prop_removes_its_problem(change: Change) -> None:
    document = eprop_broken.digits()
    change(document)
    opened = OpenDocument(document)
    offered = [entry.problem for entry in listed(opened) if entry.problem.fix is not None]
    assert bool(offered) is (change not in UNMENDED)
    for problem in offered:
        assert problem.fix is not None
        apply_fix(opened, problem.fix)
        assert problem not in [entry.problem for entry in listed(opened)]
        opened.undo_stack.undo()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_fixes_mend_examples_that_lost_what_runs_need(path: Path) -> None:
    """An example without its dataset and readout: one fix after the other, and it can run again."""
    document = sl.Document.load(path)
    for population in document.network.outputs:
        population.neuron.readout = None  # type: ignore[misc]
    document.experiment.dataset = None
    opened = OpenDocument(document)
    seen = 0
    while fixes := [e.problem.fix for e in listed(opened) if e.is_error and e.problem.fix is not None]:
        apply_fix(opened, fixes[0])
        seen += 1
        assert seen < 20
    assert seen
    assert opened.document.experiment.dataset is not None


def test_a_readout_is_offered_only_where_one_can_be_meant() -> None:
    document = broken.digits()
    no_readout(document)
    fix = next(p.fix for p in sl.validate(document) if "no output" in p.message)
    assert fix == sl.Fix("Make 'output' the readout", "network.populations[2].neuron.readout", {"type": "avg_var"})
    with document.network:
        sl.Population(sl.LI(), 10, "other")
        sl.Connection("hidden", "other", sl.Dense(0.1), sl.Exponential(5))
    assert next(p.fix for p in sl.validate(document) if "no output" in p.message) is None


def test_a_fix_whose_place_is_gone_says_so() -> None:
    opened = OpenDocument(broken.digits())
    with pytest.raises(sl.UserError, match="not there any more"):
        apply_fix(opened, sl.Fix("Remove it", "network.connections[7]", removes=True))
