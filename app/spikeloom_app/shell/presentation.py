"""Presentation mode: the whole screen, large text, and only what an audience needs; leaving brings all of it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, Qt

from spikeloom_app.shell import windows

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

TEXT = 1.5  # times as large
HIDDEN = ("palette", "log", "history", "problems", "runs", "live")  # docks that an audience does not need


class Presentation:
    """Switches a window to presentation mode and back.

    Attributes
    ----------
    active
        Whether it is on.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.active = False
        self._layout = QByteArray()
        self._geometry = QRect()
        self._state = Qt.WindowState.WindowNoState
        self._menu = True

    def toggle(self) -> None:
        """On, or off."""
        (self.leave if self.active else self.enter)()

    def enter(self) -> None:
        """Fill the screen; what was shown is remembered."""
        window = self.window
        if self.active or not window.editing:
            return
        self.active = True
        self._layout = window.saveState()
        self._geometry, self._state = window.geometry(), window.windowState()
        for name in HIDDEN:
            if name in window.docks:
                window.docks[name].hide()
        window.action_bar.hide()
        window.menuBar().hide()
        window.appearance.present(TEXT)
        window.showFullScreen()
        window.canvas.fit()
        window.statusBar().showMessage("Presentation mode: Escape or F11 leaves it", 5000)

    def leave(self) -> None:
        """Everything as it was."""
        window = self.window
        if not self.active:
            return
        self.active = False
        welcome = not window.editing
        if welcome:  # docks are put back around the editor
            window.show_editor()
        # All windows have one theme: another one may still present.
        others = any(other.presentation.active for other in windows.opened() if other is not window)
        window.appearance.present(TEXT if others else 1.0)
        window.statusBar().clearMessage()
        window.menuBar().show()
        window.setWindowState(self._state)
        window.setGeometry(self._geometry)
        with window.plot_docks.arranging():
            window.restoreState(self._layout)
        if welcome:
            window.show_welcome()
        else:
            window.canvas.fit()
