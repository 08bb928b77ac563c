"""The numbers of a plot as a file: CSV, Parquet, NPZ.

They are taken from the plot at once, and written in any thread: in pieces, so that who waits for Python meanwhile, as
the window does, has its turn.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import BinaryIO

import numpy as np

from spikeloom.errors import UserError
from spikeloom_app.plots.panel import PlotPanel

LARGEST_CELL = 32_767  # letters of a text in a table
ROWS = 2_000  # that are made into text in one go: some milliseconds
NOTHING = "there is nothing in this plot yet that could be exported"

Columns = Mapping[str, np.ndarray]


def numbers_of(panel: PlotPanel, ending: str) -> Callable[[BinaryIO], None]:
    """What writes the numbers of a panel, as they are now, in the format of an ending; it knows the panel no more.

    Raises
    ------
    UserError
        Where there are no numbers yet.
    """
    columns = panel.arrays() if ending == ".npz" else panel.table()
    copied = {name: np.array(values) for name, values in columns.items()}
    some = any(values.size for values in copied.values()) if ending == ".npz" else len(next(iter(copied.values()), ()))
    if not some:
        raise UserError(NOTHING, place=panel.accessibleName(), hint="Run the network first.")
    return partial(WRITERS[ending], copied)


def _pieces(columns: Columns) -> Iterator[list[np.ndarray]]:
    """The columns, some rows at a time."""
    rows = len(next(iter(columns.values())))
    for start in range(0, rows, ROWS):
        yield [values[start : start + ROWS] for values in columns.values()]
        time.sleep(0)  # lets others have Python


def _csv(columns: Columns, file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for piece in _pieces(columns):
        writer.writerows(zip(*map(_cells, piece), strict=True))
    text.flush()
    text.detach()


def _cells(values: np.ndarray) -> list[object]:
    """What is written of a column: numbers as short as they are exact, nothing for what is not a number."""
    if values.dtype.kind == "f":
        return ["" if np.isnan(value) else str(value) for value in values]
    return [_harmless(value) if isinstance(value, str) else value for value in values.tolist()]


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") else text[:LARGEST_CELL]


def _parquet(columns: Columns, file: BinaryIO) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UserError(
            "Parquet files are written with pyarrow, which is not installed",
            place=".parquet",
            hint="Install it with 'pip install pyarrow', or choose CSV or NPZ.",
        ) from None
    pieces: list[list[np.ndarray]] = [[] for _ in columns]
    for piece in _pieces(columns):
        for made, values in zip(pieces, piece, strict=True):
            # Parquet knows no text of numpy's.
            made.append(pa.array(values.tolist() if values.dtype.kind in "UO" else values))
    parquet.write_table(pa.table({n: pa.chunked_array(v) for n, v in zip(columns, pieces, strict=True)}), file)


def _npz(columns: Columns, file: BinaryIO) -> None:
    # An array of objects would be pickled, and a pickle runs code when it is opened.
    plain = {n.replace("/", "_"): v.astype(str) if v.dtype == object else v for n, v in columns.items()}
    np.savez_compressed(file, allow_pickle=False, **plain)


WRITERS: dict[str, Callable[[Columns, BinaryIO], None]] = {".csv": _csv, ".parquet": _parquet, ".npz": _npz}
