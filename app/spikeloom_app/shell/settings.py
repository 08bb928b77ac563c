"""What the application remembers between two starts: theme, recent files, window layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import platformdirs

MOST_RECENT = 10


class Settings:
    """A small JSON file in the platform's folder for settings; a damaged one counts as empty."""

    def __init__(self, file: Path | None = None) -> None:
        folder = Path(platformdirs.user_config_dir("spikeloom", appauthor=False))
        self.file = file or folder / "settings.json"
        self._values: dict[str, Any] = {}
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        if isinstance(found, dict):
            self._values = found

    def get(self, key: str, default: Any = None) -> Any:
        """A remembered value."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Remember a value; a folder that cannot be written forgets it at the end."""
        self._values[key] = value
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            temporary = self.file.with_suffix(".tmp")
            temporary.write_text(json.dumps(self._values, indent=1), encoding="utf-8")
            temporary.replace(self.file)
        except OSError:
            return

    def recent(self) -> list[Path]:
        """Documents that were open lately and still exist, newest first."""
        names = self.get("recent", [])
        return [Path(name) for name in names if isinstance(name, str) and Path(name).is_file()]

    def add_recent(self, path: Path) -> None:
        """Note that a document was opened or saved."""
        names = [str(path.absolute()), *(str(other) for other in self.recent())]
        self.set("recent", list(dict.fromkeys(names))[:MOST_RECENT])
