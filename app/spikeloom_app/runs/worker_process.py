"""A worker as the window sees it: a task goes in, commands follow, events come out, and its end is said in words.

What it sends is decoded as it arrives and handed on at most once per frame, so that nobody waits for it.
"""

from __future__ import annotations

import json
import os
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

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
from spikeloom_app.runs.inbox import Event, Inbox

FRAME_MILLISECONDS = 33
KILL_MILLISECONDS = round(1000 * STOP_SECONDS) + 500
AFTERMATH_MILLISECONDS = 60_000  # for what a stopped run still draws, on a machine that is busy
GOODBYE_MILLISECONDS = 400  # for a worker to end its run properly when the window closes
PRINTED = 16384  # bytes of what a worker prints that are kept, the last ones


class WorkerProcess(QObject):
    """One worker process.

    Parameters
    ----------
    parent
        Its owner; the process dies with it.
    keeps
        What must live as long as the process, such as the folder that its document lies in.

    Attributes
    ----------
    event
        Signal with each event, arrays as numpy's. Errors do not come here.
    ended
        Signal: the process is gone; with the error that says why, or None where it ended as it should.
    course
        How far it has come.
    """

    event = Signal(object)  # type: ignore[assignment]  # hides QObject.event, which nobody calls here
    ended = Signal(object)

    def __init__(self, parent: QObject, keeps: object = None) -> None:
        super().__init__(parent)
        self.course = Course()
        self._keeps = keeps
        self._decoder, self._inbox = EventDecoder(), Inbox()
        self._printed = bytearray()
        self._last_word: SpikeloomError | None = None
        self._has_result = self._stopping = self._let_go = False
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._keep_print)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._process_error)
        self._frame = QTimer(self)
        self._frame.setInterval(FRAME_MILLISECONDS)
        self._frame.timeout.connect(self._deliver)
        self._killer = QTimer(self)
        self._killer.setSingleShot(True)
        self._killer.timeout.connect(self._process.kill)

    @property
    def pid(self) -> int:
        """The process id; 0 where it does not run."""
        return self._process.processId()

    # -- commands ------------------------------------------------------------------------------------------------
    def start(self, task: dict[str, Any]) -> None:
        """Start the process with a task."""
        program, *arguments = worker_command()
        self._process.start(program, arguments)
        self.send(task)

    def send(self, message: dict[str, Any]) -> None:
        """Send a command."""
        self._process.write(json.dumps(message).encode() + b"\n")

    def stop(self) -> None:
        """Ask it to end its run; it is killed where it does not."""
        self._stopping = True
        self.send({"command": "stop"})
        self._killer.start(KILL_MILLISECONDS)

    def hold_on(self) -> None:
        """It has ended its run and waits: it need not be killed any more."""
        self._killer.stop()
        self._stopping = False

    def let_go(self) -> None:
        """End it, and hear no more of it; it is gone soon, and so is this object."""
        self._let_go = True
        self.stop()
        self._process.closeWriteChannel()

    def shut_down(self) -> None:
        """End it now; returns when it has gone."""
        self._let_go = True
        self._process.blockSignals(True)
        self.send({"command": "stop"})
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(GOODBYE_MILLISECONDS):
            self._process.kill()
            self._process.waitForFinished(GOODBYE_MILLISECONDS)
        if self.course.folder is not None and not self._has_result:
            mark_ended(self.course.folder, "stopped")
        self._leave()

    # -- what it sends -------------------------------------------------------------------------------------------
    def _read(self) -> None:
        data = self._process.readAllStandardOutput().data()
        if self._let_go:
            return
        try:
            for event in self._decoder.feed(data):
                self._inbox.add(event)
        except SpikeloomError as error:
            self._last_word = error
            self._process.kill()
        if self._inbox and not self._frame.isActive():
            self._frame.start()

    def _keep_print(self) -> None:
        self._printed += self._process.readAllStandardError().data()
        del self._printed[:-PRINTED]

    def _deliver(self) -> None:
        self._inbox.deliver(self._hear)
        if not self._inbox:
            self._frame.stop()

    def _hear(self, event: Event) -> None:
        if self._let_go:
            return
        if event["event"] == "error":
            self._hear_error(event)
            return
        self.course.hear(event)
        if event["event"] == "result":
            self._has_result = True
            if self._killer.isActive():  # it has stopped in time, and is about to wait or to end
                self._killer.start(AFTERMATH_MILLISECONDS)
        self.event.emit(event)

    def _hear_error(self, event: Event) -> None:
        if event.get("kind") == "Stopped":
            self._has_result = True
            self._say(event["message"])
        elif self._has_result:  # of a command to a worker that waits: the run itself ended well
            self._say(event["message"], "error")
        else:
            self._last_word = error_of(event)

    def _say(self, text: str, level: str = "info") -> None:
        self.event.emit({"event": "message", "level": level, "text": text})

    # -- its end -------------------------------------------------------------------------------------------------
    def _process_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            reason, program = self._process.errorString(), self._process.program()
            self._end(RunError(f"the worker does not start: {reason}", place=program))

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._keep_print()
        self._inbox.deliver(self._hear, seconds=float("inf"))
        error = self._last_word
        if error is None and not self._has_result and not self._stopping:
            crashed = status == QProcess.ExitStatus.CrashExit and os.name == "posix"
            error = why_it_ended(-code if crashed else code, self.course.doing)
        printed = self._printed.decode(errors="replace")
        if self.course.folder is not None and not self._has_result:
            mark_ended(self.course.folder, "stopped" if error is None else "failed", error)
            if printed and error is not None:
                leave_in_log(self.course.folder, printed)
        if not self._let_go:
            for line in printed.splitlines()[-20:]:
                self._say(line)
            if self._stopping and not self._has_result:
                self._say("stopped")
        self._end(error)

    def _end(self, error: SpikeloomError | None) -> None:
        heard = not self._let_go
        self._leave()
        if heard:
            self.ended.emit(error)

    def _leave(self) -> None:
        self._let_go = True
        self._frame.stop()
        self._killer.stop()
        self._inbox.clear()
        self._keeps = None
        self.deleteLater()
