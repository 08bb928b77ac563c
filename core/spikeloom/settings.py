"""What Spikeloom remembers between two starts, in one small file of the platform's folder for settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA_FOLDER = "data_folder"  # the key of the folder in which the user's data sets lie
DATA_VARIABLE = "SPIKELOOM_DATA"  # the environment variable that names another, which comes first


def settings_file() -> Path:
    """The file of the settings; the window writes it, and the command line reads it too."""
    import platformdirs

    return Path(platformdirs.user_config_dir("spikeloom", appauthor=False)) / "settings.json"


class Settings:
    """The settings as a JSON file; a damaged one counts as empty."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or settings_file()
        self._values = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def get(self, key: str, default: Any = None) -> Any:
        """A remembered value."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Remember a value, beside what other windows did; a folder that cannot be written forgets it at the end."""
        self._values |= self._read()
        self._values[key] = value
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            temporary = self.file.with_suffix(".tmp")
            temporary.write_text(json.dumps(self._values, indent=1), encoding="utf-8")
            temporary.replace(self.file)
        except OSError:
            return
