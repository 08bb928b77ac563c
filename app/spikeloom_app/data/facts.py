"""What is known of a data set, as people say it. Knows no Qt."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from spikeloom_app import wording

SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}
MOST_GROUPS = 12  # whose sizes a tooltip lists


@dataclass(frozen=True)
class Fact:
    """A line: what it is called, what it is, and more of it for a tooltip."""

    label: str
    value: str
    tip: str


def facts_of(told: Mapping[str, Any]) -> list[Fact]:
    """The lines of an event ``dataset``, without those of which nothing is known."""
    made = [_splits(told), _shape(told), _classes(told), *_groups(told), _spikes(told), _duration(told)]
    return [fact for fact in made if fact is not None]


def count_words(number: int) -> str:
    """``1 438``, with narrow spaces."""
    return f"{number:,}".replace(",", "\u202f")


def shape_words(shape: Any) -> str:
    """``28 × 28``."""
    return " × ".join(map(str, shape))


def size_words(told: Mapping[str, Any]) -> str:
    """What an example is: ``28 × 28``; of a single number, with what it counts: ``5 values``, ``20 channels``."""
    shape = told["shape"]
    if len(shape) != 1:
        return shape_words(shape)
    return wording.counted(int(shape[0]), "channel" if told.get("duration") else "value")


def summary_of(told: Mapping[str, Any], title: str) -> list[str]:
    """A line (rich text) that says the most, then shorter ones: ``Yin-Yang · 6 000 examples · 3 classes``."""
    parts = [f"<b>{html.escape(title)}</b>"]
    if told:
        parts.append(wording.counted(sum(told["splits"].values()), "example"))
        parts += [size_words(told)] if told.get("shape") else []
        parts += [f"{count_words(told['classes'])} classes"] if told.get("classes") else []
    return [" · ".join(parts[:count]) for count in range(len(parts), 0, -1)]


def balance_of(told: Mapping[str, Any], split: str) -> np.ndarray:
    """Examples of each class in a split; empty where there are no classes."""
    return np.asarray((told.get("balance") or {}).get(split, ()), np.int64)


def group_words(groups: Mapping[str, Any]) -> str:
    """``speaker 3 · take 2``, of an example."""
    return " · ".join(f"{name} {number}" for name, number in groups.items())


def _splits(told: Mapping[str, Any]) -> Fact:
    counts = {name: int(told["splits"].get(name, 0)) for name in SPLITS}
    parts = [f"{count_words(count)} {SPLITS[name].lower()}" for name, count in counts.items() if count]
    tip = "Examples for training, for watching it (validation) and for the test, after the split of the document"
    return Fact("Examples", " · ".join(parts) or "none", tip)


def _shape(told: Mapping[str, Any]) -> Fact | None:
    shape, spikes = told.get("shape") or [], told.get("spike_shape") or []
    if not shape:
        return None
    value = size_words(told)
    if spikes and spikes != shape:
        value += f"  →  {shape_words(spikes)}"
    tip = f"{count_words(prod(shape))} numbers or channels of an example"
    if spikes:
        tip += f"; the input has {wording.counted(prod(spikes), 'neuron')}, after encoder and transforms"
    return Fact("Shape", value, tip)


def _classes(told: Mapping[str, Any]) -> Fact | None:
    count, names = int(told.get("classes") or 0), list(told.get("class_names") or ())
    if not count:
        return None
    few = 0 < len(names) <= 4 and names != [str(k) for k in range(count)]
    return Fact("Classes", f"{count_words(count)}{': ' + ', '.join(names) if few else ''}", ", ".join(names))


def _groups(told: Mapping[str, Any]) -> list[Fact]:
    found = []
    for name, sizes in (told.get("groups") or {}).items():
        listed = [f"{name} {number}: {wording.counted(int(size), 'example')}" for number, size in sizes.items()]
        more = [f"and {len(listed) - MOST_GROUPS} more"] if len(listed) > MOST_GROUPS else []
        found.append(Fact(f"{name[:1].upper()}{name[1:]}s", count_words(len(sizes)),
                          "\n".join([*listed[:MOST_GROUPS], *more])))  # fmt: skip
    return found


def _spikes(told: Mapping[str, Any]) -> Fact | None:
    if told.get("spikes") is None:
        return None
    spikes = float(told["spikes"])
    value = count_words(round(spikes)) if spikes >= 100 else f"{spikes:.3g}"
    return Fact("Spikes", f"{value} per example", "Mean of some training examples, as the network is given them")


def _duration(told: Mapping[str, Any]) -> Fact | None:
    lasts = told.get("duration")
    if not lasts:
        return None
    median, longest = float(lasts["median"]), float(lasts["longest"])
    tip = "When the last spike of a recording falls: half of them are shorter than the first number (ms)"
    return Fact("Duration", f"{median:.0f} ms, up to {longest:.0f} ms", tip)
