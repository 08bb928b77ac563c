"""The entry point of `spikeloom`: what happens becomes an exit code.

0 done; 1 failed while running; 2 the input is wrong; 130 interrupted by the user.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

INTERRUPTED = 130


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
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for as long as the process lives
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):  # a name in another alphabet must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _failed(error)
    return code


def _failed(error: Exception) -> int:
    """Say why the command failed; the exit code."""
    from spikeloom.cli import console
    from spikeloom.errors import SpikeloomError

    if isinstance(error, SpikeloomError):
        console.show_error(error)
        return error.exit_code
    if isinstance(error, OSError):
        # What is still to be written cannot be: Python would say so at exit, in its own words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # `spikeloom info FILE | head`: nobody reads on
            place = str(error.filename or "standard output")
            console.note(console.error_text(error.strerror or str(error), place))
    elif isinstance(error, MemoryError):
        console.note(console.error_text("the memory ran out"))
    elif console.wants_traceback():
        raise error
    else:
        hint = "This is a defect of Spikeloom; with SPIKELOOM_TRACEBACK=1 in the environment it says where it arose."
        console.note(console.error_text(f"an unexpected error: {type(error).__name__}: {error}", hint=hint))
    return 1


def _run(arguments: Sequence[str] | None) -> int:
    # Imported here, so that a Ctrl-C meanwhile is answered like any other.
    from spikeloom.cli.parser import parser

    try:
        options = parser().parse_args(arguments)
        return int(options.run(options))
    except SystemExit as exit_:  # argparse
        return exit_.code if isinstance(exit_.code, int) else 2


if __name__ == "__main__":
    sys.exit(main())
