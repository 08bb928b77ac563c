"""Options that several subcommands share."""

from __future__ import annotations

import argparse
from typing import Any


def add_running_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of whatever runs a network."""
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use; results do not depend on it")
    parser.add_argument("--backend", metavar="NAME", help="embedded (the default) or pygenn")
    add_json(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line of standard output")


def given(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The options that were given, as the worker takes them."""
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}
