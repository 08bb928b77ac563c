"""The entry point of `spikeloom`: options, and errors as exit codes.

0 done; 1 failed while running; 2 the input is wrong; 130 interrupted by the user.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from spikeloom.cli import console, doctor, evaluate, info, new, train, validate
from spikeloom.errors import SpikeloomError

INTERRUPTED = 130
COMMANDS = (train, evaluate, validate, info, new, doctor)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments
        Of the command line; by default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name in another alphabet must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # `spikeloom info FILE | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        console.note(console.error_text(error.strerror or str(error), str(error.filename or "standard output")))
        return 1
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = parser().parse_args(arguments)
        return int(options.run(options))
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 2
    except KeyboardInterrupt:
        console.note("interrupted")
        return INTERRUPTED
    except SpikeloomError as error:
        console.show_error(error)
        return error.exit_code
    except OSError:
        raise
    except MemoryError:
        console.note(console.error_text("the memory ran out"))
        return 1
    except Exception as error:
        if console.wants_traceback():
            raise
        hint = "This is a defect of Spikeloom; with SPIKELOOM_TRACEBACK=1 in the environment it says where it arose."
        console.note(console.error_text(f"an unexpected error: {type(error).__name__}: {error}", hint=hint))
        return 1


if __name__ == "__main__":
    sys.exit(main())
