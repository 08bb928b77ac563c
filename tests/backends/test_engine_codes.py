"""Models in the code language on the engine: what a code says is what happens, to every neuron, in GeNN's order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.backends.interface import JobResult, RecordSpikes, RecordVar
from spikeloom.data import spike_data
from spikeloom.errors import RunError, UserError
from spikeloom.genn import (
    BACKWARD,
    FORWARD,
    Access,
    CustomUpdate,
    CustomUpdateModel,
    ExtraGlobalParam,
    GeNNModel,
    Init,
    InitSnippet,
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

SIZE, EXAMPLES, STEPS = 5, 3, 6
PULSE = WeightUpdateModel("Pulse", vars=(Var("g", access=Access.READ_ONLY),), pre_spike_syn_code="addToPost(g);")
DELTA = PostsynapticModel("Delta")


def network(neuron: NeuronModel, params: dict | None = None, first: dict | None = None, size: int = SIZE) -> GeNNModel:
    """An input that spikes as it is told, and a population ``cells`` of a model."""
    model = GeNNModel("custom", 0.5)
    model.add(NeuronPopulation("input", 2, NeuronModel("Source", spike_source=True)))
    model.add(NeuronPopulation("cells", size, neuron, params or {}, first or {}))
    return model


def connect(model: GeNNModel, weight_update: WeightUpdateModel = PULSE, **settings) -> SynapsePopulation:
    """Synapses from the input to the cells; weight 1 from the first input, 10 from the second."""
    weights = Init(values=np.repeat([[1.0], [10.0]], model.populations["cells"].size, axis=1))
    return model.add(
        SynapsePopulation("synapses", "input", "cells", weight_update, DELTA, var_init={"g": weights}, **settings)
    )


def runtime(model: GeNNModel, *ops, **settings) -> EmbeddedRuntime:
    """The model with a schedule that runs forward and then does `ops`."""
    schedule = Schedule((SetInputs("input"), Reset(), Run(FORWARD), *ops))
    return EmbeddedRuntime(model, {"run": schedule}, **{"threads": 2, "precision": "double"} | settings)


# Example 0 has no input, example 1 a spike of each input in step 1, example 2 three of input 0 in steps 0, 1 and 4.
SPIKES = spike_data(EXAMPLES, np.array([1, 1, 2, 2, 2]), np.array([1, 1, 0, 1, 4]), np.array([0, 1, 0, 0, 0]))
DATA = BatchData({"input": SPIKES})


def run(model: GeNNModel, *names: str, phase: int = FORWARD, **settings) -> dict[str, np.ndarray]:
    """Variables of the cells after every step: name -> (examples, steps, neurons)."""
    record = [RecordVar("cells", name, phase=phase) for name in names]
    ops = (Run(BACKWARD),) if phase == BACKWARD else ()
    result = runtime(model, *ops).run("run", DATA, [np.arange(EXAMPLES)], record=record, timesteps=STEPS, **settings)
    return {recorder.variable: result.recording.variables[recorder] for recorder in record}


def spikes_of(model: GeNNModel, example: int = 0, **settings) -> list[tuple[int, int]]:
    """(step, neuron) of the cells' spikes."""
    recorder = RecordSpikes("cells")
    result = runtime(model).run("run", DATA, [np.arange(EXAMPLES)], record=[recorder], timesteps=STEPS, **settings)
    return [(int(s), int(n)) for s, n in zip(*result.recording.spikes["cells"][example], strict=True)]


# -- neurons ----------------------------------------------------------------------------------------------------------


def test_a_code_sees_time_its_number_its_parameters_and_the_inputs():
    neuron = NeuronModel(
        "All",
        params=("Scale",),
        vars=(Var("V"), Var("N", "int32_t"), Var("Bias", access=Access.READ_ONLY), Var("Clock")),
        sim_code="V += Scale * Isyn + Bias + id; N += num_neurons; Clock = t + 100 * dt;",
    )
    bias = np.array([0.5, -1, 2, 0, 3])
    model = network(neuron, {"Scale": 2.0}, {"V": 7.0, "N": -3.0, "Bias": Init(values=bias)})
    connect(model)
    found = run(model, "V", "N", "Clock")
    step = np.arange(1, STEPS + 1)[:, None]
    arrived = {0: [0] * 6, 1: [0, 0, 11, 11, 11, 11], 2: [0, 1, 2, 2, 2, 3]}
    for example, current in arrived.items():
        expected = 7 + step * (bias + np.arange(SIZE)) + 2 * np.array(current)[:, None]
        np.testing.assert_allclose(found["V"][example], expected)
    np.testing.assert_array_equal(found["N"], np.broadcast_to(-3 + 5 * step, (EXAMPLES, STEPS, SIZE)))
    np.testing.assert_allclose(found["Clock"][0, :, 0], 0.5 * np.arange(STEPS) + 50)


