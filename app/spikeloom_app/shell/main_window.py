"""The main window: canvas in the middle, palette, inspector and plots around it, the run bar on top."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from spikeloom.errors import SpikeloomError
from spikeloom_app.canvas import Canvas, Palette, picture
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector
from spikeloom_app.listening import listen
from spikeloom_app.plots import Board, LogView
from spikeloom_app.problems import ProblemCounter, ProblemPanel, ProblemWatch, count_words
from spikeloom_app.runs import LivePanel, RunBar, RunController, RunWatch
from spikeloom_app.shell import dialogs, shortcuts, windows
from spikeloom_app.shell.action_table import actions
from spikeloom_app.shell.actions import ActionSet
from spikeloom_app.shell.appearance import Appearance
from spikeloom_app.shell.command_palette import CommandPalette
from spikeloom_app.shell.data_sets import DataSets
from spikeloom_app.shell.docks import CLOSED, make_docks
from spikeloom_app.shell.file_drop import FileDrop
from spikeloom_app.shell.files import Files
from spikeloom_app.shell.go_to import go_to_field
from spikeloom_app.shell.help import Help
from spikeloom_app.shell.history import History
from spikeloom_app.shell.history_actions import fill_panel
from spikeloom_app.shell.pages import Pages
from spikeloom_app.shell.panes import Panes, panes_of
from spikeloom_app.shell.plot_buttons import PlotButtons
from spikeloom_app.shell.plot_docks import PlotDocks
from spikeloom_app.shell.plot_follow import PlotFollow
from spikeloom_app.shell.preferences import Preferences
from spikeloom_app.shell.presentation import Presentation
from spikeloom_app.shell.remembered_places import read_open
from spikeloom_app.shell.run_actions import STEPS
from spikeloom_app.shell.run_failures import RunFailures
from spikeloom_app.shell.run_follow import RunFollow
from spikeloom_app.shell.run_history import RunHistory
from spikeloom_app.shell.running import Running
from spikeloom_app.shell.scripts import Scripts
from spikeloom_app.shell.settings import Settings
from spikeloom_app.shell.shortcut_table import ShortcutPage
from spikeloom_app.shell.templates import fill_menu as fill_template_menu
from spikeloom_app.shell.tool_bar import ActionBar
from spikeloom_app.shell.tour import Tour
from spikeloom_app.shell.welcome import Welcome


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
        self.files = Files(self, self.document, self.settings)
        self.controller = RunController(self)
        self.appearance = Appearance(self.settings)
        self._build_views()
        self.presentation = Presentation(self)
        self.panes = Panes(self, panes_of(self))
        self.command_palette = CommandPalette(self)
        self.tour = Tour(self)
        self.action_set = ActionSet(self, self.canvas.view, actions(self), shortcuts.read(self.settings))
        self.run_bar.offer_steps([self.action(name) for name in STEPS])
        self.action_bar = ActionBar(self.action_set, self)
        self.insertToolBar(self._run_tool_bar, self.action_bar)
        fill_panel(self)
        self._page: ShortcutPage | Preferences | None = None
        menus = self.action_set.fill(self.menuBar())
        self._view_menu = menus["view"]
        self._view_menu.addSeparator()
        self.recent_menu = QMenu("Open &recent", self)
        menus["file"].insertMenu(self.action("file.save"), self.recent_menu)
        self.recent_menu.aboutToShow.connect(lambda: self.files.fill_recent(self.recent_menu))
        self.template_menu = QMenu("New from &template", self)
        menus["file"].insertMenu(self.action("file.open"), self.template_menu)
        self.template_menu.aboutToShow.connect(lambda: fill_template_menu(self.template_menu, self.files))
        self.windows_menu = self._view_menu.addMenu("&Windows")
        self.windows_menu.aboutToShow.connect(lambda: windows.fill_menu(self.windows_menu, self))
        self._view_menu.addSeparator()
        show_history = self.docks["history"].toggleViewAction()
        menus["edit"].addSeparator()
        menus["edit"].addAction(show_history)
        show_history.triggered.connect(self.docks["history"].raise_)
        self._connect()
        self._show_switches()
        shown = read_open(self.settings, self.docks)
        self._open_docks = [name for name in self.docks if name not in CLOSED] if shown is None else shown
        self.board.sync()
        self.file_drop = FileDrop(self)
        windows.register(self)
        self.show_welcome()
        self._show_file()
        if path is not None:
            self.open_path(path)

    # -- construction --------------------------------------------------------------------------------------------
    def _build_views(self) -> None:
        self.canvas = Canvas(self.document)
        self.palette_view = Palette()
        self.inspector = Inspector(self.document)
        self.run_bar = RunBar(self.controller, self.document)
        self.run_watch = RunWatch(self.document)
        self.run_bar.follow(self.run_watch)
        self.board = Board(self.document, self)
        self.log = LogView()
        self.live = LivePanel(self.document, self.controller)
        self.run_follow = RunFollow(self)
        self.run_failures = RunFailures(self)
        self.problem_watch = ProblemWatch(self.document, self)
        self.problems = ProblemPanel(self.problem_watch)
        self.problem_counter = ProblemCounter(self.problem_watch)
        self.history = History(self.document)
        self.run_history = RunHistory(self)
        self.scripts = Scripts(self)
        self.data_sets = DataSets(self)
        self.help = Help(self)
        self.welcome = Welcome(self.settings.recent)
        self.pages = Pages()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.canvas)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.files.notices)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(middle)
        bar = self.addToolBar("Run")
        bar.setObjectName("runToolBar")
        bar.setMovable(False)
        bar.addWidget(self.run_bar)
        self._run_tool_bar = bar
        self.docks = make_docks(self)
        self.plot_docks = PlotDocks(self)
        self.plot_buttons = PlotButtons(self)
        self.statusBar().addPermanentWidget(self.problem_counter)
        self.running = Running(self)

    def _connect(self) -> None:
        self.welcome.open_requested.connect(self.open_path)
        self.welcome.example_requested.connect(self.open_example)
        self.welcome.new_requested.connect(self.files.new)
        self.welcome.tour_requested.connect(self.start_tour)
        self.welcome.browse_requested.connect(self.files.browse)
        self.canvas.selection_changed.connect(self.inspector.show_selection)
        self.canvas.selection_changed.connect(lambda _names: self.refresh_actions())
        self.palette_view.add_requested.connect(self._add)
        self.document.settings_changed.connect(self.refresh_actions)
        self.plot_follow = PlotFollow(self)
        self.problem_counter.clicked.connect(self.show_problems)
        self.problems.chosen.connect(lambda entry: go_to_field(self, entry.part, entry.inner))
        self.problems.said.connect(lambda text: self.statusBar().showMessage(text, 6000))
        self.problem_watch.changed.connect(self._count_problems)
        self._count_problems()
        self.action_set.about_to_run.connect(self.files.finish_typing)
        self.action_set.refreshed.connect(self._show_keys)
        self._show_keys()
        listen(self.document.file_changed, self._show_file)
        listen(self.document.opened, self.log.reset)
        listen(self.document.replaced, self._replaced)
        listen(self.settings.changed, self._setting_changed)
        for dock in self.docks.values():
            self._view_menu.addAction(dock.toggleViewAction())
        # A method, which Qt lets go with the window; a lambda would hold the window for ever.
        QApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _system_changed(self, _scheme: Any) -> None:
        self.appearance.system_changed()

    def _add(self, type_name: str) -> None:
        self.canvas.add(type_name)

    # -- document ------------------------------------------------------------------------------------------------
    def _replaced(self) -> None:
        self.plot_docks.arrange_anew()
        self.board.sync()
        self.show_editor()

    def _show_file(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] — Spikeloom")
        self.setWindowModified(self.document.modified)
        self.refresh_actions()

    def show_editor(self) -> None:
        """The canvas instead of the welcome page, and the docks that the user had open."""
        if self.pages.currentWidget() is not self.canvas:
            self.pages.setCurrentWidget(self.canvas)
            for name in self._open_docks:
                self.docks[name].show()
        self.plot_docks.show()
        self.canvas.fit()
        self.refresh_actions()

    def open_docks(self) -> list[str]:
        """The docks of the window's own that are open while the editor is shown."""
        return [name for name, dock in self.docks.items() if not dock.isHidden()] if self.editing else self._open_docks

    def show_welcome(self) -> None:
        """The welcome page, which has the window to itself."""
        if self.editing:
            self._open_docks = self.open_docks()
            self.plot_docks.hide()
        self.pages.setCurrentWidget(self.welcome)
        for dock in self.docks.values():
            dock.hide()
        self.refresh_actions()

    def open_path(self, path: Any) -> None:
        """Open a file, after asking about unsaved changes."""
        self.files.open(path)

    def open_example(self, path: Any) -> None:
        """Open an example as a new document, so that saving asks for a name."""
        self.files.open_example(path)

    def save(self) -> bool:
        """Save what is shown, with what is being typed. False if it was not saved."""
        return self.files.save()

    def save_as(self) -> bool:
        """Save under a name the user chooses. False if it was not saved."""
        return self.files.save_as()

    def recover(self) -> None:
        """Offer what a window that is gone left behind."""
        self.files.recover()

    # -- plots ---------------------------------------------------------------------------------------------------
    @property
    def curves(self) -> Any:
        """The first plot of curves; None where there is none."""
        return self.board.first("curves")

    @property
    def raster(self) -> Any:
        """The first raster; None where there is none."""
        return self.board.first("raster")

    @property
    def traces(self) -> Any:
        """The first plot of traces; None where there is none."""
        return self.board.first("traces")

    @property
    def editing(self) -> bool:
        """Whether the canvas is shown, and not the welcome page."""
        return self.pages.currentWidget() is self.canvas

    def refresh_actions(self) -> None:
        """Bring what can be done now up to date, in menus and bars."""
        if hasattr(self, "action_set"):
            self.action_set.refresh()
            self._run_tool_bar.setVisible(self.editing or self.controller.state != "idle")
            self.action_bar.setVisible(self.editing and not self.presentation.active)
            self.problem_counter.setVisible(self.editing)
            for tabs in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
                tabs.setAccessibleName("Docks behind each other")  # Qt makes them when docks are stacked

    # -- problems ------------------------------------------------------------------------------------------------
    def show_problems(self) -> None:
        """The list of problems, with the keyboard on its first row."""
        if not self.editing:
            self.show_editor()
        self.docks["problems"].show()
        self.docks["problems"].raise_()
        self.problems.focus_row()

    def _count_problems(self) -> None:
        entries = self.problem_watch.entries
        self.docks["problems"].setWindowTitle(f"Problems: {count_words(entries)}" if entries else "Problems")
        self.run_bar.count_problems(sum(entry.is_error for entry in entries))

    # -- the canvas ----------------------------------------------------------------------------------------------
    def switch(self, name: str, default: bool) -> None:
        """Turn the minimap or snapping to the grid on or off, now and at the next start."""
        self.settings.set(name, not self.settings.get(name, default))

    def _setting_changed(self, key: str) -> None:
        """Here or in another window."""
        if key in ("minimap", "snap", "activity"):
            self._show_switches()
        elif key == shortcuts.KEY:
            self.action_set.use_shortcuts(shortcuts.read(self.settings))
        self.refresh_actions()

    def _show_switches(self) -> None:
        self.canvas.minimap.show_wanted(bool(self.settings.get("minimap", True)))
        self.canvas.view.snap = bool(self.settings.get("snap", False))
        self.canvas.activity.show_wanted(bool(self.settings.get("activity", True)))

    def export_picture(self) -> None:
        """Write the network to a file that the user chooses."""
        path = dialogs.choose_picture(self, self.files.folder() / f"{dialogs.file_name(self.document.title)}.svg")
        if path is None:
            return
        try:
            picture.save(self.canvas, path)
        except SpikeloomError as error:
            dialogs.show_error(self, "The picture was not written", error)
            return
        self.statusBar().showMessage(f"Wrote {path}", 6000)

    def copy_picture(self) -> None:
        """Put the network on the clipboard as a picture."""
        try:
            picture.copy(self.canvas)
        except SpikeloomError as error:
            self.canvas.edit.say(error)
            return
        self.statusBar().showMessage("The network is on the clipboard as a picture", 4000)

    # -- look ----------------------------------------------------------------------------------------------------
    def _show_keys(self) -> None:
        train, pause, stop = (
            shortcuts.words(self.action_set.keys(f"run.{name}")) for name in ("train", "pause", "stop")
        )
        self.run_bar.show_keys(train, pause, stop)

    def use_theme(self, name: str) -> None:
        """Use the theme ``system``, ``light`` or ``dark``, now and at the next start."""
        self.appearance.use_theme(name)

    def show_preferences(self, page: str = "Appearance") -> None:
        """The preferences, beside the window."""
        made = Preferences(self)
        made.show_page(page)
        self._show_page(made)

    def start_tour(self) -> None:
        """The guided tour, from an empty document on."""
        self.inspector.finish()
        self.tour.start()

    def show_shortcuts(self) -> None:
        """Everything that has a key, to read."""
        self._show_page(ShortcutPage(self.action_set, self))

    def _show_page(self, page: ShortcutPage | Preferences) -> None:
        if self._page is not None:
            self._page.close()
            self._page.deleteLater()
        self._page = page
        page.show()
        page.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where nobody else wanted it, leaves a presentation."""
        if event.key() == Qt.Key.Key_Escape and self.presentation.active:
            self.presentation.leave()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, wait for what is exported, end the worker, remember the layout."""
        if not self.files.may_leave():
            event.ignore()
            return
        self.plot_buttons.files.settle()
        self.scripts.settle()
        self.presentation.leave()
        self.controller.shut_down()
        self.data_sets.panel.shut_down()
        self.files.close()
        self.plot_docks.remember()
        windows.forget(self)
        event.accept()

    def action(self, name: str) -> QAction:
        """The menu action with that id."""
        return self.action_set.made[name]
