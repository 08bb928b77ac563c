"""The reference as a widget: a line to search in, back and forward, and the page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from spikeloom.reference import Page, Reference
from spikeloom_app import theme
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.inspector import typesetting
from spikeloom_app.listening import follow_theme
from spikeloom_app.matching import best_first
from spikeloom_app.reference import page_html
from spikeloom_app.reference.browser import Browser
from spikeloom_app.reference.equation_images import EquationImage, image_of
from spikeloom_app.reference.trail import Stop, Trail

ASK_AGAIN = 60  # ms until the typesetter is asked again whether it is ready
SETTLE = 60  # ms after the last change of the width
MOST_FOUND = 30
ROOM = 60  # px beside an equation


class ReferenceView(QWidget):
    """Pages of the reference.

    Attributes
    ----------
    moved
        Signal: another page is shown; what can be gone back to may be other.
    left
        Signal: the user is done with it (Escape).
    """

    moved, left = Signal(), Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reference")
        self.setAccessibleName("Reference")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.trail = Trail()
        self._reference: Reference | None = None
        self._found: list[Page] = []
        self._found_fields: list[str] = []
        self._current = 0
        self._ratio = 0.0
        self._scrolled = False  # by the user, since the page was opened
        self._again = self._timer(ASK_AGAIN, self._typesetter_may_be_ready)
        self._fitting = self._timer(SETTLE, self._fit)
        self._build()
        follow_theme(self._dress)

    def _build(self) -> None:
        self.back = self._button("previous", "Back (Alt+Left)", lambda: self.step(-1))
        self.forward = self._button("next", "Forward (Alt+Right)", lambda: self.step(1))
        self.home = self._button("home", "Contents", self.show_contents)
        self.line = QLineEdit()
        self.line.setPlaceholderText("Search the reference")
        self.line.setAccessibleName("Search the reference")
        self.line.setToolTip("Words of a title, a field or a text; the arrows choose, Enter opens, Escape clears")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.browser = Browser()
        self.browser.setAccessibleName("Page")
        self.browser.anchorClicked.connect(self._follow)
        self.browser.typed.connect(self._type)
        self.browser.stepped.connect(self.step)
        self.browser.resized.connect(self._fitting.start)
        self.browser.verticalScrollBar().actionTriggered.connect(self._was_scrolled)
        self.browser.installEventFilter(self)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 10, 8)
        top.setSpacing(2)
        for widget in (self.back, self.forward, self.home):
            top.addWidget(widget)
        top.addSpacing(4)
        top.addWidget(self.line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.browser, 1)
        self.setFocusProxy(self.browser)

    def _button(self, name: str, words: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"reference.{name}")
        button.setToolTip(words)
        button.setAccessibleName(words.split(" (", maxsplit=1)[0])
        button.setProperty("drawing", name)
        button.clicked.connect(run)
        return button

    def _timer(self, milliseconds: int, told: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(told)
        return timer

    def sizeHint(self) -> QSize:
        """Wide enough for a paragraph."""
        return QSize(340, 400)

    # -- going about ---------------------------------------------------------------------------------------------
    @property
    def reference(self) -> Reference:
        """The pages, made when the first of them is asked for."""
        if self._reference is None:
            self._reference = Reference()
        return self._reference

    def renew(self) -> None:
        """Make the pages anew where they are shown next: types may have been added."""
        self._reference = None

    def page(self) -> Page | None:
        """The page that is shown; None for the contents."""
        return self.reference.pages.get(self.trail.here.page)

    def show_contents(self) -> None:
        """All chapters."""
        self.show_page("")

    def show_page(self, key: str, field: str = "") -> None:
        """Show a page, and a field of it; the contents for an empty key, or one that has no page."""
        known = self.reference.pages.get(key)
        stop = Stop(key, field if known.entry(field) else "") if known is not None else Stop()
        self._remember()
        self.trail.visit(stop)
        self._show()

    def step(self, steps: int) -> None:
        """Go back (-1) or forward (1)."""
        if not (self.trail.can_go_back if steps < 0 else self.trail.can_go_forward) and not self.line.text():
            return
        if self.line.text():  # back from what was found to the page
            self.line.clear()
            return
        self._remember()
        self.trail.go(steps)
        self._show()

    def _remember(self) -> None:
        if not self.line.text():
            self.trail.leave_at(self.browser.verticalScrollBar().value())

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == "page":
            self.show_page(url.path(), url.fragment())
            self.browser.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- showing -------------------------------------------------------------------------------------------------
    def _show(self) -> None:
        self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(False)
        self._render()
        self._place()
        self.back.setEnabled(self.trail.can_go_back)
        self.forward.setEnabled(self.trail.can_go_forward)
        self.moved.emit()

    def _render(self) -> None:
        """Write the page anew, as the theme and the room are now."""
        self._ratio = self.devicePixelRatioF()
        page, equations = self.page(), self._equations()
        self.browser.document().setDefaultStyleSheet(page_html.style())
        if self.line.text():
            html = page_html.results_html(self._found, self._current, self._found_fields)
        elif page is None:
            html = page_html.contents_html(self.reference)
        else:
            html = page_html.page_html(page, self.reference, equations, self.trail.here.field)
        images = {f"equation:{k}": made.image for k, made in enumerate(equations) if made.image is not None}
        sources = {f"equation:{k}": made.line for k, made in enumerate(equations)}
        self.browser.show_html(html, images, sources)
        self.browser.setAccessibleDescription("Contents" if page is None else page.title)

    def _equations(self) -> list[EquationImage]:
        page = self.page()
        if page is None or not page.equations or self.line.text():
            return []
        if not typesetting.is_ready():
            typesetting.load()
            self._again.start()
        width = max(80.0, self.browser.viewport().width() - ROOM)
        return [image_of(line, width, self._ratio) for line in page.equations]

    def _typesetter_may_be_ready(self) -> None:
        if typesetting.is_ready():
            self._write_again()
        else:
            self._again.start()

    def _write_again(self) -> None:
        """The same page in another look: what is read, and what is selected, stays."""
        bar, cursor = self.browser.verticalScrollBar(), self.browser.textCursor()
        at, ends = bar.value(), (cursor.anchor(), cursor.position())
        self._render()
        if ends[0] != ends[1]:
            last = self.browser.document().characterCount() - 1
            cursor = self.browser.textCursor()
            cursor.setPosition(min(ends[0], last))
            cursor.setPosition(min(ends[1], last), QTextCursor.MoveMode.KeepAnchor)
            self.browser.setTextCursor(cursor)
        bar.setValue(at)

    def _fit(self) -> None:
        """The room for equations is another, or the screen."""
        if self._reference is not None and self.page() is not None and not self.line.text():
            self._write_again()
            if not self._scrolled:
                self._place()

    def _place(self) -> None:
        """Scroll to where one was on the page, to the field that is meant, or to the top."""
        self._scrolled = False
        stop, bar = self.trail.here, self.browser.verticalScrollBar()
        if stop.scroll is None and stop.field:
            self.browser.scrollToAnchor(stop.field)
            bar.setValue(max(0, bar.value() - theme.large(24)))
        else:
            bar.setValue(stop.scroll or 0)

    def _was_scrolled(self, _action: int) -> None:
        self._scrolled = True

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._reference is None:
            self._show()
        elif self.devicePixelRatioF() != self._ratio:
            self._write_again()

    def _dress(self) -> None:
        t = theme.current()
        for button in (self.back, self.forward, self.home):
            button.setIcon(icon(str(button.property("drawing")), active=t.text))
            button.setIconSize(QSize(theme.large(SIZE), theme.large(SIZE)))
        self.setStyleSheet(f"""
            #reference {{ background: {t.surface}; }}
            #reference QTextBrowser {{ background: {t.surface}; border: none; border-radius: 0; padding: 0; }}
        """)
        if self._reference is not None:
            self._write_again()

    # -- searching -----------------------------------------------------------------------------------------------
    def _type(self, letter: str) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.setText(self.line.text() + letter)

    def _search(self, typed: str) -> None:
        if not typed.strip():
            self._show()
            return
        self._found = best_first(self.reference.pages.values(), typed, lambda page: page.places)[:MOST_FOUND]
        self._found_fields = [_field_meant(page, typed) for page in self._found]
        self._mark(0)

    def _mark(self, place: int) -> None:
        self._current = max(0, min(place, len(self._found) - 1))
        self._render()
        spoken = self._found[self._current].title if self._found else "Nothing matches"
        self.line.setAccessibleDescription(spoken)

    def found(self) -> list[str]:
        """The titles of what a search found, best first."""
        return [page.title for page in self._found] if self.line.text().strip() else []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line, and Escape."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.line.text():
                self.line.clear()
                self.browser.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.left.emit()
            return True
        if watched is self.line and self.line.text().strip():
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            if key in steps:
                self._mark(self._current + steps[Qt.Key(key)])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._found:
                    self.show_page(self._found[self._current].key, self._found_fields[self._current])
                    self.browser.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False


def _field_meant(page: Page, typed: str) -> str:
    """The field that a search means where it does not mean the page; empty where it means the page."""
    words = typed.lower().split()
    if all(any(word in text.lower() for text in page.places[:3]) for word in words):
        return ""
    fits = (e for e in page.fields if all(word in f"{e.label} {e.name}".lower() for word in words))
    return next((entry.name for entry in fits), "")
