"""A small e-prop net lowered by hand: the model and the schedule carry the next learning rule, on every backend.

20-30-5, hidden adaptive LIF with recurrence, softmax cross-entropy in every timestep, the gradient by the adjoint: a
sweep backward in time over neurons, one row added per presynaptic spike. The reference is the rule as Bellec et al.
(2020) have it, an eligibility trace per synapse carried forward in time, in numpy.

Feedback from the outputs takes a step to arrive, as every spike does. So the outputs' sweep runs one step ahead of the
hidden neurons', and the run has one step more than the example.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from spikeloom.data import spike_data
from spikeloom.genn import (
    BACKWARD,
    FORWARD,
    Access,
    CustomUpdate,
    CustomUpdateModel,
    ExtraGlobalParam,
    GeNNModel,
    Init,
    NeuronModel,
    NeuronPopulation,
    PostsynapticModel,
    Reset,
    Run,
    Schedule,
    SetInputs,
    SetVar,
    SynapsePopulation,
    Var,
    VarRef,
    WeightUpdateModel,
)
from spikeloom.genn.batch import BatchData
from tests.backends.installed import built, each_backend

SIZES = {"input": 20, "hidden": 30, "output": 5}
TIMESTEPS = 60  # of an example; a run has one more
ALPHA, RHO, KAPPA, GAMMA = np.exp(-1 / 20), np.exp(-1 / 80), np.exp(-1 / 15), 0.3
EXAMPLES = 4

HIDDEN_CODE = """
const int32_t now = (int32_t)round(t / dt);
if (phase == 0) {
    V = (Alpha * V) + Isyn;
    A = (Rho * A) + Z;
    Z = 0.0;
    TapePsi[(now * num_neurons) + id] = (Gamma / Vthresh) * fmax(0.0, 1.0 - fabs((V - Vthresh - (Beta * A)) / Vthresh));
    TapeZ[(now * num_neurons) + id] = 0;
}
else {
    const int32_t n = NumSteps - 1 - now;
    const scalar psi = TapePsi[(n * num_neurons) + id];
    const scalar q = psi * (Feedback + Lambda);
    Lambda = ((Rho - (psi * Beta)) * Lambda) - (psi * Beta * Feedback);
    P = q + (Alpha * P);
    BackSpike = 0;
    if (n > 0) {
        BackSpike = TapeZ[((n - 1) * num_neurons) + id];
    }
}
"""
RESET_CODE = """
const int32_t now = (int32_t)round(t / dt);
V -= Vthresh;
Z = 1.0;
TapeZ[(now * num_neurons) + id] = 1;
"""
OUTPUT_CODE = """
const int32_t now = (int32_t)round(t / dt);
if (phase == 0) {
    if (now > 0) {
        TapeE[((now - 1) * num_neurons) + id] = E;
    }
    Y = (Kappa * Y) + Isyn;
}
else {
    const int32_t n = NumSteps - 1 - now;
    FLate = F;
    if (n > 0) {
        F = TapeE[((n - 1) * num_neurons) + id] + (Kappa * F);
    }
}
"""


@dataclass
class Net:
    """Weights, feedback and the strength of adaptation."""

    weights: dict[tuple[str, str], np.ndarray]
    feedback: np.ndarray  # (outputs, hidden)
    beta: float
    threshold: float = 0.6


def draw(beta: float) -> Net:
    rng = np.random.default_rng(5)
    pairs = {("input", "hidden"): 0.35, ("hidden", "hidden"): 0.15, ("hidden", "output"): 0.3}
    weights = {pair: rng.normal(0.02, sd, tuple(SIZES[name] for name in pair)) for pair, sd in pairs.items()}
    return Net(weights, rng.normal(0, 0.5, (SIZES["output"], SIZES["hidden"])), beta)


def examples() -> tuple[np.ndarray, np.ndarray]:
    """Spikes (examples, timesteps, inputs) and labels."""
    rng = np.random.default_rng(6)
    return rng.random((EXAMPLES, TIMESTEPS, SIZES["input"])) < 0.2, rng.integers(0, SIZES["output"], EXAMPLES)


# -- the reference: eligibility traces, forward in time ---------------------------------------------------------------


def forward_rule(net: Net, spikes: np.ndarray, label: int) -> tuple[dict[tuple[str, str], np.ndarray], int]:
    """The gradient of one example, and the number of hidden spikes."""
    w = net.weights
    v, a = np.zeros(SIZES["hidden"]), np.zeros(SIZES["hidden"])
    y, z = np.zeros(SIZES["output"]), np.zeros(SIZES["hidden"])
    before = np.zeros(SIZES["input"])
    sources = ("input", "hidden")
    filtered = {s: np.zeros(SIZES[s]) for s in sources}  # spikes as they arrive, through the membrane
    through_output = np.zeros(SIZES["hidden"])
    adaptation = {s: np.zeros((SIZES[s], SIZES["hidden"])) for s in sources}
    through = {s: np.zeros((SIZES["output"], SIZES[s], SIZES["hidden"])) for s in sources}
    gradients = {pair: np.zeros_like(values) for pair, values in w.items()}
    count = 0
    for n in range(TIMESTEPS):
        arrived = {"input": before, "hidden": z}
        v = ALPHA * v + before @ w["input", "hidden"] + z @ w["hidden", "hidden"]
        a = RHO * a + z
        y = KAPPA * y + z @ w["hidden", "output"]
        psi = GAMMA / net.threshold * np.maximum(0, 1 - np.abs((v - net.threshold - net.beta * a) / net.threshold))
        error = np.exp(y - y.max()) / np.exp(y - y.max()).sum() - np.eye(len(y))[label]
        for source in sources:
            filtered[source] = ALPHA * filtered[source] + arrived[source]
            direct = filtered[source][:, None] * psi
            trace = direct - psi * net.beta * adaptation[source]
            adaptation[source] = direct + (RHO - psi * net.beta) * adaptation[source]
            through[source] = KAPPA * through[source] + trace
            gradients[source, "hidden"] += np.einsum("kj,k,kij->ij", net.feedback, error, through[source])
        through_output = KAPPA * through_output + z
        gradients["hidden", "output"] += np.outer(through_output, error)
        z = (v - net.beta * a >= net.threshold).astype(float)
        v = v - net.threshold * z
        before = spikes[n].astype(float)
        count += int(z.sum())
    return gradients, count


# -- the adjoint, as a GeNN model -------------------------------------------------------------------------------------


def static(name: str, *, replayed: bool) -> WeightUpdateModel:
    """A weight whose gradient takes the target's sweep at every spike, backward in time.

    Hidden neurons replay theirs themselves (`replayed`), sources need not be told.
    """
    return WeightUpdateModel(
        name,
        vars=(Var("g", access=Access.READ_ONLY), Var("Gradient", access=Access.ACCUMULATE)),
        pre_neuron_var_refs=(Var("BackSpike_pre", "bool"),) if replayed else (),
        post_neuron_var_refs=(Var("Sweep_post"),),
        pre_spike_syn_code="if (phase == 0) { addToPost(g); }",
        pre_event_threshold_condition_code="phase == 1 && BackSpike_pre" if replayed else "phase == 1",
        pre_event_syn_code="Gradient += Sweep_post;",
    )


FEEDBACK = WeightUpdateModel(
    "Feedback",
    vars=(Var("b", access=Access.READ_ONLY),),
    pre_neuron_var_refs=(Var("F_pre"),),
    pre_event_threshold_condition_code="phase == 1",
    pre_event_syn_code="addToPost(b * F_pre);",
)
PULSE = PostsynapticModel("Pulse")


def model(net: Net) -> GeNNModel:
    made, steps = GeNNModel("eprop", 1.0), TIMESTEPS + 1
    made.add(NeuronPopulation("input", SIZES["input"], NeuronModel("Source", spike_source=True)))
    hidden = {"Alpha": ALPHA, "Rho": RHO, "Beta": net.beta, "Gamma": GAMMA, "Vthresh": net.threshold, "NumSteps": steps}
    alif = NeuronModel(
        "ALIF",
        params=tuple(hidden),
        vars=(Var("V"), Var("A"), Var("Z"), Var("P"), Var("Lambda"), Var("BackSpike", "bool")),
        sim_code=HIDDEN_CODE,
        threshold_condition_code="phase == 0 && V - (Beta * A) >= Vthresh",
        reset_code=RESET_CODE,
        additional_input_vars=("Feedback",),
        extra_global_params=(
            ExtraGlobalParam("TapePsi", "scalar", "NumSteps"),
            ExtraGlobalParam("TapeZ", "int32_t", "NumSteps"),
        ),
    )
    made.add(NeuronPopulation("hidden", SIZES["hidden"], alif, hidden))
    output = {"Kappa": KAPPA, "NumSteps": steps}
    reader = NeuronModel(
        "Output",
        params=tuple(output),
        vars=(
            Var("Y"),
            Var("E"),
            Var("F"),
            Var("FLate"),
            Var("Label", "int32_t", Access.READ_ONLY_SHARED_NEURON),
        ),
        sim_code=OUTPUT_CODE,
        extra_global_params=(ExtraGlobalParam("TapeE", "scalar", "NumSteps"),),
    )
    made.add(NeuronPopulation("output", SIZES["output"], reader, output))
    for (source, target), weights in net.weights.items():
        made.add(
            SynapsePopulation(
                f"{source}_{target}",
                source,
                target,
                static(f"{source}_{target}", replayed=source == "hidden"),
                PULSE,
                var_init={"g": Init(values=weights)},
                pre_neuron_var_refs={"BackSpike_pre": "BackSpike"},
                post_neuron_var_refs={"Sweep_post": "P" if target == "hidden" else "FLate"},
            )
        )
    made.add(
        SynapsePopulation(
            "feedback",
            "output",
            "hidden",
            FEEDBACK,
            PULSE,
            var_init={"b": Init(values=net.feedback)},
            pre_neuron_var_refs={"F_pre": "F"},
            post_target="Feedback",
        )
    )
    _softmax(made)
    return made


def _softmax(made: GeNNModel) -> None:
    """Updates after each step: the error of the step."""
    y, read = VarRef("output", "Y"), Access.READ_ONLY
    maximum = CustomUpdateModel(
        "Maximum",
        vars=(Var("M", access=Access.REDUCE_NEURON_MAX),),
        var_refs=(Var("Y", access=read),),
        update_code="M = Y;",
    )
    total = CustomUpdateModel(
        "Sum",
        vars=(Var("S", access=Access.REDUCE_NEURON_SUM),),
        var_refs=(Var("Y", access=read), Var("M", access=read)),
        update_code="S = exp(Y - M);",
    )
    error = CustomUpdateModel(
        "Error",
        var_refs=(
            Var("Y", access=read),
            Var("M", access=read),
            Var("S", access=read),
            Var("Label", "int32_t", read),
            Var("E"),
        ),
        update_code="E = (exp(Y - M) / S) - ((id == Label) ? 1.0 : 0.0);",
    )
    refs = {"Y": y, "M": VarRef("maximum", "M"), "S": VarRef("sum", "S")}
    refs |= {"Label": VarRef("output", "Label"), "E": VarRef("output", "E")}
    for name, update in (("maximum", maximum), ("sum", total), ("error", error)):
        own = {ref.name: refs[ref.name] for ref in update.var_refs}
        made.add(CustomUpdate(name, "output", update, var_refs=own))


SCHEDULE = Schedule(
    (
        SetInputs("input"),
        Reset(),
        SetVar("output", "Label", "labels"),
        Run(FORWARD, after_step=("maximum", "sum", "error")),
        Run(BACKWARD),
    )
)


@each_backend
@pytest.mark.parametrize("beta", [0.0, 0.2], ids=["LIF", "adaptive LIF"])
def test_the_adjoint_is_the_forward_rule(backend, beta):
    net, (spikes, labels) = draw(beta), examples()
    found = [forward_rule(net, spikes[e], labels[e]) for e in range(EXAMPLES)]
    assert min(count for _, count in found) > 30
    expected = {pair: sum(gradients[pair] for gradients, _ in found) for pair in net.weights}
    runtime = built(backend, model(net), {"train": SCHEDULE}, TIMESTEPS + 1)
    data = BatchData({"input": spike_data(EXAMPLES, *np.nonzero(spikes))}, {"labels": labels.astype(np.int32)})
    for (source, target), weights in net.weights.items():
        runtime.set(f"{source}_{target}", "g", weights)
    runtime.run("train", data, [np.arange(EXAMPLES)], timesteps=TIMESTEPS + 1)
    for pair, gradient in expected.items():
        ours = runtime.gradient("_".join(pair), "Gradient")  # type: ignore[attr-defined]
        error = np.linalg.norm(ours - gradient) / np.linalg.norm(gradient)
        print(f"\n{backend}, beta {beta}, {pair}: {error:.1e}")
        assert error <= 1e-12
