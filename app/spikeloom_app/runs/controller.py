"""Runs the open document in a worker process and tells the window what happens.

The window never computes and never waits. A worker that has trained stays for a while and holds the network: what is
asked of it then (another example, an evaluation) it answers with the weights as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from spikeloom.errors import SpikeloomError
from spikeloom_app import wording
from spikeloom_app.document import OpenDocument
from spikeloom_app.part_names import PartNames
from spikeloom_app.runs.failure import Failure
from spikeloom_app.runs.live_sender import LiveSender
from spikeloom_app.runs.task import make_task
from spikeloom_app.runs.worker_process import WorkerProcess

if TYPE_CHECKING:
    from spikeloom_app.plots.panel import Wants

LINGER_MILLISECONDS = 600_000  # that a worker holds its network without being asked anything

STATES = ("idle", "building", "running", "paused", "stopping")
UNITS = ("batch", "epoch")


class RunController(QObject):
    """Trains or evaluates the open document.

    Parameters
    ----------
    parent
        Its owner; the worker dies with it.
    runs_folder
        Where the runs' folders go; None: where the worker puts them (the platform's folder for the user's data).

    Attributes
    ----------
    state_changed
        Signal with the new state, one of `STATES`.
    lingering_changed
        Signal: a worker has come to hold its network after a run, or does so no longer.
    event
        Signal with each event (`spikeloom.worker`), arrays as numpy's; of some kinds only the newest (`inbox`).
        Errors do not come here but as `failed`.
    shown
        Signal with each event of a run of the open document, in the names that its parts have there now: what shows a
        run as the document's own listens to this one, and not to `event`.
    other_changed
        Signal: `other` is another one.
    failed
        Signal with what went wrong, place first, and what to do about it (perhaps empty); the state is idle then.
    failure
        How the last run failed; None where it did not.
    example, split
        What is looked at.
    other
        What the run is called, where it is none of the open document; else an empty text.
    apart
        Whether an earlier run is evaluated, whose network is not the one that is open.
    """

    state_changed = Signal(str)
    lingering_changed = Signal()
    event = Signal(object)  # type: ignore[assignment]  # hides QObject.event, which nobody calls on a controller
    shown = Signal(object)
    other_changed = Signal()
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None, runs_folder: Path | None = None) -> None:
        super().__init__(parent)
        self.example, self.split = 0, "test"
        self.failure: Failure | None = None
        self.other, self.apart = "", False
        self._runs_folder = runs_folder
        self._state = "idle"
        self._worker: WorkerProcess | None = None
        self._lingering = False
        self._unwanted = False  # whether the worker at hand shall not stay after its run
        self._watched: dict[str, Any] = {"variables": [], "weights": []}
        self._title = ""  # of the document that runs
        self._names = PartNames()
        self._live = LiveSender(self._send_live, self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(LINGER_MILLISECONDS)
        self._patience.timeout.connect(self.release)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shut_down)

    @property
    def state(self) -> str:
        """One of `STATES`."""
        return self._state

    @property
    def lingering(self) -> bool:
        """Whether a worker whose run has ended holds the trained network and answers."""
        return self._lingering

    @property
    def answers(self) -> bool:
        """Whether there is a network of the open document to ask something of, learning or not."""
        return not self.other and (self._lingering or self._state in ("running", "paused"))

    @property
    def worker_pid(self) -> int:
        """The worker's process id; 0 where none runs."""
        return self._worker.pid if self._worker is not None else 0

    # -- a run ---------------------------------------------------------------------------------------------------
    def train(self, document: OpenDocument, **options: Any) -> None:
        """Train a copy of the document as it is now; nothing happens while another run is on its way.

        Parameters
        ----------
        options
            Of the task: `resume`, `weights`, ...
        """
        self._run("train", document, options)

    def evaluate(self, document: OpenDocument, **options: Any) -> None:
        """Run examples through a copy of the document as it is now; not while another run is on its way.

        Parameters
        ----------
        options
            Of the task: `split` (the test examples by default), `checkpoint`, ...
        """
        self._run("evaluate", document, options)

    def evaluate_apart(self, document: OpenDocument, name: str, **options: Any) -> None:
        """Evaluate another network than the one that is open; plots are not told of it, and it is not held.

        Parameters
        ----------
        name
            What the run is called that the network is of.
        """
        self._run("evaluate", document, {**options, "linger": False}, name)

    def document_replaced(self) -> None:
        """Another document is open: a run that goes on is none of its own, and nothing of it has been looked at."""
        self.example, self.split = 0, "test"
        self.release()
        if self._worker is not None:
            self._live.clear()
            self._call(self.other or f"{self._title} (another document)")

    def part_renamed(self, old: str, new: str) -> None:
        """The open document calls a part otherwise; the run goes on with the names that it began with."""
        self._names.rename(old, new)

    def parts_replaced(self, names: Iterable[str]) -> None:
        """The open document has other contents now, with parts of these names; the run is still its own."""
        self._names.replace(names)

    def summary(self, result: dict[str, Any]) -> str:
        """What the run has come to, in words that say whose it is where it is none of the open document."""
        if self.apart and "split" in result:
            return f"Evaluated {self.other} on {result['split']}: {wording.score(result)}"
        text = wording.summary(result)
        return f"{self.other}: {text}" if self.other else text

    def _call(self, other: str) -> None:
        if other != self.other:
            self.other = other
            self.other_changed.emit()

    def _run(self, kind: str, document: OpenDocument, options: dict[str, Any], other: str = "") -> None:
        if self._state != "idle":
            return
        self.release()
        self.failure, self._unwanted, self.apart = None, False, bool(other)
        self._title = document.title
        self._names.clear()
        self._call(other)
        self._set_state("building")
        # Of another network than the one that is open nothing is looked at.
        probe = None if other else {"example": self.example, "split": self.split}
        watched = None if other else self._watched
        try:
            task = make_task(kind, document, {"probe": probe, "watch": watched, **options}, self._runs_folder)
        except SpikeloomError as error:
            self._end(error)
            return
        worker = self._worker = WorkerProcess(self, task)
        worker.event.connect(self._hear)
        worker.ended.connect(self._ended)
        worker.start(task.options)

    def pause(self) -> None:
        """Hold the run after the batch at hand."""
        if self._state == "running":
            self._send({"command": "pause"})

    def resume(self) -> None:
        """Go on."""
        if self._state == "paused":
            self._send({"command": "resume"})

    def step(self, unit: str) -> None:
        """Go on, and hold again after one ``batch`` or at the end of the ``epoch``."""
        if self._state in ("building", "running", "paused") and unit in UNITS:
            self._send({"command": "step", "unit": unit})

    def stop(self) -> None:
        """End the run; what it has learned is kept."""
        if self._state in ("building", "running", "paused") and self._worker is not None:
            self._live.clear()
            self._set_state("stopping")
            self._worker.stop()

    def release(self) -> None:
        """Let go of the worker that holds a network; one that still runs goes when its run has ended."""
        self._unwanted = True
        if self._lingering and self._worker is not None:
            self._worker.let_go()
            self._leave()

    def shut_down(self) -> None:
        """End the worker now, because the window closes; returns when it has gone."""
        worker = self._worker
        if worker is not None:
            worker.shut_down()
            self._leave()

    # -- what is asked of a network ------------------------------------------------------------------------------
    def watch(self, wants: Wants) -> None:
        """Have these variables and weights told, in this run and in those to come, and no others."""
        variables = [[part, variable, list(numbers)] for part, variable, numbers in wants.variables]
        watched = {"variables": variables, "weights": [list(pair) for pair in wants.weights]}
        if watched != self._watched:
            self._watched = watched
            self._ask({"command": "watch", **self._names.wishes(watched)})

    def show_example(self, example: int, split: str = "test") -> None:
        """Look at another example, in this run and in those to come."""
        self.example, self.split = example, split
        self._send_probe()

    def set_live(self, path: str, value: float) -> None:
        """Change a parameter of the network that runs, or is held; nothing happens where there is none.

        Parameters
        ----------
        path
            Its place in the document: ``experiment.learning.optimiser.alpha``.
        """
        if self._worker is not None and self._state != "stopping" and not self.other:
            self._live.give(path, value)

    def ask_evaluation(self, split: str) -> None:
        """Evaluate a split with the weights as they are now; nothing happens where there is no network."""
        if self.answers:
            self._ask({"command": "evaluate", "split": split})

    def _send_probe(self) -> None:
        self._ask({"command": "probe", "example": self.example, "split": self.split})

    def _send_live(self, path: str, value: float) -> None:
        self._ask({"command": "set", "path": self._names.path_in_run(path), "value": value})

    def _ask(self, message: dict[str, Any]) -> None:
        """Send what concerns the open document to its run."""
        if not self.other:
            self._send(message)

    def _send(self, message: dict[str, Any]) -> None:
        if self._worker is None or self._state == "stopping":
            return
        self._worker.send(message)
        if self._lingering:
            self._patience.start()

    # -- what it tells -------------------------------------------------------------------------------------------
    def _hear(self, event: Any) -> None:
        kind = event["event"]
        if kind == "lingering":
            self._hold_on()
        elif self._state not in ("stopping", "idle"):
            self._follow(kind)
        self.event.emit(event)
        if not self.other:
            self.shown.emit(self._names.event(event))

    def _follow(self, kind: str) -> None:
        """The state that an event tells of."""
        if kind == "paused":
            self._set_state("paused")
        elif kind == "resumed" or (kind in ("started", "progress", "evaluating") and self._state == "building"):
            self._set_state("running")

    def _hold_on(self) -> None:
        """The run has ended, and the worker stays with its network."""
        assert self._worker is not None
        self._worker.hold_on()
        self._live.clear()
        self._lingering = True
        self._patience.start()
        if self._unwanted:
            self.release()
        self._set_state("idle")
        self.lingering_changed.emit()

    def _ended(self, error: Any) -> None:
        folder = self._worker.course.folder if self._worker is not None else None
        self._leave()
        self._end(error, folder)

    def _leave(self) -> None:
        """Let go of a worker that has ended, or is about to."""
        self._worker = None
        self._live.clear()
        self._patience.stop()
        lingered, self._lingering = self._lingering, False
        self._set_state("idle")
        if lingered:
            self.lingering_changed.emit()

    def _end(self, error: SpikeloomError | None, folder: Path | None = None) -> None:
        self._set_state("idle")
        if error is not None:
            self.failure = Failure.of(error, folder)
            self.failed.emit(self.failure.text, error.hint)

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
