"""Where the files of a data set lie: beside the document, or in a folder that the user chose once for all of them."""

from __future__ import annotations

import os
from pathlib import Path

from spikeloom.settings import DATA_FOLDER, Settings

VARIABLE = "SPIKELOOM_DATA"


def data_folder() -> Path | None:
    """The folder that the user chose: the environment variable `VARIABLE`, else the setting; None without either."""
    named = os.environ.get(VARIABLE) or Settings().get(DATA_FOLDER)
    return Path(named).expanduser() if isinstance(named, str) and named else None


def candidates(folder: str, base: Path | None) -> list[Path]:
    """Where the folder that a document names may be, best first.

    Parameters
    ----------
    folder
        An absolute path, or one relative to the document or to the user's folder of data sets.
    base
        The folder of the document; None for one that is no file yet.
    """
    path = Path(folder).expanduser()
    if path.is_absolute():
        return [path]
    parents = [parent for parent in (base, data_folder()) if parent is not None]
    return [parent.absolute() / path for parent in parents]
