"""What a compiler makes of a document: a GeNN model, its schedules, and how the run loop talks to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spikeloom.compilers.ports import Input, Output
from spikeloom.genn import GeNNModel, Init, Schedule, VarRef
from spikeloom.spec import DeepR, Network, Optimiser
from spikeloom.spec.neurons.li import BIASES

WEIGHT = "g"  # the variables of a connection
DELAY = "Delay"
SIGN = "Sign"  # of a synapse that moves when its weight changes it
DELAY_GRADIENT = "DelayGradient"  # by ms


def weights_key(connection: str) -> str:
    """What a checkpoint calls the weights of a connection."""
    return f"{connection}.{WEIGHT}"


def biases_key(population: str) -> str:
    """What a checkpoint calls the biases of a population."""
    return f"{population}.{BIASES}"


def delay_key(connection: str) -> str:
    """What a checkpoint calls the delays of a connection, in steps."""
    return f"{connection}.{DELAY}"


def sign_key(connection: str) -> str:
    """What a checkpoint calls the signs of the synapses of a connection that rewires."""
    return f"{connection}.{SIGN}"


@dataclass(frozen=True)
class Counter:
    """A count that a schedule reads per example and the run loop watches."""

    key: str
    population: str
    message: str
    hint: str
    fatal: bool


@dataclass(frozen=True)
class Learned:
    """What moves a variable that learns: an optimiser, at a share of its learning rate."""

    optimiser: Optimiser
    share: float = 1.0


@dataclass
class CompiledNetwork:
    """A GeNN model with its schedules.

    Parameters
    ----------
    schedules
        ``predict`` (no labels needed), ``evaluate`` (also the loss) and, where the network learns, ``train``.
    inputs, outputs
        The populations that take the examples and that are read.
    weights
        Connection -> the variable that holds its weights.
    learned
        The optimisers' steps by the names of their custom updates.
    rewired
        The rules of the connections whose synapses move.
    seen
        Hidden population -> the variable that counts the spikes of its neurons, where silent ones are to be revived.
    batch_means
        The parameters that turn a sum over the batch into a mean, as (custom update, parameter).
    """

    model: GeNNModel
    schedules: dict[str, Schedule]
    inputs: list[Input]
    outputs: list[Output]
    timesteps: int
    weights: dict[str, VarRef] = field(default_factory=dict)
    gradients: dict[str, VarRef] = field(default_factory=dict)
    learned: dict[str, Learned] = field(default_factory=dict)
    rewired: dict[str, DeepR] = field(default_factory=dict)
    seen: dict[str, VarRef] = field(default_factory=dict)
    batch_means: list[tuple[str, str]] = field(default_factory=list)
    counters: list[Counter] = field(default_factory=list)
    checkpointed: dict[str, VarRef] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)  # variable of synapses -> the steps by which it lags behind
    indispensable: dict[str, str] = field(default_factory=dict)  # of these, those without which it is of no use

    def keep(self, network: Network) -> None:
        """Note where weights, biases and drawn delays lie, which belong together in every checkpoint."""
        for population in network.populations:
            if any(var.name == BIASES for var in self.model.populations[population.name].model.vars):
                self.checkpointed[biases_key(population.name)] = VarRef(population.name, BIASES)
        for connection in network.connections:
            name = connection.name
            if connection.connectivity.trained:
                self.weights[name] = self.checkpointed[weights_key(name)] = VarRef(name, WEIGHT)
                self.indispensable[weights_key(name)] = "weights"
            if any(var.name == DELAY for var in self.model.synapses[name].weight_update.vars):
                self.checkpointed[delay_key(name)] = VarRef(name, DELAY)
                self.indispensable[delay_key(name)] = "delays"

    @property
    def output(self) -> str:
        """The first population that is read."""
        return self.outputs[0].population

    @property
    def learns(self) -> bool:
        """Whether there is a schedule that trains."""
        return "train" in self.schedules

    def lag(self, variable: str) -> int:
        """The steps by which a variable of synapses is behind when it is recorded."""
        return self.late.get(variable, 0)

    def first_value(self, ref: VarRef) -> float | None:
        """What a variable other than weights starts from; None where it is drawn or given."""
        first = getattr(self.model.group(ref.group), "var_init", {}).get(ref.var, 0.0)
        return None if isinstance(first, Init) else float(first)

    def dynamic(
        self, first_step: int, batch_sizes: Sequence[int], at: Sequence[float] = (), epochs: float = 1.0
    ) -> Mapping[tuple[str, str], np.ndarray]:
        """The values, one per update, of the parameters that `train` sets.

        Parameters
        ----------
        first_step
            The number of the first of these batches, from 1.
        at, epochs
            How many epochs have been trained before each batch (0 where nothing is given), and of how many.
        """
        values: dict[tuple[str, str], np.ndarray] = {}
        updates = self.schedules["train"].updates if self.learns else 1
        for scale in self.batch_means:
            values[scale] = np.repeat(1.0 / np.asarray(batch_sizes, dtype=float), updates)
        first, places = (first_step - 1) * updates + 1, np.repeat(at or [0.0] * len(batch_sizes), updates)
        for name, learned in self.learned.items():
            for param, column in _by_name(learned, first, places, epochs).items():
                values[name, param] = np.array(column)
        return values


def _by_name(learned: Learned, first: int, at: np.ndarray, epochs: float) -> dict[str, list[float]]:
    """The values of an optimiser's parameters in updates from number `first` on."""
    found: dict[str, list[float]] = {}
    for number, place in enumerate(at):
        rate = learned.share * learned.optimiser.rate(float(place), epochs)
        for param, value in learned.optimiser.dynamic(first + number, rate).items():
            found.setdefault(param, []).append(value)
    if learned.optimiser.clip_norm is not None:
        found["ClipNorm"] = [learned.optimiser.clip_norm] * len(at)
    return found
