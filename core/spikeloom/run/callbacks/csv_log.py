"""The figures of epochs in a table."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from spikeloom.errors import RunError
from spikeloom.run.callbacks.callback import Callback, Logs


class CSVLog(Callback):
    """Writes a line of figures after each epoch.

    Parameters
    ----------
    path
        Of the file, which is begun anew; with `append`, lines are added to it.
    """

    def __init__(self, path: str | Path, *, append: bool = False) -> None:
        self.path, self.append = Path(path), append

    def on_train_begin(self, logs: Logs) -> None:
        """Begin the file."""
        known = self.append and self.path.exists() and self.path.stat().st_size > 0
        self._columns: list[str] | None = None
        if known:
            with self.path.open(encoding="utf-8", newline="") as file:
                self._columns = next(csv.reader(file))[1:]
        else:
            self._write("", "w")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write the line of the epoch."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if self._columns is None:
            self._columns = list(logs)
            writer.writerow(["epoch", *self._columns])
        values = [logs.get(name, math.nan) for name in self._columns]
        writer.writerow([epoch + 1, *("" if math.isnan(value) else value for value in values)])
        self._write(text.getvalue(), "a")

    def _write(self, text: str, mode: str) -> None:
        try:
            with self.path.open(mode, encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            raise RunError(f"could not be written ({error.strerror})", place=str(self.path)) from None
