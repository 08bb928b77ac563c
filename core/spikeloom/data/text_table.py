"""Tables as text: CSV files, whatever separates their columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from spikeloom.errors import UserError

SEPARATORS = ",;\t"
LARGEST = 2**33  # bytes


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its line.

    Raises
    ------
    UserError
        If the file cannot be read or is no text in UTF-8.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"larger than {LARGEST // 2**30} GB", place=str(path), hint="Use NPY or NPZ.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(2**20)
            file.seek(0)
            rows = csv.reader(file, delimiter=max(SEPARATORS, key=first.count), strict=True)
            for row in rows:
                if any(row) and not (len(row) == 1 and not row[0].strip()):
                    yield rows.line_num, row
    except UnicodeDecodeError:
        raise UserError("is no text in UTF-8", place=str(path), hint="Save it as CSV in UTF-8.") from None
    except csv.Error as error:
        raise UserError(f"is no table: {error}", place=str(path)) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
