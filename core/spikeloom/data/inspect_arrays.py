"""What files of arrays say about themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.array_file import Found, check_finite, find_arrays, label_words, range_of
from spikeloom.data.classes import in_order
from spikeloom.data.findings import Findings, inspect, words_of_classes, words_of_parts
from spikeloom.data.parts import WHOLE
from spikeloom.errors import UserError
from spikeloom.spec import ArrayFile


@inspect.register
def _(dataset: ArrayFile, base: Path | None = None) -> Findings:
    found = find_arrays(dataset, base)
    first = next(iter(found.values()))
    fields, words = _classes(found)
    words.insert(0, words_of_parts({name: len(part.x) for name, part in found.items()}, "examples", WHOLE))
    low, high = _range(list(found.values()))
    if dataset.encoder is None:
        steps, shape = first.x.shape[1], first.x.shape[2:]
        words.append(f"Spikes in {steps} timesteps, {steps * dataset.timestep:g} ms; shape {list(shape)}.")
    else:
        shape = first.x.shape[1:]
        words.append(f"Examples of shape {list(shape)}, values from {low:g} to {high:g}.")
        fields |= _scale(first.x.dtype, low, high)
    if shape and int(np.prod(shape)) != int(np.prod(dataset.shape)):
        fields["shape"] = tuple(int(size) for size in shape)
    return Findings(fields, words)


def _scale(kind: np.dtype[Any], low: float, high: float) -> dict[str, float]:
    """What stands for 0 and 1."""
    if kind == np.uint8 and high > 16:
        return {"smallest": 0.0, "largest": 255.0}
    if low >= 0 and 0.5 <= high <= 1:
        return {"smallest": 0.0, "largest": 1.0}
    smallest = 0.0 if 0 <= low < high / 2 else low
    return {"smallest": smallest, "largest": high} if high > smallest else {}


def _range(found: list[Found]) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    for part in found:
        check_finite(part.x, part.place)
        least, most = range_of(part.x)
        low, high = min(low, least), max(high, most)
    return low, high


def _classes(found: dict[str, Found]) -> tuple[dict[str, Any], list[str]]:
    words = [word for part in found.values() for word in _words(part)]
    names = in_order(words)
    numbers = {name: number for number, name in enumerate(names)}
    in_words = words_of_classes(names, [numbers[word] for word in words])
    whole = all(name.isdecimal() for name in names)
    if whole and int(names[-1]) < 2 * len(names) and int(names[0]) == 0:  # some number may have no example
        return {"classes": int(names[-1]) + 1}, [in_words]
    return {"classes": len(names), "label_names": names}, [in_words]


def _words(part: Found) -> list[str]:
    words = label_words(part.labels)
    if words is None:
        message = f"labels of {part.labels.dtype}, shape {part.labels.shape}, found, expected one for each example"
        raise UserError(message, place=part.place_of_labels)
    return words
