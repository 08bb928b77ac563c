"""What an example is to people: an image, a row of numbers, frames of events, spikes; found out from its event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

FRAMES = 24  # into which the time of an example is cut
FEW_NUMBERS = 64  # that are shown as bars; more as a line


@dataclass(frozen=True)
class Sample:
    """The input of one example.

    Parameters
    ----------
    kind
        ``image``, ``vector``, ``frames`` (spikes of a population that has rows and columns), ``spikes`` or ``none``.
    values
        Of an image, (rows, columns) or (rows, columns, 3); of a vector, (numbers,); else empty.
    steps, ids
        The spikes of the source, in timesteps and neurons.
    shape
        Of the source.
    """

    kind: str
    values: np.ndarray
    steps: np.ndarray
    ids: np.ndarray
    shape: tuple[int, ...]
    timesteps: int
    dt: float

    @classmethod
    def of_event(cls, event: Mapping[str, Any]) -> Sample:
        """What an ``example`` event tells of its input."""
        populations = event.get("populations") or ()
        source = event.get("source") or (populations[0]["name"] if populations else "")
        size = next((int(part["size"]) for part in populations if part["name"] == source), 0)
        shape = tuple(event.get("input_shape") or (size,))
        steps, ids = (np.asarray(event.get(f"{source}.{name}", ())) for name in ("steps", "ids"))
        time = int(event["timesteps"]), float(event["dt"])
        return cls.of_input(event.get("input"), steps, ids, shape, *time, spikes=bool(size or len(ids)))

    @classmethod
    def of_input(
        cls,
        values: Any,
        steps: np.ndarray,
        ids: np.ndarray,
        shape: tuple[int, ...],
        timesteps: int,
        dt: float,
        *,
        spikes: bool = True,
    ) -> Sample:
        """What numbers (None: there are none) and spikes of a source of that shape are.

        Parameters
        ----------
        spikes
            Whether there is a source of spikes.
        """
        numbers = np.zeros(0) if values is None else np.asarray(values, dtype=float)
        kind, numbers = _kind(numbers, shape, spikes)
        return cls(kind, numbers, steps, ids, shape, timesteps, dt)

    @property
    def neurons(self) -> int:
        """How many neurons the source has."""
        return prod(self.shape)

    def frame(self, number: int | None) -> np.ndarray:
        """Spikes per pixel in one of `FRAMES` parts of the time (None: in all), float64 (rows, columns, 1 or 2)."""
        chosen = slice(None)
        if number is not None:
            chosen = self.steps * FRAMES // max(1, self.timesteps) == number
        counts = np.bincount(self.ids[chosen].astype(np.int64), minlength=self.neurons).astype(float)
        return counts[: self.neurons].reshape(*self.shape[:2], -1)

    def frame_of(self, step: int) -> int:
        """The frame in which a timestep lies."""
        return min(FRAMES - 1, step * FRAMES // max(1, self.timesteps))


def _kind(values: np.ndarray, shape: tuple[int, ...], has_spikes: bool) -> tuple[str, np.ndarray]:
    if values.size:
        return _picture(values, shape)
    if len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 2)):
        return "frames", values
    return ("spikes" if has_spikes else "none"), values


def _picture(values: np.ndarray, shape: tuple[int, ...]) -> tuple[str, np.ndarray]:
    if values.ndim == 3 and values.shape[2] == 1:
        return "image", values[..., 0]
    if values.ndim == 2 or (values.ndim == 3 and values.shape[2] == 3):
        return "image", values
    flat = values.ravel()
    if len(shape) in (2, 3) and prod(shape) == flat.size and (len(shape) == 2 or shape[2] in (1, 3)):
        return _picture(flat.reshape(shape), shape)
    return "vector", flat
