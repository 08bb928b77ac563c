"""The text of a script: in colours, with line numbers, to read and to copy.

Another text takes the place of the old one by the lines that differ: what is read, selected and coloured stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from spikeloom_app import motion, theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.script import syntax
from spikeloom_app.script.gutter import Gutter
from spikeloom_app.script.line_changes import Change, differing_middle, line_changes
from spikeloom_app.script.slices import Slices
from spikeloom_app.style import mixed

NOWHERE = (-1, -1)
HOLD, FADE, STEP = 500, 1100, 50  # ms that changed lines stay tinted, fade, and between two steps of fading
MOST_TINTED = 40  # lines; where more has changed, there is no one line to look at
LINE_ENDS = str.maketrans(dict.fromkeys("\r\f\v\x1c\x1d\x1e\x85\u2028\u2029", " "))  # which Qt would break lines at


class ScriptView(QPlainTextEdit):
    """Shows a text and never changes it.

    Signals
    -------
    line_chosen
        A line was clicked, with its number from 0.
    """

    line_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scriptView")
        self.setAccessibleName("Script")
        self.viewport().setAccessibleName("Script")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(6)
        self.setCursorWidth(0)
        self.marked = NOWHERE  # the first and the last line of the part that is selected
        self.dimmed = False  # the text is not of the document as it is now
        self._lines: list[str] = []
        self._pieces: list[syntax.Pieces] = []
        self._formats = syntax.formats(theme.current())
        self._work = Slices(self)
        self._tinted: set[int] = set()
        self._tint_age = 0
        self._tinting = QTimer(self)
        self._tinting.setInterval(STEP)
        self._tinting.timeout.connect(self._fade)
        self.gutter = Gutter(self)
        self.blockCountChanged.connect(lambda _count: self._fit_gutter())
        self.updateRequest.connect(self._scroll_gutter)
        follow_theme(self._dress)

    def _dress(self) -> None:
        t = theme.current()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(t.font_small + 1)
        self.setFont(font)
        self.setStyleSheet(f"""
            #scriptView {{ background: {t.plot_background}; color: {t.text}; border: none; border-radius: 0; padding: 0;
                font-family: "{font.family()}"; font-size: {t.font_small + 1}px;
                selection-background-color: {mixed(t.plot_background, t.accent, 0.4)}; selection-color: {t.text}; }}
            #scriptView::corner {{ background: {t.plot_background}; border: none; }}
        """)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(t.text_muted))
        self.setPalette(palette)
        self._formats = syntax.formats(t)
        self._fit_gutter()
        self._work.begin(self._colour())

    # -- text ----------------------------------------------------------------------------------------------------
    @property
    def lines(self) -> list[str]:
        """The lines that are shown."""
        return list(self._lines)

    @property
    def tinted(self) -> set[int]:
        """The lines that have just changed, while they are tinted."""
        return set(self._tinted)

    @property
    def settled(self) -> bool:
        """Whether all that was given is shown, in its colours."""
        return not self._work.busy

    def show_text(self, text: str, language: str, *, tint: bool = False) -> None:
        """Show a text in place of the old one.

        Parameters
        ----------
        language
            ``"python"`` or ``"json"``; anything else has no colours.
        tint
            Whether lines that have changed are tinted for a moment.
        """
        self._work.begin(self._show(text.translate(LINE_ENDS), language, tint=tint))

    def _show(self, text: str, language: str, *, tint: bool) -> Iterator[None]:
        pieces: list[syntax.Pieces] = []
        for known in syntax.pieces_by_line(text, language):
            pieces = known
            yield
        lines = text.split("\n")
        changes = line_changes(self._lines, lines)
        yield
        self._change(changes, lines)
        self._pieces = pieces
        changed = {line for change in changes for line in range(change.at, change.at + max(len(change.lines), 1))}
        if tint and changed and len(changed) <= MOST_TINTED and not motion.reduced():
            self._tint(changed)
        elif changes:
            self._tint(set())
        yield from self._colour()

    def _change(self, changes: Sequence[Change], lines: list[str]) -> None:
        if not changes:
            return
        top, bar = QTextCursor(self.firstVisibleBlock()), self.verticalScrollBar()
        at_top, cursor = bar.value() == 0, QTextCursor(self.document())
        if not self._lines:
            self.setPlainText("\n".join(lines))
        else:
            cursor.beginEditBlock()
            for change in reversed(changes):
                self._replace(cursor, change)
            cursor.endEditBlock()
        self._lines = lines
        self.setCursorWidth(1 if any(lines) else 0)  # in an empty page it looks as if one could write there
        bar.setValue(0 if at_top else top.blockNumber())

    def _replace(self, cursor: QTextCursor, change: Change) -> None:
        old = self._lines[change.first : change.last]
        if len(old) == len(change.lines):
            for number, line in enumerate(change.lines):
                self._replace_line(cursor, change.first + number, old[number], line)
            return
        document = self.document()
        text = "\n".join(change.lines)
        if change.first == len(self._lines):  # behind the last line
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(f"\n{text}")
            return
        cursor.setPosition(document.findBlockByNumber(change.first).position())
        if change.last < len(self._lines):
            end = document.findBlockByNumber(change.last).position()
            text += "\n" if change.lines else ""
        else:
            end = document.characterCount() - 1
            if not change.lines and change.first:  # no empty line is left at the end
                cursor.setPosition(cursor.position() - 1)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)

    def _replace_line(self, cursor: QTextCursor, number: int, old: str, new: str) -> None:
        block = self.document().findBlockByNumber(number)
        block.setUserState(-1)
        start = block.position()
        first, last, text = differing_middle(old, new)
        if max(f"{old}{new} ") > "\uffff":  # Qt counts such a letter twice
            first, text = 0, new
            last = block.length() - 1
        cursor.setPosition(start + first)
        cursor.setPosition(start + last, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)

    # -- colours -------------------------------------------------------------------------------------------------
    def _colour(self) -> Iterator[None]:
        """Colour the lines that are not as they should be, those that are seen first."""
        seen = self._seen()
        look = hash(theme.current())
        for first, count in ((seen.start, len(seen)), (0, self.blockCount())):
            block = self.document().findBlockByNumber(first)
            for number in range(first, min(first + count, len(self._pieces))):
                if not block.isValid():
                    break
                self._colour_block(block, self._pieces[number], look)
                block = block.next()
                yield

    def _colour_block(self, block: QTextBlock, pieces: syntax.Pieces, look: int) -> None:
        state = hash((pieces, look)) & 0x7FFFFFFF  # kept with the line, which goes wherever the line goes
        if block.userState() == state:
            return
        ranges = []
        for start, length, kind in pieces:
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = start, length, self._formats[kind]
            ranges.append(part)
        block.layout().setFormats(ranges)
        block.setUserState(state)
        self.document().markContentsDirty(block.position(), block.length())

    def colour_at(self, line: int, column: int) -> str:
        """The colour of a letter, as ``#rrggbb``; an empty text where it looks like the text around it."""
        layout = self.document().findBlockByNumber(line).layout()
        found = [part for part in layout.formats() if part.start <= column < part.start + part.length]
        return found[0].format.foreground().color().name() if found else ""

    # -- lines ---------------------------------------------------------------------------------------------------
    def _seen(self) -> range:
        """The lines that are seen."""
        first = self.firstVisibleBlock().blockNumber()
        return range(first, first + 2 + self.viewport().height() // max(1, self.fontMetrics().lineSpacing()))

    def lines_within(self, area: QRect) -> Iterator[tuple[int, QRectF]]:
        """The lines that are seen within an area of the viewport, each with its box there."""
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > area.bottom():
                return
            if box.bottom() >= area.top():
                yield block.blockNumber(), box
            block = block.next()

    def mark(self, first: int, last: int, *, follow: bool = True) -> None:
        """Mark the lines of a part and bring them into view; `NOWHERE` marks none."""
        if (first, last) == self.marked:
            return
        self.marked = (first, last)
        if follow and first >= 0:
            self.reveal(first, last)
        self.viewport().update()
        self.gutter.update()

    def reveal(self, first: int, last: int) -> None:
        """Bring lines into view; nothing moves where they are seen."""
        seen = self._seen()
        page = len(seen) - 3
        if first in seen[:-2] and last in seen[:-2]:
            return
        self.verticalScrollBar().setValue(max(0, first - max(2, (page - (last - first)) // 3)))

    def dim(self, wanted: bool) -> None:
        """Show that the text is not of the document as it is now."""
        if wanted != self.dimmed:
            self.dimmed = wanted
            self.viewport().update()

    # -- tint ----------------------------------------------------------------------------------------------------
    def _tint(self, lines: set[int]) -> None:
        self._tinted, self._tint_age = lines, 0
        if lines:
            self._tinting.start()
        else:
            self._tinting.stop()
        self.viewport().update()

    def _fade(self) -> None:
        self._tint_age += STEP
        if self._tint_age >= HOLD + FADE:
            self._tint(set())
        elif self._tint_age > HOLD:
            for line, box in self.lines_within(self.viewport().rect()):
                if line in self._tinted:
                    self.viewport().update(0, int(box.top()), self.viewport().width(), int(box.height()) + 1)

    # -- painting ------------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """What lies behind the text, the text, and over a text that is dimmed a veil."""
        painter = QPainter(self.viewport())
        t = theme.current()
        strength = min(1.0, (HOLD + FADE - self._tint_age) / FADE)
        mark, tint = QColor(t.accent), QColor(t.warning)
        mark.setAlphaF(0.10)
        tint.setAlphaF(0.18 * strength)
        for line, box in self.lines_within(event.rect()):
            area = QRectF(0, box.top(), self.viewport().width(), box.height())
            if self.marked[0] <= line <= self.marked[1]:
                painter.fillRect(area, mark)
            if line in self._tinted:
                painter.fillRect(area, tint)
        painter.end()
        super().paintEvent(event)
        if self.dimmed:
            veil = QColor(t.plot_background)
            veil.setAlphaF(0.6)
            painter = QPainter(self.viewport())
            painter.fillRect(event.rect(), veil)
            painter.end()

    def _fit_gutter(self) -> None:
        width = self.gutter.wanted_width()
        self.setViewportMargins(width, 0, 0, 0)
        inside = self.contentsRect()
        self.gutter.setGeometry(inside.left(), inside.top(), width, inside.height())

    def _scroll_gutter(self, area: QRect, by: int) -> None:
        if by:
            self.gutter.scroll(0, by)
        else:
            self.gutter.update(0, area.y(), self.gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The gutter is as high as the text."""
        super().resizeEvent(event)
        self._fit_gutter()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "gutter"):
            self._fit_gutter()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click, and not the end of a selection, chooses a line."""
        super().mouseReleaseEvent(event)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.button() == Qt.MouseButton.LeftButton and plain and not self.textCursor().hasSelection():
            self.line_chosen.emit(self.cursorForPosition(event.position().toPoint()).blockNumber())
