"""A table of labels: a CSV file with a line for each file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from spikeloom.data.text_table import rows_of
from spikeloom.errors import UserError, nearest
from spikeloom.spec.problem import printable

FILE, LABEL = "file", "label"


def read_labels(path: Path, files: Collection[str]) -> dict[str, tuple[str, dict[str, str]]]:
    """The label and the groups of each file that the table names.

    Parameters
    ----------
    files
        Those that there are, as paths below the folder of the table.

    Raises
    ------
    UserError
        With the line, where a column or a file is missing.
    """
    rows = rows_of(path)
    _, header = next(rows, (1, []))
    columns = [name.strip().lower() for name in header]
    for name in (FILE, LABEL):
        if name not in columns:
            there = ", ".join(printable(column, 40) for column in columns[:20]) or "nothing"
            message = f"no column '{name}' found in the first line{nearest(name, columns)}"
            raise UserError(message, place=f"{path}:1", hint=f"It has {there}.")
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for line, row in rows:
        if len(row) != len(columns):
            raise UserError(f"{len(row)} columns found, expected {len(columns)}", place=f"{path}:{line}")
        values = dict(zip(columns, (value.strip() for value in row), strict=True))
        name, label = values.pop(FILE).replace("\\", "/"), values.pop(LABEL)
        if name not in files:
            message = f"no file '{printable(name)}' in the folder{nearest(name[:64], list(files)[:1000])}"
            raise UserError(message, place=f"{path}:{line}")
        if name in found:
            raise UserError(f"'{printable(name)}' occurs a second time", place=f"{path}:{line}")
        found[name] = (label, {key: value for key, value in values.items() if key})
    return found
