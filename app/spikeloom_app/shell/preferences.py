"""The preferences: how it looks, which keys do what, where data sets lie. Everything takes effect at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from spikeloom.settings import DATA_FOLDER
from spikeloom_app import theme
from spikeloom_app.shell.appearance import STEPS, THEMES
from spikeloom_app.shell.shortcut_editor import ShortcutEditor

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

PAGES = ("Appearance", "Shortcuts", "Data")


class Preferences(QDialog):
    """A window of its own beside the main window; what is changed is changed at once."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setWindowTitle("Preferences")
        self.setAccessibleName("Preferences")
        self.resize(round(640 * theme.scale()), round(560 * theme.scale()))
        self.shortcuts = ShortcutEditor(window.action_set, window.settings)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Pages of the preferences")
        self.tabs.tabBar().setAccessibleName("Pages of the preferences")
        for name, page in zip(PAGES, (self._appearance(), _page(self.shortcuts), self._data()), strict=True):
            self.tabs.addTab(page, name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.tabs.setCurrentIndex(PAGES.index(name))

    # -- pages -------------------------------------------------------------------------------------------------------
    def _appearance(self) -> QWidget:
        appearance = self._window.appearance
        self.theme = QComboBox()
        for name, title in THEMES.items():
            self.theme.addItem(title, name)
        self.theme.setCurrentIndex(list(THEMES).index(appearance.theme))
        self.theme.activated.connect(lambda _row: appearance.use_theme(self.theme.currentData()))
        self.text = QComboBox()
        for size in STEPS:
            self.text.addItem("As the system" if size == 1 else f"{round(100 * size)} %", size)
        self.text.setCurrentIndex(STEPS.index(appearance.text))
        self.text.activated.connect(lambda _row: appearance.use_text(self.text.currentData()))
        self.still = QCheckBox("Reduce motion")
        self.still.setChecked(appearance.reduced_motion)
        self.still.toggled.connect(appearance.use_reduced_motion)
        self.still.setToolTip("What moves only to show that something is going on stands still")
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        for label, widget, tip in (
            ("&Theme", self.theme, "Light, dark, or as the desktop is"),
            ("Te&xt", self.text, "The size of all text in the window; the desktop's size is 100 %"),
        ):
            widget.setToolTip(tip)
            widget.setAccessibleName(label.replace("&", ""))
            form.addRow(label, widget)
        form.addRow("", self.still)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 16, 12, 12)
        column.addLayout(form)
        column.addStretch(1)
        return page

    def _data(self) -> QWidget:
        self.folder = QLineEdit()
        self.folder.setReadOnly(True)
        self.folder.setAccessibleName("Data folder")
        self.folder.setPlaceholderText("None was chosen")
        choose = QPushButton("Choose…")
        choose.setAutoDefault(False)
        choose.setAccessibleName("Choose the data folder")
        choose.setToolTip("The folder in which the data sets lie that documents name")
        choose.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        hint = QLabel(
            "Data sets that a document names, such as MNIST, are looked for beside the document, then in this folder."
        )
        hint.setProperty("tone", "muted")
        hint.setWordWrap(True)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(10)
        column.addWidget(hint)
        column.addLayout(row)
        column.addStretch(1)
        self._show_folder()
        return page

    def _choose_folder(self) -> None:
        self._window.files.choose_data_folder()
        self._show_folder()

    def _show_folder(self) -> None:
        known = self._window.settings.get(DATA_FOLDER)
        self.folder.setText(known if isinstance(known, str) else "")
        self.folder.setToolTip(self.folder.text() or "No folder was chosen")


def _page(widget: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(12, 16, 12, 12)
    column.addWidget(widget)
    return page
