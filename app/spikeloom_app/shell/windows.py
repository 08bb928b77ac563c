"""The windows that are open: in which of them a document opens, where a new one stands, and how all of them close."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QMenu

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app import wording
from spikeloom_app.document import FileState
from spikeloom_app.shell import dialogs

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

STEP = QPoint(32, 32)  # px, from a window to the next
_windows: list[MainWindow] = []


def register(window: MainWindow) -> None:
    """A window was made; it is kept until it is closed."""
    _windows.append(window)


def forget(window: MainWindow) -> None:
    """A window was closed."""
    if window in _windows:
        _windows.remove(window)


def opened() -> list[MainWindow]:
    """The windows that are open, oldest first."""
    return [window for window in _windows if shiboken6.isValid(window) and window.isVisible()]


def new_window(near: MainWindow) -> MainWindow:
    """An empty window with the settings of `near`, a step down and to the right of it."""
    made = type(near)(settings=near.settings)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    made.setGeometry(_beside(near))
    made.show()
    bring_forward(made)
    return made


def _beside(near: MainWindow) -> QRect:
    """A place at which the title bars of both are seen, where no window stands yet; within the screen."""
    screen = near.screen().availableGeometry()
    size = near.normalGeometry().size() if near.isMaximized() or near.isFullScreen() else near.size()
    taken = {window.geometry().topLeft().toTuple() for window in opened()}
    corner = near.geometry().topLeft()
    for _ in range(len(taken) + 1):
        corner += STEP
        if corner.x() > screen.left() + screen.width() // 3 or corner.y() > screen.top() + screen.height() // 3:
            corner = screen.topLeft() + STEP  # begin again
        if corner.toTuple() not in taken:
            break
    room = QSize(screen.right() - corner.x() + 1, screen.bottom() - corner.y() + 1)
    return QRect(corner, size.boundedTo(room))


def bring_forward(window: MainWindow) -> None:
    """Show a window in front of the others."""
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()


def with_file(path: Path, but: MainWindow | None = None) -> MainWindow | None:
    """The window in which a file is open, if there is one (other than `but`)."""
    for window in opened():
        own = window.document.path
        if window is not but and own is not None and _same(own, path):
            return window
    return None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one.absolute() == other.absolute()


def place_for(window: MainWindow, path: Path | None = None) -> MainWindow:
    """The window that a document belongs in: `window` where nothing of it would be lost, else a new one.

    A window that shows the file of `path` and has no changes takes what was recovered of it.
    """
    if path is not None:
        found = with_file(path)
        if found is not None and not found.document.modified:
            return found
    return window if window.files.free else new_window(window)


def open_path(window: MainWindow, path: Path) -> MainWindow | None:
    """Open a file in `window` if that is free, else in a new one; raise the window that has it open already.

    A file that cannot be read is said to be so, and nothing else happens. Returns the window that shows it.
    """
    found = with_file(path)
    if found is not None and not found.document.file_gone:
        found.show_editor()
        bring_forward(found)
        return found
    state = FileState.of(path)
    try:
        document = Document.load(path)
    except SpikeloomError as error:
        dialogs.show_error(window, f"'{path.name}' cannot be opened", error)
        return None
    target = place_for(window)
    target.files.show_file(document, path, state)
    return target


def open_paths(window: MainWindow, paths: Iterable[Path]) -> None:
    """Open several files, each in a window of its own."""
    for path in paths:
        open_path(window, path)


def quit_all() -> bool:
    """Close all windows, after asking about each that has unsaved changes; Cancel leaves all of them open."""
    windows = opened()
    for window in windows:
        if window.document.modified:
            bring_forward(window)
        if not window.files.may_leave():
            return False
    for window in windows:
        window.files.leaving = True
        window.close()
    return True


def fill_menu(menu: QMenu, current: MainWindow) -> None:
    """Fill a menu with the open windows; choosing one brings it forward."""
    menu.clear()
    for number, window in enumerate(opened(), 1):
        mark = " •" if window.document.modified else ""
        key = f"&{number}  " if number < 10 else ""
        entry = menu.addAction(f"{key}{window.document.title.replace('&', '&&')}{mark}")
        entry.setCheckable(True)
        entry.setChecked(window is current)
        entry.setToolTip(wording.tooltip(str(window.document.path or "Not saved yet")))
        entry.triggered.connect(_forward(window))


def _forward(window: MainWindow) -> Callable[[], None]:
    return lambda: bring_forward(window)
