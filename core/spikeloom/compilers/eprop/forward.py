"""E-prop as it is written: an eligibility trace for each synapse, carried forward in time.

An error of step n reaches the hidden neurons with the spikes of step n + 1, and synapses read what neurons have at the
end of a step in the step after it. So the codes of synapses are `LATE` = 2 steps behind: what they read of neurons is
kept for as long (``PsiLate``, ``Z2``), and the run goes on for as many steps when the example is over, in which neurons
stand still.
"""

from __future__ import annotations

import math
from dataclasses import replace

from spikeloom.compilers.connections import SCALE, MakeWeightUpdate, Path, static_pulse
from spikeloom.compilers.eprop.filters import Filter
from spikeloom.compilers.eprop.hidden import Times, pseudo_derivative, psi_params
from spikeloom.compilers.eprop.rates import REGULARISATION, rate_dynamics
from spikeloom.compilers.step_losses import ERROR, error_dynamics
from spikeloom.genn import Access, Var, WeightUpdateModel
from spikeloom.genn.network import InitLike
from spikeloom.spec import ALIF, LI, LIF, EProp, Loss, NeuronDynamics
from spikeloom.spec.neurons.li import BIASES

LATE = 2
ELIGIBILITY = "Eligibility"  # the variable of synapses that is kept where somebody records it

HIDDEN_CODE = """
if (phase == 0) {{
    PsiLate = Psi;
    {late}
    if (t < ({end} * dt)) {{
        {rate}
        {dynamics}
        Psi = {psi};
    }}
}}
"""
OUTPUT_CODE = """
if (phase == 0) {{
    {bias}
    if (t < ({end} * dt)) {{
        {code}
    }}
    else {{
        {silent}
    }}
}}
"""


def hidden_forward(
    neuron: LIF | ALIF, learning: EProp, channels: list[Filter], times: Times, weight: float
) -> NeuronDynamics:
    """A hidden population: what synapses need of it, and the errors that reach it.

    `channels` are the filters of the outputs that it reaches; errors are summed up for each of them.
    """
    dynamics = neuron.dynamics(times.dt)
    model, end = dynamics.model, times.timesteps - 0.5
    rates = rate_dynamics(neuron, learning, times.dt, weight)
    params = {**dynamics.params, **psi_params(neuron, learning), **rates.params}
    first: dict[str, InitLike] = {**dynamics.var_init, **rates.first}
    signals = [f"Feedback{number}" for number in range(len(channels))]
    late = "".join(f"Signal{number} = {name};\n    " for number, name in enumerate(signals))
    variables = [Var("Psi"), Var("PsiLate"), *rates.vars]
    variables += [Var(f"Signal{number}") for number in range(len(channels))]
    rate = rates.code
    if rate:
        variables += [Var("Regularisation"), Var("RegularisationLate")]
        late += "RegularisationLate = Regularisation;"
        rate += f"\n        Regularisation = {REGULARISATION};"
    if rates.over_batch:
        late += f"\n    if (t > ({end} * dt) && t < ({end + 1} * dt)) {{ RateSum += Rate; }}"
    sim_code = HIDDEN_CODE.format(late=late, end=end, rate=rate, dynamics=model.sim_code, psi=pseudo_derivative(neuron))
    made = replace(
        model,
        name=f"{model.name}EPropForward",
        params=tuple(params),
        vars=(*model.vars, *variables),
        sim_code=sim_code,
        threshold_condition_code=f"phase == 0 && t < ({end} * dt) && ({model.threshold_condition_code})",
        reset_code=f"{model.reset_code}\n{rates.at_spike}".strip(),
        additional_input_vars=tuple(signals),
    )
    return NeuronDynamics(made, params, first)


def output_forward(
    neuron: LI, read_out: NeuronDynamics, loss: Loss, times: Times, first_error: int, *, biases: bool
) -> NeuronDynamics:
    """An output: errors, and the gradient of its biases, step by step."""
    errors = error_dynamics(neuron, loss, times.timesteps, first_error)
    model = read_out.model
    variables = [*model.vars, *errors.vars]
    bias, end = "", times.timesteps - 0.5
    if biases:
        assert any(var.name == BIASES for var in model.vars)
        variables += [Var("BiasTrace"), Var("Gradient", access=Access.ACCUMULATE)]
        bias = f"Gradient += BiasTrace * {ERROR};\n    BiasTrace = (Alpha * BiasTrace) + (1 - Alpha);"
    # What computes the error after a step must find that none counts when the example is over.
    silent = "StepWeight = 0.0;" if any(var.name == "StepWeight" for var in errors.vars) else f"{ERROR} = 0.0;"
    code = f"{model.sim_code}\n{errors.sim_code}"
    params = {**read_out.params, **errors.params}
    made = replace(
        model,
        name=f"{model.name}EPropForward",
        params=tuple(params),
        vars=tuple(variables),
        sim_code=OUTPUT_CODE.format(bias=bias, end=end, code=code, silent=silent),
        extra_global_params=(*model.extra_global_params, *errors.arrays),
    )
    return NeuronDynamics(made, params, dict(read_out.var_init))


