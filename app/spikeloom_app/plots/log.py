"""The log of a run: what happened when, in words, ready to copy."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme

MOST_LINES = 1000  # a line costs 7 KB; log.txt in the run folder has all of them
TONES = {"error": "error", "warning": "warning", "result": "success", "info": "text", "quiet": "text_muted"}


def words_of(event: dict[str, Any]) -> tuple[str, str] | None:  # noqa: PLR0911 - a table, one line per kind of event
    """The tone (a key of `TONES`) and the line of an event; None where it is not for the log."""
    match event:
        case {"event": "folder", "run": run}:
            return "quiet", f"run folder {run}"
        case {"event": "build", "state": "started"}:
            return "quiet", f"building the simulator ({event.get('backend') or 'embedded'})"
        case {"event": "build", "state": "done"}:
            return "quiet", f"simulator ready after {event.get('seconds') or 0:.2f} s"
        case {"event": "started"}:
            return "info", (
                f"training on {event.get('examples')} examples, {event.get('epochs')} epochs, seed {event.get('seed')}"
            )
        case {"event": "epoch"}:
            return "info", _epoch(event)
        case {"event": "paused" | "resumed" as what}:
            return "quiet", what
        case {"event": "live"}:
            return "info", wording.live_change(event)
        case {"event": "message", "text": text}:
            level = str(event.get("level") or "info")
            return level if level in TONES else "info", str(text)
        case {"event": "result"}:
            result = event.get("result") or {}
            summary = wording.summary(result)
            return "info" if result.get("stopped") else "result", summary[0].lower() + summary[1:]
        case {"event": "error", "message": message}:
            place, hint = event.get("place"), event.get("hint")
            text = f"{place}: {message}" if place else str(message)
            return "error", f"error: {text}" + (f"\n{hint}" if hint else "")
    return None


def _epoch(event: dict[str, Any]) -> str:
    epochs = str(event.get("epochs"))
    line = f"epoch {event['epoch']:>{len(epochs)}}/{epochs}  loss {_pair(event, '')}"
    if event.get("validation_accuracy") is not None or event.get("validation_loss") is not None:
        line += f"   validation {_pair(event, 'validation_')}"
    return line.rstrip()


def _pair(event: dict[str, Any], split: str) -> str:
    """Loss and, where there are classes, accuracy; as wide in every epoch."""
    loss, accuracy = (event.get(f"{split}{name}") for name in ("loss", "accuracy"))
    return f"{wording.figure(loss):<7}" + (f" {wording.percent(accuracy):>7}" if accuracy is not None else "")


class LogView(QPlainTextEdit):
    """Lines with the time of day; the last `MOST_LINES` of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logView")
        self.setAccessibleName("Log")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(MOST_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setPlaceholderText("What a run does is written here.")
        self.document().setDocumentMargin(12)
        self._lines: deque[tuple[str, str]] = deque(maxlen=MOST_LINES)
        self._new: deque[tuple[str, str]] = deque(maxlen=MOST_LINES)
        self._soon = QTimer(self)  # a burst of lines is shown at once
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)
        follow_theme(self._dress)

    def _dress(self) -> None:
        t = theme.current()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(t.font_small + 1)
        self.setFont(font)
        self.setStyleSheet(f"""
            #logView {{ background: {t.plot_background}; color: {t.text}; border: none; border-radius: 0; padding: 0;
                font-family: "{font.family()}"; font-size: {t.font_small + 1}px;
                selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
        """)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(t.text_muted))
        self.setPalette(palette)
        self._soon.stop()
        self._new.clear()  # they are among all lines
        self.clear()
        self._show(self._lines)

    def reset(self) -> None:
        """Forget all lines."""
        self._lines.clear()
        self._new.clear()
        self.clear()

    def handle(self, event: dict[str, Any]) -> None:
        """Write what an event tells."""
        words = words_of(event)
        if words is not None:
            self.write(words[1], words[0])

    def write(self, text: str, tone: str = "info") -> None:
        """Write a line (or more) in a tone, one of `TONES`."""
        stamp = f"{datetime.now():%H:%M:%S}"
        for number, line in enumerate(text.splitlines()):
            entry = (tone, f"{stamp if number == 0 else ' ' * len(stamp)}  {line}")
            self._lines.append(entry)
            self._new.append(entry)
        if not self._soon.isActive():
            self._soon.start(0)

    def draw(self) -> None:
        """Show what was written, now."""
        self._soon.stop()
        self._show(self._new)
        self._new.clear()

    def _show(self, lines: deque[tuple[str, str]]) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        formats = {tone: QTextCharFormat() for tone in TONES}
        for tone, token in TONES.items():
            formats[tone].setForeground(QColor(getattr(theme.current(), token)))
        for tone, line in lines:
            if not self.document().isEmpty():
                cursor.insertBlock()
            cursor.insertText(line, formats[tone])
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())
