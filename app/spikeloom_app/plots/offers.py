"""What traces there are to choose from, and which are shown where nobody chose; known before anything runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec import ALIF, Connection, Document, Population, SynapseRecorder, infer_shapes
from spikeloom.spec.variables import PlotVariable, plot_variables

HIDDEN_NEURONS = 4
OUTPUT_NEURONS = 10
MOST_NEURONS = 50
RANGE = re.compile(r"(\d{1,9})\s*(?:[-–]\s*(\d{1,9}))?")


@dataclass(frozen=True)
class Offer:
    """A part with variables that can be shown.

    Parameters
    ----------
    size
        Neurons of a population; None where it is not known, and for connections, whose synapses the worker chooses.
    usual
        The numbers of neurons that are shown where nobody chose; none: the worker chooses.
    first
        The variable that is shown where nobody chose.
    spikes
        Whether it is a population with a threshold.
    adapts
        Whether its neurons raise their threshold as they spike.
    """

    part: str
    variables: tuple[PlotVariable, ...]
    size: int | None = None
    usual: tuple[int, ...] = ()
    first: str = ""
    spikes: bool = False
    adapts: bool = False

    def variable(self, name: str) -> PlotVariable | None:
        """The variable `name`, or the first one for an empty text; None where there is none."""
        return next((variable for variable in self.variables if variable.name == (name or self.first)), None)


def offers(document: Document) -> dict[str, Offer]:
    """Of the document's parts, by their names, in its order."""
    shapes = infer_shapes(document)
    found = {}
    for part in document.network.parts():
        variables = tuple(plot_variables(document, part))
        if variables:
            size = prod(shapes[part.name]) if part.name in shapes else None
            made = _of_population(part, variables, size) if isinstance(part, Population) else None
            found[part.name] = made or _of_connection(document, part, variables)  # type: ignore[arg-type]
    return found


def _of_population(population: Population, variables: tuple[PlotVariable, ...], size: int | None) -> Offer:
    most = HIDDEN_NEURONS if population.readout is None else OUTPUT_NEURONS
    neuron = population.neuron
    usual = tuple(range(most if size is None else min(most, size)))
    return Offer(population.name, variables, size, usual, variables[0].name, neuron.spiking, isinstance(neuron, ALIF))


def _of_connection(document: Document, connection: Connection, variables: tuple[PlotVariable, ...]) -> Offer:
    recorders = [r for r in document.experiment.recording if isinstance(r, SynapseRecorder)]
    asked = {recorder.variable for recorder in recorders if recorder.connection == connection.name}
    # A trace that somebody records is kept; else one that the rule needs anyway.
    first = next((variable.name for variable in variables if variable.name in asked), variables[-1].name)
    return Offer(connection.name, variables, first=first)


def offers_of_event(event: dict[str, Any]) -> dict[str, Offer]:
    """What an example brings, where no document is known."""
    found: dict[str, Offer] = {}
    for part, name, numbers in event.get("variables", ()):
        before = found[part].variables if part in found else ()
        first = before[0].name if before else name
        known = (*before, PlotVariable(name, name))
        found[part] = Offer(part, known, None, tuple(numbers), first, part in event.get("thresholds", {}))
    return found


def usual_part(known: dict[str, Offer]) -> str:
    """The part that is shown where nobody chose: the first with a threshold; an empty text where there is nothing."""
    return next((name for name, offer in known.items() if offer.spikes), next(iter(known), ""))


def numbers_in(text: str, size: int | None) -> list[int]:
    """The numbers that a text such as ``0-3, 7`` lists, in its order.

    Raises
    ------
    UserError
        Where it lists anything else, numbers that there are not, or too many.
    """
    found: list[int] = []
    for piece in filter(None, (piece.strip() for piece in text.replace(";", ",").split(","))):
        match = RANGE.fullmatch(piece)
        if match is None:
            raise UserError(f"'{piece}' found, expected numbers such as 0-3, 7")
        first, last = int(match[1]), int(match[2] or match[1])
        if size is not None and max(first, last) >= size:
            raise UserError(f"{max(first, last)} found, expected a number from 0 to {size - 1}")
        if last < first:
            raise UserError(f"'{piece}' found, expected the smaller number first")
        found += range(first, min(last, first + MOST_NEURONS) + 1)
    found = list(dict.fromkeys(found))
    if len(found) > MOST_NEURONS:
        raise UserError(f"more than {MOST_NEURONS} numbers found, expected fewer: nobody could tell them apart")
    return found


def listed(numbers: Sequence[int]) -> str:
    """Numbers as a text: ``0-3, 7``."""
    words: list[str] = []
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        words += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return ", ".join(words)
