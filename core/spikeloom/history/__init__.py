"""The runs that there were: what each run's folder says of it, names and pins that the user gave, what differs.

For a parent's side (the window, a script): it reads folders and imports neither numpy nor pydantic. ::

    from spikeloom import history

    for run in history.runs():
        print(run.name, run.status, run.final.get("test"))
    loss = history.metrics(run)["loss"]

What a run writes is its own (`spikeloom.run.folder`); what the user says of it lies beside that in ``label.json``.
"""

from __future__ import annotations

from spikeloom.history.differences import ABSENT, MOVED, Difference, differences, settings_of
from spikeloom.history.folders import RUN_FOLDERS, candidates_in, default_runs_folder, run_folders, runs
from spikeloom.history.labels import LONGEST_TITLE, delete, pin, rename
from spikeloom.history.record import EVALUATION, FACTS, TRAINING, Parent, Run, metrics, read

__all__ = [
    "ABSENT",
    "EVALUATION",
    "FACTS",
    "LONGEST_TITLE",
    "MOVED",
    "RUN_FOLDERS",
    "TRAINING",
    "Difference",
    "Parent",
    "Run",
    "candidates_in",
    "default_runs_folder",
    "delete",
    "differences",
    "metrics",
    "pin",
    "read",
    "rename",
    "run_folders",
    "runs",
    "settings_of",
]
