"""One example after another: which one, as people know it, and its spikes."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSlider, QSpinBox, QToolButton, QVBoxLayout, QWidget

from spikeloom_app import theme
from spikeloom_app.data.facts import SPLITS, count_words, group_words
from spikeloom_app.data.spike_raster import SpikeRaster
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import SideLabel
from spikeloom_app.plots.controls import Choice, PanelButton
from spikeloom_app.plots.sample import Sample
from spikeloom_app.plots.sample_view import SampleView
from spikeloom_app.plots.time_bar import TimeBar

ALL = -1  # the entry of all classes
MOST_CLASSES = 1000  # that are offered
WIDE = 560  # px: below, picture and raster stand above each other
FINE = 1.0  # ms of recorded spikes that are told apart in a picture
PICTURE = 150  # px, the least that a picture has beside a raster


class ExampleBrowser(QWidget):
    """Shows events ``sample``, and steps through the examples.

    Signals
    -------
    wanted
        Split, example and epoch that the user wants to see.
    class_changed
        With the class whose examples are looked for; None: all.
    """

    wanted = Signal(str, int, int)
    class_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.split, self.example, self.epoch = "train", 0, 0
        self.looked_for: int | None = None  # a class
        self._labels: Mapping[str, Any] = {}
        self._sizes: dict[str, int] = {}
        self._names: list[str] = []
        self._event: dict[str, Any] | None = None
        self.picture, self.time_bar, self.raster = SampleView(), TimeBar(), SpikeRaster()
        self.time_bar.chosen.connect(self._choose_time)
        self.raster.draw_wanted.connect(lambda: self._want(epoch=self.epoch + 1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addLayout(self._header())
        column.addLayout(self._second())
        column.addLayout(self._make_body(), 1)
        self.show_facts({})
        self.show_sample(None, 1.0, 1.0)
        follow_theme(self._dress)

    # -- fields --------------------------------------------------------------------------------------------------
    def _header(self) -> QHBoxLayout:
        self.previous, self.next = PanelButton("previous", "Previous example"), PanelButton("next", "Next example")
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.number = QSpinBox()
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setAccessibleName("Number of the example")
        self.number.setToolTip("The example to show (Up and Down keys)")
        self.number.valueChanged.connect(self.go_to)
        self.side = SideLabel()
        self.side.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.side.setAccessibleName("The example that is shown")
        self.chooser = Choice("Split", "The examples to choose from", self.choose_split)
        row = QHBoxLayout()
        row.setContentsMargins(10, 6, 10, 0)
        row.setSpacing(4)
        for widget in (self.previous, self.number, self.next):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.side, 1)
        row.addWidget(self.chooser)
        return row

    def _second(self) -> QHBoxLayout:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Place among the examples")
        self.slider.setToolTip("Run through the examples")
        self.slider.valueChanged.connect(self.go_to)
        self.classes = Choice("Class", "Only examples of this class", self._choose_class)
        self.another = QToolButton()
        self.another.setText("Another")
        self.another.setObjectName("dataAnother")
        self.another.setAccessibleName("Another of this class")
        self.another.setToolTip("Another example of the same class")
        self.another.clicked.connect(self.show_another)
        row = QHBoxLayout()
        row.setContentsMargins(14, 2, 10, 2)
        row.setSpacing(6)
        row.addWidget(self.slider, 1)
        row.addWidget(self.another)
        row.addWidget(self.classes)
        return row

    def _make_body(self) -> QBoxLayout:
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.picture, 1)
        left.addWidget(self.time_bar)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(4)
        self._body.addWidget(self._left, 2)
        self._body.addWidget(self.raster, 3)
        return self._body

    def _dress(self) -> None:
        t = theme.current()
        self.another.setStyleSheet(
            f"#dataAnother {{ font-size: {t.font_small}px; padding: 3px 8px; border: 1px solid {t.border};"
            f" border-radius: {t.radius_small}px; }} #dataAnother:hover {{ background: {t.surface_raised}; }}"
            f" #dataAnother:focus {{ border-color: {t.accent}; }} #dataAnother:disabled {{ color: {t.border_strong}; }}"
        )
        self.number.setFixedWidth(theme.large(84))
        self._left.setMinimumWidth(theme.large(PICTURE))
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(420, 280)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Picture and raster beside each other where there is room."""
        ways = QBoxLayout.Direction
        wide = self.width() >= theme.large(WIDE) or self.width() > 1.25 * self.height()
        above = self.picture.sample is not None and self.picture.sample.kind == "spikes"  # two rasters of the same time
        self._body.setDirection(ways.LeftToRight if wide and not above else ways.TopToBottom)

    # -- what there is -------------------------------------------------------------------------------------------
    def show_facts(self, told: Mapping[str, Any]) -> None:
        """Learn which splits and classes there are."""
        self._sizes = {name: int(count) for name, count in (told.get("splits") or {}).items()}
        self._names = [str(name) for name in told.get("class_names") or ()]
        splits = [(SPLITS[name], name) for name in SPLITS if self._sizes.get(name)]
        self.chooser.offer(splits, self.split)
        self.chooser.setVisible(len(splits) > 1)
        count = int(told.get("classes") or 0) if told.get("balance") else 0
        if self.looked_for is not None and self.looked_for >= count:
            self._look_for(None)
        entries: list[tuple[str, Any]] = [
            ("All classes", ALL),
            *((self.name_of(k), k) for k in range(min(count, 1000))),
        ]
        self.classes.offer(entries, ALL if self.looked_for is None else self.looked_for)
        self.classes.setVisible(count > 1)
        self.another.setVisible(count > 1)
        self._show_place()

    def show_labels(self, labels: Mapping[str, Any]) -> None:
        """Learn the classes of all examples, by split."""
        self._labels = labels
        self._show_place()

    def name_of(self, number: int) -> str:
        """What a class is called."""
        return self._names[number] if number < len(self._names) else str(number)

    @property
    def examples(self) -> int:
        """How many there are in the split."""
        return self._sizes.get(self.split, 0)

    @property
    def labels(self) -> np.ndarray:
        """The classes of the examples of the split; empty where there are none."""
        return np.asarray(self._labels.get(self.split, ()))

    # -- which example -------------------------------------------------------------------------------------------
    def step(self, ways: int) -> None:
        """To the next example (1), or the one before (-1), of the class that is looked for."""
        found = self._beside(ways, self.looked_for)
        if found is not None:
            self._want(example=found)

    def _beside(self, ways: int, number: int | None) -> int | None:
        """The nearest example of a class (None: of any) before or after the one that is shown."""
        if number is None:
            found = self.example + ways
            return found if 0 <= found < self.examples else None
        of_it = np.flatnonzero(self.labels == number)
        of_it = of_it[of_it > self.example] if ways > 0 else of_it[of_it < self.example][::-1]
        return int(of_it[0]) if len(of_it) else None

    def go_to(self, example: int) -> None:
        """Show an example; of the class that is looked for, the nearest one."""
        if example == self.example:
            return
        if self.looked_for is not None and example < len(self.labels):
            of_it = np.flatnonzero(self.labels == self.looked_for)
            if len(of_it):
                # Up and down lead on, wherever the next one is.
                ways = 1 if example > self.example else -1
                ahead = of_it[of_it >= example] if ways > 0 else of_it[of_it <= example][::-1]
                example = int(ahead[0]) if len(ahead) else self.example
        self._want(example=example)

    def choose_split(self, split: str) -> None:
        """Show examples of another split."""
        self.split = split
        self._want(example=self._first())

    def look_for(self, number: int | None) -> None:
        """Show only examples of a class; None: of all."""
        self._look_for(number)
        if number is not None and not self._is_of(number):
            self._want(example=self._first())
        else:
            self._show_place()

    def show_another(self) -> None:
        """The next example of the class of the one that is shown, from the last on to the first."""
        label = (self._event or {}).get("label")
        if label is None:
            return
        of_it = np.flatnonzero(self.labels == label)
        later = of_it[of_it > self.example]
        if len(of_it) > 1:
            self._want(example=int(later[0] if len(later) else of_it[0]))

    def _choose_class(self, number: int) -> None:
        self.look_for(None if number == ALL else number)

    def _look_for(self, number: int | None) -> None:
        if number != self.looked_for:
            self.looked_for = number
            self.classes.setCurrentIndex(self.classes.findData(ALL if number is None else number))
            self.class_changed.emit(number)

    def _first(self) -> int:
        """The first example of the class that is looked for."""
        of_it = np.flatnonzero(self.labels == self.looked_for)
        return int(of_it[0]) if self.looked_for is not None and len(of_it) else 0

    def _is_of(self, number: int) -> bool:
        return self.example < len(self.labels) and bool(self.labels[self.example] == number)

    def _want(self, *, example: int | None = None, epoch: int | None = None) -> None:
        self.example = self.example if example is None else example
        self.epoch = self.epoch if epoch is None else epoch
        self._show_place()
        self.wanted.emit(self.split, self.example, self.epoch)

    def _show_place(self) -> None:
        most = max(0, self.examples - 1)
        for field in (self.number, self.slider):
            field.blockSignals(True)
            field.setMaximum(most)
            field.setValue(self.example)
            field.blockSignals(False)
            field.setEnabled(self.examples > 1)
        self.slider.setPageStep(max(1, most // 20))
        self.previous.setEnabled(self._beside(-1, self.looked_for) is not None)
        self.next.setEnabled(self._beside(1, self.looked_for) is not None)
        self.chooser.setCurrentIndex(self.chooser.findData(self.split))

    # -- the example ---------------------------------------------------------------------------------------------
    def show_sample(self, event: dict[str, Any] | None, duration: float, dt: float) -> None:
        """Show an event ``sample``; None: nothing.

        Parameters
        ----------
        duration, dt
            Of an example of the document, in ms.
        """
        there = event is not None and "examples" in event and bool(event["examples"])
        self._event = event if there else None
        if event is not None and there:
            self.split, self.example, self.epoch = event["split"], int(event["example"]), int(event["epoch"])
            self._sizes[self.split] = int(event["examples"])
            self._show_place()
        sample = _sample(self._event, duration) if self._event is not None else None
        self.picture.show_sample(sample)
        self._left.setVisible(sample is not None and sample.kind != "none")
        if sample is not None:
            self.time_bar.span(sample.timesteps, sample.dt)
            if self.picture.step is not None and self.picture.step >= sample.timesteps:
                self._choose_time(None)
        self.time_bar.setVisible(sample is not None and sample.kind == "frames")
        self.raster.show_event(self._event, duration, dt)
        self.raster.setVisible(self._event is not None)
        self._arrange()
        self.another.setEnabled(self._event is not None and self._event.get("label") is not None)
        self._say()

    def _choose_time(self, step: int | None) -> None:
        self.picture.set_step(step)
        self.time_bar.show_step(step)

    def _say(self) -> None:
        """Name the example."""
        event = self._event
        if event is None:
            self.side.say("")
            return
        name = html.escape(str(event.get("name", "")))
        groups = html.escape(group_words(event.get("groups") or {}))
        of = f"of {count_words(int(event['examples']))}"
        strong = f'<b style="color:{theme.current().text}">{name}</b>' if name else ""
        epoch = f"epoch {self.epoch}" if self.raster.shown_way == "augmented" else ""
        versions = [[of, strong, groups, epoch], [of, strong, epoch], [strong, epoch], [strong]]
        self.side.say(*(" · ".join(filter(None, parts)) for parts in versions))


def _sample(event: Mapping[str, Any], duration: float) -> Sample:
    """What an example is to people: an image, numbers, frames of events, recorded spikes."""
    times, ids = (np.asarray(event.get(f"raw.{name}", ())) for name in ("times", "ids"))
    shape = tuple(event.get("shape") or ())
    span = max(float(times.max(initial=0.0)), 0.0) if len(times) else duration
    timesteps = max(1, int(np.ceil(span / FINE)) + 1)
    if not shape:
        shape = (int(ids.max(initial=0)) + 1,)
    steps = np.floor(times / FINE).astype(np.int32)
    return Sample.of_input(
        event.get("input"), steps, ids.astype(np.int32), shape, timesteps, FINE, spikes="raw.times" in event
    )
