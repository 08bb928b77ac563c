"""What an evaluation leaves of itself where somebody wants to keep it: a run folder like that of a training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from spikeloom.backends.embedded.build_cache import BuildCancelled
from spikeloom.errors import RunError, SpikeloomError, UserError
from spikeloom.history import EVALUATION
from spikeloom.run.beginning import Beginning
from spikeloom.run.events import Listener
from spikeloom.run.failure import Stopped, reported
from spikeloom.run.folder import RunFolder
from spikeloom.spec import Document


class EvaluationRecord:
    """Writes into a run folder what an evaluation does; without a folder it writes nothing.

    Parameters
    ----------
    folder
        The new run's folder.
    listener
        Is told of the folder as soon as it is there.
    """

    def __init__(self, folder: RunFolder | None, listener: Listener) -> None:
        self.folder = folder
        self._listener = listener
        if folder is not None:
            listener({"event": "folder", "run": str(folder.path)})

    @contextmanager
    def begun(self, document: Document, beginning: Beginning, base: Path | None, /, **facts: Any) -> Iterator[None]:
        """The evaluation goes on within this; whatever ends it is said in the folder too.

        Of wrong input, and of a build that is cancelled, no folder stays: nothing was run.

        Parameters
        ----------
        beginning
            Whose weights it has.
        base
            The folder to which the document names the files of its data set.
        facts
            ``document`` (its name), ``split``, ``examples``, ``backend``.
        """
        seed = document.experiment.training.seed
        try:
            if self.folder is not None:
                self.folder.note(base=str(base.absolute()) if base is not None else "", **beginning.facts())
                self.folder.begin(document, kind=EVALUATION, seed=seed, **facts)
                self.log(f"evaluating {facts['document']}: {facts['examples']} {facts['split']} examples, seed {seed}")
            yield
        except BaseException as error:
            cancelled = isinstance(error, BuildCancelled)
            shown = Stopped("stopped before any example was seen") if cancelled else reported(error)
            self._fail(error, shown, discard=cancelled or isinstance(shown, UserError))
            raise shown from error

    def _fail(self, error: BaseException, shown: SpikeloomError, *, discard: bool) -> None:
        if self.folder is None:
            return
        if discard:
            self.folder.discard()
        elif isinstance(shown, Stopped):
            with suppress(RunError):  # the user wants it to end, and the disk is full
                self.folder.log(str(shown))
                self.folder.end("stopped")
        else:
            self.folder.fail(error, shown)

    def warn(self, text: str) -> None:
        """Say what the user should know of the figures, in the folder too."""
        self.log(text)
        self._listener({"event": "message", "text": text, "level": "warning"})

    def log(self, line: str) -> None:
        """Append a line to the run's log."""
        if self.folder is not None:
            self.folder.log(line)

    def note_live(self, event: dict[str, Any]) -> None:
        """A parameter moved."""
        if self.folder is not None:
            self.folder.note_live(event)

    def end(self, result: Mapping[str, Any], words: str) -> dict[str, Any]:
        """Write down what it came to, in `words` for the log; the result with the folder."""
        if self.folder is None:
            return dict(result)
        found = {**result, "run": str(self.folder.path)}
        self.folder.log(f"done: {words}")
        self.folder.end("done", result=found)
        return found


def record_of(run_dir: Path | None, name: str, listener: Listener, *, keep: bool) -> EvaluationRecord:
    """The record of a new evaluation.

    Parameters
    ----------
    run_dir
        The folder; None: one in the platform's folder for the user's data where `keep` says so, else none.
    name
        Of the document.
    """
    folder = RunFolder(run_dir, name) if keep or run_dir is not None else None
    return EvaluationRecord(folder, listener)
