"""A leaky-integrator output under EventProp: the loss drives its adjoint voltage through the readout."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, backward_params
from spikeloom.genn import Var
from spikeloom.spec import LI, AvgVar, AvgVarExpWeight, MaxVar, NeuronDynamics, Readout, SumVar, VarReadout

# `Drive` is dL/dy. The derivative of the readout y by V after forward step n enters before the step back to n.
BACKWARD_CODE = """
if (phase == 1) {{
    const int32_t n = (int32_t)(NumTimesteps - 1 - round(t / dt));
    LambdaV -= Drive * ({weight}) / TauMem;
    {step}
}}
"""


@singledispatch
def readout_weight(readout: Readout) -> str:
    """The derivative of a readout by V after forward step n, as code."""
    raise NotImplementedError(readout.type)


@readout_weight.register
def _(readout: SumVar) -> str:
    return "1.0"


@readout_weight.register
def _(readout: AvgVar) -> str:
    return "1.0 / NumTimesteps"


@readout_weight.register
def _(readout: AvgVarExpWeight) -> str:
    # Not of n: what depends on the time alone is computed once for all neurons.
    step = "(NumTimesteps - 1 - round(t / dt))"
    return f"exp(-{float(readout.local_t_scale)!r} * {step} / NumTimesteps) / NumTimesteps"


@readout_weight.register
def _(readout: MaxVar) -> str:
    return "(n == MaxStep) ? 1.0 : 0.0"


@readout_weight.register
def _(readout: VarReadout) -> str:
    return "(n == NumTimesteps - 1) ? 1.0 : 0.0"


def output_li(neuron: LI, forward: NeuronDynamics, tau_syn: float, dt: float, timesteps: int) -> NeuronDynamics:
    """`forward` (the population with its readout) with the backward phase added."""
    assert neuron.readout is not None
    params = {
        **forward.params,
        **backward_params(neuron, tau_syn, dt),
        "TauMem": neuron.tau_mem,
        "NumTimesteps": timesteps,
    }
    code = BACKWARD_CODE.format(weight=readout_weight(neuron.readout), step=BACKWARD_STEP)
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(*forward.model.vars, Var("LambdaV"), Var("LambdaI"), Var("Drive")),
        sim_code=f"{forward.model.sim_code}\n{code}",
    )
    return NeuronDynamics(model, params, dict(forward.var_init))
