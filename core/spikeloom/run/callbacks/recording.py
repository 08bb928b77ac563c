"""What populations do while they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spikeloom.backends.interface import JobResult
from spikeloom.errors import UserError
from spikeloom.run.callbacks.callback import Callback, Logs
from spikeloom.run.prediction import SpikeTrain
from spikeloom.run.recorder_checks import check_recorders
from spikeloom.run.recordings import Key, Recordings
from spikeloom.spec import Recorder, SynapseRecorder


class Recording(Callback):
    """Records examples as they are trained on, with the weights of that moment.

    Choose examples: what is recorded of all of them in all epochs may fill the memory.

    Parameters
    ----------
    recorders
        `SpikeRecorder` and `VariableRecorder`. Their examples are counted in the array that is given to `Model.train`;
        those of them that ``validation_split`` holds out are not trained on, and not recorded.
    every
        Epochs between two that are recorded, from the first one on.

    Attributes
    ----------
    spikes
        Population -> a `SpikeTrain` for each time that an example was recorded.
    examples, epochs
        Of each population, and of each (population, variable): which examples these were, and in which epochs (from 1).
    """

    def __init__(self, recorders: Recorder | Sequence[Recorder], every: int = 1) -> None:
        self.recorders = [recorders] if isinstance(recorders, Recorder) else list(recorders)
        if type(every) is not int or every < 1:
            raise UserError(f"{every!r} found, expected a whole number of at least 1", place="Recording.every")
        self.every = every
        self._found: Recordings | None = None
        self._trained, self._count = np.zeros(0, np.int64), 0
        self._epochs: dict[Key, list[int]] = {}
        self._on = False

    @property
    def asked(self) -> list[Any]:
        """What a backend is to record at the moment."""
        return self._found.asked if self._on and self._found is not None else []

    def set_examples(self, numbers: np.ndarray, count: int) -> None:
        """Hear which of the `count` examples of the array that was given are trained on."""
        self._trained, self._count = numbers, count

    def on_train_begin(self, logs: Logs) -> None:
        """Look at what there is to record."""
        model = self.model
        check_recorders(model.document, model.session.compiled, self.recorders)
        if any(isinstance(recorder, SynapseRecorder) for recorder in self.recorders):
            hint = "Model.predict records their traces; WeightRecorder their weights in the course of training."
            raise UserError("variables of synapses are not recorded in training", place="Recording", hint=hint)
        if self._found is None:
            self._found = Recordings(self.recorders, model.document, model.session.compiled, self._count)
            self._epochs = {key: [] for key in self._found.examples}
        if len(self._trained) and not len(self.positions(np.arange(len(self._trained)))):
            hint = "Choose others, or give validation_data."
            raise UserError("all examples that it chooses are held out", place="Recording", hint=hint)

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        """Record this one, or not."""
        self._on = epoch % self.every == 0

    def positions(self, examples: np.ndarray) -> np.ndarray:
        """Which of some examples are to be recorded, by their places among them."""
        assert self._found is not None
        return self._found.positions(self._trained[examples])

    def add(self, examples: np.ndarray, result: JobResult, rows: np.ndarray, epoch: int) -> None:
        """Take what was recorded of some examples."""
        assert self._found is not None
        self._found.add(self._trained[examples], result, rows)
        for key, numbers in self._found.examples.items():
            self._epochs[key] += [epoch] * (len(numbers) - len(self._epochs[key]))

    # -- what there is ---------------------------------------------------------------------------------------------
    @property
    def spikes(self) -> dict[str, list[SpikeTrain]]:
        """Population -> a `SpikeTrain` for each recorded presentation."""
        return {} if self._found is None else self._found.spikes

    @property
    def variables(self) -> dict[tuple[str, str], np.ndarray]:
        """(population, variable) -> (presentations, timesteps, neurons)."""
        return {} if self._found is None else self._found.variables

    @property
    def examples(self) -> dict[Key, np.ndarray]:
        """Which example each presentation was of."""
        known = {} if self._found is None else self._found.examples
        return {key: np.array(numbers, dtype=np.int64) for key, numbers in known.items()}

    @property
    def epochs(self) -> dict[Key, np.ndarray]:
        """In which epoch each presentation was."""
        return {key: np.array(numbers, dtype=np.int64) for key, numbers in self._epochs.items()}
