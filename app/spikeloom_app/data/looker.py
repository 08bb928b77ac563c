"""Asks a worker about the data set of the open document; it is started when somebody looks, and let go afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTemporaryDir, QTimer, Signal

from spikeloom.errors import RunError, SpikeloomError, UserError
from spikeloom.spec import Document, Experiment
from spikeloom_app.data.wish import Wish
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs.worker_process import WorkerProcess

KEPT_MILLISECONDS = 30_000  # that a worker is kept after nobody looks any more
TURN_MILLISECONDS = 15  # between two questions, in which the newest wish counts
MOST_KNOWN = 30  # data sets whose facts are kept


class DataLooker(QObject):
    """Shows what is asked for; of several wishes the newest counts.

    Attributes
    ----------
    facts_told, labels_told, sample_told, findings_told, offer_told
        Signals with the events of `spikeloom.run.looking`.
    failed
        Signal with the `SpikeloomError` that says why there is nothing to see.
    answered
        Signal: what was asked for last is shown.
    known_changed
        Signal: something new is known of a data set.
    busy_changed
        Signal: whether an answer is waited for.
    wish
        What is wanted.
    """

    facts_told, labels_told, sample_told = Signal(object), Signal(object), Signal(object)
    findings_told, offer_told = Signal(object), Signal(object)
    failed, busy_changed = Signal(object), Signal(bool)
    answered, known_changed = Signal(), Signal()

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.wish = Wish()
        self._asked: Wish | None = None  # what the worker was asked last
        self._worker: WorkerProcess | None = None
        self._known: dict[str, dict[str, Any]] = {}  # facts by what decides on them
        self._busy = False
        self.shows = False  # whether an example of the set was shown
        self._turn = self._timer(TURN_MILLISECONDS, self._ask)
        self._enough = self._timer(KEPT_MILLISECONDS, self.let_go)

    def _timer(self, milliseconds: int, told: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(told)
        return timer

    @property
    def busy(self) -> bool:
        """Whether an answer is waited for."""
        return self._busy

    @property
    def runs(self) -> bool:
        """Whether there is a worker."""
        return self._worker is not None

    def known(self, document: Document) -> dict[str, Any] | None:
        """The facts of a document's data set, where it was looked at under these settings."""
        return self._known.get(Wish.of(document).files)

    # -- asking --------------------------------------------------------------------------------------------------
    def show(self, wish: Wish, *, anew: bool = False) -> None:
        """Show something; `anew` also where that is what was asked last."""
        self._enough.stop()
        self.wish = wish
        if anew:
            self._asked = None
        if wish != self._asked and not self._turn.isActive():
            self._turn.start()

    def rest(self) -> None:
        """Nobody looks any more: ask nothing, and let the worker go after a while."""
        self._turn.stop()
        if self._worker is not None:
            self._enough.start()

    def let_go(self) -> None:
        """End the worker; another one is started when somebody looks again."""
        self._turn.stop()
        self._enough.stop()
        self._asked = None
        self._dismiss()
        self._set_busy(False)

    def _dismiss(self) -> None:
        if self._worker is not None:
            self._worker.let_go()
            self._worker = None

    def shut_down(self) -> None:
        """End the worker now, as the window closes."""
        if self._worker is not None:
            self._worker.shut_down()
            self._worker = None
        self.let_go()

    def _ask(self) -> None:
        wish, before = self.wish, self._asked
        if wish.dataset is None or wish == before:
            return
        if self._worker is not None and before is not None and (wish.base, wish.seed) != (before.base, before.seed):
            self.let_go()  # it was told these at its start
        if before is None or wish.files != before.files:
            self.shows = False
        self._asked = wish
        self._set_busy(True)
        if self._worker is not None:
            self._worker.send(wish.command)
        else:
            self._start(wish)

    def _start(self, wish: Wish) -> None:
        try:
            folder, path = copy_of(self._document.document)
        except SpikeloomError as error:
            self._end(error)
            return
        self.shows = False
        worker = self._worker = WorkerProcess(self, keeps=folder)
        worker.event.connect(lambda event: self._hear(event) if worker is self._worker else None)
        worker.ended.connect(lambda error: self._end(error) if worker is self._worker else None)
        task = {"task": "look", "document": str(path), "base": wish.base or None, "linger": True, "background": True}
        worker.start({**task, "split": wish.split, "example": wish.example})

    # -- answers -------------------------------------------------------------------------------------------------
    def _hear(self, event: Any) -> None:
        match event["event"]:
            case "dataset":
                self._keep(event)
                self.facts_told.emit(event)
            case "labels":
                self.labels_told.emit(event)
            case "findings":
                self.findings_told.emit(event)
            case "offer":
                self.offer_told.emit(event)
            case "sample" if self._is_wanted(event):
                self._set_busy(False)
                self.shows = True
                self.sample_told.emit(event)
                self.answered.emit()
            case "message" if event.get("level") == "error":
                self._set_busy(False)
                if not self.shows:  # a worker that has nothing to show is of no use: the next try has another one
                    self._dismiss()
                words, hint = event.get("message") or event["text"], event.get("hint") or ""
                self.failed.emit(UserError(words, place=event.get("place") or "", hint=hint))

    def _keep(self, event: dict[str, Any]) -> None:
        assert self._asked is not None
        self._known.pop(self._asked.files, None)
        self._known[self._asked.files] = event
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self.known_changed.emit()

    def _is_wanted(self, event: dict[str, Any]) -> bool:
        """Whether an example is the one that was asked last; the last one stands for those beyond the end."""
        wish, count = self.wish, int(event.get("examples") or 0)
        return event["split"] == wish.split and int(event["example"]) == max(0, min(wish.example, count - 1))

    def _end(self, error: SpikeloomError | None) -> None:
        """The worker is gone, or there is none."""
        self._worker = None
        self._set_busy(False)
        self.failed.emit(error or RunError("the worker ended without an answer", place="worker"))

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def copy_of(document: Document) -> tuple[QTemporaryDir, Path]:
    """A file with what a worker has to know of the data set of a document, and the folder that it lives in.

    Raises
    ------
    SpikeloomError
        Where it cannot be written.
    """
    folder = QTemporaryDir()
    path = Path(folder.path()) / "document.snn"
    experiment = document.experiment
    copy = Experiment(dataset=experiment.dataset, simulation=experiment.simulation, training=experiment.training)
    Document(experiment=copy).save(path)
    return folder, path
