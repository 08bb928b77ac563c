"""Synapses under EventProp: spikes pass forward; backward they add to the gradient and tell their source of it."""

from __future__ import annotations

from enum import Enum

from spikeloom.compilers.compiled import DELAY_GRADIENT
from spikeloom.compilers.connections import SCALE, MakeWeightUpdate, Path, static_pulse
from spikeloom.genn import Access, Var, WeightUpdateModel


class Source(Enum):
    """What replays spikes in the backward phase: a spike source, a tape of an input, a hidden population."""

    SPIKES = "spikes"
    TAPE = "tape"
    HIDDEN = "hidden"


def eventprop_pulse(source: Source, *, trained: bool, delays: bool = False) -> MakeWeightUpdate:
    """The weight update of a connection from such a source.

    A weight's gradient is one row added for every presynaptic spike as it passes backward in time. Where the source
    has an adjoint of its own, the synapse also sends back what the spike's timing did to its target. Both read the
    target's adjoint as it was when the spike arrived.

    Where `delays` learn, ``dL/dd = sum over arrivals of w (lV - lI)`` is added up, too: a later arrival moves the
    target's V by ``-w / tau_m`` and its I by ``w / tau_s`` per ms (Meszaros et al. 2025).
    """

    def make(path: Path) -> WeightUpdateModel:
        static = static_pulse(path)
        lambda_i, lambda_v = path.arrived("LambdaI_post"), path.arrived("LambdaV_post")
        codes = []
        if trained:
            codes.append(f"Gradient -= {f'{SCALE} * ' if SCALE in path.params else ''}TauSyn * {lambda_i};")
        if delays:
            codes.append(f"{DELAY_GRADIENT} += {path.weight} * ({lambda_v} - {lambda_i});")
        if source is Source.HIDDEN:
            codes.append(f"addToPre({path.weight} * ({lambda_v} - {lambda_i}));")
        if not codes:
            return static
        refs = [Var("LambdaV_post")] if delays or source is Source.HIDDEN else []
        gradients = (["Gradient"] if trained else []) + ([DELAY_GRADIENT] if delays else [])
        return WeightUpdateModel(
            name=f"EventProp{source.value.title()}",
            params=("TauSyn", *path.params),
            vars=(*static.vars, *(Var(name, access=Access.ACCUMULATE) for name in gradients)),
            pre_neuron_var_refs=() if source is Source.SPIKES else (Var("BackSpike_pre", "bool"),),
            post_neuron_var_refs=(*refs, Var("LambdaI_post")),
            pre_spike_syn_code=static.pre_spike_syn_code,
            pre_event_threshold_condition_code="phase == 1"
            if source is Source.SPIKES
            else "phase == 1 && BackSpike_pre",
            pre_event_syn_code=" ".join(codes),
        )

    return make
