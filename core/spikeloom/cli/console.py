"""What the command prints: its product on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from spikeloom.errors import SpikeloomError


def say(text: str = "") -> None:
    """Print a line of the command's product."""
    sys.stdout.write(f"{text}\n")


def say_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    say(json.dumps(value, allow_nan=False))


def note(text: str) -> None:
    """Print a line about what is going on."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def error_text(message: str, place: str = "", hint: str = "") -> str:
    """An error as the command shows it: ``error: place: message`` and below it what to do."""
    text = f"error: {place}: {message}" if place else f"error: {message}"
    return f"{text}\n  {hint}" if hint else text


def show_error(error: SpikeloomError) -> None:
    """Print an error of ours."""
    note(error_text(error.message, error.place, error.hint))


def wants_traceback() -> bool:
    """Whether whoever hunts a defect asked for what users never see."""
    return os.environ.get("SPIKELOOM_TRACEBACK", "") not in {"", "0"}


def number(value: Any, digits: int = 4) -> str:
    """A figure for people; a dash where there is none."""
    return f"{value:.{digits}f}" if isinstance(value, int | float) else "-"


def figures(result: Mapping[str, Any], digits: int = 4) -> str:
    """Accuracy and loss of a result as far as it has them: ``accuracy 0.9531, loss 0.1234``; a dash for neither."""
    known = [name for name in ("accuracy", "loss") if isinstance(result.get(name), int | float)]
    return ", ".join(f"{name} {number(result[name], digits)}" for name in known) or "accuracy -"


def metric_lines(metrics: Mapping[str, Any]) -> list[str]:
    """A line for each metric: a number, or the rows of a table."""
    lines = []
    for name, value in metrics.items():
        if isinstance(value, list):
            lines += [f"{name}:", *("  " + " ".join(f"{cell:>5}" for cell in row) for row in value)]
        else:
            lines.append(f"{name}: {number(value)}")
    return lines


def duration(seconds: Any) -> str:
    """Seconds as ``0:07`` or ``1:02:03``."""
    if not isinstance(seconds, int | float):
        return "-:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
