"""The problems of a document as a list to read: whose they are, in words, errors first. Nothing here imports Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from spikeloom.spec import Document, Fix, Problem, describe
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.places import path_of
from spikeloom_app.wording import counted

SEPARATOR = "  ·  "


@dataclass(frozen=True)
class Listed:
    """A problem, and where to go to mend it.

    Parameters
    ----------
    part
        The population or connection it is of; empty where it is of the experiment or of the whole network.
    inner
        The field's row in the inspector: ``neuron.readout`` of a part, ``experiment.dataset`` of the document.
    where
        Both in words: ``hidden  ·  Readout``.
    """

    problem: Problem
    part: str
    inner: str
    where: str

    @property
    def is_error(self) -> bool:
        """Whether it keeps the document from running."""
        return self.problem.severity == "error"


def listed(document: OpenDocument, *, fresh: bool = False) -> list[Listed]:
    """All problems of a document, errors first; `fresh` looks at what lies outside the document again."""
    problems = document.look_again() if fresh else document.problems()
    problems += missing_for_a_run(document.document)
    return sorted((listed_problem(document, problem) for problem in problems), key=lambda entry: not entry.is_error)


def missing_for_a_run(document: Document) -> list[Problem]:
    """What a document may leave out, and a run needs."""
    if document.experiment.dataset is not None:
        return []
    place = "experiment.dataset"
    hint = "Select nothing on the canvas and choose a dataset in the inspector."
    fix = Fix("Use the digits", place, {"type": "digits"})
    return [Problem(place, "there is no dataset to take examples from", hint, fix=fix)]


def count_words(entries: Sequence[Listed]) -> str:
    """``2 errors, 1 warning``; ``No problems`` where there are none."""
    errors = sum(entry.is_error for entry in entries)
    numbers = ((errors, "error"), (len(entries) - errors, "warning"))
    return ", ".join(counted(number, noun) for number, noun in numbers if number) or "No problems"


def listed_problem(document: OpenDocument, problem: Problem) -> Listed:
    """A problem with its place in words."""
    path = _nearest_path(document, problem.place)
    part = path[2] if path[:1] == ("network",) and len(path) > 2 else ""
    inner = path[3:] if part else path
    labels = _labels(document, path[: 3 if part else 0], inner)
    first = part or ("Experiment" if path[:1] == ("experiment",) else "Network" if path[:1] == ("network",) else "")
    shown = labels[-1:] if part else labels[1:][-2:]
    return Listed(problem, part, ".".join(inner), SEPARATOR.join(filter(None, [first or "Document", *shown])))


def _nearest_path(document: OpenDocument, place: str) -> tuple[str, ...]:
    """The path of the place, or of the nearest thing around it that has one."""
    while place:
        path = path_of(document, place)
        if path is not None:
            return path
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return ()


def _labels(document: OpenDocument, root: tuple[str, ...], inner: tuple[str, ...]) -> list[str]:
    """What the inspector calls the fields that lead from the root to the value."""
    node: Any = document.value(root)
    labels = []
    for key in inner:
        if not isinstance(node, BaseModel):
            break
        labels.append(next((field.label for field in describe(type(node)) if field.name == key), key))
        node = getattr(node, key)
    return labels
