"""What the window remembers between two starts: theme, recent files, layout, the folder of data sets."""

from __future__ import annotations

from pathlib import Path

from spikeloom import settings

MOST_RECENT = 10


class Settings(settings.Settings):
    """The settings, with the documents that were open lately."""

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
