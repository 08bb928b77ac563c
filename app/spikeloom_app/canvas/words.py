"""What cards and pills say, read from the document. No Qt here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from spikeloom.spec import Connection, Constant, Document, Frame, Population, Problem, Type, describe
from spikeloom_app.document.open_document import STAGES

SHORT = {  # titles that are too long for a pill
    "exponential": "Exp",
    "custom": "Custom",
    "conv2d": "Conv",
    "conv2d_transpose": "Transposed conv",
    "avg_pool2d": "Pool",
    "avg_pool_conv2d": "Pool + conv",
    "avg_pool_dense2d": "Pool + dense",
    "fixed_probability": "Random",
    "sparse": "Sparse",
    "sparse_categorical_crossentropy": "Cross-entropy",
    "mean_square_error": "Square error",
    "relative_mean_square_error": "Relative square error",
}
UNKNOWN = "?"
PART = re.compile(r"network\.(populations|connections)\[(\d+)\]")

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class CardWords:
    """What a card shows of a population.

    Parameters
    ----------
    role
        ``input``, ``hidden`` or ``output``: which of the theme's role colours it has.
    kind
        Neuron type and shape: ``LIF · 100``.
    readout
        The type of the readout, or an empty string.
    takes_input, gives_spikes
        Which ports it has.
    """

    name: str
    role: str
    kind: str
    readout: str
    takes_input: bool
    gives_spikes: bool
    tooltip: str


@dataclass(frozen=True)
class PillWords:
    """What a pill shows of a connection."""

    name: str
    text: str
    tooltip: str


def card_words(population: Population, shapes: Shapes) -> CardWords:
    """The words of a population's card."""
    neuron, readout = population.neuron, population.readout
    shape = shapes.get(population.name)
    size = " × ".join(map(str, shape)) if shape else "no shape"
    counted = f"{prod(shape)} neurons" if shape else "number of neurons unknown"
    lines = [f"{population.name}: {neuron.title}, {counted}", *values(neuron)]
    if readout is not None:
        lines.append(f"Readout: {readout.title}")
    return CardWords(
        name=population.name,
        role=neuron.role,
        kind=f"{short(neuron)} · {size}",
        readout=readout.type if readout is not None else "",
        takes_input=not neuron.is_input,
        gives_spikes=neuron.spiking,
        tooltip="\n".join(lines),
    )


def pill_words(connection: Connection, shapes: Shapes) -> PillWords:
    """The words of a connection's pill: ``Dense 64 × 100 · Exp 5 ms``."""
    ends = [shapes.get(end) for end in (connection.source, connection.target)]
    size = " × ".join(str(prod(shape)) if shape else UNKNOWN for shape in ends)
    connectivity, synapse = connection.connectivity, connection.synapse
    tau = getattr(synapse, "tau", None)
    decay = f" {tau:g} ms" if isinstance(tau, float) else ""
    weight = ", ".join(values(connectivity.weights))
    settings = ", ".join(values(connectivity))
    lines = [
        f"{connection.name}: {connection.source} → {connection.target}",
        f"{connectivity.title}, {size} neurons{f' ({settings})' if settings else ''}",
        f"Weights: {connectivity.weights.title}{f' ({weight})' if weight else ''}",
        f"Synapse: {synapse.title}{decay}",
    ]
    text = f"{short(connectivity)} {connectivity.summary or size} · {short(synapse)}{decay}"
    longest = connectivity.longest_delay
    if longest:
        lines.append(f"Delay: {connectivity.delay.title}, up to {longest:g} ms")
        text += f" · {'' if isinstance(connectivity.delay, Constant) else '≤ '}{longest:g} ms late"
    for words, line in _of_learning(connection):
        text += f" · {words}"
        lines.append(line)
    return PillWords(connection.name, text, "\n".join(lines))


def _of_learning(connection: Connection) -> Iterator[tuple[str, str]]:
    """What is unusual about how a connection learns: the words of its pill, and a line of the tooltip."""
    if connection.frozen and connection.connectivity.trained:
        yield "frozen", "Frozen: its weights stay as they are while others learn"
    if connection.rewiring is not None:
        title = connection.rewiring.title
        yield title, f"Rewiring: {title}, its synapses move while it learns"
    if connection.train_delays:
        yield "delays learn", "Its delays learn, too"


def fold_words(frame: Frame, populations: list[Population]) -> CardWords:
    """The words of the card that a folded frame is shown as."""
    roles = {population.neuron.role for population in populations}
    count = len(populations)
    names = ", ".join(population.name for population in populations)
    return CardWords(
        name=frame.title,
        role=roles.pop() if len(roles) == 1 else "hidden",
        kind=f"{count} population{'' if count == 1 else 's'}",
        readout="folded",
        takes_input=any(not population.neuron.is_input for population in populations),
        gives_spikes=any(population.neuron.spiking for population in populations),
        tooltip=f"{frame.title}: {names or 'nothing'}. Double-click to unfold it.",
    )


