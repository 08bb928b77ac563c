"""Examples that are read a portion at a time, since all of them together may not fit into memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from spikeloom.data.datasets import Arrays


@dataclass(frozen=True)
class Source(ABC):
    """Examples of recorded spikes on disk.

    Parameters
    ----------
    labels
        int32, (examples,).
    groups
        By what they are grouped (``speaker``) -> int32, (examples,).
    """

    labels: np.ndarray
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    @abstractmethod
    def identity(self) -> str:
        """What the examples are made of, as text: files with their sizes and times, settings. The cache's key."""

    @abstractmethod
    def read(self, examples: np.ndarray) -> Arrays:
        """Some examples, by their numbers, in the order given; `Arrays.x` are `Events`.

        Raises
        ------
        UserError
            With the file, where it is damaged.
        """

    def take(self, examples: np.ndarray) -> Source:
        """Some examples, by their numbers; nothing is read yet."""
        groups = {name: values[examples] for name, values in self.groups.items()}
        return Portion(self.labels[examples], groups, whole=self, numbers=np.asarray(examples, np.int64))


@dataclass(frozen=True)
class Portion(Source):
    """Some examples of another source."""

    whole: Source = field(kw_only=True)
    numbers: np.ndarray = field(kw_only=True)

    @property
    def identity(self) -> str:
        """Which ones of which."""
        return f"{self.whole.identity} of {self.numbers.tobytes().hex()}"

    def read(self, examples: np.ndarray) -> Arrays:
        """Of the source itself."""
        return self.whole.read(self.numbers[examples])


@dataclass(frozen=True)
class Joined(Source):
    """Two sources, one after the other: both parts of a set, to be split anew."""

    parts: tuple[Source, Source] = field(kw_only=True)

    @classmethod
    def of(cls, first: Source, second: Source) -> Joined:
        """Both."""
        groups = {
            name: np.concatenate([first.groups[name], second.groups[name]])
            for name in first.groups.keys() & second.groups.keys()
        }
        return cls(np.concatenate([first.labels, second.labels]), groups, parts=(first, second))

    @property
    def identity(self) -> str:
        """Of both."""
        return f"[{', '.join(part.identity for part in self.parts)}]"

    def read(self, examples: np.ndarray) -> Arrays:
        """Of whichever each example is."""
        first, second = self.parts
        found = [
            part.read(examples[mask] - start)
            for part, mask, start in ((first, examples < len(first), 0), (second, examples >= len(first), len(first)))
        ]
        order = np.argsort(np.argsort(examples >= len(first), kind="stable"), kind="stable")
        return found[0].joined(found[1]).take(order)
