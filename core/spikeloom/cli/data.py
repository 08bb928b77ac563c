"""``spikeloom data``: what a document's data set is, whether its files are there, and how to get them."""

from __future__ import annotations

import argparse
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_json


def add(commands: Any) -> None:
    """Add the subcommand's options, and its own subcommands."""
    parser = commands.add_parser(
        "data", help="describe or download a document's data set", description="The data set of a document."
    )
    ways = parser.add_subparsers(metavar="COMMAND", required=True)
    info = ways.add_parser("info", help="describe it", description="Describe the data set of a document.")
    info.set_defaults(run=describe)
    get = ways.add_parser(
        "download",
        help="download it",
        description="Download what is missing of a document's data set, to where its files are looked for. "
        "A download that was stopped goes on where it ended.",
    )
    get.add_argument("--again", action="store_true", help="download all of it, whatever is there")
    get.set_defaults(run=download)
    for way in (info, get):
        way.add_argument("file", metavar="FILE", help="the document (.snn)")
        add_json(way)


def download(options: argparse.Namespace) -> int:
    """Download it in a worker; the exit code."""
    from spikeloom.cli.display import display_for
    from spikeloom.cli.follow import follow

    task = {"task": "download", "document": options.file, "again": options.again}
    outcome = follow(task, lambda: display_for("downloading"))
    if outcome.error is not None:
        console.show_error(outcome.error)
    if outcome.interrupted:
        console.note("stopped; the same command goes on where it ended")
    if outcome.result is not None:
        result = outcome.result["result"]
        if options.json:
            console.say_json(result)
        else:
            console.say(f"the files of '{result['dataset']}' are in {result['folder']}")
    return outcome.exit_code


def describe(options: argparse.Namespace) -> int:
    """Say what it is; the exit code."""
    from spikeloom.data import load_dataset
    from spikeloom.data.downloads import in_words, offer_of
    from spikeloom.data.tonic_layouts import published
    from spikeloom.errors import UserError
    from spikeloom.spec import Document

    document = Document.load(options.file)
    dataset = document.experiment.dataset
    if dataset is None:
        raise UserError("the document names no data set", place="experiment.dataset")
    facts: dict[str, Any] = {
        "dataset": dataset.type,
        "title": dataset.title,
        "shape": list(dataset.sample_shape),
        "classes": dataset.num_classes,
        "class_names": list(dataset.class_names),
        "groups": list(dataset.groups),
    }
    offer = offer_of(dataset)
    if offer is not None:
        facts["download"] = {"size": offer.size, "terms": offer.terms, "tonic": offer.call, "by_hand": offer.by_hand}
    problem: UserError | None = None
    try:
        facts["examples"] = {split: len(part) for split, part in load_dataset(dataset, document.base).items()}
        facts["published"] = published(dataset)
    except UserError as error:
        problem = error
        facts["problem"] = error.as_dict()
    if options.json:
        console.say_json(facts)
        return 0
    _show(facts)
    if problem is not None:
        console.show_error(problem)
    elif offer is not None:
        console.say(f"{'from':<12}{in_words(offer).split('. ')[0]}")
    return 0


def _show(facts: dict[str, Any]) -> None:
    console.say(facts["title"])
    rows = [("shape", " x ".join(map(str, facts["shape"]))), ("classes", str(facts["classes"]))]
    rows += [("names", ", ".join(facts["class_names"]))] if facts["class_names"] else []
    rows += [("groups", ", ".join(facts["groups"]))] if facts["groups"] else []
    rows += [(split, f"{size:,} examples") for split, size in facts.get("examples", {}).items()]
    found, all_of_it = sum(facts.get("examples", {}).values()), facts.get("published", 0)
    if found < all_of_it:
        rows.append(("of", f"{all_of_it:,} as published: the rest was not unpacked, or is another selection"))
    for name, value in rows:
        console.say(f"{name:<12}{value}")
