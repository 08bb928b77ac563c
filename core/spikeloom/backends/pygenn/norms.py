"""The sum of squares of a variable that sums over a batch, made on the device: of it the host reads one number.

GeNN adds up over the neurons of a population, not over synapses. So the squares of synapses go into an array, each
postsynaptic neuron adds up those of its own, and then the population does. Of sparse synapses and of kernels the host
reads the variable itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from spikeloom.backends.pygenn.translate import Translator
from spikeloom.genn.code import c_name
from spikeloom.genn.matrix import DenseMatrix
from spikeloom.genn.models import CustomUpdateModel
from spikeloom.genn.network import GeNNModel
from spikeloom.genn.schedule import Schedule, SetNorm
from spikeloom.genn.variables import Access, Var, VarRef

SQUARES, SUM_SQUARES = "Squares", "SumSquares"  # GeNN's groups of custom updates, to run one after the other
TOTAL = "Total"
OWN = "OwnSquares"  # of a postsynaptic neuron; one for all examples, so that none adds them up again
SQUARES_CODE = f"{SQUARES}[(id_pre * num_post) + id_post] = Mean * Mean;"
SUM_CODE = f"""
scalar sum = 0.0;
for (int i = 0; i < NumPre; i++) {{
    sum += {SQUARES}[(i * num_neurons) + id];
}}
{OWN} = sum;
{TOTAL} = sum;
"""
_OF_NEURONS = CustomUpdateModel(
    name="SumSquares",
    vars=(Var(TOTAL, access=Access.REDUCE_NEURON_SUM),),
    var_refs=(Var("Mean", access=Access.READ_ONLY),),
    update_code=f"{TOTAL} = Mean * Mean;",
)


def on_device(model: GeNNModel, schedules: Iterable[Schedule]) -> list[VarRef]:
    """The variables of custom updates whose squares are added up on the device."""
    wanted = [ref for s in schedules for op in s.each_batch if isinstance(op, SetNorm) for ref in op.of]
    return [ref for ref in dict.fromkeys(wanted) if _group(model, ref) in model.populations or _dense(model, ref)]


def _group(model: GeNNModel, ref: VarRef) -> str:
    return model.custom_updates[ref.group].group


def _dense(model: GeNNModel, ref: VarRef) -> bool:
    return isinstance(model.synapses[_group(model, ref)].matrix, DenseMatrix)


def with_sums(model: GeNNModel, schedules: Iterable[Schedule]) -> GeNNModel:
    """The model with a variable for what each postsynaptic neuron adds up."""
    synapses = [_group(model, ref) for ref in on_device(model, schedules)]
    targets = {model.synapses[name].target for name in synapses if name in model.synapses}
    populations = dict(model.populations)
    for name in targets:
        own = populations[name].model
        changed = replace(own, vars=(*own.vars, Var(OWN, access=Access.READ_ONLY)))
        populations[name] = replace(populations[name], model=changed)
    return replace(model, populations=populations)


@dataclass
class NormBuilder:
    """Adds the custom updates to a model of which all other groups are there.

    Parameters
    ----------
    groups
        PyGeNN's populations and custom updates by our names.
    """

    pygenn: Any
    genn: Any
    ours: GeNNModel
    translator: Translator
    populations: dict[str, Any]
    updates: dict[str, Any]
    used: list[str] = field(default_factory=list)  # the groups that there are, in the order in which they run

    def add(self, ref: VarRef) -> Any:
        """Add up the squares of a variable; the custom update whose `TOTAL` is their sum."""
        name, group = c_name(f"{ref.group}.{ref.var}"), _group(self.ours, ref)
        needed = {SUM_SQUARES} | ({SQUARES} if group in self.ours.synapses else set())
        self.used = [kind for kind in (SQUARES, SUM_SQUARES) if kind in needed | set(self.used)]
        if group in self.ours.populations:
            model, refs = self.translator.update(_OF_NEURONS), {"Mean": self._ref(ref)}
            return self.genn.add_custom_update(f"sum_squares_{name}", SUM_SQUARES, model, {}, {TOTAL: 0.0}, refs)
        synapses, (pre, post) = self.ours.synapses[group], self.ours.ends(group)
        read = self.translator.modes[Access.READ_ONLY]
        arrays = {"extra_global_params": [(SQUARES, "scalar*")]}
        made = self._model("Squares", SQUARES_CODE, var_refs=[("Mean", "scalar", read)], **arrays)
        mean = self.pygenn.create_wu_var_ref(self.updates[ref.group], ref.var)
        squares = self.genn.add_custom_update(f"squares_{name}", SQUARES, made, {}, {}, {"Mean": mean})
        squares.extra_global_params[SQUARES].set_init_values(np.zeros(pre * post))
        own = self.pygenn.create_var_ref(self.populations[synapses.target], OWN)
        array = self.pygenn.create_egp_ref(squares, SQUARES)
        write = self.translator.modes[Access.READ_WRITE]
        made = self._model(
            "SumSquares",
            SUM_CODE,
            params=[("NumPre", "int")],
            vars=[(TOTAL, "scalar", self.translator.update_access[Access.REDUCE_NEURON_SUM])],
            var_refs=[(OWN, "scalar", write)],
            extra_global_param_refs=[(SQUARES, "scalar*")],
        )
        refs, arrays = {OWN: own}, {SQUARES: array}
        return self.genn.add_custom_update(
            f"sum_squares_{name}", SUM_SQUARES, made, {"NumPre": pre}, {TOTAL: 0.0}, refs, arrays
        )

    def _model(self, name: str, code: str, **parts: Any) -> Any:
        made = self.pygenn.create_custom_update_model(name, update_code=code, **parts)
        self.translator.made.append(made)
        return made

    def _ref(self, ref: VarRef) -> Any:
        return self.pygenn.create_var_ref(self.updates[ref.group], ref.var)
