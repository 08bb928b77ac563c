"""Whether a model is the program that PyGeNN runs but for parameters that were built to move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from spikeloom.backends.pygenn.build_folder import texts
from spikeloom.genn.matrix import DENSE
from spikeloom.genn.network import GeNNModel
from spikeloom.genn.schedule import Schedule
from spikeloom.genn.variables import WHOLE_BATCH, Var

Moves = Collection[tuple[str, str]]


def same_program(
    model: GeNNModel, schedules: Mapping[str, Schedule], other: GeNNModel, theirs: Mapping[str, Schedule], moves: Moves
) -> bool:
    """Whether two models are one program, where parameters (group, parameter) may differ that are in `moves`."""
    first, second = ([*texts(_fixed(m, moves)), *texts(dict(s))] for m, s in ((model, schedules), (other, theirs)))
    return first == second


def _fixed(model: GeNNModel, moves: Moves) -> GeNNModel:
    """What a program is of: without what moves, what learning has changed, and which synapses there are."""
    return replace(
        model,
        populations={name: _without(group, group.model.vars, moves) for name, group in model.populations.items()},
        synapses={
            name: replace(_without(group, group.weight_update.vars, moves), matrix=DENSE)
            for name, group in model.synapses.items()
        },
        custom_updates={
            name: replace(group, params=_kept(name, group.params, moves), var_init={})
            for name, group in model.custom_updates.items()
        },
    )


def _without(group: Any, variables: tuple[Var, ...], moves: Moves) -> Any:
    """A group without parameters that move, and first values that count at the start alone."""
    once = {var.name for var in variables if var.access in WHOLE_BATCH}
    first = {name: value for name, value in group.var_init.items() if name not in once}
    return replace(group, params=_kept(group.name, group.params, moves), var_init=first)


def _kept(group: str, params: Mapping[str, float], moves: Moves) -> dict[str, float]:
    return {name: value for name, value in params.items() if (group, name) not in moves}
