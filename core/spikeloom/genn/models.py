"""The kinds of GeNN model: plain data whose codes are text in GeNN's code language.

Fields have PyGeNN's names, so each object reads like the arguments of PyGeNN's ``create_*_model``.
"""

from __future__ import annotations

from dataclasses import dataclass

from spikeloom.genn.variables import ExtraGlobalParam, Var


@dataclass(frozen=True)
class NeuronModel:
    """A neuron.

    Parameters
    ----------
    additional_input_vars
        Names of inputs beside ``Isyn``; each is summed over a step and reads 0 where nothing arrived.
    spike_source
        The population has no dynamics of its own: it emits the input spikes that `SetInputs` gave it and replays them
        in the backward phase. Codes are empty.
    replays
        The parameter that holds for how many steps the population keeps its spikes, to replay them in the backward
        phase as a spike source does; empty where it keeps none.
    """

    name: str
    params: tuple[str, ...] = ()
    vars: tuple[Var, ...] = ()
    sim_code: str = ""
    threshold_condition_code: str = ""
    reset_code: str = ""
    additional_input_vars: tuple[str, ...] = ()
    extra_global_params: tuple[ExtraGlobalParam, ...] = ()
    spike_source: bool = False
    replays: str = ""


@dataclass(frozen=True)
class WeightUpdateModel:
    """What a synapse does when a spike or a spike-like event of its presynaptic neuron passes, and in every step.

    `pre_neuron_var_refs` and `post_neuron_var_refs` name the variables of the two populations that the codes read.
    `pre_vars` are the connection's own variables of its presynaptic neurons (a trace of their spikes), which
    `pre_dynamics_code` moves in every step and `pre_spike_code` where the neuron spikes; `synapse_dynamics_code`, which
    runs for every synapse in every step, reads them, as they are or, with an index, as they were some steps ago.
    """

    name: str
    params: tuple[str, ...] = ()
    vars: tuple[Var, ...] = ()
    pre_neuron_var_refs: tuple[Var, ...] = ()
    post_neuron_var_refs: tuple[Var, ...] = ()
    pre_spike_syn_code: str = ""
    pre_event_threshold_condition_code: str = ""
    pre_event_syn_code: str = ""
    pre_vars: tuple[Var, ...] = ()
    pre_spike_code: str = ""
    pre_dynamics_code: str = ""
    synapse_dynamics_code: str = ""


@dataclass(frozen=True)
class PostsynapticModel:
    """How the summed input of a synapse population, ``inSyn``, becomes a current and decays."""

    name: str
    params: tuple[str, ...] = ()
    sim_code: str = "injectCurrent(inSyn); inSyn = 0;"


@dataclass(frozen=True)
class CustomUpdateModel:
    """Code that runs once, when the schedule says so, over all neurons or all synapses of a group.

    `vars` are its own; `var_refs` name variables of its group (or of another custom update on it).
    """

    name: str
    params: tuple[str, ...] = ()
    vars: tuple[Var, ...] = ()
    var_refs: tuple[Var, ...] = ()
    update_code: str = ""


@dataclass(frozen=True)
class InitSnippet:
    """Code that gives a variable its first value; it writes ``value``."""

    name: str
    params: tuple[str, ...] = ()
    var_init_code: str = ""


CONSTANT = InitSnippet("Constant", ("constant",), "value = constant;")
UNIFORM = InitSnippet("Uniform", ("min", "max"), "value = min + (gennrand_uniform() * (max - min));")
NORMAL = InitSnippet("Normal", ("mean", "sd"), "value = mean + (gennrand_normal() * sd);")
