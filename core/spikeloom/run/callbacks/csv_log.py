"""The figures of epochs in a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

from spikeloom.errors import RunError
from spikeloom.run.callbacks.callback import Callback, Logs
from spikeloom.run.checkpoints import write_atomically


class CSVLog(Callback):
    """Writes a line of figures after each epoch.

    Parameters
    ----------
    path
        Of the file, which is begun anew; with `append`, lines are added to it, and columns for figures that it has not.
    """

    def __init__(self, path: str | Path, *, append: bool = False) -> None:
        self.path, self.append = Path(path), append

    def on_train_begin(self, logs: Logs) -> None:
        """Begin the file."""
        known = self.append and self.path.exists() and self.path.stat().st_size > 0
        self._columns: list[str] | None = self._rows()[0][1:] if known else None
        if not known:
            self._write("", "w")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write the line of the epoch."""
        if self._columns is None:
            self._columns = list(logs)
            self._write(_lines([["epoch", *self._columns]]), "a")
        if new := [name for name in logs if name not in self._columns]:
            self._widen(new)
        values = [logs.get(name, math.nan) for name in self._columns]
        self._write(_lines([[epoch + 1, *("" if math.isnan(value) else value for value in values)]]), "a")

    def _rows(self) -> list[list[str]]:
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
        except (OSError, ValueError, csv.Error) as error:
            raise RunError(f"could not be read ({error})", place=str(self.path)) from None
        if not rows[0] or rows[0][0] != "epoch":
            message = f"{','.join(rows[0])[:64]!r} found in its first line, expected names that begin with epoch"
            raise RunError(message, place=str(self.path), hint="It is no log: give another file.")
        return rows

    def _widen(self, new: list[str]) -> None:
        """Add columns, which are empty in the lines before."""
        head, *rows = self._rows()
        self._columns = [*head[1:], *new]
        wide = [[*row, *[""] * (len(head) + len(new) - len(row))] for row in rows]
        write_atomically(self.path, _lines([["epoch", *self._columns], *wide]).encode())

    def _write(self, text: str, mode: str) -> None:
        try:
            with self.path.open(mode, encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            raise RunError(f"could not be written ({error.strerror})", place=str(self.path)) from None


def _lines(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
