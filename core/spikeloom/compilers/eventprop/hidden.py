"""A hidden LIF or adaptive LIF population under EventProp: forward with a tape of its spikes, backward with jumps.

The adaptive threshold ``theta(t) = v_thresh + beta A(t)`` sinks while V rises, so that a spike happens where
``g = V - theta`` crosses 0, with the slope ``tau_m g'- = I- - theta + beta A tau_m / tau_a``. With c = dL/dA, which
follows ``tau_a c' = c`` between spikes, a later spike leaves A higher by ``1 / tau_a`` per ms and V as for a LIF; more
V brings the spike forward by ``1 / g'``, more A puts it off by ``beta / g'`` and is there after it, too. So at a spike

    lV- = lV+ + [(theta - v_reset - beta A tau_m / tau_a) lV+ + (W^T (lV+ - lI)) + c+ / tau_a] / (tau_m g'-)
    c-  = c+ + beta tau_m lV-

of which a LIF is the case beta = 0. The tape holds ``1 / (tau_m g'-)`` and, where it matters, A.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from spikeloom.compilers.eventprop.membrane import BACKWARD_STEP, SLOPE_CODE, backward_params, slope_params
from spikeloom.compilers.eventprop.tape import FIRST, STEPS, VARS, replay_code, tape_code, tape_params
from spikeloom.genn import Access, ExtraGlobalParam, Var
from spikeloom.spec import ALIF, LIF, EventProp, NeuronDynamics
from spikeloom.spec.learning.eventprop import Regularisation

BACKWARD_CODE = """
if (phase == 1) {{
    const int32_t step = (int32_t)round(t / dt);
    if (BackSpike) {{
        {jump}{regularisation}
        BackSpike = 0;
    }}
    {step}
    {replay}
}}
"""
PLACE = "[(NumTaped * num_neurons) + id]"

# The mean number of spikes per example in the batch before this one: a batch's own is known only at its end.
REGULARISATION_CODE = """
        LambdaV -= ((MeanSpikes > RegNuUpper) ? RegLambdaUpper : RegLambdaLower) * (MeanSpikes - RegNuUpper);"""


@dataclass(frozen=True)
class _Kind:
    """What a neuron type does at a spike and between spikes.

    Parameters
    ----------
    slope
        Code that gives ``slope``, ``tau_m g'`` at the crossing, bounded from below.
    jump
        What happens to the adjoint variables at a spike, backward in time.
    step
        What happens to them in a backward step.
    taped
        Array of the tape -> the variable that is noted, and that recalls it.
    """

    slope: str
    jump: str
    step: str
    taped: dict[str, tuple[str, str]] = field(default_factory=dict)
    vars: tuple[Var, ...] = ()
    params: dict[str, float] = field(default_factory=dict)


_LIF = _Kind(
    slope=SLOPE_CODE,
    jump="LambdaV += (((Vthresh - Vreset) * LambdaV) + RevISyn) * PerIMinusV;",
    step=BACKWARD_STEP,
)


def _alif(neuron: ALIF) -> _Kind:
    share = neuron.tau_mem / neuron.tau_adapt
    return _Kind(
        slope=SLOPE_CODE.replace("- Vthresh;", "- Vthresh - (SlopePerA * A);"),
        jump="""LambdaV += (((Vthresh - Vreset + (SlopePerA * SpikeA)) * LambdaV)
            + RevISyn + (LambdaA * PerTauAdapt)) * PerIMinusV;
        LambdaA += ThreshTau * LambdaV;""",
        step=f"{BACKWARD_STEP}\nLambdaA = Rho * LambdaA;",
        taped={"TapeA": ("A", "SpikeA")},
        vars=(Var("LambdaA"), Var("SpikeA")),
        params={
            "SlopePerA": neuron.beta * (1 - share),
            "PerTauAdapt": 1 / neuron.tau_adapt,
            "ThreshTau": neuron.beta * neuron.tau_mem,
        },
    )


def hidden(
    neuron: LIF | ALIF,
    forward: NeuronDynamics,
    learning: EventProp,
    regularisation: Regularisation,
    tau_syn: float,
    dt: float,
    timesteps: int,
) -> NeuronDynamics:
    """`forward`, which is silent in the backward phase, with a tape of its spikes and the backward phase added.

    All synapses onto the population have the time constant `tau_syn` (ms).
    """
    kind = _alif(neuron) if isinstance(neuron, ALIF) else _LIF
    params = {
        **forward.params,
        **backward_params(neuron, tau_syn, dt),
        **slope_params(neuron, tau_syn, dt),
        **kind.params,
        **tape_params(learning.tape_length(timesteps), timesteps),
    }
    variables = [Var("LambdaV"), Var("LambdaI"), Var("PerIMinusV"), *kind.vars, *VARS, Var("NumClipped", "int32_t")]
    first = {**forward.var_init, **FIRST}
    push = count = ""
    if regularisation.active:
        params |= {
            "RegLambdaUpper": regularisation.upper,
            "RegLambdaLower": regularisation.lower,
            "RegNuUpper": regularisation.nu,
        }
        variables += [Var("NumSpikes", access=Access.ACCUMULATE), Var("MeanSpikes", access=Access.READ_ONLY)]
        first["MeanSpikes"] = regularisation.nu
        push, count = REGULARISATION_CODE, "NumSpikes += 1.0;"
    # The tape holds 1 / (tau_m g') too: a product in every step is cheaper than a quotient.
    note = f"{kind.slope}\nTapePerIMinusV{PLACE} = 1.0 / slope;"
    recall = f"PerIMinusV = TapePerIMinusV{PLACE};"
    for array, (noted, recalled) in kind.taped.items():
        note += f"\n{array}{PLACE} = {noted};"
        recall += f"\n        {recalled} = {array}{PLACE};"
    backward = BACKWARD_CODE.format(jump=kind.jump, regularisation=push, step=kind.step, replay=replay_code(recall))
    arrays = [ExtraGlobalParam(array, "scalar", "MaxSpikes") for array in ("TapePerIMinusV", *kind.taped)]
    model = replace(
        forward.model,
        name=f"{forward.model.name}EventProp",
        params=tuple(params),
        vars=(*forward.model.vars, *variables),
        sim_code=f"{forward.model.sim_code}\n{backward}",
        reset_code=f"{count}\n{tape_code(note)}\n{forward.model.reset_code}",
        additional_input_vars=("RevISyn",),
        extra_global_params=(STEPS, *arrays),
    )
    return NeuronDynamics(model, params, first)
