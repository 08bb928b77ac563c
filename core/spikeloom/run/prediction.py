"""What a prediction gives, and what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class SpikeTrain:
    """Spikes of a population in one example: times in ms (the start of their step) and neuron numbers."""

    times: np.ndarray
    neurons: np.ndarray


@dataclass
class Prediction:
    """What `Model.predict` gives.

    Parameters
    ----------
    y
        Readout of the first output, (examples, outputs).
    outputs
        Output population -> its readout.
    spikes
        Population -> one `SpikeTrain` per recorded example.
    variables
        (population, variable) -> (examples, timesteps, neurons); (connection, variable) -> the same of its synapses, in
        the order of `Model.synapses`.
    examples
        Of each of these, the numbers of the examples that were recorded: all, unless the recorder chooses.
    """

    y: np.ndarray
    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    spikes: dict[str, list[SpikeTrain]] = field(default_factory=dict)
    variables: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    examples: dict[str | tuple[str, str], np.ndarray] = field(default_factory=dict)

    @property
    def labels(self) -> np.ndarray:
        """The predicted class of each example: the largest readout; of equal ones (all silent, say) the first."""
        return np.asarray(self.y.argmax(axis=1))
