"""What a window does with the runs that there were: the dock of runs, and everything its menu offers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog

from spikeloom import history
from spikeloom.errors import SpikeloomError, UserError
from spikeloom.history import RUN_FOLDERS, Run, metrics, run_folders
from spikeloom.spec import Document
from spikeloom_app import wording
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.snapshot import read_arrays
from spikeloom_app.runs.history_compare import CompareView
from spikeloom_app.runs.history_entry import Entry
from spikeloom_app.runs.history_evaluate import EvaluateDialog
from spikeloom_app.runs.history_panel import RunsPanel
from spikeloom_app.runs.history_reader import RunReader
from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.run_overlays import RunOverlays

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

_HEARD = ("folder", "started", "epoch", "result", "error")  # events after which a run's folder is another one


class RunHistory(QObject):
    """The runs of `window`.

    Attributes
    ----------
    panel
        What the dock shows.
    reader
        Knows the runs.
    overlays
        Draws the curves of earlier runs with those of the run at hand.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.panel = RunsPanel()
        self.reader = RunReader(lambda: run_folders(window.settings), self)
        self.overlays = RunOverlays(self)
        self.reader.read.connect(self._show)
        self.panel.model.renamed.connect(lambda entry, title: self._label(entry, history.rename, title))
        self.panel.model.ticked.connect(self.overlays.tick)
        self.panel.list.delete_wanted.connect(self.delete)
        self.panel.list.open_wanted.connect(lambda: self.compare() if len(self.chosen) > 1 else self.open_document())
        window.controller.event.connect(self._hear)
        window.controller.state_changed.connect(lambda _state: self.reader.look())
        self.reader.look_now()

    def _hear(self, event: Any) -> None:
        if event["event"] in _HEARD:
            self.reader.look()

    def _show(self) -> None:
        self.panel.show_entries(self.reader.entries.values())
        self.window.refresh_actions()  # a run that is chosen may have ended
        self.overlays.refresh()

    @property
    def chosen(self) -> list[Entry]:
        """The runs that are chosen."""
        return self.panel.chosen

    @property
    def one(self) -> Run | None:
        """The one run that is chosen."""
        return self.chosen[0].run if len(self.chosen) == 1 else None

    @property
    def trained(self) -> Run | None:
        """The one run that is chosen, where it left a checkpoint and nothing is running."""
        run = self.one
        return run if run is not None and run.checkpoints and self.window.controller.state == "idle" else None

    # -- names and pins ------------------------------------------------------------------------------------------
    def show(self) -> None:
        """Bring the dock to the front, with the keyboard in its list."""
        dock = self.window.docks["runs"]
        dock.show()
        dock.raise_()
        self.panel.list.setFocus()

    def rename(self) -> None:
        """Type another title where the name of the run stands."""
        self.show()
        self.panel.list.edit(self.panel.list.currentIndex())

    @property
    def pinned(self) -> bool:
        """Whether all runs that are chosen are pinned."""
        return bool(self.chosen) and all(entry.run.pinned for entry in self.chosen)

    def pin(self) -> None:
        """Keep the runs that are chosen on top, or, where they all are, no longer."""
        pinned = not self.pinned
        for entry in self.chosen:
            self._label(entry, history.pin, pinned)

    def _label(self, entry: Entry, change: Callable[[Run, Any], Run], value: Any) -> None:
        try:
            change(entry.run, value)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"'{entry.run.name}' stays as it is", error)
        self._look_everywhere()

    def _look_everywhere(self) -> None:
        for window in {self.window, *windows.opened()}:
            window.run_history.reader.look_now()

    @property
    def going_on(self) -> str:
        """Why the runs that are chosen cannot be deleted: which of them goes on. Empty where none does."""
        found = [entry.run.name for entry in self.chosen if entry.run.status == "running"]
        return f"'{found[0]}' goes on: stop it first" if found else ""

    def delete(self) -> None:
        """Delete the runs that are chosen, after a question."""
        entries = self.chosen
        if not entries:
            return
        if self.going_on:  # the key in the list
            self.window.files.say(self.going_on, 6000)
            return
        name = f"'{entries[0].run.name}'" if len(entries) == 1 else wording.counted(len(entries), "run")
        text = "Curves, weights, log and the document as it ran are deleted from the disk. This cannot be undone."
        if not dialogs.confirm(self.window, f"Delete {name}?", text, "Delete"):
            return
        left: list[Path] = []
        try:
            for entry in entries:
                left += history.delete(entry.run)
        except SpikeloomError as error:
            dialogs.show_error(self.window, "Not everything was deleted", error)
        more = f"; what no run had written stays in {left[0].parent}" if left else ""
        self.window.files.say(f"Deleted {name}{more}", 8000 if left else 4000)
        self._look_everywhere()

    # -- looking -------------------------------------------------------------------------------------------------
    def compare(self) -> CompareView | None:
        """The runs that are chosen side by side, in a window of their own."""
        if len(self.chosen) < 2:
            return None
        view = CompareView(self.window, [entry.run for entry in self.chosen])
        view.failed.connect(lambda error: dialogs.show_error(view, "The comparison was not written", error))
        view.show()
        return view

    def show_folder(self) -> None:
        """The folder of the run in the file manager."""
        if self.one is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.one.folder))):
            self.window.files.say(f"No file manager opened {self.one.folder}", 8000)

    def copy_metrics(self) -> None:
        """The figures of all epochs on the clipboard, as a spreadsheet takes them."""
        if self.one is None:
            return
        columns = metrics(self.one)
        lines = ["\t".join(columns), *("\t".join(map(_cell, row)) for row in zip(*columns.values(), strict=True))]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.window.files.say(f"Copied the figures of {wording.counted(len(lines) - 1, 'epoch')}")

    @property
    def added_folders(self) -> list[str]:
        """The folders that the user added, each with one run or several."""
        known = self.window.settings.get(RUN_FOLDERS, [])
        return [name for name in known if isinstance(name, str) and name] if isinstance(known, list) else []

    @property
    def chosen_folder(self) -> str:
        """The added folder that holds all runs that are chosen; an empty text where there is none."""
        for name in self.added_folders:
            place = Path(name).absolute()
            if self.chosen and all(place in (entry.run.folder, entry.run.folder.parent) for entry in self.chosen):
                return name
        return ""

    def remove_folder(self) -> None:
        """List the runs of an added folder no longer; they stay on the disk."""
        name, added = self.chosen_folder, self.added_folders
        if not name and added:
            label = "List no longer the runs of this folder (they stay on the disk):"
            name = dialogs.choose_one(self.window, "Take a run folder off the list", label, added) or ""
        if name:
            self.window.settings.set(RUN_FOLDERS, [other for other in added if other != name])
            self._look_everywhere()
            self.window.refresh_actions()
            self.window.files.say(f"Took {name} off the list; it stays on the disk, as it is", 6000)

    def add_folder(self) -> None:
        """List one more run, or the runs in one more folder, now and at the next start."""
        folder = dialogs.choose_folder(self.window, "A run folder, or a folder of them", self.window.files.folder())
        if folder is None:
            return
        found = history.runs(folder)
        if not found:
            dialogs.show_error(self.window, "No run was added", _no_runs(folder))
            return
        self.window.settings.set(RUN_FOLDERS, list(dict.fromkeys([*self.added_folders, str(folder)])))
        self._look_everywhere()
        itself = [run for run in found if run.folder == folder.absolute()]
        said = f"'{itself[0].name}' is listed too" if itself else f"The runs in {folder} are listed too"
        self.window.files.say(said)

    # -- its document --------------------------------------------------------------------------------------------
    def open_document(self) -> bool:
        """Open the document as it ran as a new one, so that saving asks for a name; whether it was opened."""
        document = self._load(self.one)
        if document is None or not self.window.files.may_leave():
            return False
        self.window.document.replace(document, None)
        return True

    def restore(self) -> None:
        """Put the document as it ran in the place of the one that is open, as one step of undo."""
        run, document = self.one, self._load(self.one)
        if run is None or document is None:
            return
        self.window.document.exchange(document, f"restore '{run.name}'")
        self.window.show_editor()
        self.window.files.say(f"This is the document as '{run.name}' ran; Undo brings the other one back")

    def _load(self, run: Run | None) -> Document | None:
        if run is None:
            return None
        try:
            document = Document.load(run.document)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"The document of '{run.name}' cannot be opened", error)
            return None
        read_arrays(document)  # the run may be deleted
        document.bind(run.base)
        return document

    # -- running again ---------------------------------------------------------------------------------------------
    def resume(self) -> None:
        """Go on with the run that is chosen, from its last checkpoint."""
        self._train("Resume", lambda run: {"resume": str(run.folder)})

    def again(self) -> None:
        """Train anew, with the weights of the run that is chosen to begin with."""
        self._train("Run", lambda run: {"weights": str(run.folder)})

    def _train(self, verb: str, options_of: Callable[[Run], dict[str, Any]]) -> None:
        run = self.trained
        document = self._load(run)
        if run is None or document is None or not self._settle_document(run, document, verb):
            return
        self.window.running.train(**options_of(run))

    def _settle_document(self, run: Run, document: Document, verb: str) -> bool:
        """Have the document open that shall be trained; False if the user changed their mind."""
        self.window.files.finish_typing()
        opened = self.window.document.document
        if self.window.editing and _computes(opened) == _computes(document):
            return True
        answer = dialogs.ask_for_document(self.window, run.name, verb) if self.window.editing else "ran"
        return answer == "open" or (answer == "ran" and self.open_document())

    def evaluate(self) -> None:
        """Evaluate a checkpoint of the run that is chosen, with the document as it ran."""
        run, document = self.trained, self._load(self.trained)
        if run is None or document is None:
            return
        dialog = EvaluateDialog(self.window, run)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            checkpoint, split = dialog.chosen
            self._evaluate(run, OpenDocument(document), {"checkpoint": str(checkpoint), "split": split})

    def _evaluate(self, run: Run, ran: OpenDocument, options: dict[str, Any]) -> None:
        controller, opened = self.window.controller, self.window.document.document
        if self.window.editing and _network(opened) == _network(ran.document):
            self.window.plot_follow.begin("confusion")
            controller.evaluate(ran, **options)
        else:  # plots and panels are of another network
            controller.evaluate_apart(ran, run.name, **options)


def _no_runs(folder: Path) -> UserError:
    """What is wrong with a folder that was to be added."""
    hint = "A run folder is what `spikeloom train --run-dir FOLDER` leaves; choose it, or the folder it lies in."
    return UserError("holds no run, expected a run.json in it or in a folder in it", place=str(folder), hint=hint)


def _computes(document: Document) -> dict[str, Any]:
    """What of a document is computed."""
    found = document.model_dump(mode="json", exclude={"view", "title", "description"})
    found["arrays"] = {place: array.values().tobytes() for place, array in document.arrays()}
    return found


def _network(document: Document) -> dict[str, Any]:
    """What of a document says which network there is and what it is shown."""
    computed = _computes(document)
    experiment = computed["experiment"]
    return {**computed, "experiment": {name: experiment[name] for name in ("dataset", "simulation")}}


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.10g}"