@dataclass(frozen=True)
class StageWords:
    """What a card of the experiment shows: what feeds the inputs, or what judges the outputs.

    Parameters
    ----------
    caption
        What it is.
    empty
        Whether nothing is chosen yet.
    """

    name: str
    title: str
    kind: str
    caption: str
    tooltip: str
    empty: bool = False


def dataset_words(document: Document, known: Mapping[str, Any] | None = None) -> StageWords:
    """The words of the card that feeds the inputs.

    Parameters
    ----------
    known
        What was found when somebody looked at the data set.
    """
    name, dataset = "experiment.dataset", document.experiment.dataset
    if dataset is None:
        tip = "Where the examples come from. Select it and choose a dataset in the inspector."
        return StageWords(name, "No dataset", "click to choose one", "Data", tip, empty=True)
    facts = [" × ".join(map(str, dataset.sample_shape))] if dataset.sample_shape else []
    outputs = next(iter(dataset.label_fields.values()))
    if outputs:
        facts.append(f"{outputs} {dataset.output_noun}")
    lines = [dataset.help(), *values(dataset)]
    if known:
        counts = {name: int(count) for name, count in known["splits"].items() if count}
        facts = facts or [" × ".join(map(str, known.get("shape") or ()))]
        facts.insert(0, counted(sum(counts.values())))
        lines.append("Examples: " + ", ".join(f"{counted(count)} {name}" for name, count in counts.items()))
    lines.append("Double-click to look at the examples")
    if dataset.encoder is not None:
        made = dataset.encoder.input_shape(dataset.sample_shape)
        neurons = f", spikes of {prod(made)} neurons" if made != dataset.sample_shape else ""
        lines.append(f"Encoder: {dataset.encoder.title}{neurons}")
        facts = facts or [dataset.encoder.title]
    return StageWords(name, dataset.title, " · ".join(facts), "Data", "\n".join(lines))


def counted(number: int) -> str:
    """``60 000``, with a narrow space."""
    return f"{number:,}".replace(",", "\u202f")


def learning_words(document: Document) -> StageWords:
    """The words of the card that judges the outputs."""
    name, experiment = "experiment.learning", document.experiment
    learning = experiment.learning
    if learning is None:
        tip = "How the weights are trained. Select it and choose a rule in the inspector."
        return StageWords(name, "No learning rule", "accuracy alone", "Loss and metric", tip, empty=True)
    loss, optimiser = getattr(learning, "loss", None), getattr(learning, "optimiser", None)
    curves = experiment.dataset is not None and experiment.dataset.targets_over_time
    metrics = [] if curves else ["accuracy"]
    facts = [short(loss), *metrics] if loss is not None else metrics
    lines = [learning.help(), *values(learning)]
    lines += [f"{what}: {part.title}" for what, part in (("Loss", loss), ("Optimiser", optimiser)) if part is not None]
    lines += [f"Metric: {metric}" for metric in metrics]
    lines += [f"{experiment.training.epochs} epochs of batches of {experiment.training.batch_size}"]
    return StageWords(name, learning.title, " · ".join(facts), "Loss and metric", "\n".join(lines))


def short(node: Type) -> str:
    """The shortest name that is still read: ``LIF``, ``Exp``, ``Spike input``."""
    name = type(node).__name__
    return name if name.isupper() else SHORT.get(node.type, node.title)


def values(node: Type) -> list[str]:
    """Each number of a type with its unit: ``Membrane time constant: 20 ms``."""
    lines = []
    for field in describe(type(node)):
        value = getattr(node, field.name)
        if field.kind in ("float", "int") and value is not None and not field.advanced:
            lines.append(f"{field.label}: {value:g}{f' {field.unit}' if field.unit else ''}")
    return lines


def problems_of(document: Document, problems: list[Problem]) -> dict[str, list[Problem]]:
    """The problems by the name of the part that they concern."""
    network = document.network
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        place = PART.match(problem.place)
        if place is None:
            continue
        parts: list[Population] | list[Connection] = getattr(network, place[1])
        if int(place[2]) < len(parts):
            found.setdefault(parts[int(place[2])].name, []).append(problem)
    return found


def problems_of_stage(problems: list[Problem]) -> dict[str, list[Problem]]:
    """The problems of the experiment by the card that shows them."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        for name, fields in STAGES.items():
            places = [f"experiment.{field}" for field in fields]
            if any(problem.place == place or problem.place.startswith(f"{place}.") for place in places):
                found.setdefault(name, []).append(problem)
    return found
