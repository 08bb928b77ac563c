"""The files of a data set, brought from the network to the folder where they are looked for."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from spikeloom.data.downloads.fetch import fetch, has_checksum
from spikeloom.data.downloads.offer import File, Offer, in_words, offer_of
from spikeloom.data.downloads.unpack import settle, unpack
from spikeloom.data.folders import PLACE, candidates, data_folders, folder_of
from spikeloom.errors import RunError, UserError
from spikeloom.spec import Dataset


@dataclass(frozen=True)
class Progress:
    """How far a download has come.

    Parameters
    ----------
    doing
        ``downloading``, ``checking`` or ``unpacking``.
    file
        Its name.
    number, files
        The how manieth file of how many, from 1.
    bytes, total
        Of this file; `total` is 0 where nobody knows.
    remaining
        Seconds until it is there; None where nobody knows.
    """

    doing: str
    file: str
    number: int
    files: int
    bytes: int = 0
    total: int = 0
    remaining: float | None = None


Listener = Callable[[Progress], None]


def download(
    dataset: Dataset, base: Path | None, tell: Listener, stopped: Callable[[], bool], *, again: bool = False
) -> Path:
    """Download what is missing of a data set.

    Parameters
    ----------
    base
        The folder of the document.
    tell
        Is told how far it has come, often.
    stopped
        Says whether to stop, which takes less than two seconds; what has come by then is gone on with the next time.
    again
        Download all of it, whatever is there.

    Returns
    -------
    Path
        The folder of the set.

    Raises
    ------
    UserError
        If there is nothing to download for it, or an archive is damaged.
    RunError
        If it cannot be downloaded or written; `Cancelled` if somebody stopped it.
    """
    offer = offer_of(dataset)
    if offer is None:
        raise UserError(f"there is nothing to download for '{dataset.type}'", place="experiment.dataset")
    if offer.by_hand:
        raise UserError("no program may download it", place="experiment.dataset", hint=in_words(offer))
    folder = target_folder(dataset, base)
    with _made(folder):
        for number, file in enumerate(offer.files, 1):
            step = _Step(offer, file, number, folder, tell, stopped)
            if again or not step.is_there():
                step.perform()
    return folder


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """A folder that is there; what was made of it is gone again where nothing came into it."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot be made: {error.strerror or error}", place=str(folder)) from None
        yield
    finally:
        with suppress(OSError):  # one that is not empty stays, and so do those around it
            for path in new:
                path.rmdir()


def target_folder(dataset: Dataset, base: Path | None) -> Path:
    """Where its files belong: where its folder is, else in the user's folder of data sets, else beside the document.

    Raises
    ------
    UserError
        If there is no such place.
    """
    tried = candidates(folder_of(dataset), base)
    there = next((path for path in tried if os.path.isdir(path)), None)
    if there is not None:
        return there
    if not tried:
        hint = "Save the document, or choose a data folder: File > Data folder, or SPIKELOOM_DATA."
        raise UserError("there is no folder to download it to", place=PLACE, hint=hint)
    return tried[1] if len(tried) > 1 and base is not None and data_folders() else tried[0]


@dataclass(frozen=True)
class _Step:
    """One file of a set."""

    offer: Offer
    file: File
    number: int
    folder: Path
    tell: Listener
    stopped: Callable[[], bool]

    def is_there(self) -> bool:
        """Whether it need not be downloaded."""
        if self.file.makes and self.file.makes != ".":
            return (self.folder / self.file.makes).exists()
        path = self.folder / self.file.name
        if not path.is_file():
            return False
        if self.file.makes or not self.file.md5:
            return True
        self._say("checking")
        return has_checksum(path, self.file.md5, self.stopped)

    def perform(self) -> None:
        """Download it, and unpack it where it is an archive."""
        target = self.folder / self.file.name
        if not self.file.makes:
            self._fetch(target)
            return
        archive = target.with_name(f"{target.name}.whole")  # until it is unpacked, the set does not look complete
        if not archive.is_file():
            if self._has_archive(target):  # somebody has downloaded it and not unpacked it
                os.replace(target, archive)
            else:
                self._fetch(archive)
        unpacked = self.folder.parent / f".{self.folder.name}.{self.file.name}.unpacking"
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            unpack(archive, unpacked, lambda written: self._say("unpacking", written), self.stopped)
            settle(unpacked, self.folder, self.file.makes, archive)
        except UserError:
            archive.unlink(missing_ok=True)
            raise
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
        archive.unlink()
        if not target.name.endswith("ubyte.gz"):
            target.touch()  # tonic looks for a file of this name

    def _has_archive(self, target: Path) -> bool:
        if not target.is_file() or not target.stat().st_size or not self.file.md5:
            return False
        self._say("checking")
        return has_checksum(target, self.file.md5, self.stopped)

    def _fetch(self, target: Path) -> None:
        started, first = time.monotonic(), -1

        def report(have: int, total: int) -> None:
            nonlocal first
            first = have if first < 0 else first
            self._say("downloading", have, total, _remaining(have - first, total - have, time.monotonic() - started))

        fetch(self.file, target, report, self.stopped)

    def _say(self, doing: str, have: int = 0, total: int = 0, remaining: float | None = None) -> None:
        self.tell(Progress(doing, self.file.name, self.number, len(self.offer.files), have, total, remaining))


def _remaining(came: int, rest: int, seconds: float) -> float | None:
    """Seconds until `rest` bytes have come, as fast as `came` bytes did."""
    with suppress(ZeroDivisionError):
        return round(rest * seconds / came, 1) if rest >= 0 else None
    return None
