"""What the window remembers between two starts: theme, recent files, layout, the folder of data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spikeloom import settings
from spikeloom_app.document import Signal

MOST_RECENT = 10


class Settings(settings.Settings):
    """The settings, with the documents that were open lately.

    Attributes
    ----------
    changed
        Signal: the key of a setting that has another value now; all windows share the settings.
    """

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file)
        self.changed = Signal()

    def set(self, key: str, value: Any) -> None:
        """Remember a value, and tell every window."""
        different = self.get(key) != value
        super().set(key, value)
        if different:
            self.changed.emit(key)

    def recent(self) -> list[Path]:
        """Documents that were open lately and still exist, newest first."""
        names = self.get("recent", [])
        if not isinstance(names, list):
            return []
        return [Path(name) for name in names if isinstance(name, str) and Path(name).is_file()]

    def add_recent(self, path: Path) -> None:
        """Note that a document was opened or saved."""
        names = [str(path.absolute()), *(str(other) for other in self.recent())]
        self.set("recent", list(dict.fromkeys(names))[:MOST_RECENT])
