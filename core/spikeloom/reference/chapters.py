"""The chapters of the reference: families and nodes in the order in which one builds a network and trains it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel

from spikeloom.spec import (
    Connection,
    Connectivity,
    Dataset,
    Document,
    EarlyStopping,
    Encoder,
    Experiment,
    Frame,
    Initialiser,
    Learning,
    Loss,
    Metric,
    Network,
    Neuron,
    Note,
    Optimiser,
    Population,
    RateSchedule,
    Readout,
    Recorder,
    Simulation,
    Split,
    Synapse,
    Training,
    Transform,
    Type,
    View,
)
from spikeloom.spec.plots import Plot


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Parameters
    ----------
    key
        What its page is found by; that of the family, where it is of one.
    family
        The family whose types it has; None for a chapter of nodes.
    nodes
        The nodes that it has.
    first
        The names of the types that come first, those used most; the others follow by title.
    """

    key: str
    title: str
    family: type[Type] | None = None
    nodes: tuple[type[BaseModel], ...] = field(default=())
    first: tuple[str, ...] = ()

    def types(self) -> list[type[Type]]:
        """Its types in order, those of the user's own last."""
        if self.family is None:
            return []
        return sorted(self.family.types().values(), key=self._rank)

    def _rank(self, cls: type[Type]) -> tuple[bool, bool, int, str]:
        place = self.first.index(cls.type) if cls.type in self.first else len(self.first)
        return is_own(cls), cls.type == "custom", place, cls.title.lower()


CHAPTERS = (
    Chapter("network", "The document", nodes=(Document, Network, Population, Connection)),
    Chapter("neuron", "Neurons", Neuron, first=("lif", "alif", "if", "li", "spike_input")),
    Chapter("synapse", "Synapses", Synapse, first=("exponential", "delta")),
    Chapter("connectivity", "Connectivity", Connectivity, first=("dense", "one_to_one", "fixed_probability", "sparse")),
    Chapter("initialiser", "Initialisers", Initialiser, first=("constant", "normal", "uniform")),
    Chapter("readout", "Readouts", Readout, first=("avg_var", "sum_var", "max_var", "var")),
    Chapter("learning", "Learning rules", Learning, first=("eventprop", "eprop")),
    Chapter("loss", "Losses", Loss, first=("sparse_categorical_crossentropy",)),
    Chapter("optimiser", "Optimisers", Optimiser, first=("adam",)),
    Chapter("rate_schedule", "Schedules of the learning rate", RateSchedule, first=("constant",)),
    Chapter("experiment", "The experiment", nodes=(Experiment, Simulation, Training, EarlyStopping)),
    Chapter("metric", "Metrics", Metric, first=("accuracy", "top_k_accuracy")),
    Chapter("dataset", "Data sets", Dataset, first=("digits", "mnist")),
    Chapter("encoder", "Encoders", Encoder, first=("linear_latency",)),
    Chapter("transform", "Transforms", Transform, first=("time_jitter", "channel_shift", "blend", "downsample")),
    Chapter("split", "Splits", Split, first=("hold_out", "k_fold")),
    Chapter("recorder", "Recorders", Recorder, first=("spikes",)),
    Chapter("plot", "Plots", Plot, first=("raster", "traces", "curves")),
    Chapter("view", "The view", nodes=(View, Note, Frame)),
)


def chapters() -> tuple[Chapter, ...]:
    """All of them; a family that no chapter was written for has one at the end."""
    told = {chapter.family for chapter in CHAPTERS}
    more = [family for family in Type.__subclasses__() if family not in told and family.types()]
    return (*CHAPTERS, *(Chapter(family.type, family.title, family) for family in more))


def is_own(cls: type[BaseModel]) -> bool:
    """Whether a class is the user's own."""
    return cls.__module__.split(".")[0] != "spikeloom"
