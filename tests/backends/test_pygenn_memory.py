"""What a model needs on PyGeNN, and how many examples of a batch run side by side; most of it needs no PyGeNN."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.pygenn import device, memory
from spikeloom.backends.pygenn.memory import Memory, estimate, plan
from spikeloom.backends.pygenn.runtime import PyGeNNRuntime
from spikeloom.cli import main
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.errors import UserError
from spikeloom.examples import examples
from tests.backends.digits_runs import digits
from tests.backends.installed import built, needs_pygenn

NEEDS = Memory(shared=1000, tape=80, state=10, gradients=8, recording=2)  # 100 for each example


def compiled(name: str) -> CompiledNetwork:
    return compile_document(sp.Document.load(examples()[name]), in_segments=False)


def planned(room: int | None, *, batch: int = 32, most: int = 32, needs: Memory = NEEDS) -> memory.Plan:
    return plan(needs, "cuda", batch, most=most, room=room, place="net")


# -- the choice -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("room", "most", "examples_side_by_side", "turns"),
    [
        (None, 32, 32, 1),  # nobody knows
        (10_000, 32, 32, 1),
        (5000, 32, 32, 1),  # 4500 of it may be used: 35 fit
        (3500, 32, 16, 2),  # 21 fit, and two turns of 16 take no longer
        (2000, 32, 8, 4),
        (1223, 32, 1, 32),
        (10**9, 1, 1, 32),  # GeNN's CPU
    ],
)
def test_as_many_examples_run_side_by_side_as_fit(room, most, examples_side_by_side, turns):
    chosen = planned(room, most=most)
    assert (chosen.examples, chosen.turns) == (examples_side_by_side, turns)
    if room is not None:
        assert NEEDS.of(chosen.examples) <= 0.9 * room


def test_what_was_chosen_is_said_in_words():
    words = planned(3500).words()
    assert words == (
        "PyGeNN on cuda needs 100 B for each example (tape 80 B, state 10 B, gradients 8 B, recording 2 B) and 1 kB "
        "for all of them together; 3.5 kB are free: 16 of a batch's 32 examples run side by side, in 2 turns."
    )
    assert "are free" not in planned(None).words()


def test_where_not_one_example_fits_the_most_of_it_is_named():
    with pytest.raises(UserError, match=r"needs 80 MB for each example.*and 50 MB are free") as caught:
        planned(50_000_000, needs=Memory(shared=1000, tape=80_000_000))
    assert "forward mode" in caught.value.hint
    with pytest.raises(UserError, match="500 B are free") as caught:
        planned(500)
    assert "forward" not in caught.value.hint


def test_the_user_may_say_how_much_memory_there_is(monkeypatch):
    monkeypatch.setenv(device.LIMIT, "0.5")
    assert device.free_memory("cuda") == 500_000_000
    monkeypatch.setenv(device.LIMIT, "plenty")
    with pytest.raises(UserError, match="'plenty' found, expected a number of GB"):
        device.free_memory("cuda")


def test_the_memory_of_this_machine_is_found(monkeypatch):
    monkeypatch.delenv(device.LIMIT, raising=False)
    assert 10**7 < device.free_memory(device.CPU) < 10**14


# -- the estimate -----------------------------------------------------------------------------------------------------


def test_the_tape_of_eprop_is_as_long_as_the_example():
    """Of each hidden neuron psi, the rate's term and a spike in each step, of each output its error and its target."""
    network = compiled("eprop_pattern")
    found = estimate(network.model, list(network.schedules.values()), 1000)
    assert found.tape == 1000 * 4 * (256 * 3 + 3 * 2)
    assert found.gradients == 4 * (20 * 256 + 256 * 256 + 256 * 3 + 3 + 256)  # weights, biases, rates
    assert found.recording == 1000 * (256 // 32) * 4


def test_an_example_is_not_cut_into_segments_for_the_memory_of_a_thread():
    document = sp.Document.load(examples()["eprop_pattern"])
    document.experiment.learning = document.experiment.learning.model_copy(update={"tape_memory": 0.2})
    cut, whole = (compile_document(document, in_segments=segments) for segments in (True, False))
    assert max(op.segments for op in cut.schedules["train"].each_example if hasattr(op, "segments")) > 1
    assert all(op.segments == 1 for op in whole.schedules["train"].each_example if hasattr(op, "segments"))


@needs_pygenn
@pytest.mark.parametrize("name", ["digits", "eprop_pattern", "yin_yang_delays", "mnist_conv"])
def test_the_estimate_is_what_pygenn_allocates(name):
    """Of one example, within a few percent: each array that PyGeNN shows, and the spikes it records."""
    network = compiled(name)
    needs = estimate(network.model, list(network.schedules.values()), network.timesteps)
    runtime: Any = built("pygenn", network.model, network.schedules, network.timesteps, precision="float")
    arrays: dict[int, int] = {}
    for group in runtime.groups.all():
        kinds = ("vars", "extra_global_params", "pre_vars", "connectivity_extra_global_params")
        for values in (array for kind in kinds for array in getattr(group, kind, {}).values()):
            view = values.values if type(values).__name__ == "SynapseVariable" else values.view
            if not (type(values).__name__ == "ExtraGlobalParameter" and values.name == "SpikeSteps"):
                arrays[id(values)] = np.asarray(view).nbytes
    for name_of, group in runtime.groups.synapses.items():
        under_way = network.model.synapses[name_of].max_delay  # a ring of sums, which PyGeNN does not show
        arrays[id(group)] = group.out_post.view.nbytes * (2 + under_way if under_way else 1)
    found = sum(arrays.values()) + needs.recording
    print(f"\n{name}: {needs.of(1):,} bytes reckoned, {found:,} allocated")
    assert found == pytest.approx(needs.of(1), rel=0.05)


# -- in use -----------------------------------------------------------------------------------------------------------


def test_info_says_what_pygenn_needs(tmp_path, capsys):
    document = tmp_path / "digits.snn"
    digits().save(document)
    assert main.main(["info", str(document), "--backend", "pygenn"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "PyGeNN" in said
    assert "for each example (tape" in said


def test_info_says_where_a_single_example_does_not_fit(tmp_path, monkeypatch):
    monkeypatch.setattr("spikeloom.backends.pygenn.runtime.load", lambda: None)
    monkeypatch.setattr("spikeloom.backends.pygenn.runtime.best_device", lambda pygenn: "cuda")
    monkeypatch.setenv(device.LIMIT, "0.00001")
    from spikeloom.run.tasks import describe

    document = tmp_path / "digits.snn"
    digits().save(document)
    found = describe({"document": str(document), "backend": "pygenn"})["pygenn"]
    assert "10 kB are free" in found["text"]
    assert "side_by_side" not in found


@pytest.mark.parametrize(
    ("size", "chunks"), [(32, [(0, 8), (8, 20), (20, 32)]), (24, [(0, 12), (12, 24)]), (5, [(0, 5)]), (0, [])]
)
def test_examples_that_are_over_run_first(size, chunks):
    """The places that they leave empty add to sums, and that is forgotten before others have added to them."""
    seen: list[tuple[list[int], list[int]]] = []
    runtime = PyGeNNRuntime.__new__(PyGeNNRuntime)
    runtime.batch_size = 12
    call: Any = SimpleNamespace(examples=lambda chunk, recorded: seen.append((chunk.tolist(), recorded)))
    runtime._run_batch(call, np.arange(100, 100 + size), 40, {40, 50})
    assert [chunk for chunk, _ in seen] == [list(range(100 + start, 100 + end)) for start, end in chunks]
    found = [start + k for (start, _), (_, recorded) in zip(chunks, seen, strict=True) for k in recorded]
    assert found == [place for place in (0, 10) if place < size]
