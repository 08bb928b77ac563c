"""Numbers from CSV files, with the line and the column of what is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spikeloom.data.text_table import rows_of
from spikeloom.errors import UserError
from spikeloom.spec.problem import printable

ROWS_AT_ONCE = 4096
MOST_BYTES = 2**33
HEADER_FIELD = "Set 'header' of the data set to false, or put the names of the columns there."


@dataclass(frozen=True)
class Table:
    """A table of numbers, one column of which may be text.

    Parameters
    ----------
    names
        Of all columns; their numbers from 1 where there is no header.
    numbers
        float64, (rows, columns but that of texts).
    texts
        That column.
    """

    names: list[str]
    numbers: np.ndarray
    texts: list[str]


def read_numbers(path: Path) -> tuple[list[str], np.ndarray]:
    """The names of the columns, in the first line, and the numbers, float64, (rows, columns)."""
    table = read_table(path, True, lambda names: None, "Put the names of the columns there.")
    return table.names, table.numbers


def read_table(
    path: Path, header: bool, text_column: Callable[[list[str]], int | None], without_names: str = HEADER_FIELD
) -> Table:
    """A table.

    Parameters
    ----------
    text_column
        Says which column may be text, if one may, given the names.
    without_names
        What helps where numbers are in the place of the names.

    Raises
    ------
    UserError
        With line and column, where there is no finite number.
    """
    rows = rows_of(path)
    first = next(rows, None)
    if first is None:
        raise UserError("an empty file found, expected numbers", place=str(path))
    line, cells = first
    names = [cell.strip() for cell in cells] if header else [str(number + 1) for number in range(len(cells))]
    if header and all(_is_number(cell) for cell in cells):
        message = "numbers found, expected the names of the columns"
        raise UserError(message, place=f"{path}:{line}", hint=without_names)
    texts: list[str] = []
    chosen = text_column(names)
    waiting: list[tuple[int, list[str]]] = [] if header else [first]
    parts: list[np.ndarray] = []
    for line, cells in rows:
        if len(cells) != len(names):
            raise UserError(f"{len(cells)} columns found, expected {len(names)}", place=f"{path}:{line}")
        waiting.append((line, cells))
        if len(waiting) == ROWS_AT_ONCE:
            parts.append(_converted(waiting, names, chosen, texts, path))
            waiting = []
            if len(parts) * parts[0].nbytes > MOST_BYTES:
                raise UserError(f"more than {MOST_BYTES // 2**30} GB of numbers", place=str(path), hint="Use NPY.")
    if waiting:
        parts.append(_converted(waiting, names, chosen, texts, path))
    columns = len(names) - (chosen is not None)
    return Table(names, np.concatenate(parts) if parts else np.zeros((0, columns)), texts)


def _converted(
    rows: list[tuple[int, list[str]]], names: list[str], chosen: int | None, texts: list[str], path: Path
) -> np.ndarray:
    cells = [cells for _, cells in rows]
    if chosen is not None:
        texts += [row[chosen].strip() for row in cells]
        cells = [row[:chosen] + row[chosen + 1 :] for row in cells]
        names = names[:chosen] + names[chosen + 1 :]
    try:
        numbers = np.array(cells, np.float64).reshape(len(cells), len(names))
    except ValueError:
        numbers = np.full((len(cells), len(names)), np.nan)
        _say_where(rows, cells, names, path)
    if not np.isfinite(numbers).all():
        _say_where(rows, cells, names, path)
    return numbers


def _say_where(rows: list[tuple[int, list[str]]], cells: list[list[str]], names: list[str], path: Path) -> None:
    for (line, _), row in zip(rows, cells, strict=True):
        for name, cell in zip(names, row, strict=True):
            if not _is_number(cell) or not np.isfinite(float(cell)):
                what = f"'{printable(cell.strip(), 40)}'" if cell.strip() else "nothing"
                message = f"{what} found in column '{printable(name, 40)}', expected a finite number"
                raise UserError(message, place=f"{path}:{line}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
