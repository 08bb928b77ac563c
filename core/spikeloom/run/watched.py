"""A variable that is watched while a network runs: of a population, of its inputs, or of a connection's synapses.

Variables of the backward pass, such as EventProp's ``LambdaV``, are those that its codes alone write. ``Isyn`` is what
arrives at a population through exponential synapses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikeloom.backends.interface import RecordVar
from spikeloom.errors import UserError, nearest
from spikeloom.genn import BACKWARD, NeuronPopulation, SynapsePopulation
from spikeloom.genn.batch import BatchData
from spikeloom.genn.phases import backward_variables
from spikeloom.run.session import Session

ISYN = "Isyn"
NEURONS = 4  # that are looked at where nobody chose any
SYNAPSES = 4
GOLDEN = 0.618034  # multiples of it lie apart


class Watched:
    """A variable with the neurons, or synapses, of which it is recorded.

    Parameters
    ----------
    session
        Built.
    part
        A population or a connection.
    variable
        Its name in the GeNN model, or ``Isyn``.
    numbers
        Of neurons or synapses; none: a few.

    Raises
    ------
    UserError
        Where there is no such part, variable or number.
    """

    def __init__(self, session: Session, part: str, variable: str, numbers: tuple[int, ...]) -> None:
        self.session, self.part, self.variable, self.numbers = session, part, variable, numbers
        self.forward: list[RecordVar] = []
        self.backward: list[RecordVar] = []
        self._drawn = not numbers
        model = session.compiled.model
        if part in model.synapses:
            self._check_synapses(model.synapses[part])
        elif part in model.populations:
            self._check_neurons(model.populations[part])
        else:
            raise UserError(f"no population '{part}'{nearest(part, model.populations)}")

    @property
    def name(self) -> str:
        """What events call it."""
        return f"{self.part}.{self.variable}"

    def _check_neurons(self, population: NeuronPopulation) -> None:
        known = [var.name for var in population.model.vars]
        if self.variable not in known and not (self.variable == ISYN and self._currents()):
            raise UserError(f"'{self.part}' has no variable '{self.variable}'{nearest(self.variable, known)}")
        if any(number >= population.size for number in self.numbers):
            missing = max(self.numbers)
            raise UserError(f"'{self.part}' has no neuron {missing}: it has 0 to {population.size - 1}")
        self.numbers = self.numbers or tuple(range(min(NEURONS, population.size)))
        if self.variable == ISYN:
            if not getattr(self.session.runtime, "records_inputs", False):
                raise UserError(f"the synaptic current of '{self.part}' cannot be recorded by this backend")
            self.forward = [RecordVar(name, "inSyn", self.numbers) for name in self._currents()]
        elif self.variable in backward_variables(population.model):
            self.backward = [RecordVar(self.part, self.variable, self.numbers, phase=BACKWARD)]
        else:
            self.forward = [RecordVar(self.part, self.variable, self.numbers)]

    def _currents(self) -> list[str]:
        """Connections of which each stands for those that share its sum of inputs."""
        found: dict[Any, str] = {}
        for name, group in self.session.compiled.model.synapses.items():
            decays = dict(group.postsynaptic_params)
            if group.target == self.part and group.post_target == ISYN and decays:
                key = (repr(group.postsynaptic), repr(sorted(decays.items())), group.max_delay)
                found.setdefault(key, name)
        return list(found.values())

    def _check_synapses(self, group: SynapsePopulation) -> None:
        document, compiled = self.session.document, self.session.compiled
        rule = document.experiment.learning
        known = rule.synapse_variables(document, document.network.connection(group.name)) if rule is not None else ()
        kept = [var.name for var in group.weight_update.vars if var.name in known]
        if self.variable not in kept:
            raise UserError(
                f"'{self.part}' has no variable '{self.variable}' of its synapses{nearest(self.variable, kept)}"
            )
        count = compiled.model.num_synapses(group.name)
        if any(number >= count for number in self.numbers):
            raise UserError(f"'{self.part}' has no synapse {max(self.numbers)}: it has 0 to {count - 1}")
        self._record_synapses()

    def _record_synapses(self) -> None:
        late = self.session.compiled.lag(self.variable)
        self.forward = [RecordVar(self.part, self.variable, self.numbers, late=late)]

    # -- one example -----------------------------------------------------------------------------------------------
    def choose(self, data: BatchData) -> None:
        """Synapses that nobody chose are those of the inputs that spike most in the one example of `data`."""
        group = self.session.compiled.model.synapses.get(self.part)
        if group is None or not self._drawn:
            return
        sources, _ = self.session.compiled.model.pairs(self.part)
        spikes = data.spikes.get(group.source)
        if spikes is None or not len(spikes.ids):
            places = {int((k + 1) * GOLDEN % 1 * len(sources)) for k in range(SYNAPSES)}
        else:
            places = set()
            for k, source in enumerate(np.argsort(-np.bincount(spikes.ids), kind="stable")[:SYNAPSES]):
                own = np.flatnonzero(sources == source)
                places |= {int(own[int((k + 1) * GOLDEN % 1 * len(own))])} if len(own) else set()
        self.numbers = tuple(sorted(places))
        self._record_synapses()

    def values(self, recorded: Mapping[RecordVar, Any]) -> np.ndarray | None:
        """What was recorded of it in the example, (timesteps, numbers); None where nothing was."""
        parts = [recorded[recorder] for recorder in (*self.forward, *self.backward)]
        if not parts or any(part is None for part in parts):
            return None
        return np.asarray(np.sum([part[0] for part in parts], axis=0))

    def labels(self) -> list[str]:
        """What the recorded neurons are called, or the synapses by their ends."""
        if self.part not in self.session.compiled.model.synapses:
            return [str(number) for number in self.numbers]
        sources, targets = self.session.compiled.model.pairs(self.part)
        return [f"{sources[number]} → {targets[number]}" for number in self.numbers]
