"""What PyGeNN cannot run, said in words before anything is built; needs no PyGeNN."""

from __future__ import annotations

from collections.abc import Iterable

from spikeloom.errors import UserError
from spikeloom.genn.code import parse
from spikeloom.genn.code.names import used
from spikeloom.genn.network import GeNNModel, NeuronPopulation, SynapsePopulation
from spikeloom.genn.schedule import Rewire, Run, Schedule


def check_limits(model: GeNNModel, schedules: Iterable[Schedule], timesteps: int, *, may_rewire: bool = False) -> None:
    """Refuse what GeNN has no means for.

    Parameters
    ----------
    timesteps
        Of an example.
    may_rewire
        Whether somebody moves synapses between two batches, which is no work of GeNN's.

    Raises
    ------
    UserError
        With what to do instead.
    """
    more = 0
    for schedule in schedules:
        for move in schedule.each_batch:
            if isinstance(move, Rewire) and not may_rewire:
                message = "its synapses move, which Spikeloom does and GeNN cannot"
                raise UserError(message, place=move.group, hint="Take its rewiring away, or train it with Spikeloom.")
        for op in schedule.each_example:
            more = max(more, op.more if isinstance(op, Run) else 0)
            if isinstance(op, Run) and op.segments > 1 and not schedule.online:
                message = f"PyGeNN cannot run an example in segments, and this one has {op.segments}"
                hint = "Raise the rule's tape_memory until the tape holds all of an example, or use embedded."
                raise UserError(message, place=model.name, hint=hint)
    for population in model.populations.values():
        _check_replay(population, timesteps + more)
    for synapses in model.synapses.values():
        _check_traces(synapses)


def _check_replay(population: NeuronPopulation, steps: int) -> None:
    replays = population.model.replays
    if replays and population.params[replays] < steps:
        kept = int(population.params[replays])
        message = f"spikes of {kept} steps are kept to be replayed, and an example has {steps}"
        raise UserError(message, place=population.name)


def _check_traces(synapses: SynapsePopulation) -> None:
    """A presynaptic variable of some steps ago is not there; where nothing is delayed, it is read as it is."""
    model = synapses.weight_update
    codes = (model.pre_spike_syn_code, model.pre_event_syn_code, model.synapse_dynamics_code)
    delayed = used(*map(parse, codes)).arrays & {var.name for var in model.pre_vars}
    if synapses.max_delay and delayed:
        message = f"its delays ask for a trace of spikes as it was some steps ago ('{min(delayed)}'): PyGeNN keeps none"
        hint = "Use the rule's adjoint mode, take the delay away, or use the embedded backend."
        raise UserError(message, place=synapses.name, hint=hint)
