"""Notices at the top of a window: a sentence and what can be done about it, in nobody's way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from spikeloom_app import theme
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme
from spikeloom_app.style import mixed


@dataclass(frozen=True)
class Choice:
    """A button of a notice: its words, what a tooltip says, and what it does."""

    text: str
    tip: str
    run: Callable[[], object]


class Notice(QFrame):
    """One notice with its buttons.

    Parameters
    ----------
    tone
        ``accent``, ``warning`` or ``error``: the token of its colour.
    """

    def __init__(self, text: str, choices: Sequence[Choice], tone: str) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.text, self.tone = text, tone
        self.setAccessibleName(text)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 10, 7)
        row.setSpacing(8)
        row.addWidget(wrapped(text, "plain"), 1)
        for choice in choices:
            button = QPushButton(choice.text)
            button.setToolTip(f"{choice.tip} (F6 leads here)")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked=False, choice=choice: choice.run())
            self.buttons[choice.text] = button
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        follow_theme(self._restyle)

    def _restyle(self) -> None:
        tokens = theme.current()
        colour = getattr(tokens, self.tone)
        self.setStyleSheet(
            f"#notice {{ background: {mixed(tokens.surface, colour, 0.14)}; border: none;"
            f" border-bottom: 1px solid {mixed(tokens.border, colour, 0.5)}; border-left: 3px solid {colour}; }}"
        )


class NoticeBar(QWidget):
    """The notices of a window, each under a name of its own; takes no room where there are none.

    It is one of the window's panes: F6 leads to its buttons first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.notices: dict[str, Notice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def take_focus(self) -> None:
        """Put the keyboard on the buttons of the newest notice."""
        for notice in reversed(self.notices.values()):
            for button in notice.buttons.values():
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def say(self, name: str, text: str, choices: Sequence[Choice], tone: str = "warning") -> None:
        """Show a notice in place of the one of the same name."""
        self.withdraw(name)
        notice = self.notices[name] = Notice(text, choices, tone)
        self._column.addWidget(notice)
        for before, after in pairwise((self, *notice.buttons.values())):
            QWidget.setTabOrder(before, after)  # from the top of the window, and not after all else
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(notice, QAccessible.Event.Alert))

    def withdraw(self, name: str) -> None:
        """Show it no longer; nothing happens if it is not shown."""
        notice = self.notices.pop(name, None)
        if notice is not None:
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self.notices))

    def text(self, name: str) -> str:
        """What a notice says; empty where it is not shown."""
        return self.notices[name].text if name in self.notices else ""
