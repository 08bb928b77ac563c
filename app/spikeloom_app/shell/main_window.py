"""The main window: canvas in the middle, palette, inspector and plots around it, the run bar on top."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMenu, QSplitter, QStackedWidget, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.settings import DATA_FOLDER, DATA_VARIABLE
from spikeloom.spec import Document, Problem
from spikeloom_app import style, theme
from spikeloom_app.canvas import Canvas, Palette
from spikeloom_app.document import OpenDocument, Recovery
from spikeloom_app.inspector import Inspector
from spikeloom_app.listening import listen
from spikeloom_app.plots import CurvesPlot, LogView, RasterPlot, TracePlot
from spikeloom_app.runs import RunBar, RunController
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.actions import Action, fill_menus, make_menus
from spikeloom_app.shell.settings import Settings
from spikeloom_app.shell.welcome import Welcome

Key = QKeySequence.StandardKey
TURN_MILLISECONDS = 10
SWAP_MILLISECONDS = 1500  # after an edit, so that typing does not write on every key


class MainWindow(QMainWindow):
    """A window with one document.

    Parameters
    ----------
    path
        A document to open; None: the welcome page.
    settings
        What is remembered between starts.
    """

    def __init__(self, path: Path | None = None, settings: Settings | None = None) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.resize(1440, 900)
        self.settings = settings or Settings()
        self.document = OpenDocument()
        self.recovery = Recovery(self.document)
        self.controller = RunController(self)
        self._build_views()
        menus = make_menus(self.menuBar())
        self._view_menu = menus["view"]
        self.actions_by_id = fill_menus(menus, self, self._actions())
        self._view_menu.addSeparator()
        self.recent_menu = QMenu("Open &recent", self)
        menus["file"].insertMenu(self.actions_by_id["file.save"], self.recent_menu)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self._connect()
        self._restore_layout()
        self._open_docks = [name for name, dock in self.docks.items() if not dock.isHidden()]
        self.show_welcome()
        self._show_file()
        self._show_actions()
        if path is not None:
            self.open_path(path)

    # -- construction --------------------------------------------------------------------------------------------
    def _build_views(self) -> None:
        self.canvas = Canvas(self.document)
        self.palette_view = Palette()
        self.inspector = Inspector(self.document)
        self.run_bar = RunBar(self.controller, self.document)
        self.curves, self.raster, self.traces, self.log = CurvesPlot(), RasterPlot(), TracePlot(), LogView()
        self.traces.link_time(self.raster)
        self.welcome = Welcome(self.settings.recent())
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.canvas)
        self.setCentralWidget(self.pages)
        bar = self.addToolBar("Run")
        bar.setObjectName("runToolBar")
        bar.setMovable(False)
        bar.addWidget(self.run_bar)
        self._run_tool_bar = bar
        activity = QSplitter(Qt.Orientation.Vertical)
        activity.addWidget(self.raster)
        activity.addWidget(self.traces)
        activity.setSizes([240, 200])
        self.docks = {
            "palette": self._dock("palette", "Palette", self.palette_view, Qt.DockWidgetArea.LeftDockWidgetArea),
            "inspector": self._dock("inspector", "Inspector", self.inspector, Qt.DockWidgetArea.RightDockWidgetArea),
            "curves": self._dock("curves", "Loss and accuracy", self.curves, Qt.DockWidgetArea.BottomDockWidgetArea),
            "activity": self._dock("activity", "Activity", activity, Qt.DockWidgetArea.BottomDockWidgetArea),
            "log": self._dock("log", "Log", self.log, Qt.DockWidgetArea.BottomDockWidgetArea),
        }
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.tabifyDockWidget(self.docks["curves"], self.docks["log"])
        self.docks["curves"].raise_()
        self.resizeDocks([self.docks["palette"], self.docks["inspector"]], [268, 350], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["curves"], self.docks["activity"]], [600, 560], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["curves"]], [420], Qt.Orientation.Vertical)
        self.statusBar()

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock.{name}")
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _actions(self) -> list[Action]:
        canvas, controller = self.canvas, self.controller
        return [
            Action("file.new", "&New", self.new_document, Key.New, "An empty document"),
            Action("file.open", "&Open…", self.browse, Key.Open, "Open a document (.snn)"),
            Action("file.save", "&Save", self.save, Key.Save, "Save the document", separated=True),
            Action("file.save_as", "Save &as…", self.save_as, Key.SaveAs, "Save the document under another name"),
            Action("file.data_folder", "&Data folder…", self.choose_data_folder, tip="The folder of your data sets"),
            Action("file.welcome", "&Examples", self.show_welcome, tip="The welcome page with the examples"),
            Action("file.quit", "&Quit", self.close, Key.Quit, separated=True),
            Action("edit.undo", "&Undo", self.document.undo_stack.undo, Key.Undo),
            Action("edit.redo", "&Redo", self.document.undo_stack.redo, Key.Redo),
            Action("edit.delete", "&Delete", canvas.delete_selected, Key.Delete, separated=True),
            Action("edit.rename", "Re&name", canvas.rename_selected, "F2"),
            Action("edit.select_all", "Select &all", canvas.select_all, Key.SelectAll),
            Action("view.fit", "&Fit to window", canvas.fit, "Ctrl+0"),
            Action("view.zoom_in", "Zoom &in", canvas.zoom_in, Key.ZoomIn),
            Action("view.zoom_out", "Zoom &out", canvas.zoom_out, Key.ZoomOut),
            Action("view.theme_system", "Theme of the s&ystem", lambda: self.use_theme("system"), separated=True),
            Action("view.theme_light", "&Light theme", lambda: self.use_theme("light")),
            Action("view.theme_dark", "&Dark theme", lambda: self.use_theme("dark")),
            Action("run.train", "&Train", self.train, "Ctrl+R", "Train the network"),
            Action("run.pause", "&Pause or resume", self.pause_or_resume, "Ctrl+P"),
            Action("run.stop", "&Stop", controller.stop, "Ctrl+."),
            Action("help.about", "&About Spikeloom", lambda: dialogs.about(self)),
        ]

    def _connect(self) -> None:
        self.welcome.open_requested.connect(self.open_path)
        self.welcome.example_requested.connect(self.open_example)
        self.welcome.new_requested.connect(self.new_document)
        self.welcome.browse_requested.connect(self.browse)
        self.canvas.selection_changed.connect(self.inspector.show_selection)
        self.palette_view.add_requested.connect(self._add)
        self.run_bar.train_requested.connect(self.train)
        self.document.settings_changed.connect(self._show_actions)
        self.raster.example_chosen.connect(self.controller.show_example)
        self.controller.event.connect(self._handle)
        self.controller.failed.connect(self._failed)
        self.controller.state_changed.connect(lambda _state: self._show_actions())
        self._swap_timer = QTimer(self)
        self._swap_timer.setSingleShot(True)
        self._swap_timer.setInterval(SWAP_MILLISECONDS)
        self._swap_timer.timeout.connect(self.recovery.write)
        listen(self.document.changed, self._changed)
        listen(self.document.file_changed, self._show_file)
        listen(self.document.replaced, self._replaced)
        for name in ("edit.delete", "edit.rename", "edit.select_all"):
            # Keys of the canvas: in a field of the inspector they mean the field.
            action = self.actions_by_id[name]
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.removeAction(action)
            self.canvas.addAction(action)
        for dock in self.docks.values():
            self._view_menu.addAction(dock.toggleViewAction())
        hints = QApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _scheme: self._system_theme_changed())

    def _add(self, type_name: str) -> None:
        self.canvas.add(type_name)

    # -- document ------------------------------------------------------------------------------------------------
    def _changed(self) -> None:
        self._swap_timer.start()

    def _replaced(self) -> None:
        for view in (self.curves, self.raster, self.traces, self.log):
            view.reset()
        self.show_editor()

    def _show_file(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] — Spikeloom")
        self.setWindowModified(self.document.modified)
        stack = self.document.undo_stack
        if hasattr(self, "actions_by_id"):
            for which, label in (("undo", stack.undo_label), ("redo", stack.redo_label)):
                action = self.actions_by_id[f"edit.{which}"]
                action.setText(f"&{which.title()} {label}".strip())
                action.setEnabled(bool(label))

    def show_editor(self) -> None:
        """The canvas instead of the welcome page, and the docks that the user had open."""
        if self.pages.currentWidget() is not self.canvas:
            self.pages.setCurrentWidget(self.canvas)
            for name in self._open_docks:
                self.docks[name].show()
            self.docks["curves"].raise_()
        self.canvas.fit()
        self._show_actions()

    def show_welcome(self) -> None:
        """The welcome page, which has the window to itself."""
        if self.pages.currentWidget() is self.canvas:
            self._open_docks = [name for name, dock in self.docks.items() if not dock.isHidden()]
        self.pages.setCurrentWidget(self.welcome)
        for dock in self.docks.values():
            dock.hide()
        self._show_actions()

    def new_document(self) -> None:
        """An empty document, after asking about unsaved changes."""
        if self._may_leave():
            self.document.replace(Document(), None)

    def browse(self) -> None:
        """Choose a document to open."""
        if self._may_leave():
            path = dialogs.choose_open(self, self._folder())
            if path is not None:
                self._open(path)

    def open_path(self, path: Any) -> None:
        """Open a file, after asking about unsaved changes."""
        if self._may_leave():
            self._open(path)

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        recent = self.settings.recent()
        for path in recent:
            entry = self.recent_menu.addAction(f"{path.stem}  —  {path.parent}")
            entry.triggered.connect(lambda _checked=False, path=path: self.open_path(path))
        if not recent:
            self.recent_menu.addAction("No recent documents").setEnabled(False)

    def _open(self, path: Path) -> None:
        try:
            self.document.open(path)
        except SpikeloomError as error:
            dialogs.show_error(self, f"'{path.name}' cannot be opened", error)
            return
        self.settings.add_recent(path)

    def open_example(self, path: Any) -> None:
        """Open an example as a new document, so that saving asks for a name."""
        if not self._may_leave():
            return
        try:
            self.document.replace(Document.load(path), None)
        except SpikeloomError as error:
            dialogs.show_error(self, f"'{path.name}' cannot be opened", error)

    def save(self) -> bool:
        """Save; asks for a name where there is none. False if it was not saved."""
        self.inspector.finish()
        if self.document.path is None:
            return self.save_as()
        return self._save(self.document.path)

    def save_as(self) -> bool:
        """Save under a name the user chooses. False if it was not saved."""
        self.inspector.finish()
        path = dialogs.choose_save(self, self._folder() / f"{self.document.title}.snn")
        return path is not None and self._save(path)

    def _save(self, path: Path) -> bool:
        try:
            self.document.save(path)
        except SpikeloomError as error:
            dialogs.show_error(self, f"'{path.name}' was not saved", error)
            return False
        self.settings.add_recent(path)
        self.recovery.clear()
        self.statusBar().showMessage(f"Saved {path.name}", 4000)
        return True

    def _folder(self) -> Path:
        return self.document.path.parent if self.document.path is not None else Path.home()

    def choose_data_folder(self) -> None:
        """Choose the folder in which the data sets lie that documents name."""
        known = self.settings.get(DATA_FOLDER)
        start = Path(known) if isinstance(known, str) and known else self._folder()
        folder = dialogs.choose_folder(self, "The folder of your data sets", start)
        if folder is None:
            return
        self.settings.set(DATA_FOLDER, str(folder))
        first = os.environ.get(DATA_VARIABLE)
        said = f", after {first} (the environment variable {DATA_VARIABLE} comes first)" if first else ""
        self.statusBar().showMessage(f"Data sets are looked for in {folder}{said}", 6000)

    def _may_leave(self) -> bool:
        """Whether the document may go: it is saved, or the user says so."""
        if not self.document.modified:
            return True
        answer = dialogs.ask_to_save(self, self.document.title)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def recover(self) -> None:
        """Offer what a window that is gone left behind."""
        for swap in Recovery.left_behind():
            answer = dialogs.ask_to_recover(self, swap)
            if answer == "later":
                return
            if answer == "recover":
                try:
                    self.document.replace(swap.load(), swap.original, recovered=True)
                except SpikeloomError as error:
                    dialogs.show_error(self, "the unsaved document cannot be read", error)
                    return
                self.recovery.write()
                swap.discard()
                return
            swap.discard()

    # -- running -------------------------------------------------------------------------------------------------
    def train(self) -> None:
        """Train the document as it is now, saved or not; one that does not learn is evaluated."""
        self.inspector.finish()
        learns = self.document.document.learns
        errors = [problem for problem in self.document.problems() if problem.severity == "error"]
        errors += missing_for_a_run(self.document.document)
        if errors:
            lines = [f"{problem.place}: {problem.message}" for problem in errors]
            what = "trained" if learns else "evaluated"
            dialogs.show_problems(self, f"The network cannot be {what} yet", lines, [p.hint for p in errors])
            return
        for view in (self.curves, self.raster, self.traces):
            view.reset()
        self.docks["curves" if learns else "activity"].raise_()
        if learns:
            self.controller.train(self.document)
        else:
            self.controller.evaluate(self.document)

    def pause_or_resume(self) -> None:
        """Hold the run, or go on."""
        if self.controller.state == "paused":
            self.controller.resume()
        else:
            self.controller.pause()

    def _handle(self, event: Any) -> None:
        # One after the other: if all plots painted in the same turn of the event loop, the window would stand still.
        for turn, view in enumerate((self.curves, self.raster, self.traces, self.log)):
            QTimer.singleShot(TURN_MILLISECONDS * turn, view, lambda view=view: view.handle(event))

    def _failed(self, message: str, hint: str) -> None:
        self.log.handle({"event": "error", "message": message, "hint": hint, "place": ""})
        if hint:
            self.docks["log"].raise_()  # where there is room for all of it
        self.statusBar().showMessage(hint or message, 10000)

    def _show_actions(self) -> None:
        if not hasattr(self, "actions_by_id"):
            return
        editing = self.pages.currentWidget() is self.canvas
        state = self.controller.state
        for name, action in self.actions_by_id.items():
            if name.startswith(("edit.delete", "edit.rename", "edit.select", "view.fit", "view.zoom")):
                action.setEnabled(editing)
        self.actions_by_id["run.train"].setText("&Train" if self.document.document.learns else "&Evaluate")
        self.actions_by_id["run.train"].setEnabled(editing and state == "idle")
        self.actions_by_id["run.pause"].setEnabled(state in ("running", "paused"))
        self.actions_by_id["run.stop"].setEnabled(state in ("building", "running", "paused"))
        self._run_tool_bar.setVisible(editing or state != "idle")

    # -- look ----------------------------------------------------------------------------------------------------
    def use_theme(self, name: str) -> None:
        """Use the theme ``system``, ``light`` or ``dark``, now and at the next start."""
        self.settings.set("theme", name)
        apply_theme(name)

    def _system_theme_changed(self) -> None:
        if self.settings.get("theme", "system") == "system":
            apply_theme("system")

    def _restore_layout(self) -> None:
        state = self.settings.get("layout", "")
        if isinstance(state, str) and state:
            self.restoreState(QByteArray.fromBase64(QByteArray(state.encode())))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, end the worker, remember the layout."""
        if not self._may_leave():
            event.ignore()
            return
        self.controller.shut_down()
        self._swap_timer.stop()
        self.recovery.clear()
        if self.pages.currentWidget() is self.canvas:
            self.settings.set("layout", bytes(self.saveState().toBase64().data()).decode())
        event.accept()

    def action(self, name: str) -> QAction:
        """The menu action with that id."""
        return self.actions_by_id[name]


def missing_for_a_run(document: Document) -> list[Problem]:
    """What a document may leave out, and a run needs."""
    if document.experiment.dataset is not None:
        return []
    hint = "Select nothing on the canvas and choose a dataset in the inspector."
    return [Problem("experiment.dataset", "there is no dataset to take examples from", hint)]


def apply_theme(name: str) -> None:
    """Use a theme by name in the whole application."""
    chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(name) or style.system_theme()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.use(chosen)
    style.apply(application, chosen)
