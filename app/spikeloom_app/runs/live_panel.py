"""The parameters that can change while a network runs, each with a slider that the network follows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from spikeloom_app import theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme, listen
from spikeloom_app.part_names import PartNames
from spikeloom_app.runs.controller import RunController
from spikeloom_app.runs.live_fields import LiveField, live_fields
from spikeloom_app.runs.live_row import LiveRow

MARGIN = 16  # px
GAP = 14  # px between rows
SOON = 20  # ms after a change of the document
HELD = "The network follows what you move here."
QUIET = "Nothing runs: what you move here counts for the next run."
NONE = "Nothing in this network can change while it runs."


class LivePanel(QScrollArea):
    """All parameters of a document that can change in a run.

    Parameters
    ----------
    document
        Whose values are shown and set.
    controller
        Whose network follows.
    """

    def __init__(self, document: OpenDocument, controller: RunController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._controller = document, controller
        self.rows: dict[str, LiveRow] = {}
        self._fields: list[LiveField] = []
        self._running: dict[str, float] = {}  # the values of the network that runs, by place
        self.setObjectName("livePanel")
        self.setAccessibleName("Live parameters")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("livePage")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._column.setSpacing(GAP)
        self.headline = wrapped("", "small")
        self._column.addWidget(self.headline)
        self._column.addStretch(1)
        self.setWidget(page)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self.refresh)
        listen(document.changed, self._later)
        listen(document.replaced, self._later)
        listen(document.part_renamed, self._renamed)
        controller.state_changed.connect(self._show_state)
        controller.lingering_changed.connect(self._show_state)
        controller.other_changed.connect(self._show_state)
        controller.shown.connect(self._hear)
        follow_theme(self._dress)
        self.refresh()

    def _dress(self) -> None:
        # The style sheet of a scroll area reaches its page; no other part of it is named.
        self.setStyleSheet(f"#livePanel, #livePage {{ background: {theme.current().surface}; }}")

    def _later(self) -> None:
        self._soon.start()

    def _renamed(self, old: str, new: str) -> None:
        """What the network runs with is known by the names that the document has now."""
        names = PartNames()
        names.rename(old, new)
        self._running = {names.path_in_document(place): value for place, value in self._running.items()}

    # -- showing -------------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show the document's values, with rows for what it has now."""
        self._soon.stop()
        found = live_fields(self._document.document)
        if found != self._fields:
            self._rebuild(found)
        for row in self.rows.values():
            row.refresh()
        self._show_running()

    def _rebuild(self, found: list[LiveField]) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._fields, self.rows = found, {}
        for live in found:
            row = self.rows[live.place] = LiveRow(self._document, live)
            row.moved.connect(self._controller.set_live)
            self._column.insertWidget(self._column.count() - 1, row)

    def _show_running(self) -> None:
        for place, row in self.rows.items():
            row.show_running(self._running.get(place))
        held = self._controller.answers or (self._controller.state == "building" and not self._controller.other)
        self.headline.setText(NONE if not self.rows else HELD if held else QUIET)

    def _show_state(self, *_state: object) -> None:
        if self._controller.other:  # that network has other values, and follows nothing here
            self._running = {}
        elif self._controller.state == "building":
            self.refresh()
            fields = live_fields(self._document.document)
            self._running = {live.place: float(self._document.value(live.path)) for live in fields}
        elif self._controller.state == "idle" and not self._controller.lingering:
            self._running = {}
        self._show_running()

    # -- what the worker says --------------------------------------------------------------------------------------
    def _hear(self, event: Any) -> None:
        if event["event"] == "live":
            self._running[event["path"]] = float(event["value"])
            row = self.rows.get(event["path"])
            if row is not None:
                row.hear(event)
        elif event["event"] == "message" and event.get("path") in self.rows:
            self.rows[event["path"]].refuse(str(event["text"]))

    def take_focus(self) -> None:
        """Put the keyboard on the first slider; on the panel where there is none."""
        first = next(iter(self.rows.values()), None)
        (self if first is None else first.slider).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def finish(self) -> None:
        """Take what is being typed."""
        for row in list(self.rows.values()):
            row.edit.commit()
