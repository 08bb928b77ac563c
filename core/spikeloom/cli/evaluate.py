"""``spikeloom evaluate FILE``: loss and accuracy of a document on one of its splits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_running_options, given


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    parser = commands.add_parser(
        "evaluate", help="evaluate a document", description="Loss and accuracy of a document on one of its splits."
    )
    parser.add_argument("file", metavar="FILE", help="the document (.snn)")
    parser.add_argument("--checkpoint", metavar="PATH", help="a checkpoint or a run folder whose weights to use")
    parser.add_argument("--split", metavar="NAME", help="train, validation or test (the default)")
    add_running_options(parser)
    parser.add_argument("--run-dir", metavar="DIR", help="new or empty folder to keep it in, as a run; none: not kept")
    parser.add_argument("--record", metavar="OUT.npz", help="also save what the document's recorders see")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Evaluate; the exit code."""
    from spikeloom.cli.display import display_for
    from spikeloom.cli.follow import follow

    task = {"task": "evaluate", "document": options.file}
    task |= given(options, "checkpoint", "split", "threads", "backend", "record", "run_dir")
    outcome = follow(task, lambda: display_for(f"evaluating {Path(options.file).stem}"))
    if outcome.error is not None:
        console.show_error(outcome.error)
    if outcome.interrupted:
        console.note("stopped")
    folder = outcome.course.folder
    if outcome.result is None and folder is not None and folder.is_dir():
        console.note(f"  kept: the run folder {folder}")
    if outcome.result is not None:
        result = outcome.result["result"]
        if options.json:
            console.say_json(result)
        else:
            _summarise(result)
    return outcome.exit_code


def _summarise(result: dict[str, Any]) -> None:
    console.say(f"{result['split']} {console.figures(result)} ({result['examples']} examples)")
    for line in console.metric_lines(result.get("metrics", {})):
        console.say(line)
    if "run" in result:
        console.say(f"run folder: {result['run']}")
    if "record" in result:
        console.say(f"recording: {result['record']}")
