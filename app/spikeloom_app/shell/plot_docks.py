"""The docks of the plots: one for each that the document declares, in the place that it says.

Arranging an area is cutting it anew for all docks in it, those of the window too; so this knows where all of them
stand, and it is what remembers the window's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDockWidget

from spikeloom.spec.plots import Place
from spikeloom_app.listening import listen
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.places import alike, making_room, order, placed, strayed
from spikeloom_app.shell.arrangement import AREAS, arrange, float_at, place_of, show_tabs, whole
from spikeloom_app.shell.docks import CLOSED, usual_places
from spikeloom_app.shell.plot_title import PlotTitle
from spikeloom_app.shell.remembered_places import read, write

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

SETTLE_MILLISECONDS = 400  # after the last move of a dock
LAND_MILLISECONDS = 200  # in which docks that were built find their sizes, and a window manager moves detached ones


class PlotDock(QDockWidget):
    """The dock of one plot.

    Attributes
    ----------
    close_wanted
        Signal: the user closes its window; the document decides.
    """

    close_wanted = Signal()

    def __init__(self, name: str, panel: PlotPanel, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.panel = panel
        self.setWidget(panel)
        self.title = PlotTitle(self)
        self.setTitleBarWidget(self.title)
        # Behind another one it is out of sight, but not hidden: Tab must not lead there.
        self.visibilityChanged.connect(panel.setEnabled)

    def call(self, title: str) -> None:
        """Give it a title."""
        if title != self.windowTitle():
            self.setWindowTitle(title)
            self.title.call(title)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is a change of the document, which then takes the dock away; but not when all windows close."""
        if event.spontaneous():
            event.ignore()
            self.close_wanted.emit()


