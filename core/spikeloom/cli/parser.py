"""The options of `spikeloom` and its subcommands."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from spikeloom.cli import console, data, doctor, evaluate, export, info, new, train, validate

COMMANDS = (train, evaluate, validate, info, new, export, data, doctor)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the options in the form of all our errors."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        console.note(console.error_text(message, hint=f"See {self.prog} --help."))
        raise SystemExit(2)


class _Version(argparse.Action):
    """Looks the version up when asked for it: that takes longer than all other options together."""

    def __call__(self, *_: Any) -> NoReturn:
        import spikeloom

        console.say(f"spikeloom {spikeloom.__version__}")
        raise SystemExit(0)


def parser() -> argparse.ArgumentParser:
    """The options of all subcommands."""
    top = _Parser(prog="spikeloom", description="Train and run spiking neural networks drawn in Spikeloom.")
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top