def test_first_values_can_differ_between_neurons():
    neuron = NeuronModel("Idle", vars=(Var("V"), Var("N", "uint8_t")), sim_code="V += 1; N += 1;")
    first = {"V": Init(values=np.arange(SIZE) / 4), "N": Init(values=np.arange(SIZE))}
    found = run(network(neuron, first=first), "V", "N")
    for example in range(EXAMPLES):
        np.testing.assert_array_equal(found["V"][example, 2], np.arange(SIZE) / 4 + 3)
        np.testing.assert_array_equal(found["N"][example, 0], np.arange(SIZE) + 1)


def test_reset_code_runs_for_those_that_spike_after_the_condition_was_tested():
    neuron = NeuronModel(
        "Counter",
        vars=(Var("V"), Var("LastInput")),
        sim_code="V += 1 + (0.5 * id);",
        threshold_condition_code="V >= 3",
        reset_code="V -= 3; LastInput = t + Isyn;",
    )
    model = network(neuron)
    connect(model)
    v, expected = np.zeros(SIZE), []
    for step in range(STEPS):
        v += 1 + 0.5 * np.arange(SIZE)
        expected += [(step, int(n)) for n in np.flatnonzero(v >= 3)]
        v[v >= 3] -= 3
    assert spikes_of(model) == expected
    found = run(model, "V", "LastInput")
    np.testing.assert_allclose(found["V"][0, -1], v)
    # Example 1 gets 11 in step 2, in which neurons 0 (3 x 1) and 4 (3 x 3) spike and neuron 1 does not.
    assert found["LastInput"][1, 2].tolist() == [12.0, 0.5 + 0, 12.0, 12.0, 12.0]


LAST_IF = """
V += 1;
if (V > 2) {
    Tape[(N * num_neurons) + id] = V;
    N += 1;
    %s
}
"""


def taping(extra: str, **codes: str) -> GeNNModel:
    """A neuron whose last statement writes to an array, which the engine runs outside its loop over neurons."""
    neuron = NeuronModel(
        "Taping",
        params=("Room",),
        vars=(Var("V"), Var("N", "int32_t"), Var("Seen")),
        sim_code=LAST_IF % extra,
        extra_global_params=(ExtraGlobalParam("Tape", "scalar", "Room"),),
        **codes,
    )
    return network(neuron, {"Room": 8})


def test_an_array_keeps_what_was_written_for_each_neuron():
    model = taping("Seen = Tape[((N - 1) * num_neurons) + id] + Tape[id];")
    found = run(model, "Seen", "N")
    np.testing.assert_array_equal(found["N"][2, :, 3], [0, 0, 1, 2, 3, 4])
    np.testing.assert_array_equal(found["Seen"][2, :, 3], [0, 0, 6, 7, 8, 9])


def test_the_threshold_is_tested_after_all_of_the_sim_code():
    model = taping("V = 0;", threshold_condition_code="V > 2")
    assert spikes_of(model) == []
    model = taping("V = 10;", threshold_condition_code="V > 5", reset_code="V = 0;")
    assert spikes_of(model) == [(step, n) for step in (2, 5) for n in range(SIZE)]


