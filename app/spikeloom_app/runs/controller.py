"""Runs the open document in a worker process and tells the window what happens.

The window never computes and never waits: the worker's events are decoded as they arrive and handed on at most once
per frame, and whatever becomes of the worker is said in words.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTemporaryDir, QTimer, Signal

from spikeloom.errors import RunError, SpikeloomError
from spikeloom.worker import (
    STOP_SECONDS,
    Course,
    EventDecoder,
    error_of,
    leave_in_log,
    mark_ended,
    why_it_ended,
    worker_command,
)
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs.inbox import Event, Inbox
from spikeloom_app.runs.watched import watched_variables

FRAME_MILLISECONDS = 33
KILL_MILLISECONDS = round(1000 * STOP_SECONDS) + 500
GOODBYE_MILLISECONDS = 400  # for a worker to end its run properly when the window closes
PRINTED = 16384  # bytes of what a worker prints that are kept, the last ones

STATES = ("idle", "building", "running", "paused", "stopping")


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
    event
        Signal with each event (`spikeloom.worker`), arrays as numpy's; of progress and examples only the newest.
        Errors do not come here but as `failed`.
    failed
        Signal with what went wrong, place first, and what to do about it (perhaps empty); the state is idle then.
    """

    state_changed = Signal(str)
    event = Signal(object)  # type: ignore[assignment]  # hides QObject.event, which nobody calls on a controller
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None, runs_folder: Path | None = None) -> None:
        super().__init__(parent)
        self.example = 0
        self._runs_folder = runs_folder
        self._state = "idle"
        self._process: QProcess | None = None
        self._decoder = EventDecoder()
        self._inbox = Inbox()
        self._printed = bytearray()
        self._folder: QTemporaryDir | None = None
        self._course = Course()
        self._last_word: SpikeloomError | None = None
        self._ended_well = False
        self._frame = QTimer(self)
        self._frame.setInterval(FRAME_MILLISECONDS)
        self._frame.timeout.connect(self._deliver)
        self._killer = QTimer(self)
        self._killer.setSingleShot(True)
        self._killer.setInterval(KILL_MILLISECONDS)
        self._killer.timeout.connect(self._kill)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shut_down)

    @property
    def state(self) -> str:
        """One of `STATES`."""
        return self._state

    @property
    def worker_pid(self) -> int:
        """The worker's process id; 0 where none runs."""
        return self._process.processId() if self._process is not None else 0

    # -- what the user asks for --------------------------------------------------------------------------------------
    def train(self, document: OpenDocument) -> None:
        """Train a copy of the document as it is now; nothing happens while another run is on its way."""
        self._run(document, "train")

    def evaluate(self, document: OpenDocument) -> None:
        """Run the test examples through a copy of the document as it is now; not while another run is on its way."""
        self._run(document, "evaluate")

    def _run(self, document: OpenDocument, task_name: str) -> None:
        if self._state != "idle":
            return
        self._forget()
        self._set_state("building")
        try:
            task = self._task(document, task_name)
        except SpikeloomError as error:
            self._end(error)
            return
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._keep_print)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._process_error)
        self._process = process
        program, *arguments = worker_command()
        process.start(program, arguments)
        self._send(task)
        if self.example:  # as a command: an example that this data set lacks is then no error
            self._send({"command": "probe", "example": self.example})
        self._frame.start()

    def pause(self) -> None:
        """Hold the run after the batch at hand."""
        if self._state == "running":
            self._send({"command": "pause"})

    def resume(self) -> None:
        """Go on."""
        if self._state == "paused":
            self._send({"command": "resume"})

    def stop(self) -> None:
        """End the run; what it has learned is kept."""
        if self._state in ("building", "running", "paused"):
            self._set_state("stopping")
            self._send({"command": "stop"})
            self._killer.start()

    def show_example(self, example: int) -> None:
        """Look at another example, in this run and in those to come."""
        self.example = example
        if self._state in ("building", "running", "paused"):
            self._send({"command": "probe", "example": example})

    def shut_down(self) -> None:
        """End the worker now, because the window closes; returns when it has gone."""
        process = self._process
        if process is None:
            return
        process.blockSignals(True)
        self._send({"command": "stop"})
        process.closeWriteChannel()
        if not process.waitForFinished(GOODBYE_MILLISECONDS):
            process.kill()
            process.waitForFinished(GOODBYE_MILLISECONDS)
        if self._course.folder is not None:
            mark_ended(self._course.folder, "stopped")
        self._inbox.clear()
        self._leave()

    # -- the worker ----------------------------------------------------------------------------------------------
    def _task(self, document: OpenDocument, name_of_task: str) -> dict[str, Any]:
        """Save a copy for the worker; the task it is to run."""
        self._folder = QTemporaryDir()
        if not self._folder.isValid():
            raise RunError(f"no temporary folder could be made ({self._folder.errorString()})")
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", document.title)[:60].strip("-") or "untitled"
        path = Path(self._folder.path()) / f"{name}.snn"
        # A copy: saving binds a document's arrays to the file they were written to.
        document.document.model_copy(deep=True).save(path)
        probe = {"split": "test", "variables": watched_variables(document.document)}
        task: dict[str, Any] = {"task": name_of_task, "document": str(path), "background": True, "probe": probe}
        # The copy lies elsewhere; the files of the data set do not.
        task["base"] = str(document.path.absolute().parent) if document.path is not None else None
        if self._runs_folder is not None and name_of_task == "train":
            number = 1 + sum(1 for _ in self._runs_folder.glob(f"{name}-*"))
            task["run_dir"] = str(self._runs_folder / f"{name}-{number}")
        return task

    def _send(self, message: dict[str, Any]) -> None:
        if self._process is not None:
            self._process.write(json.dumps(message).encode() + b"\n")

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _read(self) -> None:
        if self._process is None:
            return
        try:
            for event in self._decoder.feed(self._process.readAllStandardOutput().data()):
                self._inbox.add(event)
        except SpikeloomError as error:
            self._last_word = error
            self._process.kill()

    def _keep_print(self) -> None:
        if self._process is not None:
            self._printed += self._process.readAllStandardError().data()
            del self._printed[:-PRINTED]

    def _process_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason, program = self._process.errorString(), self._process.program()
            self._leave()
            self._end(RunError(f"the worker does not start: {reason}", place=program))

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is None:
            return
        self._read()
        self._keep_print()
        self._inbox.deliver(self._hear, seconds=float("inf"))
        stopping = self._state == "stopping"
        error = self._last_word
        if error is None and not self._ended_well and not stopping:
            crashed = status == QProcess.ExitStatus.CrashExit and os.name == "posix"
            error = why_it_ended(-code if crashed else code, self._course.doing)
        if self._course.folder is not None and not self._ended_well:
            mark_ended(self._course.folder, "stopped" if error is None else "failed", error)
            if self._printed and error is not None:
                leave_in_log(self._course.folder, self._printed.decode(errors="replace"))
        for line in self._printed.decode(errors="replace").splitlines()[-20:]:
            self.event.emit({"event": "message", "level": "info", "text": line})
        if stopping and not self._ended_well:
            self.event.emit({"event": "message", "level": "info", "text": "stopped"})
        self._leave()
        self._end(error)

    def _leave(self) -> None:
        """Let go of a process that has ended."""
        self._frame.stop()
        self._killer.stop()
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        self._folder = None  # and with it goes the copy of the document
        self._set_state("idle")

    def _end(self, error: SpikeloomError | None) -> None:
        self._set_state("idle")
        if error is not None:
            message = f"{error.place}: {error.message}" if error.place not in ("", "worker") else error.message
            self.failed.emit(message, error.hint)

    def _forget(self) -> None:
        self._decoder, self._inbox, self._printed = EventDecoder(), Inbox(), bytearray()
        self._course, self._last_word, self._ended_well = Course(), None, False

    # -- its events --------------------------------------------------------------------------------------------------
    def _deliver(self) -> None:
        self._inbox.deliver(self._hear)

    def _hear(self, event: Event) -> None:
        kind = event["event"]
        if kind == "error":
            self._hear_error(event)
            return
        self._course.hear(event)
        if kind == "result":
            self._ended_well = True
        if self._state != "stopping":
            self._follow(kind)
        self.event.emit(event)

    def _follow(self, kind: str) -> None:
        """The state that an event tells of."""
        if kind == "paused":
            self._set_state("paused")
        elif kind == "resumed" or (kind in ("started", "progress", "evaluating") and self._state == "building"):
            self._set_state("running")

    def _hear_error(self, event: Event) -> None:
        if event.get("kind") == "Stopped":
            self._ended_well = True
            self.event.emit({"event": "message", "level": "info", "text": event["message"]})
        else:
            self._last_word = error_of(event)

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
