"""The open document: the one truth that every view shows and every action changes, with undo and redo.

Nothing here imports Qt. Views listen to the document's signals and never keep a copy of what it says.
"""

from spikeloom_app.document.differences import Difference, differences, summary, text_difference
from spikeloom_app.document.file_state import FileState
from spikeloom_app.document.open_document import OpenDocument
from spikeloom_app.document.recovery import Recovery, Swap
from spikeloom_app.document.signal import Signal
from spikeloom_app.document.snapshot import snapshot
from spikeloom_app.document.undo import UndoStack

__all__ = [
    "Difference",
    "FileState",
    "OpenDocument",
    "Recovery",
    "Signal",
    "Swap",
    "UndoStack",
    "differences",
    "snapshot",
    "summary",
    "text_difference",
]
