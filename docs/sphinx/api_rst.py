"""The Python API as reStructuredText: every public name of `spikeloom`, in groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docs.sphinx.page_rst import code, heading

import spikeloom as sl
from spikeloom.errors import SpikeloomError
from spikeloom.reference import Reference, key_of
from spikeloom.spec import Node, Type

RUNS = ("Model", "load", "Prediction", "SpikeTrain", "export", "Export", "load_samples", "Samples")
CALLBACKS = ("Callback", "Checkpoint", "CSVLog", "ParameterSchedule", "ProgressBar", "Recording", "WeightRecorder")
LOOP = ("Control", "Session", "EpochMetrics")
NETWORKS = ("Network", "Population", "Connection", "sequential", "InputLayer", "Layer")


@dataclass(frozen=True)
class Group:
    """A page of the API.

    Parameters
    ----------
    words
        What stands above the names.
    """

    key: str
    title: str
    words: str
    names: tuple[str, ...]


def groups(reference: Reference) -> list[Group]:
    """All public names, each in one group."""
    left = {name: getattr(sl, name) for name in sl.__all__ if name != "__version__"}

    def take(names: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
        taken = tuple(name for name in names if name in left)
        for name in taken:
            del left[name]
        return taken

    made = [
        Group("runs", "Models and runs", "What trains, tests and simulates a network.", take(RUNS)),
        Group("callbacks", "Callbacks", "What takes part in training.", take(CALLBACKS)),
        Group("networks", "Networks", "Populations and the connections between them.", take(NETWORKS)),
    ]
    for chapter in reference.chapters:
        family = chapter.family
        if family is not None:
            order = [family, *chapter.types()]
            held = [(name, thing) for name, thing in left.items() if _is_class(thing, family)]
            held.sort(key=lambda pair: order.index(pair[1]) if pair[1] in order else 0)
            named = tuple(name for name, _ in held)
            words = f"Equations, units and papers are in the :doc:`reference </reference/{chapter.key}>`."
            made.append(Group(chapter.key, chapter.title, words, take(named)))
    words = "What lies below a model: for tools, and for steering a run from another thread."
    loop = Group("loop", "The run loop", words, take(LOOP))
    errors = tuple(name for name, thing in left.items() if _is_class(thing, SpikeloomError))
    nodes = tuple(name for name, thing in left.items() if _is_class(thing, Node) and thing not in (Node, Type))
    made.append(Group("documents", "Documents", "What a document holds beside its network.", take(nodes)))
    made.append(Group("errors", "Errors", "What is raised, and what a check finds.", take((*errors, "Problem", "Fix"))))
    made.append(loop)
    words = "For types of your own, forms, and checks."
    made.append(Group("tools", "Declaring and checking", words, take(tuple(left))))
    return [group for group in made if group.names]


def _is_class(thing: Any, base: type) -> bool:
    return isinstance(thing, type) and issubclass(thing, base)


def index_rst(found: list[Group]) -> str:
    """The groups, and the packages of spikes and of the runs that there were."""
    lines = "".join(f"   {group.key}\n" for group in found) + "   spikes\n   history\n"
    words = "``import spikeloom as sl``: each name is loaded where it is first used."
    return f"{heading('Python API')}\n{words}\n\n.. toctree::\n   :maxdepth: 1\n\n{lines}"


def group_rst(group: Group, reference: Reference) -> str:
    """A page of the API."""
    parts = [heading(group.title), group.words + "\n"]
    parts += [_entry(name, getattr(sl, name), reference) for name in group.names]
    return "\n".join(parts)


def _entry(name: str, thing: Any, reference: Reference) -> str:
    if not isinstance(thing, type) and not callable(thing):
        return f".. py:data:: spikeloom.{name}\n\n   {code(repr(thing))}\n"
    if not isinstance(thing, type):
        return f".. autofunction:: spikeloom.{name}\n"
    # Of a built-in type the fields count, and those are in the reference; a family says what a type of one's own needs.
    whole = not issubclass(thing, Type) or thing is Type or thing.family() is thing
    page = reference.pages.get(key_of(thing)) if issubclass(thing, Node) and thing not in (Node, Type) else None
    see = f"\n   Fields and equations: :doc:`/reference/{page.key}`.\n" if page is not None else ""
    members = "   :members:\n   :exclude-members: model_config, model_post_init\n" if whole else ""
    return f".. autoclass:: spikeloom.{name}\n{members}{see}"


def spikes_rst() -> str:
    """What turns spikes into arrays and back."""
    return f"{heading('Spikes')}\n.. automodule:: spikeloom.spikes\n   :members:\n   :imported-members:\n"


def history_rst() -> str:
    """The package of the runs that there were."""
    return f"{heading('Earlier runs')}\n.. automodule:: spikeloom.history\n   :members:\n   :imported-members:\n"
