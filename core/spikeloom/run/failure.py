"""What the user is told of an exception that is not an error of ours."""

from __future__ import annotations

import traceback

from spikeloom.errors import RunError, SpikeloomError


class Defect(RunError):
    """An exception that nobody foresaw: our mistake, not the user's."""


class Stopped(RunError):
    """The user stopped the task before it had anything to show."""


def reported(error: BaseException) -> SpikeloomError:
    """The error to show for an exception: itself if it is one of ours, else in words of ours."""
    if isinstance(error, SpikeloomError):
        return error
    if isinstance(error, MemoryError):
        return RunError(
            "the memory ran out",
            hint="Use a smaller network, a smaller batch size, fewer threads or fewer recorders.",
        )
    if isinstance(error, OSError) and error.strerror:
        return RunError(error.strerror, place=str(error.filename or ""))
    text = " ".join(str(error).split())
    kind = type(error).__name__
    return Defect(
        f"an unexpected error: {kind}: {text}" if text else f"an unexpected error: {kind}",
        hint="This is a defect of Spikeloom; with SPIKELOOM_TRACEBACK=1 in the environment it says where it arose.",
    )


def where_it_arose(error: BaseException) -> str:
    """The stack of an exception, for a log: never for the user's eyes."""
    return "".join(traceback.format_exception(error))
