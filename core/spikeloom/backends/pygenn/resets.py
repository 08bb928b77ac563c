"""What gives an example its first state on PyGeNN: custom updates, and arrays that the host writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from spikeloom.backends.pygenn.source import STATE
from spikeloom.backends.pygenn.translate import Translator
from spikeloom.errors import UserError
from spikeloom.genn.code import c_name
from spikeloom.genn.network import GeNNModel, Init, InitLike, NeuronPopulation, SynapsePopulation
from spikeloom.genn.variables import Access, Var

RESET = "Reset"  # GeNN's group of all of them: one launch


@dataclass
class _First:
    """Variables that one custom update resets: their first values and the references to them."""

    variables: list[Var] = field(default_factory=list)
    params: dict[str, float] = field(default_factory=dict)
    refs: dict[str, Any] = field(default_factory=dict)

    def add(self, var: Var, value: float, ref: Any) -> None:
        """One more."""
        self.variables.append(var)
        self.params[f"First_{var.name}"] = value
        self.refs[var.name] = ref


class ResetBuilder:
    """Adds the resets of a model whose groups are all there.

    Attributes
    ----------
    updates
        Names of GeNN's groups of custom updates that give an example its first state: `RESET`, where there are any.
    arrays
        (group, variable) -> first values that differ between neurons or synapses; written from here at each reset.
    """

    def __init__(self, pygenn: Any, genn: Any, ours: GeNNModel, translator: Translator) -> None:
        self.pygenn, self.genn, self.ours, self.translator = pygenn, genn, ours, translator
        self.updates: list[str] = []
        self.arrays: dict[tuple[str, str], np.ndarray] = {}

    def population(self, population: NeuronPopulation, group: Any, inputs: Mapping[str, Any]) -> None:
        """Reset the variables of an example, and its summed `inputs` (synapse populations by name)."""
        first, variables = _First(), population.model.vars
        reference = partial(self.pygenn.create_var_ref, group)
        self._add_variables(first, population.name, variables, population.var_init, reference)
        for number, synapses in enumerate(inputs.values()):
            first.add(Var(f"InSyn{number}"), 0.0, self.pygenn.create_out_post_var_ref(synapses))
        self._add(f"reset_population_{c_name(population.name)}", first, [var.name for var in variables])

    def source(self, name: str, group: Any) -> None:
        """Let a spike source begin anew."""
        first = _First()
        self._add_variables(first, name, STATE, {}, partial(self.pygenn.create_var_ref, group))
        self._add(f"reset_population_{c_name(name)}", first, [var.name for var in STATE])

    def synapses(self, synapses: SynapsePopulation, group: Any) -> None:
        """Reset the variables of an example, those of the presynaptic neurons too, and the input that is under way."""
        name, model = c_name(synapses.name), synapses.weight_update
        own, traces, delayed = _First(), _First(), _First()
        for first, variables, create in (
            (own, model.vars, self.pygenn.create_wu_var_ref),
            (traces, model.pre_vars, self.pygenn.create_wu_pre_var_ref),
        ):
            self._add_variables(first, synapses.name, variables, synapses.var_init, partial(create, group))
        if synapses.max_delay:
            delayed.add(Var("Underway"), 0.0, self.pygenn.create_den_delay_var_ref(group))
        self._add(f"reset_synapses_{name}", own)
        self._add(f"reset_traces_{name}", traces)
        self._add(f"reset_delayed_{name}", delayed, ["Underway"])

    def _add_variables(
        self,
        first: _First,
        group: str,
        variables: Iterable[Var],
        values: Mapping[str, InitLike],
        reference: Callable[[str], Any],
    ) -> None:
        for var in variables:
            if var.access is not Access.READ_WRITE:
                continue
            value = values.get(var.name, 0.0)
            if not isinstance(value, Init):
                first.add(var, float(value), reference(var.name))
            elif value.values is None:
                message = f"the first value of '{var.name}' is drawn at random, which PyGeNN cannot repeat"
                raise UserError(message, place=group, hint="Use a constant, an array, or embedded.")
            else:
                self.arrays[group, var.name] = np.asarray(value.values).ravel()

    def _add(self, name: str, first: _First, all_slots: Iterable[str] = ()) -> None:
        """Add a custom update; of the variables in `all_slots`, the values of earlier steps are reset too."""
        if first.variables:
            model = self.translator.reset(first.variables, all_slots)
            self.genn.add_custom_update(name, RESET, model, first.params, {}, first.refs)
            self.updates = [RESET]
