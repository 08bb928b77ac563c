"""Synapses under the adjoint form of e-prop: a spike is handed on, and backward it adds a row to the gradient."""

from __future__ import annotations

from spikeloom.compilers.connections import SCALE, Path, static_pulse
from spikeloom.genn import Access, Var, WeightUpdateModel


def eprop_pulse(path: Path) -> WeightUpdateModel:
    """The weight update of a connection that learns.

    ``Sweep_post`` is what an arrival does to the loss (`sweeps`), as it was when the spike arrived.
    """
    static = static_pulse(path)
    scale = f"{SCALE} * " if SCALE in path.params else ""
    return WeightUpdateModel(
        name="EProp",
        params=path.params,
        vars=(*static.vars, Var("Gradient", access=Access.ACCUMULATE)),
        post_neuron_var_refs=(Var("Sweep_post"),),
        pre_spike_syn_code=static.pre_spike_syn_code,
        pre_event_threshold_condition_code="phase == 1",
        pre_event_syn_code=f"Gradient += {scale}{path.arrived('Sweep_post')};",
    )
