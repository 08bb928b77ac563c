"""Updates of populations after a batch and after each step, events and shared variables: what models may ask for."""

from __future__ import annotations

import numpy as np
import pytest

from spikeloom.data import spike_data
from spikeloom.genn import (
    Access,
    CustomUpdate,
    CustomUpdateModel,
    ExtraGlobalParam,
    GeNNModel,
    NeuronModel,
    NeuronPopulation,
    PostsynapticModel,
    Read,
    Reset,
    Run,
    Schedule,
    SetInputs,
    SetVar,
    SynapsePopulation,
    Update,
    Var,
    VarRef,
    WeightUpdateModel,
)
from spikeloom.genn.batch import BatchData
from tests.backends.installed import built, each_backend

STEPS = 6


def data(examples: int, neurons: int = 2) -> BatchData:
    """Example e has e + 1 spikes of neuron 0."""
    owners = np.repeat(np.arange(examples), np.arange(1, examples + 1) % STEPS)
    steps = np.concatenate([np.arange((e + 1) % STEPS) for e in range(examples)])
    return BatchData({"input": spike_data(examples, owners, steps, np.zeros(len(steps), int))})


def counting(size: int = 5) -> GeNNModel:
    """Neurons that add up what arrives, over an example in V and over the batch in N."""
    model = GeNNModel("counting", 1.0)
    model.add(NeuronPopulation("input", 2, NeuronModel("Source", spike_source=True)))
    variables = (
        Var("V"),
        Var("N", access=Access.ACCUMULATE),
        Var("Kept", access=Access.READ_ONLY),
        Var("Trace", access=Access.READ_ONLY),
    )
    code = "V += Isyn; if (phase == 0) { N += Isyn * (id + 1); }"
    model.add(NeuronPopulation("cells", size, NeuronModel("Cell", vars=variables, sim_code=code)))
    pulse = WeightUpdateModel(
        "Pulse", vars=(Var("g", access=Access.READ_ONLY),), pre_spike_syn_code="if (phase == 0) { addToPost(g); }"
    )
    model.add(SynapsePopulation("s", "input", "cells", pulse, PostsynapticModel("P"), var_init={"g": 1.0}))
    mean = CustomUpdateModel(
        "Mean",
        vars=(Var("Mean", access=Access.REDUCE_BATCH_SUM),),
        var_refs=(Var("N"),),
        update_code="Mean = N; N = 0;",
    )
    model.add(CustomUpdate("mean", "cells", mean, var_refs={"N": VarRef("cells", "N")}))
    keep = CustomUpdateModel(
        "Keep",
        vars=(Var("Total"),),  # of its own: over all batches
        var_refs=(Var("Mean", access=Access.READ_ONLY), Var("Kept"), Var("Trace")),
        update_code="Kept = Mean; Total += Mean; Trace = Total;",
    )
    refs = {"Mean": VarRef("mean", "Mean"), "Kept": VarRef("cells", "Kept"), "Trace": VarRef("cells", "Trace")}
    model.add(CustomUpdate("keep", "cells", keep, var_refs=refs))
    return model


FORWARD = (SetInputs("input"), Reset(), Run(0), Read("cells", "V", "v"))


def settings(backend: str, **more: int) -> dict[str, int]:
    return more if backend == "embedded" else {}


@each_backend
@pytest.mark.parametrize("shards", [1, 3])
def test_a_population_sums_over_the_batch_and_keeps_state(backend, shards):
    schedule = Schedule(FORWARD, (Update("mean"), Update("keep")))
    runtime = built(backend, counting(), {"learn": schedule}, STEPS, **settings(backend, shards=shards, threads=2))
    batches = [np.array([0, 1, 2, 3]), np.array([2]), np.array([1, 1])]
    result = runtime.run("learn", data(4), batches, timesteps=STEPS, update=True)
    counts = np.array([1, 2, 3, 4])
    np.testing.assert_array_equal(result.results["v"][:, 0], counts[np.concatenate(batches)])
    sums = [counts[batch].sum() for batch in batches]
    np.testing.assert_allclose(runtime.get("cells", "Kept"), sums[-1] * np.arange(1, 6))
    np.testing.assert_allclose(runtime.get("cells", "Trace"), sum(sums) * np.arange(1, 6))


