"""What the buttons in a plot's title do."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from spikeloom_app.file_writer import FileWriter
from spikeloom_app.plots.settings_form import SettingsForm
from spikeloom_app.shell import dialogs

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

EXPORT = "spikeloom_app.plots.export"


class Popover(QFrame):
    """A form above the window that goes when one clicks elsewhere or presses Escape."""

    def __init__(self, form: SettingsForm, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("plotSettings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = form
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 14)
        column.addWidget(form)

    def show_below(self, button: QWidget) -> None:
        """Under a button, right sides in line, on the screen."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        screen = button.screen()
        if screen is not None:
            room = screen.availableGeometry()
            corner.setX(min(max(corner.x(), room.left()), room.right() - self.width()))
            if corner.y() + self.height() > room.bottom():
                corner.setY(button.mapToGlobal(QPoint(0, 0)).y() - self.height() - 4)
        self.move(corner)
        self.show()
        self.form.focus_first()


class PlotButtons:
    """Acts for the buttons of all plots of a window.

    Attributes
    ----------
    popover
        The settings that are shown, or were shown last.
    files
        Writes what is exported.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.popover: Popover | None = None
        self.files = FileWriter(window)
        self.files.said.connect(window.statusBar().showMessage)
        self.files.failed.connect(lambda error: dialogs.show_error(window, "The plot was not exported", error))

    def press(self, name: str, button: str) -> None:
        """Do what a button of a plot says."""
        getattr(self, f"_{button}")(name)
        self.window.action_set.refresh()

    def _settings(self, name: str) -> None:
        dock = self.window.plot_docks.docks[name]
        plot = next(plot for plot in self.window.board.plots if plot.name == name)
        form = SettingsForm(plot)
        form.changed.connect(lambda values: self.window.board.change(name, values))
        self.popover = Popover(form, dock)
        self.popover.setAccessibleName(f"Settings of {dock.windowTitle()}")
        self.popover.show_below(dock.title.buttons["settings"])

    def _duplicate(self, name: str) -> None:
        self.window.board.duplicate(name)

    def _export(self, name: str) -> None:
        import_module(EXPORT).ask_and_save(self.window.board.panels[name], self.window, self.files)

    def _float(self, name: str) -> None:
        dock = self.window.plot_docks.docks[name]
        dock.setFloating(not dock.isFloating())

    def _close(self, name: str) -> None:
        self.window.board.remove(name)
