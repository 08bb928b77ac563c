"""What a parent does about a worker that ended without a word: say why, say what was kept, close the run's books."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spikeloom.errors import RunError, SpikeloomError

_CRASHES = {"SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT"}
_LONGEST_HEADER = 2**24  # bytes


@dataclass(frozen=True)
class Kept:
    """What there is of a run.

    Parameters
    ----------
    folder
        The run's folder.
    checkpoint
        Its last checkpoint; None if none was written.
    epoch
        After how many epochs that was.
    """

    folder: Path
    checkpoint: Path | None
    epoch: int


@dataclass
class Course:
    """How far a worker has come, as its events say: what is needed when it ends without a word.

    Parameters
    ----------
    folder
        The run's folder; None until there is one.
    doing
        What the worker is at: ``in epoch 3``.
    """

    folder: Path | None = None
    doing: str = ""

    def hear(self, event: dict[str, Any]) -> None:
        """Take note of an event."""
        match event["event"]:
            case "folder":
                self.folder = Path(event["run"])
            case "build":
                self.doing = "while building the simulator" if event.get("state") != "done" else ""
            case "evaluating":
                self.doing = "while evaluating"
            case "progress":
                self.doing = f"in epoch {event.get('epoch')}"


def error_of(event: dict[str, Any]) -> SpikeloomError:
    """The error that an ``error`` event tells of."""
    error = SpikeloomError(event["message"], place=event.get("place") or "", hint=event.get("hint") or "")
    error.exit_code = event.get("exit_code", 1)
    return error


def why_it_ended(returncode: int, doing: str = "") -> RunError:
    """The death of a worker in words.

    Parameters
    ----------
    returncode
        Of the process, as `subprocess` gives it: negative for a signal.
    doing
        What the worker was at: ``in epoch 3``.
    """
    at = f" {doing}" if doing else ""
    if returncode >= 0:
        message = f"the worker ended{at} with exit code {returncode} and no result"
        return RunError(message, place="worker", hint="This is a defect of Spikeloom.")
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    if name in _CRASHES:
        return RunError(f"the worker crashed{at} ({name})", place="worker", hint="This is a defect of Spikeloom.")
    hint = ""
    if name == "SIGKILL":
        hint = (
            "If you did not kill it, the system most likely ran out of memory: "
            "use a smaller network, a smaller batch size or fewer threads."
        )
    return RunError(f"the worker was killed{at} ({name})", place="worker", hint=hint)


def what_is_kept(folder: Path) -> Kept:
    """What a run's folder holds."""
    path = folder / "checkpoints" / "last.safetensors"
    epoch = epoch_of(path)
    return Kept(folder, None, 0) if epoch is None else Kept(folder, path, epoch)


def epoch_of(checkpoint: Path) -> int | None:
    """After how many epochs a checkpoint was taken; None for what is none."""
    try:
        with checkpoint.open("rb") as file:
            # The header of a safetensors file: its length, then JSON.
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, _LONGEST_HEADER)))
        return int(json.loads(header["__metadata__"]["state"])["epoch"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def mark_ended(folder: Path, status: str, error: SpikeloomError | None = None) -> None:
    """Write into a run's folder how it ended, where the worker could not; a run that has ended is left alone.

    Parameters
    ----------
    status
        ``failed`` or ``stopped``.
    """
    path = folder / "run.json"
    with suppress(OSError, ValueError, RecursionError):  # what cannot be written now could not be written before
        facts: Any = json.loads(path.read_bytes())
        if not isinstance(facts, dict) or facts.get("status") != "running":
            return
        facts |= {"status": status, "ended": datetime.now(UTC).isoformat(timespec="seconds")}
        if error is not None:
            facts["error"] = error.as_dict()
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            temporary.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def leave_in_log(folder: Path, text: str) -> None:
    """Append what a dying worker printed to the log of its run."""
    with suppress(OSError), open(folder / "log.txt", "a", encoding="utf-8", errors="replace") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
