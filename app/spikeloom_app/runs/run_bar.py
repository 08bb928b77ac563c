"""The bar that starts, holds and ends a run, and says in one line how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.document import OpenDocument
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.inspector.controls import Caption
from spikeloom_app.listening import follow_theme, listen
from spikeloom_app.runs.build_clock import BuildClock
from spikeloom_app.runs.controller import RunController
from spikeloom_app.runs.progress_line import ProgressLine
from spikeloom_app.runs.run_watch import RunWatch
from spikeloom_app.runs.stepping import Stepping
from spikeloom_app.runs.train_button import TrainButton

CHANGES_WIDTH = 240  # px
HEADLINES = {"building": "Preparing", "running": "Running", "paused": "Paused", "stopping": "Stopping"}
CANCELLING = "Cancelling the build"
HELD = "the network is held"
HELD_TIP = (
    "Look at examples and evaluate with what it has learned, until another run starts or another document is opened"
)


class RunBar(QWidget):
    """Train, Pause or Resume, Step, Stop; what goes on; how far it has come.

    Parameters
    ----------
    controller
        What it steers and listens to.
    document
        What would be trained.

    Attributes
    ----------
    train_requested
        Signal: Train was pressed. Whoever owns the document checks it and calls `RunController.train`.
    stepping
        Takes the run a step further.
    """

    train_requested = Signal()

    def __init__(
        self, controller: RunController, document: OpenDocument | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._controller, self._document = controller, document
        self._tone = ""  # of the headline
        self._refused = False  # whether it says what keeps the document from running
        self._watch: RunWatch | None = None
        self._keys = {"train": "Ctrl+R", "pause": "Ctrl+P", "stop": "Ctrl+."}
        self._figures = self._rate = ""
        self._epochs, self._restores = 0, False  # of the run at hand, and whether it ends with its best weights
        self._built = True  # whether the run at hand has begun
        self._clock = BuildClock(self._show_stage, self)
        self.stepping = Stepping(controller)
        self.setObjectName("runBar")
        self.setAccessibleName("Run")
        self._build()
        controller.state_changed.connect(self._show_state)
        controller.event.connect(self.handle)
        controller.failed.connect(self._show_failure)
        controller.lingering_changed.connect(self._show_held)
        controller.other_changed.connect(self._show_other)
        if document is not None:
            listen(document.settings_changed, self._settings_changed)
            listen(document.replaced, self._show_ready)
        follow_theme(self._dress)
        self._show_ready()
        self._show_state(controller.state)

    # -- construction --------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.train_button = TrainButton("Train")
        self._prepare(self.train_button)
        self.pause_button = self._button("Pause")
        self.stop_button = self._button("Stop")
        self.train_button.setProperty("primary", True)
        self.train_button.clicked.connect(self.train_requested)
        self.step_button = self._button("Step")
        self.step_button.setToolTip("Go on by a batch, an epoch, an example or a timestep")
        self.step_menu = QMenu(self.step_button)
        self.step_menu.setToolTipsVisible(True)
        self.step_button.setMenu(self.step_menu)
        self.step_button.hide()  # until somebody says which steps there are
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.stop_button.clicked.connect(self._controller.stop)
        self.headline, self.details, self.left = QLabel(), Caption(""), QLabel()
        self.headline.setObjectName("headline")
        self.headline.setAccessibleName("State of the run")
        self.details.setObjectName("muted")
        self.details.setAccessibleName("Figures of the run")
        self.left.setObjectName("muted")
        self.left.setAccessibleName("Time left")
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for label in (self.headline, self.details, self.left):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.headline, self.details):  # they give way; their tooltips say all
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.headline.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.headline.setMinimumWidth(40)
        self.progress = ProgressLine()
        line = QHBoxLayout()
        line.setSpacing(14)
        line.addWidget(self.headline)
        line.addWidget(self.details, 1)
        line.addWidget(self.left)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.progress)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.train_button)
        row.addWidget(self.pause_button)
        row.addWidget(self.step_button)
        row.addWidget(self.stop_button)
        row.addSpacing(12)
        row.addLayout(column, 1)
        self.setTabOrder(self.train_button, self.pause_button)
        self.setTabOrder(self.pause_button, self.step_button)
        self.setTabOrder(self.step_button, self.stop_button)

    def _button(self, text: str) -> QPushButton:
        return self._prepare(QPushButton(text))

    def _prepare(self, button: QPushButton) -> QPushButton:
        button.setAccessibleName(button.text())
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def offer_steps(self, actions: Sequence[QAction]) -> None:
        """Offer these in the menu of the Step button, two of a kind together."""
        for number, action in enumerate(actions):
            if number and number % 2 == 0:
                self.step_menu.addSeparator()
            self.step_menu.addAction(action)
        self.step_button.show()

    def show_keys(self, train: str, pause: str, stop: str) -> None:
        """Say these keys in the tooltips of the buttons."""
        keys = {"train": train, "pause": pause, "stop": stop}
        if keys != self._keys:
            self._keys = keys
            self._show_changes()
            self._show_tips()

    def _tip(self, text: str, name: str) -> str:
        return f"{text} ({self._keys[name]})" if self._keys[name] else text

    def _show_tips(self) -> None:
        paused = self._controller.state == "paused"
        self.pause_button.setToolTip(self._tip("Go on" if paused else "Hold the run", "pause"))
        self.stop_button.setToolTip(self._tip("End the run and keep what it has learned", "stop"))

    def follow(self, watch: RunWatch) -> None:
        """Say what was changed since the last run that `watch` knows of."""
        self._watch = watch
        listen(watch.changed, self._show_changes)
        self._show_changes()

    # -- look ----------------------------------------------------------------------------------------------------
    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(f"""
            QLabel {{ color: {t.text}; font-size: {t.font}px; background: transparent; }}
            QLabel#headline {{ font-weight: 600; }}
            QLabel#headline[tone="error"] {{ color: {t.error}; }}
            QLabel#headline[tone="success"] {{ color: {t.success}; }}
            QLabel#headline[tone="warning"] {{ color: {t.warning}; }}
            QLabel#muted {{ color: {t.text_muted}; }}
        """)
        side = round(SIZE * theme.scale())
        for button in (self.train_button, self.pause_button, self.step_button, self.stop_button):
            button.setIconSize(QSize(side, side))
        self.step_button.setIcon(icon("step", t.text))
        self.train_button.setIcon(icon("play", t.accent_text, t.text_muted))
        self.stop_button.setIcon(icon("stop", t.text))
        # As wide as its longer text, so that nothing moves when it changes.
        shown = self.pause_button.text()
        self.pause_button.setMinimumWidth(0)
        self.pause_button.setText("Resume")
        self.pause_button.setMinimumWidth(self.pause_button.sizeHint().width())
        self.pause_button.setText(shown)
        self._dress_pause()

    def _dress_pause(self) -> None:
        t = theme.current()
        shape = "play" if self._controller.state == "paused" else "pause"
        self.pause_button.setIcon(icon(shape, t.text))

    def _say(self, headline: str, details: str = "", left: str = "", tone: str = "", tip: str = "") -> None:
        self._refused = self._refused and tone == "error"
        if self._controller.state == "idle" and not left:
            left = self._changes()
        for label, text in ((self.headline, headline), (self.details, details), (self.left, left)):
            if label.text() != text:
                label.setText(text)
        self.headline.setToolTip(wording.tooltip(tip))
        self.details.setToolTip(wording.tooltip(tip or details))
        if tone != self._tone:
            self._tone = tone
            self.headline.setProperty("tone", tone)
            self.headline.style().unpolish(self.headline)
            self.headline.style().polish(self.headline)

    # -- what happens --------------------------------------------------------------------------------------------
    def _pause_or_resume(self) -> None:
        if self._controller.state == "paused":
            self._controller.resume()
        else:
            self._controller.pause()

    def show_refusal(self, errors: int) -> None:
        """Say that problems of the document keep it from running; taken back by `count_problems`."""
        plural = "problem keeps" if errors == 1 else "problems keep"
        doing = "training" if self.learns else "running"
        self._refused = True
        self._say(f"{errors} {plural} it from {doing}", tone="error")
        self.progress.show_fraction(0.0)

    def count_problems(self, errors: int) -> None:
        """Bring what was refused up to date with the problems that are left."""
        if self._refused and self._controller.state == "idle":
            if errors:
                self.show_refusal(errors)
            else:
                self._show_ready()

    def _settings_changed(self) -> None:
        self._name_button()
        if self.headline.text() == "Ready":
            self._show_ready()

    def _show_ready(self) -> None:
        if self._controller.state != "idle":
            return
        self._name_button()
        epochs = self._document.document.experiment.training.epochs if self._document is not None else 0
        plural = "" if epochs == 1 else "s"
        self._say("Ready", f"{epochs} epoch{plural}" if epochs and self.learns else "")
        self.progress.show_fraction(0.0)

    @property
    def learns(self) -> bool:
        """Whether the document has a learning rule: then Train is what one presses, else Evaluate."""
        return self._document is None or self._document.document.learns

    def _name_button(self) -> None:
        text = "Train" if self.learns else "Evaluate"
        if self.train_button.text() != text:
            self.train_button.setText(text)
            self.train_button.setAccessibleName(text)
        self._show_changes()

    def _changes(self) -> str:
        summary = self._watch.summary() if self._watch is not None else ""
        if not summary:
            return ""
        # It gives way to the headline; its tooltip says all.
        room = min(round(CHANGES_WIDTH * theme.scale()), self.progress.width() - self.headline.sizeHint().width() - 28)
        return self.left.fontMetrics().elidedText(
            f"Changed since: {summary}", Qt.TextElideMode.ElideRight, max(0, room)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As much of the changes as there is room for."""
        super().resizeEvent(event)
        self._show_changes()

    def _show_changes(self) -> None:
        """The dot and the tooltip of the button, and, between runs, the words beside it."""
        summary = self._watch.summary() if self._watch is not None else ""
        tip = "Train the network" if self.learns else "Run the test examples through the network"
        changed = f"Changed since the last run: {summary}" if summary else ""
        self.train_button.mark(bool(summary))
        self.train_button.setToolTip(f"{self._tip(tip, 'train')}\n{changed}".strip())
        self.train_button.setAccessibleDescription(changed)
        if self._controller.state == "idle":
            self.left.setText(self._changes())
            self.left.setToolTip(changed)

    def _show_state(self, state: str) -> None:
        idle = state == "idle"
        self.train_button.setEnabled(idle)
        self.pause_button.setEnabled(state in ("running", "paused"))
        self.stop_button.setEnabled(state in ("building", "running", "paused"))
        text = "Resume" if state == "paused" else "Pause"
        self.pause_button.setText(text)
        self.pause_button.setAccessibleName(text)
        self._show_tips()
        self._dress_pause()
        if state == "building":
            self._built = False
            self._figures = self._rate = ""
            self._epochs, self._restores = 0, self._will_restore()
            self._say(self._named("Preparing"))
            self.progress.show_busy()
        else:
            self._clock.stop()
            self._built = self._built or state in ("running", "paused")
            self._show_course(state)
        if idle:
            self._show_changes()

    def _show_course(self, state: str) -> None:
        """What a state other than building says on its own; the worker's figures follow."""
        headline = self.headline.text()
        wordless = [self._named(words) for words in (*HEADLINES.values(), CANCELLING, self._clock.stage)]
        if state == "idle" and headline in wordless:
            # It ended without a word of its own, so it was stopped.
            self._say(self._named("Stopped" if self._built else "Build cancelled"), self._figures)
            self.progress.show_fraction(self.progress.fraction, "border_strong")
        elif state == "stopping":
            self._say(self._named(HEADLINES[state] if self._built else CANCELLING), self._figures)
        elif state != "idle":
            self._say(
                self._named(HEADLINES[state]), self._details(), self.left.text(), "warning" if state == "paused" else ""
            )

    def _named(self, words: str) -> str:
        """With the name of the run, where it is none of the open document."""
        other = self._controller.other
        joint = " " if words.count(" ") == 0 else ": "  # "Training digits", "Compiling the simulator: digits"
        return f"{words}{joint}{other}" if other and words else words

    def _show_other(self) -> None:
        """Another document was opened while the run goes on."""
        if self._controller.state != "idle" and self._controller.other:
            self.headline.setText(self._named(self.headline.text()))

    def _show_stage(self, stage: str, seconds: int) -> None:
        self._say(self._named(stage), wording.duration(seconds).replace(".0 s", " s") if seconds else "")
        self.progress.show_busy()

    def _show_held(self) -> None:
        """That the worker holds the network after its run, or does so no longer."""
        if self._controller.state == "idle" and self.details.text() in ("", HELD):
            self.details.setText(HELD if self._controller.lingering else "")
            self.details.setToolTip(HELD_TIP if self._controller.lingering else "")

    def handle(self, event: Any) -> None:
        """Show what an event tells."""
        kind, state = event["event"], self._controller.state
        if kind == "build" and state == "building" and event.get("state") != "done":
            self._clock.begin(str(event.get("text") or "Building the simulator"))
        elif kind == "build":
            self._clock.stop()
        elif kind == "progress" and state in ("building", "running", "paused"):
            self._show_progress(event)
        elif kind == "evaluating" and state in ("building", "running", "paused"):
            self._show_evaluation(event)
        elif kind == "evaluated" and state == "idle":
            self.details.setText(f"{event.get('split')} {wording.score(event)}")
        elif kind == "result":
            self._show_result(event.get("result") or {})

    def _show_evaluation(self, event: dict[str, Any]) -> None:
        known = event.get("accuracy") is not None or event.get("loss") is not None
        self._show_figures("Evaluating", event, [wording.score(event) if known else ""])
        self.progress.show_fraction(event.get("fraction", 0.0))

    def _show_progress(self, event: dict[str, Any]) -> None:
        epoch, epochs = event["epoch"], event["epochs"]
        self._epochs = int(epochs)
        figures = [
            f"epoch {epoch} of {epochs}",
            f"loss {wording.figure(event.get('loss'))}",
            f"accuracy {wording.percent(event['accuracy'])}" if event.get("accuracy") is not None else "",
        ]
        self._show_figures("Training", event, figures)
        self.progress.show_fraction((epoch - 1 + event.get("fraction", 0.0)) / max(1, epochs))

    def _show_figures(self, doing: str, event: dict[str, Any], figures: list[str]) -> None:
        """What goes on, its figures and its speed, and the time left."""
        paused = self._controller.state == "paused"
        words, tone = (HEADLINES["paused"], "warning") if paused else (doing, "")
        self._figures = "  ·  ".join(filter(None, figures))
        self._rate = wording.rate(event.get("examples_per_second"))
        self._say(self._named(words), self._details(), wording.time_left(event.get("remaining")), tone)

    def _details(self) -> str:
        """The figures of the run, and its speed where it is not held."""
        rate = "" if self._controller.state == "paused" else self._rate
        return "  ·  ".join(filter(None, (self._figures, rate)))

    def _show_result(self, result: dict[str, Any]) -> None:
        stopped = bool(result.get("stopped"))
        course = wording.best_epoch(result, self._epochs, self._restores)
        text = " · ".join(filter(None, (self._controller.summary(result), course)))
        tip = f"Everything of this run lies in {result['run']}" if result.get("run") else ""
        self._say(text, tone="" if stopped else "success", tip=tip)
        if stopped:
            self.progress.show_fraction(self.progress.fraction, "border_strong")
        else:
            self.progress.show_fraction(1.0, "success")

    def _will_restore(self) -> bool:
        """Whether a run of the open document ends with the weights of its best epoch."""
        if self._document is None or self._controller.other:
            return False
        stopping = self._document.document.experiment.training.early_stopping
        return stopping is not None and stopping.restore_best

    def _show_failure(self, message: str, hint: str) -> None:
        message = f"{self._controller.other}: {message}" if self._controller.other else message
        self._say(message, tone="error", tip=f"{message}\n{hint}".strip())
        self.progress.show_fraction(self.progress.fraction, "error")
