"""Real run folders, made by short trainings once for all tests that look at them."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from spikeloom.run import Control
from spikeloom.run.tasks import train
from spikeloom.spec import Document

DIGITS = Path(__file__).parents[1] / "resources" / "examples" / "digits.snn"
STARTED = "2026-11-2{number}T10:00:00+00:00"


@cache
def _trained() -> Path:
    """Two runs of two epochs: ``first``, and ``second`` with another learning rate, seed and network."""
    folder = Path(mkdtemp(prefix="spikeloom-runs-"))
    for number, name in enumerate(("first", "second")):
        document = Document.load(DIGITS)
        document.experiment.training.epochs = 2
        document.title = f"The {name}"
        if name == "second":
            document.experiment.learning.optimiser.alpha = 0.02
            document.experiment.training.seed = 7
            document.network.population("hidden").neuron.tau_mem = 30.0
        document.save(folder / f"{name}.snn")
        options = {"document": str(folder / f"{name}.snn"), "run_dir": str(folder / "runs" / name), "threads": 1}
        train(options, lambda event: None, Control())
        say(folder / "runs" / name, started=STARTED.format(number=number))
    return folder / "runs"


def copied(folder: Path) -> Path:
    """A copy of the runs that a test may change."""
    shutil.copytree(_trained(), folder)
    return folder


def say(run: Path, **facts: object) -> None:
    """Change what a run's folder says of it."""
    path = run / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))
