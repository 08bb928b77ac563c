"""Help, Reference: F1 opens the dock at the page of what one is at, and Escape leads back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QWidget

from spikeloom.reference import key_of
from spikeloom_app.help_wanted import HelpWanted
from spikeloom_app.reference import ReferenceView
from spikeloom_app.shell.help_topics import focused, topic

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


class Help(QObject):
    """The reference of a window.

    Attributes
    ----------
    view
        What the dock shows.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.view = ReferenceView()
        self.view.left.connect(self.leave)
        self.view.moved.connect(window.refresh_actions)
        self._before: QWidget | None = None
        window.installEventFilter(self)

    @property
    def dock(self) -> QDockWidget:
        """The dock of the reference."""
        return self.window.docks["reference"]

    def show_topic(self) -> None:
        """The page of what has the keyboard or is selected."""
        self.show_page(*topic(self.window))

    def show_contents(self) -> None:
        """All pages."""
        self.show_page("")

    def show_page(self, key: str, field: str = "") -> None:
        """Show a page in front of what lies in the same place, with the keyboard in it."""
        before = focused(self.window)
        if before is not None and not self.view.isAncestorOf(before):
            self._before = before
        self.view.renew()
        self.view.show_page(key, field)
        self.dock.show()
        self.dock.raise_()
        self.view.window().activateWindow()
        self.view.browser.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step(self, steps: int) -> None:
        """Back (-1) or forward (1) through the pages."""
        self.dock.show()
        self.dock.raise_()
        self.view.step(steps)

    def leave(self) -> None:
        """The keyboard goes back to where it was, and what lies behind the reference comes to the front."""
        before, self._before = self._before, None
        try:
            if before is not None and self._is_shown(before):
                before.window().activateWindow()
                before.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        except RuntimeError:  # it is gone
            pass
        (self.window.canvas if self.window.editing else self.window.welcome).setFocus()

    def _is_shown(self, widget: QWidget) -> bool:
        """Whether a widget can be seen, once its dock is in front."""
        above: QWidget | None = widget
        while above is not None and not isinstance(above, QDockWidget):
            above = above.parentWidget()
        if above in self.window.tabifiedDockWidgets(self.dock) and not above.isHidden():
            above.raise_()
            if above.widget() is not None:
                above.widget().setEnabled(True)  # Qt tells later that it is seen, and only then could it take the keys
        return widget.isVisibleTo(self.window) and widget.isEnabled()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A popup asks for the page of a type."""
        if isinstance(event, HelpWanted):
            self.show_page(key_of(event.cls) if event.cls is not None else "")
            return True
        return False
