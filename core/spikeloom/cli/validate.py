"""``spikeloom validate FILE``: everything that is wrong with a document."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_json
from spikeloom.errors import UserError


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    parser = commands.add_parser(
        "validate", help="check a document", description="Say everything that is wrong with a document."
    )
    parser.add_argument("file", metavar="FILE", help="the document (.snn)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Validate; 2 if the document cannot run."""
    problems = _problems(options.file)
    errors = [problem for problem in problems if problem["severity"] == "error"]
    if options.json:
        from spikeloom.worker.stream import plain

        console.say_json({"valid": not errors, "problems": plain(problems)})
    else:
        for problem in problems:
            console.say(_line(options.file, problem))
        console.say(_count(options.file, len(errors), len(problems) - len(errors)))
    return 2 if errors else 0


def _problems(file: str) -> list[dict[str, Any]]:
    from spikeloom.spec import Document, InvalidDocument, validate

    try:
        return [asdict(problem) for problem in validate(Document.load(file))]
    except InvalidDocument as error:
        return [asdict(problem) for problem in error.problems]
    except UserError as error:  # the file itself: missing, no JSON; its place begins with the file
        place = error.place.removeprefix(file).lstrip(":")
        return [{"place": place, "message": error.message, "hint": error.hint, "severity": "error", "fix": None}]


def _line(file: str, problem: dict[str, Any]) -> str:
    warning = "warning: " if problem["severity"] == "warning" else ""
    # A line and column belong to the file's name: digits.snn:12:4.
    place = problem["place"]
    where = f"{file}:{place}" if place[:1].isdigit() else f"{file}: {place}" if place else file
    text = f"{where}: {warning}{problem['message']}"
    return f"{text}\n  {problem['hint']}" if problem["hint"] else text


def _count(file: str, errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return f"{file}: no problems"
    return f"{file}: {_several(errors, 'error')}, {_several(warnings, 'warning')}"


def _several(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
