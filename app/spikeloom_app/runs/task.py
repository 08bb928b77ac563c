"""What a worker is told to do: a copy of the document, and the options of the run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTemporaryDir

from spikeloom.errors import RunError
from spikeloom_app.document import OpenDocument


@dataclass(frozen=True)
class Task:
    """A task and the folder that its document lies in, which must live as long as the worker.

    Parameters
    ----------
    options
        The line that the worker reads.
    folder
        A folder that vanishes with this object.
    """

    options: dict[str, Any]
    folder: QTemporaryDir


def make_task(kind: str, document: OpenDocument, options: dict[str, Any], runs_folder: Path | None = None) -> Task:
    """A task for a copy of the document as it is now.

    Parameters
    ----------
    kind
        ``train`` or ``evaluate``.
    options
        What the worker shall know besides; paths may be paths, and what is None is left out.
    runs_folder
        Where the runs' folders go; None: where the worker puts them.

    Raises
    ------
    SpikeloomError
        Where the copy cannot be written.
    """
    folder = QTemporaryDir()
    if not folder.isValid():
        raise RunError(f"no temporary folder could be made ({folder.errorString()})")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", document.title)[:60].strip("-") or "untitled"
    path = Path(folder.path()) / f"{name}.snn"
    # A copy: saving binds a document's arrays to the file they were written to.
    document.document.model_copy(deep=True).save(path)
    task: dict[str, Any] = {"task": kind, "document": str(path), "background": True, "linger": True}
    # The copy lies elsewhere; the files of the data set do not. A document of an earlier run knows where they are.
    base = document.path.absolute().parent if document.path is not None else document.document.base
    task["base"] = str(base) if base is not None else None
    task["keep"] = True  # an evaluation too: nothing that the window has run is lost
    if runs_folder is not None:
        number = 1 + sum(1 for _ in runs_folder.glob(f"{name}-*"))
        task["run_dir"] = str(runs_folder / f"{name}-{number}")
    given = {key: str(value) if isinstance(value, Path) else value for key, value in options.items()}
    return Task(task | {key: value for key, value in given.items() if value is not None}, folder)
