"""What a window does with the data set of its document: the dock, the card on the canvas, the way to its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from spikeloom.settings import DATA_FOLDER
from spikeloom_app.canvas.stages import DATASET
from spikeloom_app.data import DataPanel
from spikeloom_app.listening import listen
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.go_to import go_to_field

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

NAME = "data"  # of the dock


class DataSets(QObject):
    """The data set of `window`.

    Attributes
    ----------
    panel
        What the dock shows.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        panel = self.panel = DataPanel(window.document)
        panel.choose_wanted.connect(lambda: go_to_field(window, "", DATASET))
        panel.ends_wanted.connect(self.add_ends)
        panel.folder_wanted.connect(window.files.choose_data_folder)
        panel.place_wanted.connect(self._go)
        panel.download_wanted.connect(self._download)
        window.canvas.stage_opened.connect(self._open)
        stages = window.canvas.view.graph.stages
        stages.known = panel.looker.known
        panel.looker.known_changed.connect(stages.refresh)
        listen(window.settings.changed, self._setting_changed)

    @property
    def dock(self) -> QDockWidget:
        """The dock of the data."""
        return self.window.docks[NAME]

    @property
    def shown(self) -> bool:
        """Whether the dock is open, and in front of what lies in the same place."""
        return not self.dock.isHidden() and not self.dock.visibleRegion().isEmpty()

    def show(self) -> None:
        """Show the data, with the keyboard in the number of the example."""
        if not self.window.editing:
            self.window.show_editor()
        self.dock.show()
        self.dock.raise_()
        self.panel.setEnabled(True)  # Qt tells later that it is seen, and only then could it take the keys
        self.panel.browser.number.setFocus()

    def toggle(self) -> None:
        """Show the data, or hide it."""
        if self.shown:
            self.dock.hide()
        else:
            self.show()

    def can_add_ends(self) -> bool:
        """Whether there is a data set, and the network lacks an input or an output for it."""
        document = self.window.document.document
        network = document.network
        return document.experiment.dataset is not None and not (network.inputs and network.outputs)

    def add_ends(self) -> None:
        """Add an input and an output for the data set, those of them that are missing."""
        if not self.window.editing:
            self.window.show_editor()
        self.window.canvas.edit.add_ends()

    def _download(self, offer: Any) -> None:
        """Say once more what would be downloaded, and do it if the user still wants it."""
        hosts = " and ".join(offer.get("hosts") or ()) or "its publisher"
        text = f"{offer['size']} from {hosts}, on the terms {offer['terms']}."
        where = f"\nIt goes to {offer['folder']}." if offer.get("folder") else ""
        same = f"\nThe same as {offer['call']}." if offer.get("call") else ""
        if dialogs.confirm(self.window, f"Download {offer['title']}?", f"{text}{where}{same}", "Download"):
            self.panel.remedies.download()

    def _open(self, name: str) -> None:
        if name == DATASET:
            self.show()

    def _go(self, place: str) -> None:
        """To a field of the data set: it stands in the form of its card, and of the experiment."""
        go_to_field(self.window, DATASET if self.window.canvas.view.graph.part(DATASET) else "", place)

    def _setting_changed(self, key: str) -> None:
        """Another folder of data sets: what was not found may be there."""
        if key == DATA_FOLDER and self.panel.remedies.error is not None and self.panel.active:
            self.panel.try_again()
