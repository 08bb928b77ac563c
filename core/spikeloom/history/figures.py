"""The figures of a run from its table, all of them or as many as a small picture needs."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import BinaryIO

_SMALL = 2**16  # bytes of a table that is read as a whole in any case
_LONGEST_LINE = 2**13  # bytes


def columns_of(path: Path, most: int | None = None) -> dict[str, list[float]]:
    """The columns of a CSV table of numbers; of about `most` rows, spread over the table, with the last one."""
    try:
        with path.open("rb") as file:
            whole = most is None or os.fstat(file.fileno()).st_size <= _SMALL
            lines = file.read().split(b"\n")[:-1] if whole else _sampled(file, most or 1)
        rows = list(csv.reader(line.decode() for line in lines))
    except (OSError, UnicodeError, csv.Error):
        return {}
    if not rows:
        return {}
    columns: dict[str, list[float]] = {name: [] for name in rows[0]}
    for row in rows[1:]:
        for k, values in enumerate(columns.values()):
            values.append(_float(row[k]) if k < len(row) else math.nan)
    return columns


def _sampled(file: BinaryIO, most: int) -> list[bytes]:
    """The first line, lines here and there, and the last one that has an end: one may be being written."""
    lines = [file.readline(_LONGEST_LINE).rstrip(b"\n")]
    start, size = file.tell(), os.fstat(file.fileno()).st_size
    for k in range(1, most):
        file.seek(start + (size - start) * k // most)
        file.readline(_LONGEST_LINE)  # the rest of one
        line = file.readline(_LONGEST_LINE)
        if line.endswith(b"\n"):
            lines.append(line.rstrip(b"\n"))
    file.seek(max(start, size - _LONGEST_LINE))
    whole = file.read().split(b"\n")[1:-1]
    return [*lines, *(line for line in whole[-1:] if line != lines[-1])]


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