def test_a_condition_that_counts_is_evaluated_once():
    model = taping("")
    neuron = model.populations["cells"].model
    code = "V += 1; if (N++ > 2) { Tape[id] = V; Seen = Tape[id]; }"
    model.populations["cells"].model = replace(neuron, sim_code=code)
    found = run(model, "N", "Seen")
    np.testing.assert_array_equal(found["N"][0, :, 0], [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(found["Seen"][0, :, 0], [0, 0, 0, 4, 5, 6])


def test_locals_of_two_blocks_do_not_meet():
    model = taping("")
    neuron = model.populations["cells"].model
    code = "int k = 2; V += 1; if (V > 2) { Tape[k] = V; { int k = 3; Seen = Tape[2] + k; } }"
    model.populations["cells"].model = replace(neuron, sim_code=code)
    np.testing.assert_array_equal(run(model, "Seen")["Seen"][0, :, 0], [0, 0, 6, 7, 8, 9])


def test_the_phase_is_a_number_that_code_can_use():
    neuron = NeuronModel("Phases", vars=(Var("V"),), sim_code="V += phase * 10 + (phase == 1 ? 0.5 : 0.25);")
    np.testing.assert_allclose(run(network(neuron), "V")["V"][0, :, 0], 0.25 * np.arange(1, 7))
    backward = run(network(neuron), "V", phase=BACKWARD)["V"][0, :, 0]
    # A backward step is filed under the forward step that it undoes.
    np.testing.assert_allclose(backward[::-1], 1.5 + 10.5 * np.arange(1, 7))


@pytest.mark.parametrize("index", ["id + 5", "-1 - id", "N * 1000000000", "id * 100"])
def test_an_index_outside_its_array_stops_the_run(index):
    neuron = NeuronModel(
        "Reckless",
        params=("Room",),
        vars=(Var("V"), Var("N", "int32_t")),
        sim_code=f"N += 2; if (t > 1) {{ Tape[{index}] = 1; }}",
        extra_global_params=(ExtraGlobalParam("Tape", "scalar", "Room"),),
    )
    with pytest.raises(RunError, match=r"an array index of -?\d+ is outside its array") as caught:
        run(network(neuron, {"Room": 1}), "V")
    assert caught.value.place == "cells"


def test_reading_outside_an_array_stops_the_run_as_well():
    neuron = NeuronModel(
        "Reckless",
        params=("Room",),
        vars=(Var("V"),),
        sim_code="V += Tape[num_neurons];",
        extra_global_params=(ExtraGlobalParam("Tape", "int32_t", "Room"),),
    )
    with pytest.raises(RunError, match="an array index of 5 is outside its array"):
        run(network(neuron, {"Room": 1}), "V")


# -- random numbers ---------------------------------------------------------------------------------------------------

NOISE = NeuronModel(
    "Noise",
    vars=(Var("V"), Var("U"), Var("E"), Var("AtReset")),
    sim_code="V = gennrand_normal(); U = gennrand_uniform(); E = gennrand_exponential();",
    threshold_condition_code="1",
    reset_code="AtReset = gennrand_normal();",
)


def noise(seed: int = 1, epoch: int = 0, threads: int = 2, names=("V", "U", "E", "AtReset"), size: int = SIZE):
    """Random numbers of a run: name -> (examples, steps, neurons)."""
    record = [RecordVar("cells", name) for name in names]
    built = runtime(network(NOISE, size=size), seed=seed, threads=threads)
    batches = [np.array([2, 0]), np.array([1])]
    recording = built.run("run", DATA, batches, record=record, epoch=epoch, timesteps=STEPS).recording
    order = np.argsort([2, 0, 1])
    return {recorder.variable: recording.variables[recorder][order] for recorder in record}


def test_noise_is_the_same_for_a_seed_and_no_other():
    first, again, other, later = noise(), noise(threads=1), noise(seed=2), noise(epoch=1)
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        assert (values != other[name]).mean() > 0.99
        assert (values != later[name]).mean() > 0.99


def test_every_neuron_example_step_and_draw_has_noise_of_its_own():
    values = np.concatenate([array.ravel() for array in noise().values()])
    assert len(np.unique(values)) == len(values)
    # Also where the numbers come of the same bits by other formulas: U and exp(-E) both are uniform.
    found = noise()
    uniforms = np.concatenate([found["U"].ravel(), np.exp(-found["E"]).ravel()])
    assert np.abs(np.subtract.outer(uniforms, uniforms) + np.eye(len(uniforms))).min() > 1e-9


def test_noise_has_the_moments_of_its_distribution():
    found = noise(size=4000)
    count = found["V"].size
    for name, mean, sd in (("V", 0, 1), ("AtReset", 0, 1), ("U", 0.5, 12**-0.5), ("E", 1, 1)):
        assert abs(found[name].mean() - mean) < 5 * sd / count**0.5
        assert abs(found[name].std() / sd - 1) < 10 / count**0.5
    assert 0 < found["U"].min() < found["U"].max() < 1
    # Neighbouring neurons, steps and examples do not go together.
    for a, b in ((np.s_[:, :, 1:], np.s_[:, :, :-1]), (np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        assert abs(np.corrcoef(found["V"][a].ravel(), found["V"][b].ravel())[0, 1]) < 5 / (count / 3) ** 0.5
    assert abs(np.corrcoef(found["V"].ravel(), found["AtReset"].ravel())[0, 1]) < 5 / count**0.5


# -- synapses, custom updates, initialisation -------------------------------------------------------------------------

LISTENER = NeuronModel("Listener", vars=(Var("V"), Var("Bias", access=Access.READ_ONLY)), sim_code="V = Isyn;")


def test_a_synapse_sees_its_ends_time_and_parameters():
    model = network(LISTENER, first={"Bias": Init(values=np.arange(SIZE) * 100.0)})
    weight_update = replace(
        PULSE,
        params=("Scale",),
        post_neuron_var_refs=(Var("There"),),
        pre_spike_syn_code="addToPost(Scale * g + id_pre * 1000 + id_post + There + num_pre + num_post + t + dt);",
    )
    connect(model, weight_update, params={"Scale": 2.0}, post_neuron_var_refs={"There": "Bias"})
    v = run(model, "V")["V"]
    constant = np.arange(SIZE) * 101.0 + 2 + 5 + 0.5
    np.testing.assert_allclose(v[1, 2], (2 * 1 + constant + 1.0) + (2 * 10 + 1000 + constant + 1.0))
    np.testing.assert_allclose(v[2, 5], 2 * 1 + constant + 2.5)
    assert not v[0].any()


def test_a_synapse_reads_a_constant_of_its_presynaptic_neuron():
    """Shared variables lie elsewhere than those of an example."""
    model = network(LISTENER, first={"Bias": Init(values=np.arange(SIZE) * 100.0)})
    clock = NeuronModel(
        "Clock",
        vars=(Var("Gain", access=Access.READ_ONLY),),
        sim_code="",
        threshold_condition_code="id == 1 && t == 0.5",
    )
    model.add(NeuronPopulation("clock", 2, clock, {}, {"Gain": Init(values=np.array([3.0, 4.0]))}))
    code = replace(PULSE, pre_neuron_var_refs=(Var("Gain_pre"),), pre_spike_syn_code="addToPost(g * Gain_pre);")
    refs = {"Gain_pre": "Gain"}
    model.add(SynapsePopulation("s", "clock", "cells", code, DELTA, var_init={"g": 2.0}, pre_neuron_var_refs=refs))
    v = run(model, "V")["V"][0]
    np.testing.assert_array_equal(v[:, 0], [0, 0, 8, 0, 0, 0])


def test_a_variable_of_a_synapse_starts_afresh_in_each_example():
    model = network(LISTENER)
    counting = replace(PULSE, vars=(*PULSE.vars, Var("Uses")), pre_spike_syn_code="addToPost(g + Uses); Uses += 100;")
    connect(model, counting).var_init["Uses"] = 7.0
    built = runtime(model, threads=1)
    recorder = RecordVar("cells", "V")
    for _ in range(2):
        order = np.array([2, 1, 2])
        v = built.run("run", DATA, [order], record=[recorder], timesteps=STEPS).recording.variables[recorder]
        np.testing.assert_array_equal(v[0, :, 0], [0, 8, 108, 0, 0, 208])
        np.testing.assert_array_equal(v[1, :, 0], [0, 0, 1 + 10 + 14, 0, 0, 0])
        np.testing.assert_array_equal(v[2], v[0])


def test_custom_updates_of_neurons_read_write_and_reduce():
    model = network(NeuronModel("Cell", vars=(Var("V"), Var("N", "int32_t")), sim_code="V += id - 1.5; N += id;"))
    total = CustomUpdateModel(
        "Total",
        params=("Offset",),
        vars=(Var("Sum", access=Access.REDUCE_NEURON_SUM), Var("Own")),
        var_refs=(Var("Value"), Var("Number", "int32_t", Access.READ_ONLY)),
        update_code="Sum = Value + Offset + dt; Own = Value * num_neurons + id; Value = -Number;",
    )
    refs = {"Value": VarRef("cells", "V"), "Number": VarRef("cells", "N")}
    model.add(CustomUpdate("total", "cells", total, {"Offset": 2.0}, var_refs=refs))
    largest = CustomUpdateModel(
        "Largest",
        vars=(Var("Most", access=Access.REDUCE_NEURON_MAX),),
        var_refs=(Var("Value", access=Access.READ_ONLY),),
        update_code="Most = Value;",
    )
    model.add(CustomUpdate("largest", "cells", largest, var_refs={"Value": VarRef("cells", "V")}))
    reads = [Read("total", "Sum", "sum"), Read("total", "Own", "own"), Read("cells", "V", "v")]
    built = runtime(model, Update("total"), Update("largest"), *reads, Read("largest", "Most", "most"))
    result = built.run("run", DATA, [np.arange(EXAMPLES)], timesteps=STEPS).results
    v = 6 * (np.arange(SIZE) - 1.5)
    np.testing.assert_allclose(result["sum"], np.full((EXAMPLES, 1), (v + 2.5).sum()))
    np.testing.assert_allclose(result["own"], np.tile(v * 5 + np.arange(SIZE), (EXAMPLES, 1)))
    np.testing.assert_allclose(result["v"], np.tile(-6.0 * np.arange(SIZE), (EXAMPLES, 1)))
    np.testing.assert_array_equal(result["most"], np.zeros((EXAMPLES, 1)))


def test_a_maximum_of_negative_values_is_negative():
    model = network(NeuronModel("Cell", vars=(Var("V"),), sim_code="V = -5.0 - id;"), size=1)
    largest = CustomUpdateModel(
        "Largest",
        vars=(Var("Most", access=Access.REDUCE_NEURON_MAX),),
        var_refs=(Var("Value", access=Access.READ_ONLY),),
        update_code="Most = Value;",
    )
    model.add(CustomUpdate("largest", "cells", largest, var_refs={"Value": VarRef("cells", "V")}))
    built = runtime(model, Update("largest"), Read("largest", "Most", "most"))
    assert built.run("run", DATA, [np.arange(1)], timesteps=1).results["most"] == [[-5.0]]


def test_custom_updates_of_synapses_run_after_a_batch():
    model = network(LISTENER)
    connect(model)
    grow = CustomUpdateModel(
        "Grow",
        params=("Rate",),
        vars=(Var("Times"),),
        var_refs=(Var("Weight"),),
        update_code="Times += 1; Weight += Rate * dt * (id_pre * 100 + id_post + num_pre + num_post + t);",
    )
    model.add(CustomUpdate("grow", "synapses", grow, {"Rate": 2.0}, var_refs={"Weight": VarRef("synapses", "g")}))
    schedule = Schedule((SetInputs("input"), Reset(), Run(FORWARD)), (Update("grow"),))
    built = EmbeddedRuntime(model, {"run": schedule}, threads=2, precision="double")
    before = built.get("synapses", "g")
    built.run("run", DATA, [np.arange(2), np.arange(3)], timesteps=STEPS)
    np.testing.assert_array_equal(built.get("synapses", "g"), before)
    built.run("run", DATA, [np.arange(2), np.arange(3)], update=True, timesteps=STEPS)
    change = np.arange(2)[:, None] * 100 + np.arange(SIZE) + 7.0
    np.testing.assert_allclose(built.get("synapses", "g"), before + 2 * change)
    np.testing.assert_array_equal(built.get("grow", "Times"), np.full((2, SIZE), 2))


def test_an_initialisation_sees_its_place_and_parameters():
    model = network(LISTENER)
    snippet = InitSnippet(
        "Grid", ("Scale",), "value = Scale * dt * (id_pre * 100 + id_post * 10 + num_pre + num_post + id);"
    )
    connect(model).var_init["g"] = Init(snippet, {"Scale": 4.0})
    model.populations["cells"].var_init = {"Bias": Init(snippet, {"Scale": 1.0}), "V": Init(snippet, {"Scale": 2.0})}
    built = runtime(model)
    i, j = np.arange(2)[:, None], np.arange(SIZE)
    np.testing.assert_allclose(built.get("synapses", "g"), 2 * (i * 100 + j * 11 + 7))
    np.testing.assert_allclose(built.get("cells", "Bias"), 0.5 * (j * 11 + 6))


def test_an_example_has_values_of_its_own():
    """`SetVar` gives each example its row, whatever the array's type."""
    variables = (
        Var("V"),
        Var("Label", "int32_t", Access.READ_ONLY_SHARED_NEURON),
        Var("Target", access=Access.READ_ONLY_DUPLICATE),
    )
    model = network(NeuronModel("Cell", vars=variables, sim_code="V = Label * 10 + Target;"))
    schedule = Schedule(
        (
            SetInputs("input"),
            Reset(),
            SetVar("cells", "Label", "labels"),
            SetVar("cells", "Target", "targets"),
            Run(FORWARD),
            Read("cells", "V", "v"),
        )
    )
    built = EmbeddedRuntime(model, {"run": schedule}, threads=2)
    labels, targets = np.array([3, 1, 2]), np.arange(EXAMPLES * SIZE).reshape(EXAMPLES, SIZE) / 8
    expected = labels[[2, 0], None] * 10 + targets[[2, 0]]

    def values(labels: np.ndarray, targets: np.ndarray) -> JobResult:
        data = BatchData(DATA.spikes, {"labels": labels, "targets": targets})
        return built.run("run", data, [np.array([2, 0])], timesteps=1)

    for kind in (np.int64, np.uint8, np.float64):
        found = values(labels.astype(kind), targets).results["v"]
        np.testing.assert_allclose(found, expected)
    found = values(labels, np.arange(EXAMPLES * SIZE).reshape(EXAMPLES, SIZE)).results["v"]
    np.testing.assert_allclose(found, labels[[2, 0], None] * 10 + 8 * targets[[2, 0]])
    for wrong in ((labels[:2], targets), (labels, targets[:, :3]), (labels, targets.T), (labels, targets[:1])):
        with pytest.raises(UserError, match=r"an array of shape .* was given, expected"):
            values(*wrong)


# -- what is refused before anything is built -------------------------------------------------------------------------


def broken(what: str) -> GeNNModel:
    """A model with one mistake."""
    model = network(NeuronModel("Cell", ("Tau",), (Var("V"),), "V += Tau;"), {"Tau": 2.0})
    synapses = connect(model)
    cells = model.populations["cells"]
    match what:
        case "parameter":
            cells.params = {}
        case "first value":
            cells.var_init = {"v": 1.0}
        case "first weight":
            synapses.var_init = {"weight": 1.0}
        case "target":
            synapses.target = "cell"
        case "input":
            synapses.post_target = "Isin"
        case "reference":
            synapses.weight_update = replace(PULSE, post_neuron_var_refs=(Var("U"),))
        case "code":
            cells.model = replace(cells.model, sim_code="V += Taw;")
    return model


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("parameter", "cells: parameter 'Tau' has no value"),
        ("first value", "cells: first values: no variable 'v'"),
        ("first weight", "synapses: first values: no variable 'weight'"),
        ("target", "synapses.target: no population 'cell'; did you mean 'cells'?"),
        ("input", "synapses.post_target: no input 'Isin'; did you mean 'Isyn'?"),
        ("reference", "synapses: no variable 'U'"),
        ("code", "cells.sim_code:1:6: unknown name 'Taw'; did you mean 'Tau'?"),
    ],
)
def test_a_mistake_in_a_model_is_found_before_it_is_built(what, message):
    with pytest.raises(UserError) as caught:
        runtime(broken(what))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (SetInputs("inputs"), "schedule: no population 'inputs'; did you mean 'input'?"),
        (Read("cells", "W", "y"), "schedule: cells: no variable 'W'"),
        (Update("nothing"), "schedule: no custom update 'nothing'"),
    ],
)
def test_a_mistake_in_a_schedule_is_found_before_it_is_built(op, message):
    with pytest.raises(UserError) as caught:
        runtime(network(LISTENER), op)
    assert str(caught.value) == message


