"""The net that `eprop.py` trains, as numbers: what Spikeloom, the bare loops and PyTorch are all given.

Needs numpy alone, because the Python with PyTorch has no Spikeloom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

TAU_MEM, TAU_ADAPT, TAU_OUT = 20.0, 2000.0, 20.0  # ms; a timestep is 1 ms
BETA, V_THRESH = 0.0174, 0.6
ALPHA, RHO, KAPPA = (math.exp(-1 / tau) for tau in (TAU_MEM, TAU_ADAPT, TAU_OUT))
INPUTS, OUTPUTS = 700, 20
INPUT_RATE = 0.01  # spikes per input and timestep
BATCH_SIZE = 32


@dataclass(frozen=True)
class Net:
    """Inputs, recurrent adaptive LIF neurons, leaky integrators."""

    hidden: int = 256
    timesteps: int = 1000
    share: float = 1.0  # of the synapses onto hidden neurons that exist

    @property
    def normal(self) -> dict[str, tuple[float, float]]:
        """Mean and standard deviation of the weights; scaled so that hidden neurons spike alike in all these nets."""
        recurrent = 0.02 * math.sqrt(256 / self.hidden / self.share)
        return {
            "input": (0.0104 / self.share, 0.01 / math.sqrt(self.share)),
            "recurrent": (0.0, recurrent),
            "output": (0.0, 0.05),
        }

    def weights(self) -> dict[str, np.ndarray]:
        """Dense weights, (source, target), float32."""
        rng = np.random.default_rng(0)
        shapes = {
            "input": (INPUTS, self.hidden),
            "recurrent": (self.hidden, self.hidden),
            "output": (self.hidden, OUTPUTS),
        }
        return {name: rng.normal(*self.normal[name], shape).astype(np.float32) for name, shape in shapes.items()}

    def examples(self) -> Examples:
        """One batch: spikes of each input in as many different timesteps as its rate gives, and labels."""
        rng = np.random.default_rng(1)
        each = round(INPUT_RATE * self.timesteps)
        steps = np.stack([_choose(rng, self.timesteps, each) for _ in range(BATCH_SIZE)])
        return Examples(steps, rng.integers(0, OUTPUTS, BATCH_SIZE).astype(np.int32), self.timesteps)


@dataclass(frozen=True)
class Examples:
    """Input spikes: `steps` (example, input, spike); `labels` (example,)."""

    steps: np.ndarray
    labels: np.ndarray
    timesteps: int

    def listed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Example, step and input of every spike, sorted by example and step."""
        example, ids, _ = np.indices(self.steps.shape)
        order = np.lexsort((ids.ravel(), self.steps.ravel(), example.ravel()))
        return example.ravel()[order], self.steps.ravel()[order], ids.ravel()[order]

    def dense(self) -> np.ndarray:
        """Zeros and ones, (timestep, example, input)."""
        x = np.zeros((self.timesteps, len(self.steps), INPUTS), np.float32)
        example, ids, _ = np.indices(self.steps.shape)
        x[self.steps, example, ids] = 1
        return x


def _choose(rng: np.random.Generator, timesteps: int, each: int) -> np.ndarray:
    """For every input `each` timesteps, no two of them the same."""
    drawn = rng.random((INPUTS, timesteps), np.float32)
    return np.argpartition(drawn, each, axis=1)[:, :each].astype(np.int32)
