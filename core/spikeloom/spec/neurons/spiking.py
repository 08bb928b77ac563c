"""What spiking neurons have in common: threshold, reset, refractory period, and how their codes are put together."""

from __future__ import annotations

from collections.abc import Sequence

from spikeloom.genn import NeuronModel, Var
from spikeloom.spec.neurons.neuron import NeuronDynamics
from spikeloom.spec.problem import refuse


def check_reset(v_thresh: float, v_reset: float) -> None:
    """Refuse a reset that is not below the threshold."""
    if v_thresh <= v_reset:
        refuse(f"{v_thresh:g} found, expected more than v_reset ({v_reset:g})", place="v_thresh")


def spiking_dynamics(
    name: str,
    sim_code: str,
    params: dict[str, float],
    var_init: dict[str, float],
    *,
    v_thresh: float,
    v_reset: float,
    relative_reset: bool,
    tau_refrac: float,
    integrate_during_refrac: bool,
    always: str = "",
    threshold: str = "V >= Vthresh",
    at_spike: Sequence[str] = (),
) -> NeuronDynamics:
    """A neuron that spikes at a threshold; the refractory period is in its codes only where there is one.

    Parameters
    ----------
    sim_code
        The step of ``V``, which a refractory period may hold.
    params, var_init
        Of `sim_code`, `always`, `threshold` and `at_spike`; the names of the variables are those of `var_init`.
    always
        What a step does whether or not the neuron is refractory.
    at_spike
        What a spike does beside the reset.
    """
    params = {**params, "Vthresh": v_thresh, "Vreset": v_reset}
    var_init = dict(var_init)
    reset = "V -= (Vthresh - Vreset);" if relative_reset else "V = Vreset;"
    if tau_refrac > 0:
        params["TauRefrac"] = tau_refrac
        var_init["RefracTime"] = 0.0
        # Half a step, not 0: counting down in single precision may leave a rest.
        counted = "if (RefracTime > (0.5 * dt)) { RefracTime -= dt; }"
        sim_code = f"{counted}\n{sim_code}" if integrate_during_refrac else f"{counted}\nelse {{ {sim_code} }}"
        threshold = f"RefracTime <= (0.5 * dt) && {threshold}"
        reset = f"{reset}\nRefracTime = TauRefrac;"
    model = NeuronModel(
        name,
        tuple(params),
        tuple(map(Var, var_init)),
        f"{always}\n{sim_code}".strip(),
        threshold,
        "\n".join([reset, *at_spike]),
    )
    return NeuronDynamics(model, params, var_init)


def leaky_step(bias: float, *, scale_i: bool) -> tuple[str, dict[str, float]]:
    """The step of ``tau_mem V' = -V + I + bias``: its code, and parameters beside ``Alpha``."""
    current = "((1 - Alpha) * Isyn)" if scale_i else "Isyn"
    if not bias:
        return f"V = (Alpha * V) + {current};", {}
    return f"V = (Alpha * V) + {current} + ((1 - Alpha) * Bias);", {"Bias": bias}
