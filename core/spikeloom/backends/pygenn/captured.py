"""Standard output while GeNN builds: kept from the caller's, and read for the reasons of a failure."""

from __future__ import annotations

import os
import sys
import tempfile


class Captured:
    """Keeps what GeNN and the compiler print on standard output, which belongs to somebody else."""

    def __enter__(self) -> Captured:
        sys.stdout.flush()
        self._kept = os.dup(1)
        self._file = tempfile.TemporaryFile()
        os.dup2(self._file.fileno(), 1)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.stdout.flush()
        os.dup2(self._kept, 1)
        os.close(self._kept)
        self._file.seek(0)
        lines = self._file.read().decode(errors="replace").splitlines()
        self._file.close()
        self.errors = [line.split("] ")[-1].strip() for line in lines if " ERROR " in line]
