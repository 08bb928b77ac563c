"""Asks which checkpoint of a run to evaluate, and on which examples."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from spikeloom.history import Run, settings_of
from spikeloom.worker import epoch_of
from spikeloom_app.labels import wrapped
from spikeloom_app.runs.history_entry import SPLIT_WORDS
from spikeloom_app.wording import figure_words

RESTORES = "experiment.training.early_stopping.restore_best"


class EvaluateDialog(QDialog):
    """Which checkpoint of `run`, on which split."""

    def __init__(self, parent: QWidget, run: Run) -> None:
        super().__init__(parent)
        self.setWindowTitle("Evaluate a checkpoint")
        self.setMinimumWidth(420)
        self.checkpoint = QComboBox()
        self.checkpoint.setAccessibleName("Checkpoint")
        self.checkpoint.setToolTip("Whose weights to use")
        for path in run.checkpoints:
            self.checkpoint.addItem(_words(run, path), str(path))
        if settings_of(run, digests=False).get(RESTORES) is True:  # what the run ended with
            best = next((row for row, path in enumerate(run.checkpoints) if path.stem == "best"), 0)
            self.checkpoint.setCurrentIndex(best)
        self.split = QComboBox()
        self.split.setAccessibleName("Examples")
        self.split.setToolTip("The part of the data set whose examples are shown to the network")
        for name, words in SPLIT_WORDS.items():
            self.split.addItem(f"{words} examples", name)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Cancel)
        accept = buttons.addButton("Evaluate", QDialogButtonBox.ButtonRole.AcceptRole)
        accept.setProperty("primary", True)
        accept.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow("Checkpoint", self.checkpoint)
        form.addRow("On the", self.split)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(wrapped(run.name, "title"))
        column.addWidget(wrapped("The document as it ran is evaluated, whatever the open one is like.", "muted"))
        column.addLayout(form)
        column.addWidget(buttons)

    @property
    def chosen(self) -> tuple[Path, str]:
        """The checkpoint and the name of the split."""
        return Path(self.checkpoint.currentData()), self.split.currentData()


def _words(run: Run, path: Path) -> str:
    epoch = epoch_of(path)
    after = "" if epoch is None else f", after epoch {epoch}"
    if path.stem == "last":
        return f"the last one{after}"
    monitor = run.monitor
    if path.stem == "best":
        return f"the best one{f' by {figure_words(monitor)}' if monitor else ''}{after}"
    return f"after epoch {epoch}" if epoch is not None else path.stem.replace("_", " ")
