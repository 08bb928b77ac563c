"""Archives: unpacked into a folder, and never out of it."""

from __future__ import annotations

import gzip
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from spikeloom.data.downloads.fetch import Cancelled
from spikeloom.errors import RunError, UserError

PIECE = 2**20  # bytes
LARGEST = 2**38  # bytes that an archive may unfold to
AGAIN = "Download it again: `spikeloom data download FILE --again`."

Report = Callable[[int], None]
"""Is told how many bytes are unpacked."""


def unpack(archive: Path, folder: Path, report: Report, stopped: Callable[[], bool]) -> None:
    """Unpack a zip, a tar or a gzipped file into a folder, which is made; zips within zips as well.

    Raises
    ------
    UserError
        If the archive is damaged, or would write somewhere else.
    Cancelled
        If `stopped` says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _Unpacking(report, stopped).unpack(archive, folder)


class _Unpacking:
    """Counts what is written."""

    def __init__(self, report: Report, stopped: Callable[[], bool]) -> None:
        self._report, self._stopped = report, stopped
        self._written = 0

    def unpack(self, archive: Path, folder: Path) -> None:
        try:
            for path in list(self._members(archive, folder)):
                if path.suffix == ".zip":
                    self.unpack(path, path.parent)
                    path.unlink()
        except (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError):
            raise UserError("the archive is damaged or cut short", place=str(archive), hint=AGAIN) from None
        except (NotImplementedError, RuntimeError):  # an unknown compression, a password
            raise UserError("the archive is packed in a way that is not known", place=str(archive)) from None
        except OSError as error:
            raise RunError(f"cannot be unpacked: {error.strerror or error}", place=str(folder)) from None

    def _members(self, archive: Path, folder: Path) -> Iterator[Path]:
        """Unpack the files of an archive; each as it is there."""
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                for entry in packed.infolist():
                    if entry.is_dir():
                        continue
                    if stat.S_ISLNK(entry.external_attr >> 16):
                        raise _refused(archive, entry.filename)
                    with packed.open(entry) as source:
                        yield from self._write(source, archive, entry.filename, folder)
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as packed_tar:
                for member in packed_tar:
                    if member.isdir():
                        continue
                    found = packed_tar.extractfile(member) if member.isfile() else None
                    if found is None:  # a link, a device
                        raise _refused(archive, member.name)
                    with found:
                        yield from self._write(found, archive, member.name, folder)
        else:
            name = archive.name.removesuffix(".whole").removesuffix(".gz")
            with gzip.open(archive) as unzipped:
                yield from self._write(unzipped, archive, name, folder)

    def _write(self, source: IO[bytes] | gzip.GzipFile, archive: Path, name: str, folder: Path) -> Iterator[Path]:
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "__MACOSX":  # what a Mac remembers of the files
            return
        if PurePosixPath(name).is_absolute() or ".." in parts or set(name) & set("\\:\0"):
            raise _refused(archive, name)
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            while piece := source.read(PIECE):
                if self._stopped():
                    raise Cancelled("the download was stopped")
                self._written += len(piece)
                if self._written > LARGEST:
                    raise UserError(f"it unfolds to more than {LARGEST // 2**30} GB", place=str(archive))
                target.write(piece)
        self._report(self._written)
        yield path


def _refused(archive: Path, name: str) -> UserError:
    message = f"'{name[:200]}' in it leads out of its folder; nothing of it was kept"
    return UserError(message, place=str(archive), hint="It is not what was published.")


def settle(unpacked: Path, folder: Path, makes: str, archive: Path) -> None:
    """Move what was unpacked to where it belongs, in the place of what was there.

    Parameters
    ----------
    makes
        What has to be among it; ``.`` where that is not known.
    """
    found = unpacked
    while not (found / makes).exists() and len(inside := list(found.iterdir())) == 1 and inside[0].is_dir():
        found = inside[0]  # packed with a folder around it
    if not (found / makes).exists():
        raise UserError(f"no '{makes}' in the archive", place=str(archive), hint=AGAIN)
    for path in sorted(found.iterdir()):
        there = folder / path.name
        if there.is_dir() and not there.is_symlink():
            shutil.rmtree(there)
        shutil.move(path, there)
