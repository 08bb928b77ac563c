"""The panel of the data: what is known of the set, its examples, or why there is nothing to see."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import theme
from spikeloom_app.data.browser import ExampleBrowser
from spikeloom_app.data.facts import summary_of
from spikeloom_app.data.facts_view import FactsView
from spikeloom_app.data.looker import DataLooker
from spikeloom_app.data.remedies import Remedies
from spikeloom_app.data.trouble import TroubleCard
from spikeloom_app.data.wish import Wish
from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import follow_theme, listen
from spikeloom_app.plots.chart import SideLabel

SLOW = 350  # ms after which it is said that the set is being read
WIDE = 600  # px: below, facts and examples stand above each other
HIGH = 520  # px: below, they do not have room for both
UNLIMITED = 16_777_215  # px, as Qt says it
FACTS = 216  # px of the facts beside the examples
NO_SET = "The document names no data set. Choose one to see its examples here."
READING = "Reading the data set…"


class DataPanel(QWidget):
    """The data set of the open document.

    Signals
    -------
    choose_wanted
        The user wants to choose a data set.
    ends_wanted
        The user wants an input and an output for it.
    download_wanted
        The user wants to download it: with the event ``offer``.
    folder_wanted
        The user wants to choose the folder in which data sets lie.
    place_wanted
        With a place of the document, to go to.
    """

    choose_wanted, ends_wanted, folder_wanted, place_wanted = Signal(), Signal(), Signal(), Signal(str)
    download_wanted = Signal(object)

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataPanel")
        self.setAccessibleName("Data")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._document = document
        self._files = ""  # of what facts are shown
        self.looker = DataLooker(document, self)
        self.looker.facts_told.connect(self._show_facts)
        self.looker.labels_told.connect(self._show_labels)
        self.looker.sample_told.connect(self._show_sample)
        self.looker.failed.connect(self._fail)
        self.looker.busy_changed.connect(self._busy)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW)
        self._slow.timeout.connect(self._say_slow)
        self._build()
        listen(document.changed, self._changed)
        listen(document.opened, self._opened)
        follow_theme(self._dress)

    def _build(self) -> None:
        self.facts, self.browser, self.trouble = FactsView(), ExampleBrowser(), TroubleCard()
        self.remedies = Remedies(self._document, self.looker, self.trouble, self)
        self.remedies.again_wanted.connect(self.try_again)
        self.facts.class_chosen.connect(self._choose_class)
        self.browser.wanted.connect(lambda *_place: self._look())
        self.browser.class_changed.connect(self._mark)
        self.trouble.folder_wanted.connect(self.folder_wanted)
        self.trouble.place_wanted.connect(self.place_wanted)
        self.trouble.download_wanted.connect(lambda: self.download_wanted.emit(self.remedies.offer))
        self.state = QLabel(self)
        self.state.setObjectName("dataState")
        self.state.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.state.hide()
        self._strip, self._ends_line = self._make_strip(), self._make_ends()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_content())
        self._pages.addWidget(self._empty_page())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for widget in (self.trouble, self._strip, self._ends_line):
            whole.addWidget(widget)
        whole.addWidget(self._pages, 1)
        whole.addStretch(0)
        self._arrange()
        self._settle()

    def _make_ends(self) -> QWidget:
        """A line with a button where the network does not take the data yet."""
        self.ends = QPushButton("Add an input and an output")
        self.ends.setProperty("small", True)
        self.ends.setToolTip("Populations of the right size for this data set; the output has a neuron for each class")
        self.ends.clicked.connect(self.ends_wanted)
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(14, 6, 10, 0)
        line.addWidget(self.ends)
        line.addStretch(1)
        return made

    def _make_content(self) -> QWidget:
        """Facts and examples."""
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.facts)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rule = QFrame()
        self._rule.setObjectName("dataRule")
        content = QWidget()
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._body.addWidget(self._scroll)
        self._body.addWidget(self._rule)
        self._body.addWidget(self.browser, 1)
        return content

    def _make_strip(self) -> QWidget:
        """The line above the examples where there is no room for the facts: a few of them, and a way to all."""
        strip = QWidget()
        self.summary = SideLabel()
        self.summary.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.all_facts = QPushButton("Facts")
        self.all_facts.setCheckable(True)
        self.all_facts.setProperty("small", True)
        self.all_facts.setToolTip("What is known of the data set, in place of its examples")
        self.all_facts.toggled.connect(lambda _on: self._arrange())
        row = QHBoxLayout(strip)
        row.setContentsMargins(14, 6, 10, 0)
        row.addWidget(self.summary, 1)
        row.addWidget(self.all_facts)
        return strip

    def _empty_page(self) -> QWidget:
        page = QWidget()
        words = QLabel(NO_SET)
        words.setWordWrap(True)
        words.setProperty("tone", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.choose = QPushButton("Choose a data set")
        self.choose.setToolTip("Put the keyboard into its field in the inspector")
        self.choose.clicked.connect(self.choose_wanted)
        column = QVBoxLayout(page)
        column.setContentsMargins(30, 8, 30, 12)
        column.addStretch(1)
        column.addWidget(words)
        column.addSpacing(6)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def sizeHint(self) -> QSize:
        """Wide enough for facts, picture and raster."""
        return QSize(640, 320)

    # -- what is looked at ---------------------------------------------------------------------------------------
    @property
    def active(self) -> bool:
        """Whether it can be seen; else nothing is computed for it."""
        return self.isVisible() and self.isEnabled()

    def _opened(self) -> None:
        """Another document: of its data, the first example."""
        browser = self.browser
        browser.split, browser.example, browser.epoch = "train", 0, 0
        browser.look_for(None)

    def _changed(self) -> None:
        self._settle()
        if self.active:
            self._look()

    def _settle(self) -> None:
        """Show whether there is a data set, and whether the network takes it."""
        experiment, network = self._document.document.experiment, self._document.document.network
        self._pages.setCurrentIndex(0 if experiment.dataset is not None else 1)
        self._arrange()
        self._ends_line.setVisible(experiment.dataset is not None and not (network.inputs and network.outputs))
        if experiment.dataset is None:
            self.trouble.hide()
            self.looker.let_go()
        files = Wish.of(self._document.document).files
        if files != self._files:  # what is shown is of another set
            self._files = files
            told = self.looker.known(self._document.document) or {}
            self.remedies.forget()
            self._pages.show()
            self._describe(told)
            self.browser.show_labels({})
            self.browser.show_sample(None, *self._time)

    @property
    def _title(self) -> str:
        dataset = self._document.document.experiment.dataset
        return dataset.title if dataset is not None else ""

    @property
    def _time(self) -> tuple[float, float]:
        """Duration and timestep of an example, in ms."""
        simulation = self._document.document.experiment.simulation
        return simulation.timesteps * simulation.dt, simulation.dt

    def _look(self, *, anew: bool = False) -> None:
        browser = self.browser
        self.looker.show(Wish.of(self._document.document, browser.split, browser.example, browser.epoch), anew=anew)

    def try_again(self) -> None:
        """Look for the data set once more, now or when it is seen."""
        self.looker.let_go()
        if self.active:
            self._look(anew=True)

    def _choose_class(self, number: int) -> None:
        """A bar was chosen; once more, and all classes are."""
        self.browser.look_for(None if self.browser.looked_for == number else number)

    # -- what is told --------------------------------------------------------------------------------------------
    def _describe(self, told: Any) -> None:
        self.facts.show_facts(told, self._title)
        QTimer.singleShot(0, self, self._arrange)  # Qt measures new lines when it has shown them
        self.summary.say(*summary_of(told, self._title))
        self.browser.show_facts(told)

    def _show_facts(self, told: Any) -> None:
        self._describe(told)
        if not told["splits"].get(self.browser.split):
            split = next((name for name, count in told["splits"].items() if count), "train")
            self.facts.show_split(split)
            if split != self.browser.split:
                self.browser.choose_split(split)

    def _show_labels(self, labels: Any) -> None:
        self.browser.show_labels(labels)

    def _mark(self, number: Any) -> None:
        self.facts.balance.mark(number)

    def _show_sample(self, event: Any) -> None:
        shape = self.facts.told.get("shape") or []
        self.remedies.forgive()
        self._pages.show()
        self.browser.show_sample({"shape": shape, **event}, *self._time)
        self.facts.show_split(self.browser.split)

    def _fail(self, _error: Any) -> None:
        if not self.looker.runs:
            self.browser.show_sample(None, *self._time)
            self._pages.hide()  # what is wrong has the room

    def shut_down(self) -> None:
        """The window closes: end what runs."""
        self.remedies.shut_down()
        self.looker.shut_down()

    def _busy(self, busy: bool) -> None:
        if busy:
            self._slow.start()
        else:
            self._slow.stop()
            self.state.hide()

    def _say_slow(self) -> None:
        self.state.setText(READING)
        self._place_state()
        self.state.show()
        self.state.raise_()

    # -- seen or not ---------------------------------------------------------------------------------------------
    def changeEvent(self, event: QEvent) -> None:
        """The dock comes to the front, or goes behind another one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and hasattr(self, "trouble"):
            self._seen_or_not()

    def showEvent(self, event: QShowEvent) -> None:
        """What was changed meanwhile is shown."""
        super().showEvent(event)
        self._seen_or_not()

    def hideEvent(self, event: QEvent) -> None:
        """Nothing runs for what nobody sees."""
        super().hideEvent(event)  # type: ignore[arg-type]
        self._seen_or_not()

    def _seen_or_not(self) -> None:
        if self.active:
            self._settle()
            self._look(anew=self.remedies.error is not None and not self.looker.runs)
        else:
            self.looker.rest()

    # -- where things stand --------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._place_state()

    def _arrange(self) -> None:
        """Facts beside the examples where there is room, else above them, else in their place when asked for."""
        wide, high = self.width() >= theme.large(WIDE), self.height() >= theme.large(HIGH)
        both = wide or high
        instead = not both and self.all_facts.isChecked()
        ways = QBoxLayout.Direction
        self._body.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        self._strip.setVisible(not both and self._pages.currentIndex() == 0)
        self._scroll.setVisible(both or instead)
        self._rule.setVisible(both)
        self.browser.setVisible(not instead)
        side = theme.large(FACTS)
        self._scroll.setMinimumWidth(side if wide else 0)
        self._scroll.setMaximumWidth(side if wide else UNLIMITED)
        above = min(self.facts.heightForWidth(self.width()) + 16, round(0.4 * self.height()))
        self._scroll.setMinimumHeight(0 if wide or instead else above)
        self._scroll.setMaximumHeight(UNLIMITED if wide or instead else above)
        self._rule.setMinimumSize(1, 1)
        self._rule.setMaximumSize(*((1, UNLIMITED) if wide else (UNLIMITED, 1)))

    def _place_state(self) -> None:
        size = self.state.sizeHint()
        self.state.setGeometry(self.width() - size.width() - 10, self.height() - size.height() - 10,
                               size.width(), size.height())  # fmt: skip

    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(f"""
            #dataPanel, #dataPanel QScrollArea, #dataPanel QScrollArea > QWidget > QWidget {{
                background: {t.plot_background}; }}
            #dataRule {{ background: {t.border}; }}
            #dataState {{ background: {t.surface_raised}; color: {t.text_muted}; border: 1px solid {t.border};
                border-radius: {t.radius_small}px; padding: 3px 8px; font-size: {t.font_small}px; }}
        """)
