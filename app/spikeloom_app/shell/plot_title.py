"""The bar above a plot: what it is called, and what can be done with it as a whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from spikeloom_app import theme
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.listening import follow_theme

BUTTONS = {
    "settings": ("settings", "Settings", "Choose what it shows"),
    "duplicate": ("duplicate", "Duplicate", "Another plot with the same settings"),
    "export": ("export", "Export", "Write it to a file: PNG, SVG, CSV, NPZ or Parquet"),
    "float": ("window", "Detach", "A window of its own, or back into this one"),
    "close": ("close", "Close", "Close the plot; Undo brings it back"),
}


class PlotTitle(QWidget):
    """A dock's title with buttons; dragged by everything else.

    Attributes
    ----------
    pressed
        Signal with the id of a button, as in `BUTTONS`.
    buttons
        By these ids.
    """

    pressed = Signal(str)

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("plotTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel()
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 6, 2)
        row.setSpacing(1)
        row.addWidget(self.label, 1)
        self.buttons: dict[str, QToolButton] = {}
        for name, (_, words, tip) in BUTTONS.items():
            button = self.buttons[name] = QToolButton()
            button.setAutoRaise(True)
            button.setProperty("quiet", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(f"{words}: {tip[:1].lower()}{tip[1:]}")
            button.clicked.connect(lambda _checked=False, name=name: self.pressed.emit(name))
            row.addWidget(button)
        follow_theme(self._dress)

    def call(self, title: str) -> None:
        """Say what the plot is called."""
        self.label.setText(title)
        self.label.setToolTip(title)
        for name, (_, words, _tip) in BUTTONS.items():
            self.buttons[name].setAccessibleName(f"{words} {title}" if name != "settings" else f"Settings of {title}")

    def _dress(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(f"""
            #plotTitle {{ background: {tokens.surface}; border-bottom: 1px solid {tokens.border}; }}
            #plotTitle QLabel {{ color: {tokens.text}; font-weight: 600; background: transparent; }}
        """)
        side = round(SIZE * theme.scale())
        for name, (drawing, _, _) in BUTTONS.items():
            self.buttons[name].setIcon(icon(drawing, active=tokens.text))
            self.buttons[name].setIconSize(QSize(side, side))
