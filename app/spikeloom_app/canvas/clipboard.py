"""Parts on the clipboard: as text, so that they can be pasted anywhere, and whole for the windows of this process."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from spikeloom.spec import Document
from spikeloom_app.document import fragment

PARTS_MIME = "application/x-spikeloom-parts"
_last: tuple[str, Document] | None = None  # arrays that no file holds yet are not in the text


def put(parts: Document) -> None:
    """Put parts on the clipboard."""
    global _last  # noqa: PLW0603 - there is one clipboard
    text = parts.dumps()
    _last = (text, parts)
    data = QMimeData()
    data.setText(text)
    data.setData(PARTS_MIME, text.encode("utf-8"))
    QGuiApplication.clipboard().setMimeData(data)


def take() -> Document:
    """The parts on the clipboard.

    Raises
    ------
    UserError
        Where it holds none.
    """
    text = QGuiApplication.clipboard().text()
    if _last is not None and _last[0] == text:
        return _last[1]
    return fragment.read(text)
