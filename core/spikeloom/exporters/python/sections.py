"""A document as the parts of a script, in the order in which a person would write them: a notebook has the same."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikeloom.exporters.python.expressions import PACKAGE, Writer
from spikeloom.exporters.python.layout import INDENT, Atom, Brackets, Expression, Item, call, laid_out
from spikeloom.spec import ArrayData, Connection, Document, Network
from spikeloom.spec.network import name_of

# What a variable of a script must not be called: what the script itself uses.
TAKEN = {
    *keyword.kwlist,
    *keyword.softkwlist,
    *dir(builtins),
    *(
        "sl",
        "np",
        "net",
        "arrays",
        "argparse",
        "sys",
        "Path",
        "plt",
        "load_file",
        "here",
        "file",
        "x",
        "y",
        "x_test",
        "y_test",
        "name",
        "value",
        "callbacks",
        "main",
        "options",
        "parser",
    ),
    *("dataset", "learning", "training", "simulation", "experiment", "document", "model", "history", "data", "error"),
}


@dataclass
class Section:
    """Some statements under a heading.

    Parameters
    ----------
    about
        What they are for, a sentence or two.
    parts
        Populations and connections -> the first and the last of the `lines` that make them.
    """

    heading: str
    about: str
    lines: list[str] = field(default_factory=list)
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, text: str, part: str = "") -> None:
        """Add lines."""
        first = len(self.lines)
        self.lines += text.split("\n")
        if part:
            self.parts[part] = (first, len(self.lines) - 1)

    def assign(self, name: str, value: Expression, indent: str = "", part: str = "") -> None:
        """Add a statement that gives a variable its value."""
        begun = f"{indent}{name} = "
        self.add(begun + laid_out(value, len(begun), indent), part)


@dataclass
class Parts:
    """All that a script says of a document.

    Parameters
    ----------
    sections
        Network, data and learning, and the document that they make.
    arrays
        Name -> what the script reads from the file beside it.
    imports
        Lines that import the user's own classes.
    learns, has_data
        Whether it has a learning rule, and whether it names a data set.
    """

    sections: list[Section]
    arrays: dict[str, np.ndarray]
    imports: list[str]
    learns: bool
    has_data: bool


def parts_of(document: Document) -> Parts:
    """The parts of a script for a document.

    Raises
    ------
    UserError
        Where it holds what no script can say.
    """
    writer, experiment = Writer(), document.experiment
    network = _network(document.network, writer)
    sections = [network]
    given: dict[str, str] = {}  # field of the experiment -> variable
    dataset, has_data = experiment.dataset, not isinstance(experiment.dataset, ArrayData | None)
    if dataset is not None:
        about = "Where the examples come from, and how they become spikes." if has_data else "Arrays of your own."
        data = Section("The data", about)
        data.assign("dataset", writer.call(dataset, "dataset"))
        sections.append(data)
        given["dataset"] = "dataset"
    heading, about = "How it runs", "Batches, and the seed of what is drawn."
    if document.learns:
        heading, about = "How it learns", "The rule, and how training goes through the examples."
    rules = Section(heading, about)
    if document.learns and experiment.learning is not None:
        rules.assign("learning", writer.call(experiment.learning, "learning"))
        given["learning"] = "learning"
    rules.assign("training", writer.call(experiment.training, "training"))
    given["training"] = "training"
    sections.append(rules)
    sections.append(_document(document, writer, given))
    imports = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(writer.imports.items())]
    return Parts(sections, writer.arrays, imports, document.learns, has_data)


def imports_of(parts: Parts, *others: str) -> list[str]:
    """The imports of what is not in the standard library, in the order in which tools put them."""
    plain = {"import spikeloom as sl", *others}
    if not parts.has_data:
        plain.add("import numpy as np")
    named = ["from safetensors.numpy import load_file"] if parts.arrays else []
    return [*sorted(plain), *sorted([*named, *parts.imports])]


def _network(network: Network, writer: Writer) -> Section:
    """Populations, then connections."""
    section = Section("The network", "Populations of neurons and the connections between them.")
    section.add(f"with {PACKAGE}.Network() as net:")
    variables, known = variables_for(population.name for population in network.populations), Network()
    for population in network.populations:
        unsaid = ("name",) if population.name == known.free_name(population.neuron.role) else ()
        made = writer.call(population, population.name, leave_out=unsaid)
        section.assign(variables[population.name], made, INDENT, population.name)
        known.populations.append(population)
    if network.connections:
        section.add("")
    for connection in network.connections:
        made = _connection(connection, writer, variables, known)
        section.add(INDENT + laid_out(made, len(INDENT), INDENT), connection.name)
        known.connections.append(connection)
    if not network.populations:
        section.add(f"{INDENT}pass  # nothing is drawn yet")
    return section


def _connection(connection: Connection, writer: Writer, variables: dict[str, str], known: Network) -> Brackets:
    source, target = name_of(connection.source), name_of(connection.target)
    unsaid = ["source", "target"]
    if connection.name == known.free_name(f"{source}_{target}"):
        unsaid.append("name")
    made = writer.call(connection, connection.name, leave_out=tuple(unsaid))
    ends = [Item(Atom(variables[end])) if end in variables else Item(Atom(repr(end))) for end in (source, target)]
    by_name = {item.prefix: item for item in made.items}
    shown = [by_name.pop(f"{name}=") for name in ("connectivity", "synapse") if f"{name}=" in by_name]
    positional = [Item(item.value) for item in shown]
    return call(f"{PACKAGE}.Connection", [*ends, *positional, *by_name.values()])


def _document(document: Document, writer: Writer, given: dict[str, str]) -> Section:
    """The experiment, and the document that it makes with the network."""
    section = Section("All of it", "The document: what the window draws, and what `spikeloom train` runs.")
    made = writer.call(document.experiment, "experiment", leave_out=tuple(given))
    variables = [Item(Atom(name), f"{field_name}=") for field_name, name in given.items()]
    section.assign("experiment", call(f"{PACKAGE}.Experiment", [*variables, *made.items]))
    titles: list[Item] = []
    for name in ("title", "description"):
        if getattr(document, name) is not None:
            titles.append(Item(writer.expression(getattr(document, name), name), f"{name}="))
    section.assign("document", call(f"{PACKAGE}.Document", [Item(Atom("net")), Item(Atom("experiment")), *titles]))
    return section


def variables_for(names: Iterable[str]) -> dict[str, str]:
    """A variable for each name: the name itself as far as Python takes it, each another."""
    found: dict[str, str] = {}
    taken = set(TAKEN)
    for name in names:
        plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "population"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        variable, number = (f"{plain}_" if plain in taken else plain), 2
        while variable in taken:
            variable, number = f"{plain}_{number}", number + 1
        taken.add(variable)
        found[name] = variable
    return found


def in_docstring(*paragraphs: Any) -> str:
    """Words as they may stand in a docstring: nothing of them ends it, or is anything but words."""
    words = "\n\n".join(str(paragraph) for paragraph in paragraphs if paragraph)
    plain = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in words)
    return plain.replace("\\", "\\\\").replace('"""', r"\"\"\"")
