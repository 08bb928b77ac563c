"""What a model needs of a device's memory, reckoned before anything is built, and how many examples fit side by side.

Examples run side by side, each with a tape, variables, gradients and recorded spikes of its own. Where those of a batch
do not all fit, the batch takes turns: its gradients go on adding up until all of its examples have run.
Needs no PyGeNN.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, prod

import numpy as np

from spikeloom.backends.pygenn import norms
from spikeloom.backends.pygenn.build import complete
from spikeloom.errors import UserError
from spikeloom.genn.matrix import KernelMatrix, SparseMatrix
from spikeloom.genn.network import CustomUpdate, GeNNModel, NeuronPopulation, SynapsePopulation
from spikeloom.genn.schedule import Schedule
from spikeloom.genn.variables import SHARED_NEURON, WHOLE_BATCH, Access, Var, VarRef

SPARE = 0.1  # the share of the room that is left to what is not reckoned: code, input spikes, the driver
WORD = 32  # neurons whose spikes of a step are recorded in one integer


@dataclass(frozen=True)
class Memory:
    """Bytes that a model needs.

    Parameters
    ----------
    shared
        Of weights, the optimiser's state and connectivity, once.
    tape, state, gradients, recording
        Of each example: what the backward phase reads again, variables and input under way, sums over the batch, and
        the spikes that are recorded.
    """

    shared: int = 0
    tape: int = 0
    state: int = 0
    gradients: int = 0
    recording: int = 0

    @property
    def example(self) -> int:
        """All that one example needs."""
        return self.tape + self.state + self.gradients + self.recording

    def of(self, examples: int) -> int:
        """All that so many examples need side by side."""
        return self.shared + examples * self.example

    def __add__(self, other: Memory) -> Memory:
        names = ("shared", "tape", "state", "gradients", "recording")
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in names})

    def words(self) -> str:
        """In words."""
        parts = {"tape": self.tape, "state": self.state, "gradients": self.gradients, "recording": self.recording}
        listed = ", ".join(f"{name} {size_in_words(size)}" for name, size in parts.items() if size)
        each = f"{size_in_words(self.example)} for each example ({listed}) and " if listed else ""
        return f"{each}{size_in_words(self.shared)} for all of them together"


def size_in_words(size: float) -> str:
    """Bytes in a unit that suits them."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"


def estimate(ours: GeNNModel, schedules: Sequence[Schedule], timesteps: int, precision: str = "float") -> Memory:
    """What a model needs on PyGeNN, with examples of so many steps."""
    completed = norms.with_sums(complete(ours, timesteps, counting=True), schedules)
    squared = [completed.custom_updates[ref.group].group for ref in norms.on_device(ours, schedules)]
    return _Estimate(completed, timesteps, precision).total(squared)