@each_backend
def test_the_schedule_that_runs_decides_what_follows_its_batches(backend):
    once, never, twice = (Update("mean"), Update("keep")), (), (Update("mean"), Update("keep"), Update("keep"))
    schedules = {name: Schedule(FORWARD, ops) for name, ops in (("once", once), ("never", never), ("twice", twice))}
    for name, expected in (("once", 1), ("never", 0), ("twice", 2)):
        runtime = built(backend, counting(), schedules, STEPS)
        runtime.run(name, data(1), [np.array([0])], timesteps=STEPS, update=True)
        np.testing.assert_array_equal(runtime.get("cells", "Trace"), expected * np.arange(1, 6))


@each_backend
def test_an_update_after_each_step(backend):
    model = counting()
    halve = CustomUpdateModel("Halve", var_refs=(Var("V"),), update_code="V = 0.5 * V;")
    model.add(CustomUpdate("halve", "cells", halve, var_refs={"V": VarRef("cells", "V")}))
    schedules = {
        "plain": Schedule(FORWARD),
        "halving": Schedule((SetInputs("input"), Reset(), Run(0, after_step=("halve",)), Read("cells", "V", "v"))),
    }
    runtime = built(backend, model, schedules, STEPS)
    found = {name: runtime.run(name, data(4), [np.arange(4)], timesteps=STEPS).results["v"][:, 0] for name in schedules}
    expected = []
    for count in (1, 2, 3, 4):
        v = 0.0
        for step in range(STEPS):
            v = 0.5 * (v + (1 <= step <= count))
        expected.append(v)
    np.testing.assert_allclose(found["halving"], expected)
    np.testing.assert_allclose(found["plain"], [1, 2, 3, 4])


def test_a_population_of_millions_is_updated():
    """Sums over the batch once lay on the stack, which is small."""
    size = 3_000_000
    schedule = Schedule(FORWARD, (Update("mean"), Update("keep")))
    runtime = built("embedded", counting(size), {"learn": schedule}, STEPS, precision="float")
    runtime.run("learn", data(2), [np.arange(2)], timesteps=STEPS, update=True)
    np.testing.assert_allclose(runtime.get("cells", "Kept")[[0, 9, size - 1]], 3.0 * np.array([1, 10, size]), rtol=1e-6)


FLAGS = {
    "an else keeps the code whole": ("X = 0; if ((X += 1) > 5) { Tape[id] = V; } else { V = V; }", 5),
    "the condition writes": ("X = 0; if ((X += 1) > 5) { Tape[id] = V; }", 5),
    "the condition counts": ("X = 0; if (X++ > 5) { Tape[id] = V; }", 5),
    "set and cleared": ("if (X) { V += 1; X = 0; } if (id % 2 == 0) { Tape[id] = V; X = 1; }", 3),
}


