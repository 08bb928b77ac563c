"""What differs between two documents, shown: a summary in words, and on demand the texts line by line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from spikeloom.spec import Document
from spikeloom_app import theme
from spikeloom_app.document import differences, summary, text_difference
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme


class DifferencesView(QWidget):
    """The changes from one document to another.

    Parameters
    ----------
    names
        What the two are called in the difference of the texts, the earlier first.
    """

    def __init__(self, names: tuple[str, str] = ("saved", "unsaved")) -> None:
        super().__init__()
        self.names = names
        self.summary = _Lines("Summary of the changes", monospace=False)
        self.text = _Lines("Changes of the text, line by line", monospace=True)
        self.toggle = QPushButton("Show as text")
        self.toggle.setCheckable(True)
        self.toggle.setAutoDefault(False)
        self.toggle.setToolTip("Show which lines of the file differ")
        self.toggle.toggled.connect(self._show_page)
        self.heading = QLabel("What differs")
        self.heading.setProperty("tone", "heading")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.summary)
        self.pages.addWidget(self.text)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch(1)
        top.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.pages, 1)
        follow_theme(self._paint)

    def show_documents(self, before: Document | None, after: Document) -> None:
        """Show the changes; `before` is None for a document that was never saved."""
        start = Document() if before is None else before
        self.summary.setPlainText("\n".join(summary(differences(start, after))))
        lines = text_difference(start, after, self.names)
        self.text.setPlainText("\n".join(lines) or "  The texts are the same.")
        self.toggle.setEnabled(True)

    def show_message(self, text: str) -> None:
        """Say why there is nothing to compare."""
        self.toggle.setChecked(False)
        self.toggle.setEnabled(False)
        self.summary.setPlainText(text)

    def _show_page(self, as_text: bool) -> None:
        self.pages.setCurrentWidget(self.text if as_text else self.summary)
        self.toggle.setText("Show as summary" if as_text else "Show as text")

    def _paint(self) -> None:
        for lines in (self.summary, self.text):
            lines.colours.rehighlight()


class DifferencesDialog(QDialog):
    """Shows what differs, and asks whether to go on where `accept` says with what.

    Parameters
    ----------
    title
        A line in bold: a question, or what is shown.
    text
        What it means.
    accept
        The words of the button that goes on; empty: there is nothing but Close.
    """

    def __init__(self, parent: QWidget, title: str, text: str, view: DifferencesView, accept: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Spikeloom")
        self.resize(680, 460)
        self.view = view
        heading = wrapped(title, "title")
        below = wrapped(text, "muted")
        self.cancel_button = QPushButton("Cancel" if accept else "Close")
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.accept_button = QPushButton(accept)
        self.accept_button.setVisible(bool(accept))
        self.accept_button.clicked.connect(self.accept)
        main = self.accept_button if accept else self.cancel_button
        main.setDefault(True)
        main.setProperty("primary", True)  # its room is measured with the bold font of the default button
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(10)
        column.addWidget(heading)
        column.addWidget(below)
        column.addSpacing(4)
        column.addWidget(view, 1)
        column.addSpacing(4)
        column.addLayout(buttons)


def show_differences(
    parent: QWidget, title: str, text: str, documents: tuple[Document | None, Document], names: tuple[str, str]
) -> DifferencesDialog:
    """Open a dialog that shows what differs and asks nothing."""
    view = DifferencesView(names)
    view.show_documents(*documents)
    dialog = DifferencesDialog(parent, title, text, view)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class _Lines(QPlainTextEdit):
    """Lines to read and copy, coloured by their first character."""

    def __init__(self, name: str, *, monospace: bool) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setObjectName("differences")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(
            QPlainTextEdit.LineWrapMode.NoWrap if monospace else QPlainTextEdit.LineWrapMode.WidgetWidth
        )
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.colours = _Colours(self.document())
        self._monospace = monospace
        follow_theme(self._restyle)

    def _restyle(self) -> None:
        tokens = theme.current()
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        font = f"font-family: '{family}'; font-size: {tokens.font_small + 1}px;" if self._monospace else ""
        self.setStyleSheet(
            f"#differences {{ background: {tokens.surface}; border: 1px solid {tokens.border}; {font}"
            f" border-radius: {tokens.radius_small}px; padding: 6px 8px; color: {tokens.text}; }}"
            f"#differences:focus {{ border-color: {tokens.accent}; }}"
        )


class _Colours(QSyntaxHighlighter):
    """Green what came, red what went, muted what tells where."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        tokens = theme.current()
        colours: Sequence[tuple[str, str]] = (
            ("+++", tokens.text_muted),
            ("---", tokens.text_muted),
            ("@@", tokens.text_muted),
            ("+", tokens.success),
            ("-", tokens.error),
            ("~", tokens.text),
            ("…", tokens.text_muted),
        )
        colour = next((colour for mark, colour in colours if text.startswith(mark)), tokens.text_muted)
        look = QTextCharFormat()
        look.setForeground(QColor(colour))
        self.setFormat(0, len(text), look)
        if text[:2] in ("+ ", "- ", "~ "):
            look.setFontWeight(QFont.Weight.Bold)
            self.setFormat(0, 1, look)
