"""``spikeloom info FILE``: populations, connections, parameters, synapses, and the memory a run will need."""

from __future__ import annotations

import argparse
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_json


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    parser = commands.add_parser(
        "info", help="describe a document", description="Populations, connections, parameters, memory of a document."
    )
    parser.add_argument("file", metavar="FILE", help="the document (.snn)")
    parser.add_argument("--threads", type=int, metavar="N", help="cores that the memory is computed for")
    parser.add_argument("--backend", metavar="NAME", help="embedded or pygenn: also what PyGeNN needs, and what fits")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describe; the exit code."""
    from spikeloom.run.tasks import describe

    facts = describe({"document": options.file, "threads": options.threads, "backend": options.backend})
    if options.json:
        console.say_json(facts)
    else:
        _show(facts)
    return 0


def _show(facts: dict[str, Any]) -> None:
    console.say(facts["title"] or facts["document"])
    console.say()
    _table(
        ("population", "type", "neurons"),
        [(row["name"], row["type"], f"{row['size']:,}") for row in facts["populations"]],
    )
    console.say()
    _table(
        ("connection", "from", "to", "synapse", "synapses"),
        [
            (row["name"], row["source"], row["target"], row["synapse"], f"{row['synapses']:,}")
            for row in facts["connections"]
        ],
    )
    console.say()
    rows = [
        ("neurons", f"{facts['neurons']:,}"),
        ("synapses", f"{facts['synapses']:,}"),
        ("parameters", f"{facts['parameters']:,}"),
        ("learning", facts["learning"]),
        ("timesteps", f"{facts['timesteps']:,}"),
        ("memory", f"{_bytes(facts['memory_bytes'])} with {facts['threads']} threads"),
    ]
    for name, value in rows:
        console.say(f"{name:<12}{value}")
    if "pygenn" in facts:
        console.say()
        console.say(facts["pygenn"]["text"])


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as their widest entry; the last one is of figures and stands to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        cells[-1] = row[-1].rjust(widths[-1])
        console.say("  ".join(cells))


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"
