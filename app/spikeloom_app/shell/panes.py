"""The panes of the window by keyboard: F6 goes from one to the next, and a thin frame shows where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from spikeloom_app import theme

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


@dataclass(frozen=True)
class Pane:
    """A part of the window that the keyboard can be in.

    Parameters
    ----------
    widget
        All of it.
    enter
        Puts the keyboard into it; the first widget inside that takes it by default.
    """

    widget: QWidget
    enter: Callable[[], object] | None = None


class FocusFrame(QWidget):
    """The frame around the pane that the keyboard is in; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().accent), 1.5))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()


class Panes(QObject):
    """Goes through the panes of a window that can be seen.

    Parameters
    ----------
    panes
        In the order in which F6 goes through them.
    """

    def __init__(self, window: QMainWindow, panes: list[Pane]) -> None:
        super().__init__(window)
        self.window = window
        self.panes: list[Pane] = []
        self.frame = FocusFrame(window)
        self._by_keyboard = self._asked = False
        # In the next turn of the event loop: a window that is being taken down also moves the keyboard about.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show_frame)
        self.use(panes)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def use(self, panes: list[Pane]) -> None:
        """Go through these from now on."""
        known = [pane.widget for pane in self.panes]
        self.panes = panes
        for pane in panes:
            if pane.widget in known:
                continue
            pane.widget.installEventFilter(self)
            if pane.enter is None and pane.widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
                # Where nothing inside takes the keyboard, the pane itself does: a plot can then be read out.
                pane.widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def next(self) -> None:
        """To the next pane; what the window wants an answer to comes first."""
        first = self.panes[0]
        if first.widget.isVisible() and first.enter is not None and self.current() is not first and not self._asked:
            self._asked = self._by_keyboard = True
            first.enter()
            self._show_frame()
            return
        self._go(1)
        self._asked = self._asked and first.widget.isVisible()

    def previous(self) -> None:
        """To the pane before."""
        self._go(-1)

    def current(self) -> Pane | None:
        """The pane that the keyboard is in."""
        focused = self.window.focusWidget()
        inside = (p for p in self.panes if focused is not None and (p.widget is focused or _is_in(focused, p.widget)))
        return next(inside, None)

    def _go(self, step: int) -> None:
        seen = [pane for pane in self.panes if pane.widget.isVisible() and not pane.widget.visibleRegion().isEmpty()]
        if not seen:
            return
        here = self.current()
        index = seen.index(here) + step if here in seen else 0
        for turn in range(len(seen)):  # one that cannot take the keyboard now is passed over
            pane = seen[(index + step * turn) % len(seen)]
            self._by_keyboard = True
            if pane.enter is not None:
                pane.enter()
            else:
                enter(pane.widget)
            if self.current() is pane:
                break
        self._show_frame()

    def _focus_changed(self, _old: QWidget | None, _new: QWidget | None) -> None:
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_keyboard = False
        self._soon.start()

    def _show_frame(self) -> None:
        pane = self.current()
        if pane is None or not self._by_keyboard:
            self.frame.hide()
            return
        corner = pane.widget.mapTo(self.window, pane.widget.rect().topLeft())
        self.frame.setGeometry(corner.x(), corner.y(), pane.widget.width(), pane.widget.height())
        self.frame.show()
        self.frame.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a pane that is moved, resized or hidden."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._soon.start()
        return False


def _is_in(widget: QWidget, pane: QWidget) -> bool:
    return pane.isAncestorOf(widget)


def enter(pane: QWidget) -> None:
    """Put the keyboard into the uppermost widget of a pane that takes it; into the pane where none does."""
    # Not by Qt's focus chain: asking for it takes widgets out of Python's hands.
    taking = [widget for widget in pane.findChildren(QWidget) if _takes(widget, pane)]
    first = min(taking, key=lambda widget: _place(widget, pane), default=pane)
    first.setFocus(Qt.FocusReason.TabFocusReason)


def _takes(widget: QWidget, pane: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    return by_tab and widget.isVisibleTo(pane) and widget.isEnabled()


def _place(widget: QWidget, pane: QWidget) -> tuple[int, int]:
    corner = widget.mapTo(pane, widget.rect().topLeft())
    return corner.y(), corner.x()


def panes_of(window: MainWindow) -> list[Pane]:
    """The panes of the main window, in the order in which one works through them."""
    return [
        Pane(window.files.notices, window.files.notices.take_focus),
        Pane(window.palette_view, window.palette_view.list.setFocus),
        Pane(window.canvas, lambda: window.canvas.view.setFocus(Qt.FocusReason.ShortcutFocusReason)),
        Pane(window.inspector),
        Pane(window.run_history.panel),
        Pane(window.live),
        Pane(window.scripts.panel, window.scripts.panel.view.setFocus),
        Pane(window.history),
        Pane(window.help.view, window.help.view.browser.setFocus),
        *(Pane(panel) for panel in window.board.panels.values()),
        Pane(window.data_sets.panel, window.data_sets.panel.browser.number.setFocus),
        Pane(window.log),
        Pane(window.problems),
        Pane(window.problem_counter),
        Pane(window.run_bar),
        Pane(window.welcome),
    ]