# -- synapses ----------------------------------------------------------------------------------------------------------


def _trace(through: Filter) -> tuple[tuple[Var, ...], str, str]:
    """The spikes of a source as they arrive, filtered, up to 2 steps ago: variables, and what a step and a spike do."""
    variables, keep = (Var("Z"), Var("Z1"), Var("Z2")), "Z2 = Z1;\nZ1 = Z;\n"
    spike = f"Z += {through.gain!r};"
    if not through.left:
        return variables, f"{keep}Z = {through.decay!r} * Z;", spike
    step = f"Current = {through.left!r} * Current;\nZ = ({through.decay!r} * Z) + ({through.gain!r} * Current);"
    return (*variables, Var("Current")), keep + step, f"{spike} Current += 1.0;"


def _guarded(code: str) -> str:
    return f"if (phase == 0) {{\n{code}\n}}"


def _traced(
    path: Path, through: Filter, variables: tuple[Var, ...], post: tuple[str, ...], code: str
) -> WeightUpdateModel:
    static = static_pulse(path)
    traces, step, spike = _trace(through)
    return WeightUpdateModel(
        name="EPropForward",
        params=path.params,
        vars=(*static.vars, *variables, Var("Gradient", access=Access.ACCUMULATE)),
        post_neuron_var_refs=tuple(Var(f"{name}_post") for name in post),
        pre_spike_syn_code=static.pre_spike_syn_code,
        pre_vars=traces,
        pre_dynamics_code=_guarded(step),
        pre_spike_code=_guarded(spike),
        synapse_dynamics_code=_guarded(code),
    )


def _arrived(path: Path, trace: str) -> str:
    """A trace of the source, as the delay lets the target see it."""
    return f"{trace}[{path.delay}]" if path.delay else trace


def onto_hidden(
    neuron: LIF | ALIF, through: Filter, channels: list[Filter], learning: EProp, dt: float, *, recorded: bool
) -> MakeWeightUpdate:
    """Synapses onto a hidden population, their spikes `through` its filter.

    With `recorded`, their eligibility is kept as a variable.
    """

    def make(path: Path) -> WeightUpdateModel:
        scale = f"{SCALE} * " if SCALE in path.params else ""
        lines, variables, post = [], [], ["PsiLate"]
        for number in range(len(channels)):
            lines.append(f"Gradient += {scale}Signal{number}_post * Filtered{number};")
            variables.append(Var(f"Filtered{number}"))
            post.append(f"Signal{number}")
        z = _arrived(path, "Z2")
        if isinstance(neuron, ALIF):
            beta, rho = neuron.beta, math.exp(-dt / neuron.tau_adapt)
            variables.append(Var("Adaptation"))
            lines.append(f"const scalar eligibility = PsiLate_post * ({z} - ({beta!r} * Adaptation));")
            lines.append(f"Adaptation = ({rho!r} * Adaptation) + eligibility;")
        else:
            lines.append(f"const scalar eligibility = PsiLate_post * {z};")
        if learning.regularises:
            post.append("RegularisationLate")
            lines.append(f"Gradient += {scale}RegularisationLate_post * eligibility;")
        for number, channel in enumerate(channels):
            lines += _filtered(number, channel, variables)
        if recorded:
            variables.append(Var(ELIGIBILITY))
            lines.append(f"{ELIGIBILITY} = eligibility;")
        return _traced(path, through, tuple(variables), tuple(post), "\n".join(lines))

    return make


def _filtered(number: int, channel: Filter, variables: list[Var]) -> list[str]:
    """The step of an eligibility through an output's synapse and membrane."""
    kept = f"Filtered{number} = ({channel.decay!r} * Filtered{number})"
    if not channel.left:
        gain = "" if channel.gain == 1.0 else f"{channel.gain!r} * "
        return [f"{kept} + ({gain}eligibility);"]
    current = f"Current{number}"
    variables.append(Var(current))
    return [
        f"const scalar arrived{number} = {current} + eligibility;",
        f"{kept} + ({channel.gain!r} * arrived{number});",
        f"{current} = {channel.left!r} * arrived{number};",
    ]


def onto_output(through: Filter) -> MakeWeightUpdate:
    """Synapses onto an output: its error, times the spikes as they arrive."""

    def make(path: Path) -> WeightUpdateModel:
        scale = f"{SCALE} * " if SCALE in path.params else ""
        code = f"Gradient += {scale}{ERROR}_post * {_arrived(path, 'Z1')};"
        return _traced(path, through, (), (ERROR,), code)

    return make
