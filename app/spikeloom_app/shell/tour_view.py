"""What the guided tour shows over the window: dimmed surroundings with a hole, and a bubble with words and buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme

WIDTH = 340  # px, of the bubble
GAP = 14  # px, between the bubble and what it points at
SHADE = 95  # of 255


class Spotlight(QWidget):
    """Dims the window but for a hole; mouse and keys go through it, everywhere."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hole = QRect()
        self.hide()

    def show_hole(self, hole: QRect) -> None:
        """Leave this rectangle as it is, or everything where it is empty."""
        if hole != self.hole:
            self.hole = hole
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hole.isEmpty():
            return
        tokens = theme.current()
        around, hole = QPainterPath(), QPainterPath()
        around.addRect(QRectF(self.rect()))
        hole.addRoundedRect(QRectF(self.hole).adjusted(-3, -3, 3, 3), tokens.radius, tokens.radius)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(around.subtracted(hole), QColor(0, 0, 0, SHADE))
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawPath(hole)
        painter.end()


class TourBubble(QFrame):
    """The words of a step, and the buttons.

    Signals
    -------
    back, forward, perform, end
        Back; on to the next step; do it for me; end the tour.
    """

    back, forward, perform, end = Signal(), Signal(), Signal(), Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._room = window
        self.setObjectName("tourBubble")
        self.counter, self.title, self.text = QLabel(), QLabel(), QLabel()
        self.counter.setProperty("tone", "small")
        self.title.setProperty("tone", "title")
        for label in (self.title, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.end_button = _button("End tour", "Leave the tour; what was drawn stays")
        self.back_button = _button("Back", "To the step before")
        self.next_button = _button("Skip", "Go on without doing it")
        self.perform_button = _button("Do it for me", "Do this step; Undo takes it back")
        self.end_button.setProperty("link", True)
        self.perform_button.setProperty("primary", True)
        self.end_button.clicked.connect(self.end)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.forward)
        self.perform_button.clicked.connect(self.perform)
        head = QHBoxLayout()
        head.addWidget(self.counter, 1)
        head.addWidget(self.end_button)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back_button)
        row.addStretch(1)
        row.addWidget(self.next_button)
        row.addWidget(self.perform_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addSpacing(4)
        column.addLayout(row)
        follow_theme(self._dress)
        self.hide()

    def show_step(self, number: int, count: int, title: str, text: str) -> None:
        """Say the words of a step."""
        self.counter.setText(f"Step {number} of {count}")
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(f"Guided tour, step {number} of {count}: {title}")
        self.setAccessibleDescription(text)
        self._fit()

    def show_buttons(self, *, first: bool, last: bool, done: bool, performs: bool) -> None:
        """Offer what can be done in a step."""
        held = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.back_button.setVisible(not first)
        self.perform_button.setVisible(performs and not done and not last)
        words = "Finish" if last else "Next" if done else "Skip"
        self.next_button.setText(words)
        self.next_button.setAccessibleName(words)
        tip = "End the tour" if last else "To the next step" if done else "Go on without doing it"
        self.next_button.setToolTip(tip)
        main = self.main_button()
        for button in (self.next_button, self.perform_button):
            button.setProperty("primary", button is main)
            button.style().unpolish(button)
            button.style().polish(button)
        if held and not self.isAncestorOf(self.window().focusWidget() or self.window()):
            main.setFocus(Qt.FocusReason.OtherFocusReason)

    def main_button(self) -> QPushButton:
        """The button that goes on."""
        return self.next_button if self.perform_button.isHidden() else self.perform_button

    def place(self, target: QRect) -> None:
        """Stand beside a rectangle of the window, or in its lower right corner where that is empty."""
        room = self._room.rect().adjusted(GAP, GAP, -GAP, -GAP)
        self.move(_beside(target, self.size(), room))

    def _fit(self) -> None:
        width = min(round(WIDTH * theme.scale()), self._room.width() - 2 * GAP)
        self.setFixedWidth(width)
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.totalHeightForWidth(width))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends the tour; Return presses the button that has the focus."""
        button = self.window().focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.end.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QPushButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(
            f"#tourBubble {{ background: {t.surface_raised}; border: 1px solid {t.accent};"
            f" border-radius: {t.radius}px; }}"
        )
        if self.isVisible():
            QTimer.singleShot(0, self, self._fit)  # when the labels have the new font


def _beside(target: QRect, size: QSize, room: QRect) -> QPoint:
    """Where a bubble stands: right of the target, or left, below, above it: wherever there is room first."""
    corner = QPoint(room.right() - size.width(), room.bottom() - size.height())
    if target.isEmpty():
        return corner
    middle = target.center()
    places = [
        QPoint(target.right() + GAP, middle.y() - size.height() // 2),
        QPoint(target.left() - GAP - size.width(), middle.y() - size.height() // 2),
        QPoint(middle.x() - size.width() // 2, target.bottom() + GAP),
        QPoint(middle.x() - size.width() // 2, target.top() - GAP - size.height()),
    ]
    for place in places:
        x = min(max(place.x(), room.left()), corner.x())
        y = min(max(place.y(), room.top()), corner.y())
        if not QRect(QPoint(x, y), size).intersects(target):
            return QPoint(x, y)
    return corner


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