def test_a_name_can_be_taken_only_once_in_a_model():
    model = network(LISTENER)
    with pytest.raises(UserError, match="the name 'cells' is taken"):
        model.add(CustomUpdate("cells", "cells", CustomUpdateModel("Nothing")))
    with pytest.raises(UserError, match="the name 'input' is taken"):
        model.add(NeuronPopulation("input", 3, LISTENER))


def test_names_are_never_code():
    """A model that was built by hand may call its groups anything; letters that look alike stay apart."""
    names = [
        "hidden",
        "hidd\u0435n",
        "hid den",
        "hid-den",
        'a"; } //',
        "x\n#error\n",
        "\\",
        "*/",
        "1",
        "_",
        "__",
        "\U0001f9e0",
    ]
    model = GeNNModel("names\n#error", 1.0)
    model.add(NeuronPopulation("input", 2, NeuronModel("Source", spike_source=True)))
    neuron = NeuronModel("Same\n#error", ("Step",), (Var("V"),), "V += Step;")
    snippet = InitSnippet("Snippet\n#error", (), "value = 1;")
    for number, name in enumerate(names):
        model.add(NeuronPopulation(name, 1, neuron, {"Step": float(number)}, {"V": Init(snippet)}))
    reads = [Read(name, "V", name) for name in names]
    results = runtime(model, *reads).run("run", DATA, [np.arange(2)], timesteps=3).results
    for number, name in enumerate(names):
        np.testing.assert_array_equal(results[name], [[1 + 3 * number]] * 2)
