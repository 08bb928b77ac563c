"""Variables that synapses and their presynaptic neurons carry from step to step, on every backend, against numpy.

A small net, 5-4-2: each synapse filters the product of a trace of its source's spikes and the voltage of its target.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeloom.backends.interface import RecordVar
from spikeloom.data import spike_data
from spikeloom.genn import (
    FORWARD,
    Access,
    DenseMatrix,
    GeNNModel,
    Init,
    NeuronModel,
    NeuronPopulation,
    PostsynapticModel,
    Reset,
    Run,
    Schedule,
    SetInputs,
    SparseMatrix,
    SynapsePopulation,
    Var,
    WeightUpdateModel,
)
from spikeloom.genn.batch import BatchData
from tests.backends.installed import built, each_backend

SIZES = {"input": 5, "hidden": 4, "output": 2}
PAIRS = (("input", "hidden"), ("hidden", "output"))
EXAMPLES, STEPS = 3, 30
ALPHA, DECAY, KEEP, THRESHOLD, START = 0.9, 0.8, 0.7, 1.0, 0.25
RNG = np.random.default_rng(7)
SPIKES = RNG.random((EXAMPLES, STEPS, SIZES["input"])) < 0.3
WEIGHTS = {pair: RNG.normal(0.5, 0.3, tuple(SIZES[name] for name in pair)) for pair in PAIRS}
EXISTS = {pair: RNG.random(weights.shape) < 0.7 for pair, weights in WEIGHTS.items()}
SCHEDULE = Schedule((Reset(), SetInputs("input"), Run(FORWARD)))
WITHOUT = Schedule((Reset(), SetInputs("input"), Run(FORWARD, traces=False)))


def traced(code: str = "Z") -> WeightUpdateModel:
    """Codes are not guarded by the phase, and have local variables of the same name: both have to be harmless."""
    return WeightUpdateModel(
        "Traced",
        params=("Decay", "Keep"),
        vars=(Var("g", access=Access.READ_ONLY), Var("Trace"), Var("Gradient", access=Access.ACCUMULATE)),
        pre_vars=(Var("Z"),),
        post_neuron_var_refs=(Var("V_post"),),
        pre_spike_syn_code="addToPost(g);",
        pre_dynamics_code="const scalar next = Decay * Z; Z = next;",
        pre_spike_code="const scalar next = Z + 1.0; Z = next;",
        synapse_dynamics_code=f"Trace = (Keep * Trace) + ({code} * V_post); Gradient += Trace;",
    )


def model(matrices: dict[Any, Any], start: Any) -> GeNNModel:
    made = GeNNModel("traces", 1.0)
    made.add(NeuronPopulation("input", SIZES["input"], NeuronModel("Source", spike_source=True)))
    cell = NeuronModel(
        "Cell",
        params=("Alpha", "Threshold"),
        vars=(Var("V"),),
        sim_code="const scalar next = (Alpha * V) + Isyn; V = next;",
        threshold_condition_code="V >= Threshold",
        reset_code="V -= Threshold;",
    )
    for name in ("hidden", "output"):
        made.add(NeuronPopulation(name, SIZES[name], cell, {"Alpha": ALPHA, "Threshold": THRESHOLD}))
    for pair in PAIRS:
        weights = WEIGHTS[pair] if isinstance(matrices[pair], DenseMatrix) else WEIGHTS[pair][EXISTS[pair]]
        made.add(
            SynapsePopulation(
                "_".join(pair),
                *pair,
                traced(),
                PostsynapticModel("Pulse"),
                params={"Decay": DECAY, "Keep": KEEP},
                var_init={"g": Init(values=weights), "Trace": start(weights)},
                post_neuron_var_refs={"V_post": "V"},
                matrix=matrices[pair],
            )
        )
    return made


def by_hand(exists: dict[Any, np.ndarray]) -> tuple[dict[Any, np.ndarray], np.ndarray]:
    """The sums over all examples and steps, and the trace of one connection at the end of each step."""
    sums = {pair: np.zeros_like(weights) for pair, weights in WEIGHTS.items()}
    traces = np.zeros((EXAMPLES, STEPS, SIZES["input"], SIZES["hidden"]))
    for example in range(EXAMPLES):
        v = {name: np.zeros(size) for name, size in SIZES.items()}
        z = {name: np.zeros(size) for name, size in SIZES.items()}
        before = {name: np.zeros(size) for name, size in SIZES.items()}
        trace = {pair: START * exists[pair] for pair in PAIRS}
        for n in range(STEPS):
            arrived = {}
            for source, target in PAIRS:
                pair = (source, target)
                trace[pair] = (KEEP * trace[pair] + np.outer(z[source], v[target])) * exists[pair]
                sums[pair] += trace[pair]
                arrived[target] = before[source] @ (WEIGHTS[pair] * exists[pair])
            traces[example, n] = trace["input", "hidden"]
            before["input"] = SPIKES[example, n].astype(float)
            for name in ("hidden", "output"):
                v[name] = ALPHA * v[name] + arrived[name]
                before[name] = (v[name] >= THRESHOLD).astype(float)
                v[name] -= THRESHOLD * before[name]
            z = {name: DECAY * z[name] + before[name] for name in SIZES}
    return sums, traces


def kinds() -> dict[str, tuple[dict[Any, Any], dict[Any, np.ndarray]]]:
    """Matrices, and which synapses they have."""
    sparse = {pair: SparseMatrix.from_pairs(*np.nonzero(EXISTS[pair]), SIZES[pair[0]])[0] for pair in PAIRS}
    everything = {pair: np.ones_like(exists) for pair, exists in EXISTS.items()}
    return {"dense": (dict.fromkeys(PAIRS, DenseMatrix()), everything), "sparse": (sparse, EXISTS)}


@each_backend
@pytest.mark.parametrize("start", [lambda _: START, lambda w: Init(values=np.full_like(w, START))], ids=["one", "many"])
@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_traces_are_carried_from_step_to_step_and_start_afresh_in_each_example(kind, start, backend):
    matrices, exists = kinds()[kind]
    runtime: Any = built(backend, model(matrices, start), {"run": SCHEDULE, "without": WITHOUT}, STEPS)
    data = BatchData({"input": spike_data(EXAMPLES, *np.nonzero(SPIKES))})
    recorder = RecordVar("input_hidden", "Trace")
    sums, traces = by_hand(exists)
    for _ in range(2):  # what a job leaves behind is not in the next one's sums
        result = runtime.run("run", data, [np.arange(EXAMPLES)], timesteps=STEPS, record=[recorder])
        found = result.recording.variables[recorder]
        np.testing.assert_allclose(found, traces[:, :, exists["input", "hidden"]], rtol=1e-12, atol=1e-13)
        for pair in PAIRS:
            expected = sums[pair] if kind == "dense" else sums[pair][exists[pair]]
            assert np.abs(expected).min() > 0
            np.testing.assert_allclose(runtime.gradient("_".join(pair), "Gradient"), expected, rtol=1e-12)
    runtime.run("without", data, [np.arange(EXAMPLES)], timesteps=STEPS)
    for pair in PAIRS:
        assert not runtime.gradient("_".join(pair), "Gradient").any()