@pytest.mark.parametrize("name", FLAGS)
def test_no_spike_like_event_is_lost(name):
    """Events are looked for among the neurons of the cold code only where nothing else can flag one."""
    code, expected = FLAGS[name]
    model = GeNNModel("flags", 1.0)
    cell = NeuronModel(
        "Cell",
        params=("Room",),
        vars=(Var("V"), Var("X", "int32_t")),
        sim_code=code,
        extra_global_params=(ExtraGlobalParam("Tape", "scalar", "Room"),),
    )
    model.add(NeuronPopulation("cells", 5, cell, {"Room": 1}))
    model.add(NeuronPopulation("sink", 1, NeuronModel("Sink", vars=(Var("S"),), sim_code="S += Isyn;")))
    event = WeightUpdateModel(
        "Event",
        pre_neuron_var_refs=(Var("X_pre", "int32_t"),),
        pre_event_threshold_condition_code="X_pre",
        pre_event_syn_code="addToPost(1.0);",
    )
    refs = {"X_pre": "X"}
    model.add(SynapsePopulation("s", "cells", "sink", event, PostsynapticModel("P"), pre_neuron_var_refs=refs))
    model.add(NeuronPopulation("input", 1, NeuronModel("Source", spike_source=True)))
    schedule = Schedule((SetInputs("input"), Reset(), Run(0), Read("sink", "S", "s")))
    runtime = built("embedded", model, {"run": schedule}, STEPS)
    nothing = BatchData({"input": spike_data(1, *(np.zeros(0, int) for _ in range(3)))})
    total = runtime.run("run", nothing, [np.array([0])], timesteps=STEPS).results["s"][0, 0]
    assert total == expected * (STEPS - 1)


@each_backend
@pytest.mark.parametrize("condition", ["V_pre > Theta", "V_pre > t", "phase == 0 && V_pre > 2.5 * dt"])
def test_an_event_condition_may_use_parameters_and_time(backend, condition):
    model = GeNNModel("conditions", 1.0)
    model.add(NeuronPopulation("input", 1, NeuronModel("Source", spike_source=True)))
    cell = NeuronModel("Cell", vars=(Var("V"),), sim_code="V += 1.0;")
    model.add(NeuronPopulation("cells", 2, cell))
    model.add(NeuronPopulation("sink", 1, NeuronModel("Sink", vars=(Var("S"),), sim_code="S += Isyn;")))
    event = WeightUpdateModel(
        "Event",
        params=("Theta",),
        pre_neuron_var_refs=(Var("V_pre"),),
        pre_event_threshold_condition_code=condition,
        pre_event_syn_code="addToPost(Theta);",
    )
    model.add(
        SynapsePopulation(
            "s", "cells", "sink", event, PostsynapticModel("P"), {"Theta": 2.5}, pre_neuron_var_refs={"V_pre": "V"}
        )
    )
    schedule = Schedule((SetInputs("input"), Reset(), Run(0), Read("sink", "S", "s")))
    runtime = built(backend, model, {"run": schedule}, STEPS)
    nothing = BatchData({"input": spike_data(1, *(np.zeros(0, int) for _ in range(3)))})
    total = runtime.run("run", nothing, [np.array([0])], timesteps=STEPS).results["s"][0, 0]
    flagged = [step for step in range(STEPS - 1) if (step + 1 > step if "> t" in condition else step + 1 > 2.5)]
    assert total == 2 * 2.5 * len(flagged)


@each_backend
def test_a_variable_that_the_population_shares_is_the_same_for_all_synapses(backend):
    model = GeNNModel("shared", 1.0)
    model.add(NeuronPopulation("input", 2, NeuronModel("Source", spike_source=True)))
    shared = Var("L", "scalar", Access.READ_ONLY_SHARED_NEURON)
    model.add(NeuronPopulation("cells", 20, NeuronModel("Cell", vars=(Var("V"), shared), sim_code="V += Isyn;")))
    synapse = WeightUpdateModel("W", post_neuron_var_refs=(Var("L_post"),), pre_spike_syn_code="addToPost(L_post);")
    model.add(
        SynapsePopulation("s", "input", "cells", synapse, PostsynapticModel("P"), post_neuron_var_refs={"L_post": "L"})
    )
    schedule = Schedule((SetInputs("input"), Reset(), SetVar("cells", "L", "l"), Run(0), Read("cells", "V", "v")))
    runtime = built(backend, model, {"run": schedule}, STEPS)
    batch = BatchData(data(2).spikes, {"l": np.array([[3.0], [5.0]])})
    v = runtime.run("run", batch, [np.arange(2)], timesteps=STEPS).results["v"]
    np.testing.assert_allclose(v, np.outer([3.0, 2 * 5.0], np.ones(20)))
