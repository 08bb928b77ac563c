"""Weights of a connection, their gradients or delays: distribution over time, matrix, receptive fields."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from spikeloom.spec import Connection, Constant, Document
from spikeloom.spec.plots import Weights
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import SideLabel, title_label
from spikeloom_app.plots.controls import Choice, MenuButton, PanelButton, StayingMenu
from spikeloom_app.plots.field_view import FieldView
from spikeloom_app.plots.panel import PlotPanel, Wants
from spikeloom_app.plots.scale_bar import ScaleBar
from spikeloom_app.plots.weight_history import WeightHistory
from spikeloom_app.plots.weight_state import WeightState
from spikeloom_app.plots.weight_views import HistogramView, MatrixView

TITLES = {"weights": "Weights", "gradient": "Gradient", "delays": "Delays"}
VALUES = {"weights": "Weights", "gradient": "Gradient of a batch", "delays": "Delays (ms)"}
SHOWS = {"histogram": "Distribution over time", "matrix": "Matrix", "fields": "Receptive fields"}
NO_SOURCES = "Too large to be sent whole: receptive fields need every source. The matrix and the distribution show it."


def has_delays(connection: Connection) -> bool:
    """Whether its synapses have delays of their own: drawn, listed or learned ones."""
    delay = getattr(connection.connectivity, "delay", None)
    return connection.train_delays or (delay is not None and not isinstance(delay, Constant))


class WeightsPlot(PlotPanel):
    """Takes ``weights`` events of one connection."""

    settings: Weights

    def __init__(self, settings: Weights | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Weights of a connection", settings or Weights(name="plot:1"), parent)
        self.history, self.state = WeightHistory(), None
        self.channel: int | None = None
        self._weighted: list[str] = []
        self._delayed: list[str] = []
        self.histogram, self.matrix, self.fields = HistogramView(), MatrixView(), FieldView()
        self.fields_bar = ScaleBar()
        self._pages = QStackedWidget()
        self.words = QLabel()
        self.words.setMinimumWidth(1)  # long names are cut off
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        fields = QWidget()
        row = QHBoxLayout(fields)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.fields, 1)
        row.addWidget(self.fields_bar)
        self._views: dict[str, QWidget] = {"histogram": self.histogram, "matrix": self.matrix, "fields": fields}
        for view in (self.words, *self._views.values()):
            self._pages.addWidget(view)
        for shown in (self.histogram, self.matrix, self.fields):
            shown.pointed.connect(self._say)
        self.fields.page_changed.connect(self._turned)
        self.column.addLayout(self._header())
        self.column.addWidget(self._pages, 1)
        self.settle()
        follow_theme(self._dress)

    state: WeightState | None

    def _header(self) -> QHBoxLayout:
        self.title, self.side = title_label("Weights"), SideLabel()
        self.chooser = Choice("Connection", "The connection whose weights are shown", self._choose_connection)
        self.options = MenuButton("settings", "What to show of the weights", self._fill)
        self.back, self.on = PanelButton("previous", "Previous page"), PanelButton("next", "Next page")
        self.back.clicked.connect(lambda: self.fields.turn(-1))
        self.on.clicked.connect(lambda: self.fields.turn(1))
        header = QHBoxLayout()
        header.setContentsMargins(16, 6, 10, 2)
        header.setSpacing(8)
        header.addWidget(self.title)
        header.addWidget(self.side, 1)
        for button in (self.back, self.on):
            header.addWidget(button)
        header.addWidget(self.chooser)
        header.addWidget(self.options)
        return header

    def _dress(self) -> None:
        self.dress()
        self.draw()

    # -- the declaration -----------------------------------------------------------------------------------------
    @property
    def _connections(self) -> list[str]:
        """The connections that have what is to be shown."""
        return self._delayed if self.settings.values == "delays" else self._weighted

    @property
    def connection(self) -> str:
        """The connection that is shown: the chosen one, or the first that has weights, or delays."""
        return self.settings.connection or next(iter(self._connections), "")

    def wants(self) -> Wants:
        """The weights, gradients or delays of its connection."""
        return Wants(weights=((self.connection, self.settings.values),)) if self.connection else Wants()

    def describe(self, document: Document) -> None:
        """Learn the connections that have weights, and those that have delays."""
        before = self.wants()
        weighted = [c for c in document.network.connections if hasattr(c.connectivity, "weight")]
        self._weighted = [c.name for c in weighted]
        self._delayed = [c.name for c in weighted if has_delays(c)]
        self._offer()
        if self.wants() != before:
            self._forget()
            self.wants_changed.emit()
        if self.state is None:
            self.draw()

    def settle(self) -> None:
        """Show what the settings say."""
        self._offer()
        self.title.setText(TITLES[self.settings.values])
        self.histogram.name(*(("delay (ms)", " ms") if self.settings.values == "delays" else ("", "")))
        if self.state is not None and (self.state.connection, self.state.values) != (
            self.connection,
            self.settings.values,
        ):
            self._forget()
        self.draw()

    def use(self, settings: Any) -> None:
        """Show these settings; the worker may have to tell something else."""
        before = self.wants()
        super().use(settings)
        if self.wants() != before:
            self._forget()
            self.draw()
            self.wants_changed.emit()

    def _offer(self) -> None:
        names = list(dict.fromkeys([*self._connections, *([self.connection] if self.connection else [])]))
        self.chooser.offer([(name, name) for name in names], self.connection)

    def _choose_connection(self, name: str) -> None:
        self.choose(connection=name)

    def _choose_values(self, values: str) -> None:
        """Show the weights, gradients or delays; of the same connection where it has them."""
        without = values == "delays" and self.connection not in self._delayed
        self.choose(values=values, **({"connection": ""} if without else {}))

    def _fill(self, menu: StayingMenu) -> None:
        menu.one_of([(words, name) for name, words in SHOWS.items()], self.settings.show, lambda v: self.choose(show=v))
        menu.addSeparator()
        offered = [name for name in VALUES if name != "delays" or self._delayed or self.settings.values == name]
        menu.one_of([(VALUES[name], name) for name in offered], self.settings.values, self._choose_values)
        if self.settings.show == "fields" and self.state is not None and self.state.channels > 1:
            menu.addSeparator()
            channels = [("All channels, summed", None), *((f"Channel {k}", k) for k in range(self.state.channels))]
            menu.one_of(channels, self.channel, self.show_channel)

    def show_channel(self, channel: int | None) -> None:
        """Show the receptive fields of one channel; None: of all, summed."""
        self.channel = channel
        self.draw()

    # -- events --------------------------------------------------------------------------------------------------
    def _forget(self) -> None:
        self.history.clear()
        self.state, self.channel = None, None

    def reset(self) -> None:
        """Show nothing."""
        self._forget()
        self.draw()

    def handle(self, event: dict[str, Any]) -> None:
        """Take the weights as they are now."""
        if event["event"] != "weights" or event.get("connection") != self.connection:
            return
        if event.get("values", "weights") != self.settings.values:
            return
        self.state = WeightState.of_event(event)
        place = float(len(self.history) if event.get("step") is None else event["step"])
        self.history.add(place, self.state.counts, self.state.edges)
        self.redraw_soon()

    # -- view ----------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Show what has come, now."""
        super().draw()
        words = self._draw() if self.state is not None else self._why_empty()
        self.words.setText(words)
        self.words.setContentsMargins(40, 0, 40, 0)
        self._pages.setCurrentWidget(self.words if words else self._views[self.settings.show])
        self._turned()

    def _draw(self) -> str:
        """Draw the chosen view; words that say why it cannot be."""
        assert self.state is not None
        if self.settings.show == "histogram":
            self.histogram.draw(self.history)
        elif self.settings.show == "matrix":
            self.matrix.draw(self.state)
        else:
            channel = self.channel if self.channel is not None and self.channel < self.state.channels else None
            if not self.fields.draw(self.state, channel):
                return NO_SOURCES
            self.fields_bar.span(-self.fields.limit, self.fields.limit)
        return ""

    def _why_empty(self) -> str:
        delays = self.settings.values == "delays"
        if not self.connection:
            return f"The network has no connection with {'delays of its synapses' if delays else 'weights'}"
        if delays and self.connection in self._weighted and self.connection not in self._delayed:
            return f"The synapses of {self.connection} all have the same delay: choose another connection"
        if self._connections and self.connection not in self._connections:
            return f"There is no connection '{self.connection}' any more: choose another"
        return f"Train to see the {TITLES[self.settings.values].lower()} of {self.connection}"

    def _turned(self) -> None:
        """Offer the pages that there are before and after."""
        paged = self._pages.currentWidget() is self._views["fields"] and self.fields.pages > 1
        for button, there in ((self.back, self.fields.page > 0), (self.on, self.fields.page < self.fields.pages - 1)):
            button.setVisible(paged)
            button.setEnabled(there)
        self._say("")

    def _say(self, words: str) -> None:
        if words:
            self.side.say(words, "")
            return
        page = f"page {self.fields.page + 1} of {self.fields.pages}"
        many = self.settings.show == "fields" and self.state is not None and self.fields.pages > 1
        stats = self.state.in_words() if self.state is not None else ""
        self.side.say(*((f"{page} · {stats}", page) if many else (stats, stats.rpartition(" · ")[0])), "")

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each weight that is shown; of a distribution, one for each bin."""
        if self.state is None:
            return {}
        if self.settings.show == "histogram":
            edges, columns = self.state.edges, self.history.columns
            if not columns:
                return {}
            return {
                "batch": np.repeat([column.place for column in columns], len(edges) - 1),
                "from": np.concatenate([column.edges[:-1] for column in columns]),
                "to": np.concatenate([column.edges[1:] for column in columns]),
                "count": np.concatenate([column.counts for column in columns]),
            }
        flat = self.state.flat
        sources, targets = np.indices(flat.shape)
        names = ("element", "filter") if self.state.is_kernel else ("source", "target")
        down, across = self.state.strides
        return {
            names[0]: (sources * down).ravel(),
            names[1]: (targets * across).ravel(),
            self.settings.values: flat.ravel(),
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """The matrix in its own shape, its distribution now, and what is shown as a table."""
        if self.state is None:
            return {}
        found = {self.settings.values: self.state.matrix, "counts": self.state.counts, "edges": self.state.edges}
        return found | (
            {f"history {name}": column for name, column in self.table().items()}
            if self.settings.show == "histogram"
            else {}
        )
