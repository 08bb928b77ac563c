"""Swap files: what was not saved yet survives a crash of the window.

They lie in the platform's folder for the user's data, one per window, and go when a document is saved or given up.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app.document.open_document import OpenDocument


@dataclass(frozen=True)
class Swap:
    """What a window that is gone left behind.

    Parameters
    ----------
    file
        The swap document.
    original
        The file that was being edited, if it had one.
    written
        When, local time.
    """

    file: Path
    original: Path | None
    written: datetime

    def load(self) -> Document:
        """The document as it was."""
        return Document.load(self.file)

    def discard(self) -> None:
        """Delete it."""
        for suffix in (".snn", ".safetensors", ".json"):
            self.file.with_suffix(suffix).unlink(missing_ok=True)


def recovery_folder() -> Path:
    """Where swap files lie."""
    return Path(platformdirs.user_data_dir("spikeloom", appauthor=False)) / "recovery"


class Recovery:
    """The swap file of one window."""

    def __init__(self, document: OpenDocument, folder: Path | None = None) -> None:
        self.document = document
        self.folder = folder or recovery_folder()
        self.file = self.folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.snn"

    def write(self) -> bool:
        """Write the document as it is, if it is unsaved; False if that failed (the window goes on)."""
        if not self.document.modified:
            self.clear()
            return True
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            original = str(self.document.path.absolute()) if self.document.path else None
            facts = {"pid": os.getpid(), "original": original, "written": datetime.now(UTC).isoformat()}
            # A copy: saving binds a document's arrays to the file they were written to.
            self.document.document.model_copy(deep=True).save(self.file)
            self.file.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
        except (OSError, SpikeloomError):
            return False
        return True

    def clear(self) -> None:
        """Delete the swap file."""
        Swap(self.file, None, datetime.now(UTC)).discard()

    @staticmethod
    def left_behind(folder: Path | None = None) -> list[Swap]:
        """Swap files of windows that are gone, newest first."""
        found = []
        for facts_file in (folder or recovery_folder()).glob("*.json"):
            try:
                facts = json.loads(facts_file.read_text(encoding="utf-8"))
                written = datetime.fromisoformat(facts["written"]).astimezone()
                original = Path(facts["original"]) if facts["original"] else None
                pid = int(facts["pid"])
            except (OSError, ValueError, KeyError, TypeError):
                continue
            swap = Swap(facts_file.with_suffix(".snn"), original, written)
            if swap.file.is_file() and not _alive(pid):
                found.append(swap)
        return sorted(found, key=lambda swap: swap.written, reverse=True)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
