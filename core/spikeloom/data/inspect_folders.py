"""What folders of images, sounds and camera events say about themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data import audio_folder, event_folder, image_folder
from spikeloom.data.classes import listed
from spikeloom.data.event_files import read_events
from spikeloom.data.findings import Findings, inspect, words_of_classes, words_of_parts
from spikeloom.data.labelled_files import Listing, list_files
from spikeloom.data.parts import WHOLE
from spikeloom.data.sound import read_wav
from spikeloom.errors import UserError
from spikeloom.spec import AudioFolder, EventFolder, ImageFolder

LOOKED_AT = 200  # files, spread over all of them


@inspect.register
def _(dataset: ImageFolder, base: Path | None = None) -> Findings:
    listing = list_files(dataset, base, image_folder.SUFFIXES)
    fields, words = _classes(listing, "images")
    sizes, colours = Counter[tuple[int, int]](), set()
    for path in _some(listing):
        size, coloured = _size_of(path)
        sizes[size] += 1
        colours.add(coloured)
    (rows, columns), _ = sizes.most_common(1)[0]
    if len(sizes) == 1:
        words.append(f"Images of {rows} x {columns} pixels.")
        if max(rows, columns) <= 128:  # a network for larger ones is a choice of its own
            fields |= {"rows": rows, "columns": columns}
    else:
        words.append(f"Images of {len(sizes)} sizes, most often {rows} x {columns} pixels; each is resized.")
    if colours == {False}:
        fields["colours"] = "grey"
    words.append("All are grey." if colours == {False} else "They have colours.")
    return Findings(fields, words)


@inspect.register
def _(dataset: AudioFolder, base: Path | None = None) -> Findings:
    listing = list_files(dataset, base, audio_folder.SUFFIXES)
    fields, words = _classes(listing, "recordings")
    rates, durations, channels = Counter[int](), [], set()
    for path in _some(listing):
        samples, rate = read_wav(path)
        rates[rate] += 1
        channels.add(samples.shape[1])
        durations.append(1000.0 * len(samples) / rate)
    rate, _ = rates.most_common(1)[0]
    at = " and ".join(str(found) for found in sorted(rates)[:4])
    mixed = "; several channels are mixed down" if max(channels) > 1 else ""
    words.append(f"Recorded at {at} Hz{mixed}; {min(durations):.0f} to {max(durations):.0f} ms long.")
    fields["duration"] = float(min(60_000.0, np.ceil(max(durations) / 50.0) * 50.0))
    if dataset.highest > rate / 2:  # there is nothing so high in them
        fields["highest"] = 0.475 * rate
    if rate < dataset.sample_rate or fields.get("highest", dataset.highest) <= rate / 2 <= 8000:
        fields["sample_rate"] = int(np.clip(rate, 1000, 96_000))
    return Findings(fields, words)


@inspect.register
def _(dataset: EventFolder, base: Path | None = None) -> Findings:
    listing = list_files(dataset, base, event_folder.SUFFIXES)
    fields, words = _classes(listing, "recordings")
    rows = columns = 0
    signs: set[int] = set()
    counts, durations = [], []
    for path in _some(listing):
        times, x, y, p = read_events(path, dataset.time_unit)
        columns, rows = max(columns, int(x.max(initial=-1)) + 1), max(rows, int(y.max(initial=-1)) + 1)
        signs |= set(np.unique(p).tolist())
        counts.append(len(times))
        durations.append(float(np.ptp(times)) if len(times) else 0.0)
    if not sum(counts):
        raise UserError("no events found in the files", place=str(listing.root))
    fields |= {"rows": _sensor(rows), "columns": _sensor(columns), "polarities": 2 if len(signs) > 1 else 1}
    words.append(f"Pixels up to column {columns - 1} and row {rows - 1}; {len(signs)} polarities.")
    words.append(f"{min(counts)} to {max(counts)} events in {min(durations):.0f} to {max(durations):.0f} ms.")
    return Findings(fields, words)


def _sensor(size: int) -> int:
    """The size of a sensor whose outermost pixels may have been silent."""
    return next((known for known in (34, 128, 180, 240, 260, 346, 480, 640, 720, 1280) if 0 <= known - size <= 4), size)


def _classes(listing: Listing, noun: str) -> tuple[dict[str, Any], list[str]]:
    names = listing.class_names
    numbers = {name: number for number, name in enumerate(names)}
    words = [words_of_parts({part: len(found) for part, found in listing.parts.items()}, noun, WHOLE)]
    words.append(words_of_classes(names, [numbers[entry.label] for entry in listing.entries]))
    for group, found in listing.group_names.items():
        numbered = [f"{number} {name}" for number, name in enumerate(found)]
        words.append(f"Grouped by {group}: {listed(numbered)}.")
    return {"classes": len(names), "label_names": names}, words


def _some(listing: Listing) -> list[Path]:
    """Files that stand for all: those at even distances."""
    entries = listing.entries
    chosen = np.unique(np.linspace(0, len(entries) - 1, min(LOOKED_AT, len(entries))).astype(int))
    return [listing.root / entries[number].path for number in chosen]


def _size_of(path: Path) -> tuple[tuple[int, int], bool]:
    """Rows and columns of an image, and whether it has colours; its pixels are not read."""
    from PIL import Image

    try:
        with Image.open(path, formats=image_folder.FORMATS) as image:
            return (image.size[1], image.size[0]), image.mode not in ("1", "L", "LA", "I", "F", "I;16", "I;16B")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UserError("is no image that can be read", place=str(path)) from None