class PlotDocks(QObject):
    """Keeps the docks of a window in line with its board.

    Attributes
    ----------
    docks
        Those of the plots, by name.
    changed
        Signal: docks came or went.

    Notes
    -----
    What it knows of the moment, who says so, and who takes it back:

    ============  =========================================  ====================================  ===================
    State         Means                                      Set by                                Ended by
    ============  =========================================  ====================================  ===================
    `_busy`       docks move because we move them            `arranging`                           `arranging`
    `_stale`      all is built anew when it is shown next    another document, plots out of sight  `show`
    `_landing`    built just now: moves are not the user's   `_build`                              `_note`, `keep`
    `_resized`    the user chose sizes that are not written  the mouse, `keep`                     a build, or writing
    `_settling`   a dock was moved: `keep` will write it     `_moved`, detached docks              `keep`
    `_noting`     a size changed: `_note` will look at it    `_build`, `keep`, sizes of docks      `_note`
    ============  =========================================  ====================================  ===================
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.board = window, window.board
        self.docks: dict[str, PlotDock] = {}
        self._applied: dict[str, Place] = {}  # as the document had them when they were built
        self._own = usual_places(window.docks) | read(window.settings, window.docks)
        self._busy = 0
        self._stale, self._landing, self._resized = True, False, False
        self._pressed_at: dict[str, Place] = {}
        self._built: dict[str, Place] = {}  # where the last build put them
        self._noted: dict[str, Place] = {}  # where they stood when nothing was moving
        self._noted_own: dict[str, Place] = {}  # and the window's own
        self._fronts: set[str] = set()  # of the window's own, those that were in front when another document came
        self._own_with: dict[Hashable, dict[str, Place]] = {}  # the window's own as they were with an arrangement
        self._settling = self._timer(SETTLE_MILLISECONDS, self.keep)
        self._noting = self._timer(LAND_MILLISECONDS, self._note)
        self._showing = self._timer(0, self.show)  # when the window has its layout
        self._showing_tabs = self._timer(0, self._show_tabs)
        window.installEventFilter(self)
        self.board.current_places = self.places
        self.board.synced.connect(self._synced)
        self.board.about_to_arrange.connect(self._about_to_arrange)
        listen(window.document.about_to_save, self._about_to_save)

    def _timer(self, milliseconds: int, told: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(told)
        return timer

    # -- following the board -------------------------------------------------------------------------------------
    def _synced(self, come: Any, lost: Any) -> None:
        declared = placed(self.board.plots)
        before = self._areas()
        with self.arranging():
            for name in [name for name, dock in self.docks.items() if dock.panel in lost]:
                self._drop(name)
            for name in come:
                self._make(name)
        titles = self.board.titles
        for name, dock in self.docks.items():
            dock.call(titles[name])
        moved = {name for name in self.docks if name in come or declared[name] != self._applied.get(name)}
        self.docks = {name: self.docks[name] for name in declared}
        if moved and self._shown:
            areas = {declared[name].area for name in moved} | {before[name] for name in moved if name in before}
            self._build(areas, declared, moved)
        elif moved:
            self._stale = True
        if come or lost:
            self.changed.emit()

    def _make(self, name: str) -> None:
        dock = self.docks[name] = PlotDock(name, self.board.panels[name], self.window)
        dock.title.pressed.connect(lambda button: self.window.plot_buttons.press(name, button))
        dock.close_wanted.connect(lambda: self.board.remove(name))
        dock.topLevelChanged.connect(self._moved)
        dock.dockLocationChanged.connect(self._moved)
        dock.installEventFilter(self)
        dock.hide()

    def _drop(self, name: str) -> None:
        dock = self.docks.pop(name)
        self._applied.pop(name, None)
        dock.removeEventFilter(self)
        dock.blockSignals(True)
        dock.panel.setParent(None)  # the board deletes it
        self.window.removeDockWidget(dock)
        dock.deleteLater()

    # -- arranging -----------------------------------------------------------------------------------------------
    @property
    def _shown(self) -> bool:
        return self.window.editing and self.window.isVisible()

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """Docks move because we move them."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    def _all(self) -> dict[str, QDockWidget]:
        return {**self.docks, **self.window.docks}

    def _areas(self) -> dict[str, str]:
        return {name: place.area for name, place in self._applied.items()}

    def show(self) -> None:
        """The editor is shown: the docks too, in their places; once the window is seen, whose size shares need."""
        if not self._shown:
            return
        with self.arranging():
            for dock in self.docks.values():
                dock.show()
        if self._stale:
            declared = placed(self.board.plots)
            everywhere = {place.area for place in (*declared.values(), *self._own.values())}
            self._build(everywhere, declared, set(self._all()))
            self._stale = False

    def hide(self) -> None:
        """The welcome page has the window to itself."""
        self._note_own()
        with self.arranging():
            for dock in self.docks.values():
                dock.hide()

    def bring(self, kind: str) -> None:
        """Bring the first plot of a type to the front."""
        name = next((plot.name for plot in self.board.plots if plot.type == kind), None)
        if name is not None:
            self.docks[name].raise_()

    def arrange_anew(self) -> None:
        """Everything as it is declared, when it is shown next; the window's own docks that are in front stay there."""
        if self._shown and not self._stale and not self.window.presentation.active:
            self._note_fronts()
        self._stale = True
        self._own_with.clear()

    def _note_fronts(self) -> None:
        """Note which of the window's own docks the user has in front, of plots or of each other."""
        self._note_own()
        usual = usual_places(self.window.docks)
        self._fronts = set()
        for name, dock in self.window.docks.items():
            place = self._own[name]
            if dock.isHidden() or dock.isFloating() or place.behind:
                continue
            names = {other.objectName().removeprefix("dock.") for other in self.window.tabifiedDockWidgets(dock)}
            if name in CLOSED or any(other not in usual or not usual[other].behind for other in names):
                self._fronts.add(name)
            elif usual[name].behind:  # it is seen only because no plot stands there: those of the next document do
                self._own[name] = place.model_copy(update={"behind": True})

    def _build(self, areas: Collection[str], declared: Mapping[str, Place], moved: set[str]) -> None:
        """Build areas anew; the window's own docks keep their share of them."""
        self._note_own()
        self._recall_own(areas, declared)
        places = {**self._room(declared), **declared}
        focused = QApplication.focusWidget()
        self.window.setUpdatesEnabled(False)
        with self.arranging():
            for name, place in places.items():
                if place.area == "window" and name in moved and "window" in areas:
                    self._all()[name].show()
                    float_at(self._all()[name], place.box)
            for area in AREAS:
                if area not in areas:
                    continue
                here = {name: dock for name, dock in self._all().items() if places[name].area == area}
                for dock in here.values():
                    if isinstance(dock, PlotDock):
                        dock.show()
                arrange(self.window, area, here, places)
        self.window.setUpdatesEnabled(True)
        self._applied = dict(declared)
        self._resized, self._landing = False, True
        self._showing_tabs.start()
        self._noting.start()
        if focused is not None and focused is not QApplication.focusWidget() and focused.isVisible():
            focused.setFocus()

    def _show_tabs(self) -> None:
        """Qt shows the tabs of docks that were stacked only with the next change of a size."""
        seen = [dock for dock in self._all().values() if not dock.isFloating() and dock.isVisible()]
        front = [dock for dock in seen if self.window.rect().contains(dock.geometry())]
        front.sort(key=lambda dock: bool(self.window.tabifiedDockWidgets(dock)))  # what tabs will take is not known yet
        with self.arranging():
            for dock in front[:1]:
                self.window.resizeDocks([dock], [whole(self.window, dock).height()], Qt.Orientation.Vertical)
        show_tabs(self.window)  # where that size was the same already, Qt has done nothing

    def _room(self, declared: Mapping[str, Place]) -> dict[str, Place]:
        """The places of the window's own docks, none of them where a plot shall stand."""
        found = {name: making_room(place, declared.values()) for name, place in self._own.items()}
        fronts = self._fronts if self._stale else ()
        return found | {name: found[name].model_copy(update={"behind": False}) for name in fronts}

    # -- where docks stand ---------------------------------------------------------------------------------------
    def places(self) -> dict[str, Place]:
        """Where the plots stand now; as they were declared where nothing is shown."""
        if not self._shown or self.window.presentation.active or self._stale:
            return {}
        return self._read(self.docks)

    def _read(self, docks: Mapping[str, QDockWidget]) -> dict[str, Place]:
        found = {name: place_of(self.window, dock) for name, dock in docks.items() if not dock.isHidden()}
        return {name: place for name, place in found.items() if place is not None}

    def _note_own(self) -> None:
        if self._shown and not self._stale and not self.window.presentation.active:
            self._own |= self._read(self.window.docks)

    def remember(self) -> None:
        """Keep the places of the window's own docks for the next start."""
        self._note_own()
        write(self.window.settings, self._own, self.window.open_docks())

    def _moved(self, _where: Any = None) -> None:
        if not self._busy and self._shown and not self.window.presentation.active:
            self._settling.start()

    def keep(self) -> None:
        """Write where plots stand into the document, as a step of undo."""
        self._settling.stop()
        places = self.places()
        if places and QApplication.mouseButtons().value:  # still being dragged
            self._settling.start()
        elif places and order(places) == order(self._applied) and not strayed(places, self._noted):
            self._resized = True  # nothing but sizes, which are no step of undo
        elif places:
            self._write_sizes(self._noted, self._noted_own)
            self._applied = placed(self.board.plots) | places
            self._noted = places
            self._resized = False
            self.board.move(places)
        self._landing = False
        self._noting.start()

    def _note(self) -> None:
        """Look where docks stand, now that nothing moves."""
        if QApplication.mouseButtons().value:
            self._noting.start()
        elif not self._settling.isActive():  # else `keep` wants to know where they stood before
            self._noted, self._noted_own = self.places(), self._read(self.window.docks) if self._shown else {}
            if self._landing:
                self._built = self._noted
            self._landing = False

    def _about_to_arrange(self) -> None:
        """Undo shall bring back what is seen now, sizes too."""
        if self._settling.isActive():
            self.keep()
        if not self._landing:
            self._write_sizes(self.places(), self._read(self.window.docks) if self._shown else {})

    def _write_sizes(self, places: Mapping[str, Place], own: Mapping[str, Place]) -> None:
        """Write where plots stand into the document as it is, where that is not what it says already."""
        declared = placed(self.board.plots).values()
        # One of the window's own may have taken some of a plot's room before anybody looked: Undo would not know.
        taken = any(making_room(place, declared) != place for place in own.values() if not place.behind)
        if self._resized or taken or not alike(places, self._built):
            self.window.document.keep_places(places)
        self._own_with[_arrangement(placed(self.board.plots))] = dict(own)

    def _recall_own(self, areas: Collection[str], declared: Mapping[str, Place]) -> None:
        """An arrangement comes back: the window's own docks too, where they are still in the same area."""
        for name, place in self._own_with.get(_arrangement(declared), {}).items():
            if place.area in areas and place.area == self._own[name].area:
                self._own[name] = place

    def _about_to_save(self) -> None:
        """Sizes go along with a document that is saved anyway."""
        if self._settling.isActive():
            self.keep()
        if self._resized:
            places = self.places()
            self._applied |= places
            self._resized = False
            self.window.document.keep_places(places)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice sizes that the user drags: of docks by the lines between them, of detached ones by their edges."""
        kind = event.type()
        if watched is self.window and kind == QEvent.Type.Show:
            self._showing.start()
        elif watched is self.window and kind == QEvent.Type.MouseButtonPress:
            self._pressed_at = self.places()
        elif watched is self.window and kind == QEvent.Type.MouseButtonRelease:
            self._resized = self._resized or self.places() != self._pressed_at
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize) and isinstance(watched, PlotDock) and not self._busy:
            self._resized = self._resized or watched.isFloating()
            if not self._landing:  # else it will be noted anyway, and soon
                self._noting.start()
                if watched.isFloating():
                    self._moved()
        return False


def _arrangement(places: Mapping[str, Place]) -> Hashable:
    return tuple((name, place.area, place.box, place.behind) for name, place in places.items())
