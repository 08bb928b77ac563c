"""Where the files of a data set lie: beside the document, or in a folder that the user chose once for all of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from spikeloom.errors import UserError
from spikeloom.settings import DATA_FOLDER, DATA_VARIABLE, Settings
from spikeloom.spec import Dataset, TonicSet

PLACE = "experiment.dataset.folder"


def data_folders() -> list[Path]:
    """The user's folders of data sets, best first: the environment variable's, then that of the settings."""
    named = [os.environ.get(DATA_VARIABLE), Settings().get(DATA_FOLDER)]
    return [_expanded(name) for name in named if isinstance(name, str) and name]


def _expanded(name: str) -> Path:
    # Not Path.expanduser: it gives up where there is no such user.
    return Path(os.path.expanduser(name))


def candidates(folder: str, base: Path | None) -> list[Path]:
    """Where the folder that a document names may be, best first.

    Parameters
    ----------
    folder
        An absolute path, or one relative to the document or to a folder of data sets of the user's.
    base
        The folder of the document; None for one that is no file yet.
    """
    path = _expanded(folder)
    if path.is_absolute():
        return [path]
    found = [base.absolute() / path] if base is not None else []
    for parent in data_folders():
        # Who names the data set's own folder means it too.
        found += [parent.absolute() / path, *([parent.absolute()] if parent.name == path.name else [])]
    return found


def folder_of(dataset: Dataset) -> str:
    """The folder that a data set names; one of tonic's is in that of tonic's class where it names none."""
    named = str(getattr(dataset, "folder", ""))
    return named or (dataset.tonic_class if isinstance(dataset, TonicSet) else "")


def find_folder(folder: str, base: Path | None, has_files: Callable[[Path], bool], hint: str) -> Path:
    """The first of the candidates that has the data set's files.

    Raises
    ------
    UserError
        With all places that were looked at.
    """
    tried = candidates(folder, base)
    for path in tried:
        if has_files(path):
            return path
    found = [path for path in tried if os.path.isdir(path)]
    what = f"the folder '{folder}' of the data set"
    if found:
        raise UserError(f"{what} does not have its files ({_listed(tried)})", place=PLACE, hint=hint)
    unset = "" if data_folders() else "; no data folder is chosen"
    where = f" ({_listed(tried)}{unset})" if tried else unset.replace(";", ":")
    raise UserError(f"{what} was not found{where}", place=PLACE, hint=hint)


def _listed(paths: list[Path]) -> str:
    return " or ".join(str(path) for path in paths)
