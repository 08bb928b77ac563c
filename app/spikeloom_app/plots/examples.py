"""One example after another: its input as people know it, what the network answers, and whether that is right."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QToolButton, QVBoxLayout

from spikeloom.spec import Document
from spikeloom.spec.plots import Examples
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.activity_view import ActivityView, activities_of
from spikeloom_app.plots.answer_view import MISTAKE, TRUTH, Answer, AnswerView
from spikeloom_app.plots.chart import SideLabel
from spikeloom_app.plots.confusion import SPLITS
from spikeloom_app.plots.controls import Choice, PanelButton
from spikeloom_app.plots.judged import Judged, step_from
from spikeloom_app.plots.output_choice import OutputChoice, answer_of
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.sample import Sample
from spikeloom_app.plots.sample_view import SampleView
from spikeloom_app.plots.tally import name_of
from spikeloom_app.plots.target_view import TargetView
from spikeloom_app.plots.time_bar import TimeBar
from spikeloom_app.plots.wrong_strip import WrongStrip

MOST_EXAMPLES = 99_999  # until it is known how many there are
NO_DATA = "Run the network to see its examples"
NO_CLASSES = "These examples have no classes, so none is wrong"


class ExamplePlot(PlotPanel):
    """Takes ``example`` and ``evaluated`` events."""

    settings: Examples

    def __init__(self, settings: Examples | None = None, parent: Any = None) -> None:
        super().__init__("Examples, one after another", settings or Examples(name="plot:1"), parent)
        self.example = 0
        self._judged: dict[tuple[str, str], Judged] = {}  # by split and output
        self._sizes: dict[str, int] = {}
        self._event: dict[str, Any] | None = None
        self._asked: tuple[str, int] | None = None
        self._evaluated = False
        self.sample_view, self.answer_view, self.activity = SampleView(), AnswerView(), ActivityView()
        self.target_view = TargetView()  # in place of the answer, where targets change with time
        self.time_bar, self.strip = TimeBar(), WrongStrip()
        self.words = QLabel(NO_DATA)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.time_bar.chosen.connect(self._choose_time)
        self.strip.chosen.connect(self.go_to)
        self.strip.pointed.connect(self._point)
        self.column.addLayout(self._header())
        self.column.addWidget(self.words, 1)
        self.column.addLayout(self._body(), 1)
        self.column.addLayout(self._footer())
        self.settle()
        follow_theme(self._dress)

    # -- fields --------------------------------------------------------------------------------------------------
    def _header(self) -> QHBoxLayout:
        self.previous = PanelButton("previous", "Previous example")
        self.next = PanelButton("next", "Next example")
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.number = QSpinBox()
        self.number.setRange(0, MOST_EXAMPLES)
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(theme.large(76))
        self.number.setAccessibleName("Number of the example")
        self.number.setToolTip("The example to show (Up and Down keys)")
        self.number.valueChanged.connect(self.go_to)
        self.side = SideLabel()
        self.chooser = Choice("Split", "The examples to choose from", self._choose_split)
        self.outputs = OutputChoice("The output that is shown", self._choose_output)
        self.wrong = QToolButton()
        self.wrong.setText(MISTAKE)
        self.wrong.setCheckable(True)
        self.wrong.setProperty("quiet", True)
        self.wrong.setAccessibleName("Only wrong ones")
        self.wrong.setToolTip("Only wrong ones: step through examples that were taken for another class")
        self.wrong.clicked.connect(lambda: self._choose_wrong(self.wrong.isChecked()))
        header = QHBoxLayout()
        header.setContentsMargins(10, 6, 10, 4)
        header.setSpacing(4)
        for widget in (self.previous, self.number, self.next):
            header.addWidget(widget)
        header.addWidget(self.side, 1)
        header.addSpacing(4)
        header.addWidget(self.outputs)
        header.addWidget(self.chooser)
        header.addWidget(self.wrong)
        return header

    def _body(self) -> QHBoxLayout:
        left, right, body = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for column in (left, right, body):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
        left.addWidget(self.sample_view, 1)
        left.addWidget(self.time_bar)
        right.addWidget(self.answer_view, 1)
        right.addWidget(self.target_view, 1)
        right.addWidget(self.activity)
        body.addLayout(left, 5)
        body.addLayout(right, 6)
        return body

    def _footer(self) -> QHBoxLayout:
        self.clear_filter = QPushButton()
        self.evaluate = QPushButton("Evaluate now")
        for button in (self.clear_filter, self.evaluate):
            button.setProperty("link", True)
            button.setProperty("small", True)
        self.clear_filter.setToolTip("Look for these no longer")
        self.clear_filter.clicked.connect(lambda: self.filter_by(None, None))
        self.evaluate.setToolTip("Let the network judge all examples of this split, to know which are wrong")
        self.evaluate.clicked.connect(lambda: self.evaluation_wanted.emit(self.settings.split))
        self.counted = QLabel()
        footer = QHBoxLayout()
        footer.setContentsMargins(0, 0, 14, 4)
        footer.setSpacing(4)
        footer.addWidget(self.strip, 1)
        for widget in (self.counted, self.clear_filter, self.evaluate):
            footer.addWidget(widget)
        return footer

    def _dress(self) -> None:
        self.dress()
        self._say()

    # -- the declaration -----------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Show the split and the output of the settings."""
        self.outputs.settle(self.settings.output)
        self.chooser.offer([(words, split) for split, words in SPLITS.items()], self.settings.split)
        self.wrong.setChecked(self.settings.wrong)
        self._show_answer()
        self.draw()

    def describe(self, document: Document) -> None:
        """Learn what the classes and the outputs are called."""
        self.outputs.describe(document)
        self._show_answer()
        self.draw()

    def _choose_split(self, split: str) -> None:
        self.choose(split=split, **self._unfiltered())
        looked_for = self.among
        self._ask(0 if looked_for is None or not len(looked_for) else int(looked_for[0]))

    def _choose_output(self, output: str) -> None:
        self.choose(output=output, **self._unfiltered())  # its classes are others
        self.seek()

    def _choose_wrong(self, on: bool) -> None:
        self.choose(wrong=on, **self._unfiltered())
        self.seek()

    @property
    def filter(self) -> tuple[int | None, int | None] | None:
        """Truth and prediction that are looked for (None: any); None: for no class in particular."""
        wanted = (self.settings.truth, self.settings.prediction)
        return None if wanted == (None, None) else wanted

    def _unfiltered(self) -> dict[str, None]:
        """What there is to choose so that no classes are looked for."""
        return {} if self.filter is None else {"truth": None, "prediction": None}

    def filter_by(self, truth: int | None, prediction: int | None) -> None:
        """Look for the examples of one class that were taken for another; None: for any."""
        self.choose(truth=truth, prediction=prediction)
        self.seek()

    def seek(self) -> None:
        """Go to an example that is looked for, where another one is shown."""
        looked_for = self.among
        if looked_for is not None and len(looked_for) and self.example not in looked_for:
            later = looked_for[looked_for > self.example]
            self._ask(int(later[0] if len(later) else looked_for[0]))

    # -- which example -------------------------------------------------------------------------------------------
    @property
    def judged(self) -> Judged | None:
        """What is known of the split and the output; None: it was not evaluated."""
        return self._judged.get((self.settings.split, self.outputs.shown))

    @property
    def _classless(self) -> bool:
        """Whether the output has no classes: then no example is wrong."""
        return self._evaluated and all(output != self.outputs.shown for _, output in self._judged)

    @property
    def examples(self) -> int:
        """How many there are in the split; 0: not known."""
        return self._sizes.get(self.settings.split) or len(self.judged or ())

    @property
    def among(self) -> np.ndarray | None:
        """The examples that are stepped through; None: all."""
        if self.judged is None:
            return None
        if self.filter is not None:
            return self.judged.taken(*self.filter)
        return self.judged.wrong() if self.settings.wrong else None

    def step(self, ways: int) -> None:
        """Go to the next example that is looked for, or to the one before."""
        found = step_from(self.example, ways, self.among, self.examples or MOST_EXAMPLES)
        if found is not None:
            self._ask(found)

    def go_to(self, example: int) -> None:
        """Show an example."""
        if example != self.example or self._event is None:
            self._ask(example)

    def _ask(self, example: int) -> None:
        self.example = example
        self._asked = (self.settings.split, example)
        self.draw()
        self.example_chosen.emit(self.settings.split, example)

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Forget the run before; the example that is looked at stays."""
        self._judged.clear()
        self._sizes.clear()
        self._event, self._asked, self._evaluated = None, None, False
        self.draw()

    def handle(self, event: dict[str, Any]) -> None:
        """Take an example, or what became of all of them."""
        self.outputs.learn(event)
        if event["event"] == "started":
            self._sizes.update(event.get("splits") or {})
        elif event["event"] == "evaluated":
            self._evaluated = True
            if event.get("labels") is not None:
                key = (event["split"], event.get("output") or self.outputs.first)
                self._judged[key] = Judged(np.asarray(event["labels"]), np.asarray(event["predictions"]))
        elif event["event"] == "example":
            self._take(event)
        else:
            return
        self.draw()

    def _take(self, event: dict[str, Any]) -> None:
        """Show an example, unless the user has just asked for another."""
        here = (event.get("split", "test"), int(event["example"]))
        self._sizes[here[0]] = int(event.get("examples") or 0)
        if self._asked is not None and here != self._asked:
            return
        self._asked = None
        if here[0] == self.settings.split:
            self.example = here[1]
        self._event = event
        sample = Sample.of_event(event)
        self.sample_view.show_sample(sample)
        self._show_answer()
        self.activity.show_activities(activities_of(event))
        self.time_bar.span(sample.timesteps, sample.dt)
        self.time_bar.setVisible(sample.kind in ("frames", "spikes"))
        if self.sample_view.step is not None and self.sample_view.step >= sample.timesteps:
            self.set_time(None)

    @property
    def answer(self) -> dict[str, Any]:
        """What the event tells of the output that is shown."""
        return answer_of(self._event, self.outputs.shown) if self._event is not None else {}

    def _show_answer(self) -> None:
        """Show what is read of the output, or how it follows its targets."""
        if self._event is None:
            return
        told, nothing = self.answer, np.zeros((0, 0))
        label, prediction = told.get("label"), told.get("prediction")
        answer = Answer(
            np.asarray(told.get("readout") or (), dtype=float),
            None if label is None or label < 0 else int(label),
            None if prediction is None else int(prediction),
            self.outputs.class_names,
        )
        self.answer_view.show_answer(answer)
        duration = int(self._event["timesteps"]) * float(self._event["dt"])
        self.target_view.show_response(told.get("response", nothing), told.get("targets", nothing), duration)

    # -- view ----------------------------------------------------------------------------------------------------
    def _choose_time(self, step: int) -> None:
        self.set_time(step)
        self.time_chosen.emit(step)

    def set_time(self, step: int | None) -> None:
        """Show the input at a timestep; None: all of it."""
        self.sample_view.set_step(step)
        self.time_bar.show_step(step)
        count = self.sample_view.sample.timesteps if self.sample_view.sample is not None else 0
        place = None if step is None or not count else (step + 0.5) / count
        self.activity.set_place(place)
        self.target_view.set_place(place)

    def draw(self) -> None:
        """Show the example and where it lies."""
        super().draw()
        there = self._event is not None
        self.words.setVisible(not there)
        follows = bool(self.target_view.response.size)
        for view, wanted in (
            (self.sample_view, True),
            (self.answer_view, not follows),
            (self.target_view, follows),
            (self.activity, True),
        ):
            view.setVisible(there and wanted)
        if not there:
            self.time_bar.hide()
        self._number()
        judged, looked_for = self.judged, self.among
        ticks = looked_for if looked_for is not None else judged.wrong() if judged is not None else np.zeros(0, int)
        self.strip.show_ticks(ticks, self.examples, self.example)
        self.strip.setVisible(judged is not None)
        self.counted.setIndent(0 if judged is not None else 14)
        everything = self.examples or MOST_EXAMPLES
        self.previous.setEnabled(step_from(self.example, -1, looked_for, everything) is not None)
        self.next.setEnabled(step_from(self.example, 1, looked_for, everything) is not None)
        self.clear_filter.setVisible(self.filter is not None)
        if self.filter is not None:
            truth, prediction = ("any" if k is None else name_of(k, self.outputs.class_names) for k in self.filter)
            self.clear_filter.setText(f"{truth} taken for {prediction}  ×")
        self.evaluate.setVisible(judged is None and self._looks_for_some and not self._classless)
        self.counted.setText(self._count(judged, ticks))
        self._say()

    @property
    def _looks_for_some(self) -> bool:
        """Whether it has to be known what became of each example."""
        return self.settings.wrong or self.filter is not None

    def _number(self) -> None:
        self.number.blockSignals(True)
        self.number.setMaximum(self.examples - 1 if self.examples else MOST_EXAMPLES)
        if not self.number.hasFocus() or self.number.value() != self.example:
            self.number.setValue(self.example)
        self.number.blockSignals(False)

    def _count(self, judged: Judged | None, ticks: np.ndarray) -> str:
        if self._classless:
            return NO_CLASSES if self._looks_for_some else ""
        if judged is None:
            return "Which ones are wrong is not known yet" if self._looks_for_some else ""
        if self.filter is not None:
            return f"{len(ticks)} of {len(judged)}"
        return f"{len(ticks)} of {len(judged)} wrong" if len(ticks) else f"none of {len(judged)} wrong"

    def _point(self, example: int) -> None:
        judged = self.judged
        if example < 0 or judged is None or example >= len(judged):
            self._say()
        else:
            self.side.say(judged.in_words(example, self.outputs.class_names), "")

    def _say(self) -> None:
        """Say beside the number what the example was taken for."""
        answer = self.answer_view.answer
        if self._event is None or answer is None:
            self.side.say("")
            return
        words, t = answer.in_words() or self.target_view.in_words(), theme.current()
        colour = t.success if words.startswith(TRUTH) else t.error if words.startswith(MISTAKE) else t.text_muted
        self.side.say(
            f'<span style="color:{colour}">{words}</span>', f'<span style="color:{colour}">{words[:1]}</span>'
        )

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each class: what was read of it, whether it is the truth, whether it was predicted."""
        answer = self.answer_view.answer
        if answer is None:
            return {}
        numbers = np.arange(len(answer.values))
        which = {"population": np.full(len(numbers), self.outputs.shown)} if self.outputs.several else {}
        return which | {
            "example": np.full(len(numbers), self.example),
            "class": np.array([name_of(int(k), self.outputs.class_names) for k in numbers]),
            "output": answer.values,
            "truth": numbers == (-1 if answer.label is None else answer.label),
            "predicted": numbers == (-1 if answer.prediction is None else answer.prediction),
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """The outputs, the input, and all spikes of the example."""
        if self._event is None:
            return {}
        kept = {name: value for name, value in self._event.items() if isinstance(value, np.ndarray)}
        return {"readout": np.asarray(self.answer.get("readout") or ())} | kept
