"""How many examples of each class are taken for which, as the last evaluation of a split found."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from spikeloom.spec import Document
from spikeloom.spec.plots import Confusion
from spikeloom_app import wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import SideLabel
from spikeloom_app.plots.confusion_view import ConfusionView
from spikeloom_app.plots.controls import Choice
from spikeloom_app.plots.output_choice import OutputChoice
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.tally import Tally, name_of
from spikeloom_app.plots.title_label import TitleLabel

SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}
NO_CLASSES = "These examples have no classes, so none can be taken for another"
TOO_MANY = "There are more than 1000 classes: too many for a matrix"
NO_VALIDATION = "No examples are kept for validation: give the training a share of them, or choose another split"


class ConfusionPlot(PlotPanel):
    """Takes ``evaluated`` events.

    Attributes
    ----------
    cell_chosen
        Signal (truth, prediction): the user chose these examples.
    """

    cell_chosen = Signal(int, int)

    settings: Confusion

    def __init__(self, settings: Confusion | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Confusion matrix", settings or Confusion(name="plot:1"), parent)
        self._tallies: dict[tuple[str, str], Tally] = {}  # by split and output
        self._evaluated: dict[tuple[str, str], int] = {}  # classes
        self._sizes: dict[str, int] = {}
        self._validates = True
        self.view = ConfusionView()
        self.view.pointed.connect(self._say)
        self.view.chosen.connect(self.cell_chosen)
        self.cell_chosen.connect(self._show_examples)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty_page())
        self.column.addLayout(self._header())
        self.column.addWidget(self._pages, 1)
        self.settle()
        follow_theme(self._dress)

    def _header(self) -> QHBoxLayout:
        self.title, self.side = TitleLabel(), SideLabel()
        self.title.say("Confusion", "")  # where it is narrow, the dock's own title will do
        self.chooser = Choice("Split", "The examples that are counted", lambda split: self.choose(split=split))
        self.outputs = OutputChoice("The output that takes examples for what", lambda name: self.choose(output=name))
        self.shares = QToolButton()
        self.shares.setText("%")
        self.shares.setCheckable(True)
        self.shares.setProperty("quiet", True)
        self.shares.setAccessibleName("Shares of a class")
        self.shares.setToolTip("Show shares of a class (%) rather than numbers of examples")
        self.shares.clicked.connect(lambda: self.choose(shares=self.shares.isChecked()))
        header = QHBoxLayout()
        header.setContentsMargins(16, 6, 10, 4)
        header.setSpacing(8)
        header.addWidget(self.title)
        header.addWidget(self.side, 1)
        header.addWidget(self.outputs)
        header.addWidget(self.chooser)
        header.addWidget(self.shares)
        return header

    def _empty_page(self) -> QWidget:
        page = QWidget()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.evaluate = QPushButton("Evaluate now")
        self.evaluate.setToolTip("Let the network judge all examples of this split, with its weights as they are")
        self.evaluate.clicked.connect(lambda: self.evaluation_wanted.emit(self.settings.split))
        column = QVBoxLayout(page)
        column.setContentsMargins(40, 8, 40, 16)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addSpacing(8)
        column.addWidget(self.evaluate, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _dress(self) -> None:
        self.dress()
        self._say("")

    # -- the declaration -----------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Show the split and the output of the settings."""
        self.outputs.settle(self.settings.output)
        self.chooser.offer([(words, split) for split, words in SPLITS.items()], self.settings.split)
        self.shares.setChecked(self.settings.shares)
        self.draw()

    def describe(self, document: Document) -> None:
        """Learn what the classes and outputs are called, and whether there is a validation split."""
        training = document.experiment.training
        self._validates = bool(getattr(training, "validation_fraction", True))
        self.outputs.describe(document)
        self.draw()

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Forget the run before."""
        self._tallies.clear()
        self._evaluated.clear()
        self._sizes.clear()
        self.draw()

    def handle(self, event: dict[str, Any]) -> None:
        """Take what an evaluation found, and how large the splits are."""
        self.outputs.learn(event)
        if event["event"] == "started":
            self._sizes = dict(event.get("splits") or {})
        elif event["event"] == "evaluated":
            tally, key = Tally.of_event(event), (event["split"], event.get("output") or self.outputs.first)
            self._evaluated[key] = int(event.get("classes") or 0)
            if tally is not None:
                self._tallies[key] = tally
        else:
            return
        self.draw()

    # -- view ----------------------------------------------------------------------------------------------------
    @property
    def tally(self) -> Tally | None:
        """What is shown."""
        return self._tallies.get((self.settings.split, self.outputs.shown))

    def draw(self) -> None:
        """Show what is known of the split."""
        super().draw()
        tally = self.tally
        if tally is not None:
            self.view.show_tally(tally, self.outputs.class_names, self.settings.shares)
        else:
            words, asked = self._why_empty()
            self.words.setText(words)
            self.evaluate.setVisible(asked)
        self._pages.setCurrentIndex(0 if tally is not None else 1)
        self._say("")

    def _why_empty(self) -> tuple[str, bool]:
        """Words in place of the matrix, and whether an evaluation would help."""
        split = self.settings.split
        if split in (evaluated for evaluated, _ in self._evaluated):  # of outputs without labels nothing is told
            classes = self._evaluated.get((split, self.outputs.shown), 0)
            return (TOO_MANY if classes > 1000 else NO_CLASSES), False
        if split == "validation" and (self._sizes.get(split, 1) == 0 or not self._validates):
            return NO_VALIDATION, False
        examples = "The training examples have" if split == "train" else f"The {split} examples have"
        return f"{examples} not been judged yet", True

    def _show_examples(self, truth: int, prediction: int) -> None:
        wanted = {"split": self.settings.split, "truth": truth, "prediction": prediction}
        which = {"output": self.settings.output} if self.outputs.several else {}
        self.examples_wanted.emit(wanted | which)

    def _say(self, words: str) -> None:
        tally = self.tally
        if words or tally is None:
            self.side.say(words, "")
            return
        accuracy = f"accuracy {wording.percent(tally.accuracy)}"
        counted = f"{accuracy} of {wording.counted(tally.examples, 'example')}"
        undecided = f" · {tally.undecided} undecided" if tally.undecided else ""
        self.side.say(
            f"epoch {tally.epoch} · {counted}{undecided}", counted, accuracy, wording.percent(tally.accuracy), ""
        )

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each pair of classes: truth, prediction, number of examples, share of the truth."""
        if self.tally is None:
            return {}
        names = np.array([name_of(k, self.outputs.class_names) for k in range(self.tally.classes)])
        truth, prediction = np.indices(self.tally.matrix.shape)
        return {
            "truth": names[truth.ravel()],
            "prediction": names[prediction.ravel()],
            "examples": self.tally.matrix.ravel(),
            "share": self.tally.shares.ravel(),
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """The matrix itself, the examples of each class, the names."""
        if self.tally is None:
            return {}
        names = np.array([name_of(k, self.outputs.class_names) for k in range(self.tally.classes)])
        return {"confusion": self.tally.matrix, "totals": self.tally.totals, "classes": names}
