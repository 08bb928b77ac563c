"""Targets that change with time: sums of sines, computed for the timesteps of a run when these are known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

FREQUENCIES = (1.0, 2.0, 3.0, 5.0)  # Hz
AMPLITUDES = (0.5, 2.0)  # the range from which they are drawn, before curves are scaled
POINTS = 1000  # at which the largest value of a curve is looked for


@dataclass(frozen=True)
class Curves:
    """The curves of examples.

    Parameters
    ----------
    amplitudes, phases
        (patterns, curves, frequencies) of the sines; phases in radians.
    shown
        (examples,): the pattern of each example.
    """

    amplitudes: np.ndarray
    phases: np.ndarray
    shown: np.ndarray

    def __len__(self) -> int:
        return len(self.shown)

    def take(self, examples: np.ndarray) -> Curves:
        """The curves of some examples, by their numbers."""
        return replace(self, shown=self.shown[examples])

    def at(self, times: np.ndarray) -> np.ndarray:
        """Each pattern at some times (ms); float64, (patterns, times, curves)."""
        values = np.zeros((len(self.amplitudes), len(times), self.amplitudes.shape[1]))
        for number, frequency in enumerate(FREQUENCIES):
            turns = 2 * np.pi * frequency * times[None, :, None] / 1000.0
            values += self.amplitudes[:, None, :, number] * np.sin(turns + self.phases[:, None, :, number])
        return values

    def sampled(self, dt: float, timesteps: int) -> np.ndarray:
        """The targets of the examples: that of step n is the curve at ``(n + 1) dt``.

        Returns
        -------
        numpy.ndarray
            float32, (examples, timesteps, curves). Of a single pattern all examples are one and the same memory, which
            cannot be written.
        """
        values = self.at((np.arange(timesteps) + 1.0) * dt).astype(np.float32)
        if len(values) == 1:
            return np.broadcast_to(values, (len(self), *values.shape[1:]))
        return values[self.shown]


def drawn_curves(curves: int, duration: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes and phases, (curves, frequencies), of curves whose largest value within `duration` (ms) is 1."""
    amplitudes = rng.uniform(*AMPLITUDES, (curves, len(FREQUENCIES)))
    phases = rng.uniform(0, 2 * np.pi, amplitudes.shape)
    one = Curves(amplitudes[None], phases[None], np.zeros(1, np.int64))
    highest = np.abs(one.at(np.linspace(0, duration, POINTS + 1))[0]).max(axis=0)
    return amplitudes / highest[:, None], phases
