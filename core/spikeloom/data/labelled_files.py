"""Files of a folder with their labels: from the folders they lie in, from their names, or from a table.

Nothing is followed out of the folder: a document could have us read any file of the user's otherwise.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from spikeloom.data.classes import in_order, numbered
from spikeloom.data.folders import find_folder
from spikeloom.data.label_table import read_labels
from spikeloom.data.parts import WHOLE
from spikeloom.errors import UserError
from spikeloom.settings import DATA_VARIABLE
from spikeloom.spec import AudioFolder, EventFolder, ImageFolder
from spikeloom.spec.datasets.file_pattern import LABEL, PARTS
from spikeloom.spec.problem import printable

FileDataset = AudioFolder | EventFolder | ImageFolder

PART_FOLDERS = {
    "train": ("train", "training"),
    "test": ("test", "testing"),
    "validation": ("validation", "valid", "val"),
}
MOST_FILES = 10**6
DEEPEST = 16  # folders below each other


@dataclass(frozen=True)
class Entry:
    """A file: its path below the folder, with slashes, and what is known of it in words."""

    path: str
    label: str
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """The files of a data set, by its parts: ``train`` and ``test``, or those that are not divided."""

    root: Path
    parts: Mapping[str, Sequence[Entry]]

    @property
    def entries(self) -> list[Entry]:
        """Those of all parts."""
        return [entry for part in self.parts.values() for entry in part]

    @property
    def class_names(self) -> list[str]:
        """Labels that occur, in order."""
        return in_order(entry.label for entry in self.entries)

    @property
    def group_names(self) -> dict[str, list[str]]:
        """What occurs of each group, in order; a group's number is its place here."""
        entries = self.entries
        groups = entries[0].groups if entries else ()
        return {name: in_order(entry.groups[name] for entry in entries) for name in groups}


@dataclass(frozen=True)
class Files:
    """The files of a part, with the numbers of their classes and groups.

    Parameters
    ----------
    labels
        int32, (files,).
    groups
        By what they are grouped -> int32, (files,).
    """

    root: Path
    paths: tuple[str, ...]
    labels: np.ndarray
    groups: Mapping[str, np.ndarray]


def files_of(dataset: FileDataset, base: Path | None, suffixes: Sequence[str]) -> dict[str, Files]:
    """The files of each part.

    Raises
    ------
    UserError
        Where there are none, or their labels are not those of the document.
    """
    listing = list_files(dataset, base, suffixes)
    every = [entry.label for entry in listing.entries]
    labels = numbered(every, dataset.label_names, dataset.classes, str(listing.root))
    groups = {
        name: {value: number for number, value in enumerate(names)} for name, names in listing.group_names.items()
    }
    found, start = {}, 0
    for part, entries in listing.parts.items():
        inside = slice(start, start + len(entries))
        numbers = {
            name: np.array([known[entry.groups[name]] for entry in entries], np.int32) for name, known in groups.items()
        }
        found[part] = Files(listing.root, tuple(entry.path for entry in entries), labels[inside], numbers)
        start += len(entries)
    return found


def list_files(dataset: FileDataset, base: Path | None, suffixes: Sequence[str]) -> Listing:
    """The files that end with one of `suffixes`, and what is known of them."""
    kinds = ", ".join(suffixes)
    hint = (
        f"It should have files that end with {kinds}, in a folder for each class; or choose the folder in which your "
        f"data sets lie: File > Data folder in the window, or the environment variable {DATA_VARIABLE}."
    )

    def has_files(folder: Path) -> bool:
        return os.path.isdir(folder) and next(_walk(folder, "", suffixes), None) is not None

    root = find_folder(dataset.folder, base, has_files, hint)
    paths: list[str] = []
    for path in _walk(root, "", suffixes):
        paths.append(path)
        if len(paths) > MOST_FILES:
            raise UserError(f"more than {MOST_FILES} files found", place=str(root))
    divided = _divided(paths)
    known = _known(dataset, root, divided, suffixes)
    parts = {part: [known[path] for path in inside if path in known] for part, inside in divided.items()}
    for part, entries in parts.items():
        if not entries:
            what = f"'{dataset.labels_file}' names no files" if dataset.labels_file else "no files found"
            raise UserError(f"{what} for the part '{part}'", place=str(root))
    return Listing(root, parts)


