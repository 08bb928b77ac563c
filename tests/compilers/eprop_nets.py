"""Small random networks under e-prop: documents for the engine, the same for the reference, and their data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import spikeloom.spec as sp
from spikeloom.backends import build_runtime
from spikeloom.compilers import compile_document, delay_key
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.reference.eprop import Net, Wire

INPUTS = 9
EXAMPLES = 3
Connect = Callable[[], sp.Connectivity]


def alif(**options: Any) -> sp.ALIF:
    return sp.ALIF(**({"tau_mem": 18.0, "tau_adapt": 60.0, "beta": 0.15, "v_thresh": 0.6} | options))


def lif(**options: Any) -> sp.LIF:
    given = {"tau_mem": 14.0, "v_thresh": 0.7, "relative_reset": True, "integrate_during_refrac": True}
    return sp.LIF(**(given | options))


def normal(sd: float, mean: float = 0.0, **options: Any) -> Connect:
    return lambda: sp.Dense(sp.Normal(mean, sd), **options)


def drawn(longest: float, sd: float = 0.3) -> Connect:
    """A delay of its own for each synapse."""
    return lambda: sp.Dense(sp.Normal(0.05, sd), delay=sp.Uniform(0, longest), max_delay=longest)


def sparse(pre: int, post: int, sd: float = 0.4, share: float = 0.4, **options: Any) -> Connect:
    pairs = np.argwhere(np.random.default_rng(pre * post).random((pre, post)) < share)
    return lambda: sp.Sparse(*pairs.T, sp.Normal(0.06, sd), **options)


INPUT, LOOP, OUTPUT = normal(0.4, 0.08), normal(0.2), normal(0.35)


@dataclass
class Case:
    """A network: hidden populations, connections and what is asked of them.

    A connection is (source, target): its connectivity, and a synapse (delta by default).
    """

    hidden: dict[str, sp.Neuron] = field(default_factory=lambda: {"hidden": alif()})
    outputs: dict[str, tuple[sp.LI, int]] = field(
        default_factory=lambda: {"output": (sp.LI(tau_mem=15.0, readout="sum_var"), 4)}
    )
    connections: dict[tuple[str, str], Connect] = field(
        default_factory=lambda: {("input", "hidden"): INPUT, ("hidden", "hidden"): LOOP, ("hidden", "output"): OUTPUT}
    )
    synapses: dict[tuple[str, str], Callable[[], sp.Synapse]] = field(default_factory=dict)
    rule: dict[str, Any] = field(default_factory=dict)
    source: Callable[[], sp.Neuron] = sp.SpikeInput
    size: int = 8
    timesteps: int = 50
    dt: float = 1.0
    curves: bool = False

    def document(self, seed: int = 0, **rule: Any) -> sp.Document:
        with sp.Network() as network:
            made = {"input": sp.Population(self.source(), INPUTS, name="input")}
            for name, neuron in self.hidden.items():
                made[name] = sp.Population(neuron.model_copy(deep=True), self.size, name=name)
            for name, (neuron, size) in self.outputs.items():
                made[name] = sp.Population(neuron.model_copy(deep=True), size, name=name)
            for pair, connect in self.connections.items():
                synapse = self.synapses.get(pair, sp.Delta)()
                sp.Connection(*(made[name] for name in pair), connect(), synapse)
        experiment = sp.Experiment(
            simulation=sp.Simulation(dt=self.dt, example_time=self.timesteps * self.dt),
            learning=sp.EProp(**(self.rule | rule)),
            training=sp.Training(batch_size=EXAMPLES, seed=seed),
        )
        return sp.Document(network, experiment)


class Engine:
    """A case on a backend, and what it was given."""

    def __init__(
        self,
        case: Case,
        seed: int,
        *,
        backend: str = "embedded",
        precision: str = "float",
        threads: int = 1,
        **rule: Any,
    ) -> None:
        self.case, self.seed = case, seed
        self.document = case.document(seed, **rule)
        self.compiled = compile_document(self.document)
        self.runtime: Any = build_runtime(
            backend,
            self.compiled.model,
            self.compiled.schedules,
            seed=seed,
            shards=1,
            threads=threads,
            timesteps=case.timesteps,
            batch_size=EXAMPLES if backend == "embedded" else 1,
            precision=precision,
        )
        rng = np.random.default_rng(seed)
        self.spikes = rng.random((EXAMPLES, case.timesteps, INPUTS)) < 0.25
        self.answers: dict[str, np.ndarray] = {}
        values: dict[str, np.ndarray] = {}
        for keys in self.compiled.outputs:
            size = case.outputs[keys.population][1]
            if keys.needs == keys.labels:
                values[keys.labels] = rng.integers(0, size, EXAMPLES).astype(np.int32)
                self.answers[keys.population] = values[keys.labels]
            else:
                shape = (EXAMPLES, case.timesteps, size) if case.curves else (EXAMPLES, size)
                values[keys.targets] = rng.normal(0, 1, shape).astype(np.float32)
                self.answers[keys.population] = values[keys.targets].astype(float)
        self.data = BatchData({"input": spike_data(EXAMPLES, *np.nonzero(self.spikes))}, values)

    def draw(self, seed: int) -> None:
        """Other first values: weights, biases and what rates start from are all drawn here, for every backend alike."""
        rng = np.random.default_rng(seed)
        for connection in self.document.network.connections:
            values = self.runtime.get(connection.name, "g")
            weight = connection.connectivity.weight  # type: ignore[attr-defined]
            self.runtime.set(connection.name, "g", rng.normal(weight.mean, weight.sd, values.shape))
        for key, ref in self.compiled.checkpointed.items():
            if key.endswith((".Biases", ".Random", ".Difference", ".RateStart")):
                shape = self.runtime.get(ref.group, ref.var).shape
                scale, mean = (0.004, 0.02) if ref.var == "RateStart" else (0.4, 0.0)
                self.runtime.set(ref.group, ref.var, rng.normal(mean, scale, shape))

    def run(self) -> dict[str, np.ndarray]:
        """Train on the examples as one batch, without an update; the gradients."""
        result = self.runtime.run("train", self.data, [np.arange(EXAMPLES)], timesteps=self.case.timesteps)
        self.losses = {keys.population: result.results[keys.loss][:, 0] for keys in self.compiled.outputs}
        refs = self.compiled.gradients
        return {name: self.runtime.gradient(ref.group, ref.var) for name, ref in refs.items()}

    # -- the reference -------------------------------------------------------------------------------------------
    def reference(self) -> Net:
        """The same network in numpy."""
        model, get = self.compiled.model, self.runtime.get
        outputs = [keys.population for keys in self.compiled.outputs]
        wires = []
        for connection in self.document.network.connections:
            name = connection.name
            sources, targets = model.pairs(name)
            weights = get(name, "g").astype(float).ravel()
            constant = round(connection.connectivity.delay.value / self.case.dt) if name_is_constant(connection) else 0
            delays = np.full(len(weights), constant)
            if delay_key(name) in self.compiled.checkpointed:
                delays = get(name, "Delay").ravel().astype(int)
            leads_back = connection.target in outputs and connection.source in self.case.hidden
            feedback = self._feedback(name, weights) if leads_back else None
            wires.append(Wire(connection, sources, targets, weights, delays, feedback))
        biases = {name: get(name, "Biases") for name in outputs if self._has(name, "Biases")}
        rates = {name: get(name, "RateStart") for name in self.case.hidden if self._has(name, "RateStart")}
        sizes = {name: population.size for name, population in model.populations.items()}
        return Net(self.document, sizes, wires, biases, rates)

    def _has(self, population: str, variable: str) -> bool:
        return any(var.name == variable for var in self.compiled.model.populations[population].model.vars)

    def _feedback(self, name: str, weights: np.ndarray) -> np.ndarray:
        back = f"{name}.feedback"
        places = self.compiled.model.synapses[name].matrix.transposed(*self.compiled.model.ends(name))[1]  # type: ignore[union-attr]
        own = {var.name for var in self.compiled.model.synapses[back].weight_update.vars}
        in_order = np.empty(len(weights))
        if "Random" in own:
            in_order[places] = self.runtime.get(back, "Random").ravel()
            return in_order
        if "Difference" in own:
            in_order[places] = self.runtime.get(back, "Difference").ravel()
            return weights + in_order
        return weights

    def expected(self) -> tuple[dict[str, np.ndarray], int, dict[str, np.ndarray]]:
        """The reference's gradients over the batch, its spikes of hidden neurons, and its loss of each example."""
        net = self.reference()
        total: dict[str, np.ndarray] = {}
        count, losses = 0, []
        for example in range(EXAMPLES):
            answers = {name: given[example] for name, given in self.answers.items()}
            trace = net.simulate({"input": self.spikes[example]}, answers)
            count += sum(int(trace.spikes[name].sum()) for name in self.case.hidden)
            losses.append(trace.loss)
            for name, gradient in net.gradients(trace).items():
                total[name] = total.get(name, 0) + gradient
        shaped = {name: total[name].reshape(self.compiled.model.shape(name)) for name in self.compiled.gradients}
        return shaped, count, {"all": np.array(losses)}


def name_is_constant(connection: sp.Connection) -> bool:
    return isinstance(connection.connectivity.delay, sp.Constant)


def error(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray], floor: float = 1e-30) -> float:
    """Normwise relative error over all gradients together; below `floor` a gradient counts as 0."""
    difference = np.concatenate([(ours[name] - theirs[name]).ravel() for name in theirs])
    size = np.linalg.norm(np.concatenate([values.ravel() for values in theirs.values()]))
    return float(np.linalg.norm(difference) / max(size, floor))
