"""Where runs lie: the platform's folder for the user's data, and folders that the user added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from spikeloom.history.record import FACTS, Run, read
from spikeloom.settings import Settings

RUN_FOLDERS = "run_folders"  # the key of the settings that lists the folders that the user added


def default_runs_folder() -> Path:
    """Where runs go that were given no folder: the platform's folder for the user's data."""
    import platformdirs

    return Path(platformdirs.user_data_dir("spikeloom", appauthor=False)) / "runs"


def run_folders(settings: Settings | None = None) -> list[Path]:
    """The folders that runs are looked for in: `default_runs_folder`, and those of the settings."""
    added = (settings or Settings()).get(RUN_FOLDERS, [])
    names = [name for name in added if isinstance(name, str) and name] if isinstance(added, list) else []
    return list(dict.fromkeys([default_runs_folder().absolute(), *(Path(name) for name in names)]))


def runs(folders: Path | Iterable[Path] | None = None) -> list[Run]:
    """All runs, the newest first; what is damaged or no run is left out.

    Parameters
    ----------
    folders
        Where to look: folders of runs, or run folders; None: `run_folders`.
    """
    if folders is None:
        folders = run_folders()
    places = [folders] if isinstance(folders, Path) else folders
    candidates = dict.fromkeys(candidate.absolute() for place in places for candidate in candidates_in(place))
    found = [run for run in map(read, candidates) if run is not None]
    return sorted(found, key=lambda run: (run.started, run.folder.name), reverse=True)


def candidates_in(place: Path) -> Iterator[Path]:
    """The folders that may be a run's: `place` itself, or those in it."""
    if (place / FACTS).is_file():
        yield place
        return
    with suppress(OSError):
        yield from (path for path in place.iterdir() if (path / FACTS).is_file())