def _walk(folder: Path, below: str, suffixes: Sequence[str], depth: int = 0) -> Iterator[str]:
    """Paths below `folder`, with slashes; hidden files are left out."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", place=str(folder)) from None
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = f"{below}{entry.name}"
        _check_name(path, folder)
        if entry.is_dir(follow_symlinks=False):
            if depth >= DEEPEST:
                raise UserError(f"more than {DEEPEST} folders below each other found", place=str(folder))
            yield from _walk(folder / entry.name, f"{path}/", suffixes, depth + 1)
        elif entry.is_symlink():
            raise UserError(
                f"'{entry.name}' is a link, and links are not followed out of the folder",
                place=str(folder),
                hint="Put the files themselves there, or give the folder that the link leads to.",
            )
        elif entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(tuple(suffixes)):
            yield path


def _check_name(path: str, folder: Path) -> None:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        place = printable(str(folder), 400)
        raise UserError(
            f"the name '{printable(path)}' is not UTF-8", place=place, hint="Give the file another name."
        ) from None


def _divided(paths: list[str]) -> dict[str, list[str]]:
    """By the folders that the parts have; all in one part where there are none for training and test."""
    found: dict[str, list[str]] = {}
    part_of = {name: part for part, names in PART_FOLDERS.items() for name in names}
    for path in paths:
        first, slash, _ = path.partition("/")
        found.setdefault(part_of.get(first.lower(), WHOLE) if slash else WHOLE, []).append(path)
    if "train" not in found or "test" not in found:
        return {WHOLE: paths}
    found.pop(WHOLE, None)
    return {part: found[part] for part in PART_FOLDERS if part in found}


def _known(
    dataset: FileDataset, root: Path, divided: Mapping[str, list[str]], suffixes: Sequence[str]
) -> dict[str, Entry]:
    if dataset.labels_file:
        paths = {path for part in divided.values() for path in part}
        table = read_labels(root / dataset.labels_file, paths)
        return {path: Entry(path, label, groups) for path, (label, groups) in table.items()}
    if dataset.pattern:
        matched = _matcher(dataset.pattern, suffixes)
        paths_in_order = [path for part in divided.values() for path in part]
        found = {path: matched(path) for path in paths_in_order}
        strange = [path for path, names in found.items() if names is None]
        if strange:
            message = f"{len(strange)} of {len(found)} files do not fit the pattern '{dataset.pattern}'"
            raise UserError(message, place=str(root), hint=f"The first is '{printable(strange[0])}'.")
        return {
            path: Entry(path, names[LABEL], {name: value for name, value in names.items() if name != LABEL})
            for path, names in found.items()
            if names is not None
        }
    return {
        path: Entry(path, _folder_of(path, part != WHOLE, root), {})
        for part, paths in divided.items()
        for path in paths
    }


def _folder_of(path: str, in_part: bool, root: Path) -> str:
    """The name of the class's folder."""
    folders = PurePosixPath(path).parts[1 if in_part else 0 : -1]
    if not folders:
        hint = "Put the files of each class into a folder of its own, or say by a pattern what they are called."
        raise UserError(f"'{printable(path)}' lies in no folder of a class", place=str(root), hint=hint)
    return folders[0]


def _matcher(pattern: str, suffixes: Sequence[str]) -> Callable[[str], dict[str, str] | None]:
    """What says of a path what the names of the pattern are in it, or None."""
    pieces = PARTS.split(pattern)  # text and names in turn
    expression = re.escape(pieces[0])
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        # Up to the character that comes next: time grows with the length alone.
        expression += f"(?P<{name}>[^/{re.escape(text[:1])}]+){re.escape(text)}" if text else f"(?P<{name}>[^/]+)"
    compiled = re.compile(expression)
    depth = pattern.count("/") + 1
    with_suffix = pattern.lower().endswith(tuple(suffixes))

    def match(path: str) -> dict[str, str] | None:
        tail = "/".join(path.split("/")[-depth:])
        if not with_suffix:
            tail = tail.rpartition(".")[0]
        found = compiled.fullmatch(tail)
        return found.groupdict() if found else None

    return match
