"""``spikeloom train FILE``: train a document in a worker and say what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_running_options, given


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    parser = commands.add_parser("train", help="train a document", description="Train a document.")
    parser.add_argument("file", metavar="FILE", help="the document (.snn)")
    parser.add_argument("--epochs", type=int, metavar="N", help="passes through the training examples")
    parser.add_argument("--seed", type=int, metavar="S", help="seed of the first weights and of the order of examples")
    parser.add_argument("--batch-size", type=int, metavar="B", help="examples between two updates")
    parser.add_argument("--resume", metavar="RUN", help="go on where a run (or a checkpoint) is: N epochs more")
    parser.add_argument("--weights", metavar="RUN", help="begin anew with the weights of a run (or a checkpoint)")
    parser.add_argument("--patience", type=int, metavar="N", help="stop where N epochs have brought nothing better")
    parser.add_argument("--monitor", metavar="NAME", help="the figure that is watched for that (validation_loss ...)")
    parser.add_argument("--keep-best", metavar="NAME", help="keep a checkpoint of the epoch with the best such figure")
    parser.add_argument("--checkpoint-every", type=int, metavar="N", help="keep a checkpoint after every N epochs")
    add_running_options(parser)
    parser.add_argument("--run-dir", metavar="DIR", help="new or empty folder for what the run leaves")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train; the exit code."""
    from spikeloom.cli.display import display_for
    from spikeloom.cli.follow import follow, say_what_is_kept

    task = {"task": "train", "document": options.file}
    task |= given(options, "epochs", "seed", "batch_size", "threads", "backend", "run_dir", "resume", "weights")
    task |= given(options, "patience", "monitor", "keep_best", "checkpoint_every")
    outcome = follow(task, lambda: display_for(f"training {Path(options.file).stem}"))
    if outcome.error is not None:
        console.show_error(outcome.error)
    if outcome.interrupted:
        console.note("stopped by force" if outcome.forced else "stopped")
    if outcome.interrupted or (outcome.error is not None and outcome.error.exit_code == 1):
        say_what_is_kept(outcome, options.file)
    if outcome.result is not None:
        result = outcome.result["result"]
        if options.json:
            console.say_json(result)
        elif not outcome.interrupted:
            _summarise(result, outcome.result.get("curves", ""))
    return outcome.exit_code


def _summarise(result: dict[str, Any], curves: str) -> None:
    test = result["test"]
    # The accuracy says it all, where there are classes.
    shown = test if test["accuracy"] is None else {"accuracy": test["accuracy"]}
    console.say(
        f"test {console.figures(shown)} after {result['epochs']} epochs in {result['seconds']:.1f} s "
        f"(training: {console.figures(result['train'])})"
    )
    if result.get("best_epoch"):
        console.say(f"best epoch: {result['best_epoch']} ({result['monitor']} {console.number(result['best'])})")
    for line in console.metric_lines(result.get("metrics", {}).get("test", {})):
        console.say(line)
    console.say(f"run folder: {result['run']}")
    if curves:
        console.say(f"curves:     {curves}")
