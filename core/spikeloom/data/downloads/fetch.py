"""One file from the network: with resumption, a checksum, and an end as soon as somebody asks for it.

What has come so far lies in a file whose name ends in ``.part``. It gets its own name when it is whole and its checksum
is right, so that nothing ever looks whole that is not.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import queue
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from spikeloom.data.downloads.offer import File
from spikeloom.errors import RunError, SpikeloomError

PIECE = 2**16  # bytes
PATIENCE = 30.0  # seconds without a byte
POLL = 0.1  # seconds: how soon a stop is noticed
RETRY = "Ask for the download again: it goes on where it ended."

Report = Callable[[int, int], None]
"""Is told how many bytes there are, and of how many; 0 where that is not known."""


class Cancelled(RunError):
    """Somebody stopped the download."""


def fetch(file: File, target: Path, report: Report, stopped: Callable[[], bool]) -> None:
    """Bring a file to `target`; what an earlier attempt has left is gone on with.

    Raises
    ------
    Cancelled
        If `stopped` says so.
    RunError
        If no address has it, its checksum is another one, or the disk is full.
    """
    part = target.with_name(f"{target.name}.part")
    failures: list[str] = []
    for address in file.addresses:
        for _ in range(2):  # a part that was another file's, or an old one, is given up once
            resumed = _size(part) > 0
            failure = _try(address, part, report, stopped)
            if failure:
                failures.append(f"{address}: {failure}")
                break
            if _is_right(part, file.md5, stopped):
                os.replace(part, target)
                return
            part.unlink()
            if not resumed:
                failures.append(f"{address}: its checksum is not {file.md5}")
                break
    reasons = "; ".join(failures)
    raise RunError(f"could not be downloaded ({reasons})", place=str(target), hint=RETRY)


def _try(address: str, part: Path, report: Report, stopped: Callable[[], bool]) -> str:
    """Bring what is missing of a file; why it failed, or an empty text."""
    try:
        _receive(address, part, report, stopped)
    except SpikeloomError:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and _size(part):  # there is nothing beyond what we have
            part.unlink()
            return _try(address, part, report, stopped)
        return f"the server answered {error.code} ({error.reason})"
    except urllib.error.URLError as error:
        return f"no connection ({error.reason})"
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise RunError(f"cannot be written: {error.strerror or error}", place=str(part)) from None
        return f"the connection broke ({error})"
    return ""


def _receive(address: str, part: Path, report: Report, stopped: Callable[[], bool]) -> None:
    with closing(_Pieces(address, _size(part), stopped)) as pieces:
        start, total = pieces.start, pieces.total
        _check_room(part, total - start)
        have = start
        try:
            with part.open("ab" if start else "wb") as file:
                report(have, total)
                for piece in pieces:
                    _write(file, piece, part)
                    have += len(piece)
                    report(have, total)
        finally:
            if total and not _size(part):  # there is nothing to go on with
                part.unlink(missing_ok=True)
    if total and have != total:
        raise http.client.HTTPException(f"{have} of {total} bytes came")


def _write(file: Any, piece: bytes, part: Path) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise RunError(f"cannot be written: {error.strerror or error}", place=str(part), hint=RETRY) from None


class _Pieces:
    """What a server sends, piece by piece; a thread of its own waits for it.

    Parameters
    ----------
    have
        How many bytes there are already.
    """

    def __init__(self, address: str, have: int, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._queue: queue.Queue[Any] = queue.Queue(maxsize=16)
        self._given_up = threading.Event()
        threading.Thread(target=self._read, args=(address, have), daemon=True).start()
        self.start, self.total = self._next()

    def _read(self, address: str, have: int) -> None:
        headers = {"User-Agent": "spikeloom", "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=PATIENCE) as answer:
                wanted = self._put(_extent(answer, have))
                while wanted and (piece := answer.read1(PIECE)):
                    wanted = self._put(piece)
            self._put(None)
        except Exception as error:  # whatever it is, the other thread shall say it
            self._put(error)

    def _put(self, item: Any) -> bool:
        """Hand an item over; whether anybody wants more."""
        while not self._given_up.is_set():
            with suppress(queue.Full):
                self._queue.put(item, timeout=POLL)
                return True
        return False

    def _next(self) -> Any:
        while True:
            if self._stopped():
                raise Cancelled("the download was stopped", hint=RETRY)
            with suppress(queue.Empty):
                item = self._queue.get(timeout=POLL)
                if isinstance(item, Exception):
                    raise item
                return item

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._next()) is not None:
            yield piece

    def close(self) -> None:
        """Want no more."""
        self._given_up.set()


def _extent(answer: Any, have: int) -> tuple[int, int]:
    """From which byte on the server sends, and how many there are in all (0 where it does not say)."""
    length = int(answer.headers.get("Content-Length") or 0)
    if answer.status == 206:
        first = answer.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
        if first != str(have):
            raise http.client.HTTPException("the server sends another part than it was asked for")
        return have, have + length if length else 0
    if answer.status != 200:  # some guard their files by a page for people
        raise http.client.HTTPException(f"the server answered {answer.status} and sent no file")
    return 0, length


def _check_room(part: Path, wanted: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if wanted > free:
        message = f"{wanted / 1e6:,.1f} MB are to come and {free / 1e6:,.1f} MB are free"
        raise RunError(message, place=str(part.parent), hint="Make room, or choose another data folder.")


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def has_checksum(path: Path, md5: str, stopped: Callable[[], bool] = lambda: False) -> bool:
    """Whether the file's MD5 is this one."""
    found = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(2**20):
            if stopped():
                raise Cancelled("the download was stopped", hint=RETRY)
            found.update(piece)
    return found.hexdigest() == md5


def _is_right(part: Path, md5: str, stopped: Callable[[], bool]) -> bool:
    return not md5 or has_checksum(part, md5, stopped)
