"""Swap files: what was not saved yet survives a crash of the window.

They lie in the platform's folder for the user's data, one set per window, and go when a document is saved or given up:

- ``<window>.<number>.snn`` and its arrays: the document, each time under a new number;
- ``<window>.json``: which of these counts. It is replaced in one go, so that a crash at any moment leaves the set
  before or the set after, and never a mixture;
- ``<window>.lock``: locked for as long as the window lives. The system lets go of it however the process ends.

What a user discards goes to the folder ``discarded`` for a while, since a click may be the wrong one.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import IO, Any

import platformdirs

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app.document.file_state import ARRAYS, FileState
from spikeloom_app.document.open_document import OpenDocument
from spikeloom_app.document.snapshot import read_arrays, snapshot

MOST_DISCARDED = 10


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
    facts
        The file that says so.
    digest
        Of the original as it was when it was opened or last saved; empty: not known.
    """

    file: Path
    original: Path | None
    written: datetime
    facts: Path
    digest: str = ""

    @property
    def name(self) -> str:
        """What a user calls it."""
        return self.original.name if self.original is not None else "Never saved"

    @property
    def original_changed(self) -> bool:
        """Whether somebody changed the original after this window had read or saved it."""
        state = FileState.of(self.original) if self.original is not None else None
        return state is not None and bool(self.digest) and state.digest != self.digest

    def load(self) -> Document:
        """The document as it was, with its arrays in memory: nothing of it depends on the swap file from now on."""
        document = Document.load(self.file)
        read_arrays(document, self.file.with_suffix(ARRAYS).name)
        document.bind(self.original.parent if self.original is not None else None)
        return document

    def remove(self) -> None:
        """Delete it: another file holds what it held."""
        for file in self._files():
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)

    def discard(self) -> None:
        """Take it out of the way; the last few that were discarded are kept."""
        folder = self.facts.parent / "discarded"
        folder.mkdir(exist_ok=True)
        for file in self._files():
            if file.suffix == ".lock":
                file.unlink(missing_ok=True)
            else:
                os.replace(file, folder / file.name)
        kept = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for facts in kept[MOST_DISCARDED:]:
            Swap(facts, None, self.written, facts).remove()

    def _files(self) -> list[Path]:
        """All files of the window, the one with the facts last."""
        found = sorted(self.facts.parent.glob(f"{self.facts.stem}.*"))
        return [*(file for file in found if file != self.facts), *(file for file in found if file == self.facts)]


def recovery_folder() -> Path:
    """Where swap files lie."""
    return Path(platformdirs.user_data_dir("spikeloom", appauthor=False)) / "recovery"


class Recovery:
    """The swap file of one window.

    Attributes
    ----------
    file
        Its name without the number; `facts` lies beside it.
    """

    def __init__(self, document: OpenDocument, folder: Path | None = None) -> None:
        self.document = document
        self.folder = folder or recovery_folder()
        self.file = self.folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.snn"
        self.facts = self.file.with_suffix(".json")
        self._number = 0
        self._lock: IO[bytes] | None = None
        self._thread: Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether it is being written in the background."""
        return self._thread is not None and self._thread.is_alive()

    def write(self) -> bool:
        """Write the document as it is, if it is unsaved; False if that failed (the window goes on)."""
        self.settle()
        if not self.document.modified:
            self.clear()
            return True
        return not self._store(snapshot(self.document.document), self._say())

    def write_behind(self, done: Callable[[str], None]) -> None:
        """Write it in the background; `done` hears from there why it failed, or an empty text."""
        self.settle()
        if not self.document.modified:
            self.clear()
            return
        copied, facts = snapshot(self.document.document), self._say()
        self._thread = Thread(target=lambda: done(self._try(copied, facts)), name="swap", daemon=True)
        self._thread.start()

    def _try(self, document: Document, facts: dict[str, Any]) -> str:
        """Whatever goes wrong in the background is said: silence would count as safe."""
        try:
            return self._store(document, facts)
        except Exception as error:  # a document that cannot be written, no memory left
            return f"{type(error).__name__}: {error}"

    def settle(self) -> None:
        """Wait until what is being written is written."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _say(self) -> dict[str, Any]:
        document = self.document
        return {
            "pid": os.getpid(),
            "original": str(document.path.absolute()) if document.path else None,
            "digest": document.file_state.digest if document.file_state else "",
            "written": datetime.now(UTC).isoformat(),
        }

    def _store(self, document: Document, facts: dict[str, Any]) -> str:
        """Write a copy of the document under the next number, then make it the one that counts."""
        self._number += 1
        file = self.file.with_suffix(f".{self._number}.snn")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._hold()
            if facts["original"] is None or document.base != Path(facts["original"]).parent:
                read_arrays(document)  # it lies beside nothing that the recovered document will lie beside
            document.bind(self.folder)
            document.save(file)
            _replace(self.facts, json.dumps(facts | {"file": file.name}))
        except SpikeloomError as error:
            return f"{error.place}: {error.message}" if error.place else error.message
        except OSError as error:
            return f"{self.folder} cannot be written: {error.strerror or error}"
        for old in self.folder.glob(f"{self.file.stem}.*.*"):
            if not old.name.startswith(f"{self.file.stem}.{self._number}."):
                with contextlib.suppress(OSError):
                    old.unlink()
        return ""

    def clear(self) -> None:
        """Delete the swap file."""
        self.settle()
        self.let_go()
        with contextlib.suppress(OSError):
            self.facts.unlink(missing_ok=True)  # first: without it nothing counts
        Swap(self.file, None, datetime.now(UTC), self.facts).remove()

    def _hold(self) -> None:
        if self._lock is None:
            self._lock = self.file.with_suffix(".lock").open("ab")
            with contextlib.suppress(OSError):  # a file system without locks
                _take(self._lock)

    def let_go(self) -> None:
        """Hold it no longer, as if the window had gone."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @staticmethod
    def left_behind(folder: Path | None = None) -> list[Swap]:
        """Swap files of windows that are gone, newest first."""
        found = []
        for facts_file in (folder or recovery_folder()).glob("*.json"):
            try:
                facts = json.loads(facts_file.read_text(encoding="utf-8"))
                written = datetime.fromisoformat(facts["written"]).astimezone()
                original = Path(facts["original"]) if facts["original"] else None
                name = Path(str(facts.get("file") or facts_file.with_suffix(".snn").name)).name
                digest = str(facts.get("digest") or "")
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
            swap = Swap(facts_file.with_name(name), original, written, facts_file, digest)
            if swap.file.is_file() and not _held(facts_file.with_suffix(".lock")):
                found.append(swap)
        return sorted(found, key=lambda swap: swap.written, reverse=True)


def _replace(path: Path, text: str) -> None:
    """Write a small file in one go."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _held(lock: Path) -> bool:
    """Whether somebody who lives holds the lock."""
    try:
        with lock.open("rb+") as file:
            _take(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
