"""The experiment: data, time, learning, training and what is recorded. Nothing here depends on the machine."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator

from spikeloom.spec.base import Type
from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.early_stopping import EarlyStopping
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.learning.learning import Learning
from spikeloom.spec.metrics.metric import Metric
from spikeloom.spec.network import name_of
from spikeloom.spec.node import Node
from spikeloom.spec.selection import Selection


class Simulation(Node):
    """How time passes."""

    dt: float = quantity(1.0, gt=0, unit="ms", help="Length of a timestep.", step=0.1, label="Timestep")
    example_time: float = quantity(40.0, gt=0, unit="ms", help="Duration of an example.", step=10.0)

    @property
    def timesteps(self) -> int:
        """The number of timesteps of an example."""
        return round(self.example_time / self.dt)


class Training(Node):
    """How training goes through the examples."""

    epochs: int = quantity(50, ge=1, help="Passes through all training examples.")
    batch_size: int = quantity(32, ge=1, help="Examples between two updates of the weights.")
    seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed of the first weights and of the order of the examples.")
    shuffle: bool = setting(True, help="Draw a new order of the examples in each epoch.")
    validation_fraction: float = quantity(
        0.0, ge=0, lt=1, help="Share of the training examples kept aside to watch the training.", step=0.05
    )
    revive_silent: float = quantity(
        0.0,
        ge=0,
        help="Added to each weight onto a hidden neuron that was silent for a whole epoch; 0 leaves it alone.",
        label="Revive silent by",
        step=0.05,
        advanced=True,
        seldom=True,
    )
    early_stopping: EarlyStopping | None = setting(
        None, help="End training where a figure gets no better; all epochs are trained where left out."
    )
    keep_best: str | None = setting(
        None,
        help="A figure whose best epoch is kept as a checkpoint of its own: loss, validation_accuracy, a metric.",
        advanced=True,
    )
    checkpoint_every: int | None = quantity(
        None, ge=1, unit="epochs", help="Keep a checkpoint of its own after every so many epochs.", advanced=True
    )
    checkpoints_kept: int | None = quantity(
        None, ge=1, help="How many of those are kept, the last ones; all of them by default.", advanced=True
    )
    shards: int | None = quantity(
        None,
        ge=1,
        le=65536,
        help="Parts into which a batch is split for the threads; the smaller of batch_size and 16 by default.",
        advanced=True,
    )

    @property
    def num_shards(self) -> int:
        """The number of shards: never more than examples in a batch, never dependent on the machine."""
        return min(self.batch_size, 16 if self.shards is None else self.shards)

    @property
    def monitor(self) -> str:
        """The figure whose best epoch is kept; empty where nobody asks for it."""
        return (self.keep_best or "") if self.early_stopping is None else self.early_stopping.monitor


def _examples() -> Any:
    return setting(None, selection=True, help="Which examples: [0, 4], 0:100, or every tenth ::10.")


class Recorder(Type):
    """What is kept of a run's activity.

    Which examples, neurons and synapses are chosen by numbers, slices or masks, of shaped populations along each axis
    (`spikeloom.spec.selection`).
    """

    if TYPE_CHECKING:  # each type has it, after its other fields
        examples: Selection

    @property
    @abstractmethod
    def part(self) -> str:
        """The name of the population or connection that is recorded."""


class PopulationRecorder(Recorder):
    """What is kept of a population's activity."""

    by_position: ClassVar[tuple[str, ...]] = ("population", "neurons", "examples")

    population: Annotated[str, BeforeValidator(name_of)] = setting(help="The population that is recorded.")
    neurons: Selection = setting(
        None, selection=True, help="Which neurons: [0, 4], 0:100:2, or for each axis 0:3, :, 5."
    )
    examples: Selection = _examples()


class SpikeRecorder(PopulationRecorder):
    """Records the spikes of a population."""

    type: ClassVar[str] = "spikes"
    title: ClassVar[str] = "Spikes"

    @property
    def part(self) -> str:
        """The population."""
        return self.population


class VariableRecorder(PopulationRecorder):
    """Records a variable of a population in every timestep."""

    type: ClassVar[str] = "variable"
    title: ClassVar[str] = "Variable"
    by_position: ClassVar[tuple[str, ...]] = ("population", "variable", "neurons", "examples")

    variable: str = setting("V", help="Name of the variable.")

    @property
    def part(self) -> str:
        """The population."""
        return self.population


class SynapseRecorder(Recorder):
    """Records a variable of a connection's synapses in every timestep, such as the eligibility traces of e-prop.

    The learning rule says which variables synapses have: ``Eligibility``, ``Adaptation`` and ``Filtered0`` under e-prop
    in its forward mode.
    """

    type: ClassVar[str] = "synapses"
    title: ClassVar[str] = "Variable of synapses"
    by_position: ClassVar[tuple[str, ...]] = ("connection", "variable", "sources", "targets", "examples")

    connection: Annotated[str, BeforeValidator(name_of)] = setting(help="The connection that is recorded.")
    variable: str = setting("Eligibility", help="Name of the variable.")
    sources: Selection = setting(None, selection=True, help="Neurons whose synapses are recorded: [0, 4], 0:100:2.")
    targets: Selection = setting(None, selection=True, help="Neurons onto which they lead: [0, 4], 0:100:2.")
    examples: Selection = _examples()

    @property
    def part(self) -> str:
        """The connection."""
        return self.connection


class Experiment(Node):
    """What is done with the network."""

    dataset: Dataset | None = setting(None, help="Where the examples come from; arrays of a script where left out.")
    simulation: Simulation = setting(factory=Simulation, help="How time passes.")
    learning: Learning | None = setting(None, help="How the weights are trained; not at all where left out.")
    training: Training = setting(factory=Training, help="How training goes through the examples.")
    metrics: list[Metric] = setting(
        factory=list, seldom=True, help="What is counted of the examples besides loss and accuracy."
    )
    recording: list[Recorder] = setting(factory=list, help="What is kept of the activity.")
