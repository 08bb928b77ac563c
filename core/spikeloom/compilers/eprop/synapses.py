"""Synapses under the adjoint form of e-prop: a spike is handed on, and backward it adds a row to the gradient."""

from __future__ import annotations

from spikeloom.compilers.compiled import DELAY_GRADIENT
from spikeloom.compilers.connections import SCALE, Path, static_pulse
from spikeloom.genn import Access, Var, WeightUpdateModel

# Names for both indices: GeNN takes an index as it is written into a difference of its own.
DELAY_CODE = f"""
const int32_t steps = {{delay}};
const int32_t after = steps + 1;
const int32_t before = (steps > 0) ? steps - 1 : 0;
{DELAY_GRADIENT} += {{weight}} * (Sweep_post[after] - Sweep_post[before]) / ((after - before) * dt);
"""


def eprop_pulse(path: Path, *, weights: bool = True, delays: bool = False) -> WeightUpdateModel:
    """The weight update of a connection that learns.

    ``Sweep_post`` is what an arrival does to the loss (`sweeps`), as it was when the spike arrived. Where `delays`
    learn, an arrival adds to ``dL/dd = w dSweep/dt``, a difference of the sweep one step later and one step before (of
    the arrival itself where there is no step before).
    """
    static = static_pulse(path)
    scale = f"{SCALE} * " if SCALE in path.params else ""
    codes = [f"Gradient += {scale}{path.arrived('Sweep_post')};"] if weights else []
    codes += [DELAY_CODE.format(delay=path.delay, weight=path.weight)] if delays else []
    gradients = (["Gradient"] if weights else []) + ([DELAY_GRADIENT] if delays else [])
    return WeightUpdateModel(
        name="EProp",
        params=path.params,
        vars=(*static.vars, *(Var(name, access=Access.ACCUMULATE) for name in gradients)),
        post_neuron_var_refs=(Var("Sweep_post"),),
        pre_spike_syn_code=static.pre_spike_syn_code,
        pre_event_threshold_condition_code="phase == 1",
        pre_event_syn_code="\n".join(codes),
    )