class _Estimate:
    """Adds up what the groups of a model need."""

    def __init__(self, model: GeNNModel, timesteps: int, precision: str) -> None:
        self.model, self.timesteps = model, timesteps
        self.sizes = {"scalar": 8 if precision == "double" else 4, "int32_t": 4, "uint8_t": 1, "bool": 1}

    def total(self, squared: Iterable[str]) -> Memory:
        """All of it, with the squares of what the synapses `squared` add up."""
        squares = sum(prod(self.model.shape(name)) for name in squared if name in self.model.synapses)
        total = Memory(shared=self.sizes["scalar"] * squares)
        for population in self.model.populations.values():
            total += self._population(population)
        for synapses in self.model.synapses.values():
            total += self._synapses(synapses)
        for update in self.model.custom_updates.values():
            total += self._update(update)
        return total

    def _variables(self, variables: Iterable[Var], count: int) -> Memory:
        """Variables of `count` neurons or synapses."""
        total = Memory()
        for var in variables:
            size = self.sizes[var.type] * (1 if var.access in SHARED_NEURON else count)
            if var.access in WHOLE_BATCH:
                total += Memory(shared=size)
            else:
                total += Memory(gradients=size) if var.access is Access.ACCUMULATE else Memory(state=size)
        return total

    def _population(self, population: NeuronPopulation) -> Memory:
        model, size, word = population.model, population.size, self.sizes["int32_t"]
        total = self._variables(model.vars, size) + self._earlier_steps(population)
        if model.spike_source:
            return total + Memory(state=size * (4 * word + 1))
        if model.threshold_condition_code:
            total += Memory(state=(size + 1) * word, recording=self.timesteps * ceil(size / WORD) * word)
        for array in model.extra_global_params:
            total += Memory(tape=self.sizes[array.type] * int(population.params[array.per_neuron]) * size)
        return total

    def _earlier_steps(self, population: NeuronPopulation) -> Memory:
        """The values of earlier steps of variables that delayed synapses read."""
        steps: dict[str, int] = {}
        for synapses in self.model.synapses.values():
            if synapses.target == population.name:
                for ref in synapses.weight_update.post_neuron_var_refs:
                    name = synapses.post_neuron_var_refs.get(ref.name, ref.name)
                    steps[name] = max(steps.get(name, 0), synapses.max_delay)
        own = {var.name: self.sizes[var.type] for var in population.model.vars}
        return Memory(state=sum(own.get(name, 0) * count * population.size for name, count in steps.items()))

    def _synapses(self, synapses: SynapsePopulation) -> Memory:
        pre, post = self.model.ends(synapses.name)
        places = self._places(synapses.name)
        total = self._variables(synapses.weight_update.vars, places)
        total += self._variables(synapses.weight_update.pre_vars, pre)
        if isinstance(synapses.matrix, SparseMatrix):
            total += Memory(shared=self.sizes["int32_t"] * (places + pre))
        elif isinstance(synapses.matrix, KernelMatrix):
            taps = (synapses.matrix.row_taps, synapses.matrix.column_taps)
            longest = prod(int(np.diff(axis.offsets).max(initial=1)) for axis in taps) * synapses.matrix.kernel[3]
            total += Memory(shared=2 * self.sizes["int32_t"] * pre * longest)  # targets and elements (`Tables`)
        under_way = (2 + synapses.max_delay if synapses.max_delay else 1) * post + (pre if synapses.pre_target else 0)
        return total + Memory(state=self.sizes["scalar"] * under_way)

    def _places(self, name: str) -> int:
        """How many values a variable of synapses has; GeNN's rows of sparse ones are all as long as the longest."""
        matrix, ends = self.model.synapses[name].matrix, self.model.ends(name)
        if isinstance(matrix, SparseMatrix):
            return prod(matrix.rows(*ends))
        return prod(matrix.shape(*ends))

    def _update(self, update: CustomUpdate) -> Memory:
        count = (
            self._places(update.group) if update.group in self.model.synapses else prod(self.model.shape(update.name))
        )
        sums = any(var.access is Access.REDUCE_BATCH_SUM for var in update.model.vars)
        batched = not sums and any(map(self._of_each_example, update.var_refs.values()))
        own = self._variables(update.model.vars, count)
        return own if batched else Memory(shared=own.shared + own.state)

    def _of_each_example(self, ref: VarRef) -> bool:
        group = self.model.group(ref.group)
        if isinstance(group, CustomUpdate):
            sums = any(var.access is Access.REDUCE_BATCH_SUM for var in group.model.vars)
            return not sums and any(map(self._of_each_example, group.var_refs.values()))
        variables = group.model.vars if isinstance(group, NeuronPopulation) else group.weight_update.vars
        return any(var.name == ref.var and var.access not in WHOLE_BATCH for var in variables)


@dataclass(frozen=True)
class Plan:
    """How a batch runs on a device.

    Parameters
    ----------
    batch, examples
        Of the examples of a batch, how many run side by side.
    room
        Bytes that are free; None where nobody knows.
    """

    memory: Memory
    device: str
    batch: int
    examples: int
    room: int | None

    @property
    def turns(self) -> int:
        """In how many turns a batch runs."""
        return ceil(self.batch / self.examples)

    def words(self) -> str:
        """In a sentence, for whoever builds."""
        free = "" if self.room is None else f"; {size_in_words(self.room)} are free"
        many = f"{self.examples} of a batch's {self.batch} examples run side by side, in {self.turns} turns"
        whole = f"all {self.batch} examples of a batch run side by side" if self.batch > 1 else "one example at a time"
        how = whole if self.turns == 1 else many
        return f"PyGeNN on {self.device} needs {self.memory.words()}{free}: {how}."


def plan(memory: Memory, device: str, batch: int, *, most: int, room: int | None, place: str) -> Plan:
    """Choose how many examples of a batch run side by side.

    Parameters
    ----------
    most
        As many as the device can run side by side.
    room
        Bytes that are free on the device; None where nobody knows: then they are taken to fit.
    place
        What an error is about.

    Raises
    ------
    UserError
        If not even one example fits.
    """
    wanted = min(batch, most)
    if room is not None:
        left = room * (1 - SPARE) - memory.shared
        fitting = int(left // memory.example) if memory.example else (wanted if left >= 0 else 0)
        if fitting < 1:
            raise _too_large(memory, device, room, place)
        wanted = min(wanted, fitting)
    # As many turns, but of the same length: what does not run needs no memory.
    return Plan(memory, device, batch, ceil(batch / ceil(batch / wanted)), room)


def _too_large(memory: Memory, device: str, room: int, place: str) -> UserError:
    """That an example does not fit, and what could be done about the most of it."""
    hint = "Use a smaller network, or the embedded backend."
    if memory.tape > max(memory.shared, memory.state + memory.gradients):
        hint = (
            "Most of it is the tape: use shorter examples or a longer timestep, e-prop's forward mode "
            "(learning.mode), or the embedded backend, which runs an example in segments."
        )
    message = f"PyGeNN on {device} needs {memory.words()}, and {size_in_words(room)} are free"
    return UserError(message, place=place, hint=hint)
