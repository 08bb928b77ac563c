"""What a model of a script is there for, in the words of the papers: comments for somebody who knows GeNN.

A model is known by its function in PyGeNN and by its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

EVENTPROP = """
EventProp (Wunderlich and Pehle 2021) runs every example twice. Phase 0 simulates it forward in time; phase 1 goes
back through the same timesteps: backward step m undoes forward step TIMESTEPS - 1 - m. 'phase' is a parameter that the
script sets before each run, so that one model serves both. LambdaV and LambdaI are the paper's adjoint variables:
dL/dV = -tau_m LambdaV and dL/dI = -tau_s LambdaI. They change only through the loss and where a neuron spiked, so that
all that the backward phase needs of the forward phase is the time of each spike and the slope with which V reached the
threshold. These are kept on a tape, an extra global parameter with room for so many spikes of each neuron.
Between two examples there is an idle step, phase 2, in which the events of the last backward step must add to nothing.
"""
EPROP = """
e-prop (Bellec et al. 2020) with its sums in another order. The rule filters the spikes that reach a synapse into an
eligibility trace and multiplies it, in every step, by a learning signal: work for all synapses in all steps. As the
trace is linear in the spikes, its coefficients depending on the receiving neuron alone, the same gradient comes of a
sweep backward in time over neurons. Phase 0 simulates an example forward and keeps of each step the
pseudo-derivative Psi, the signal of rate regularisation and the error of the outputs on a tape (an extra global
parameter, a place for each step and neuron). Phase 1 goes back through the steps, and a synapse adds to its gradient
only where a spike had arrived. 'phase' is a parameter that the script sets before each run.
Between two examples there is an idle step, phase 2, in which the events of the last backward step must add to nothing.
"""
FORWARD_EPROP = """
e-prop (Bellec et al. 2020): an eligibility trace at every synapse, which is filtered in every step and multiplied by
the learning signal of its neuron. 'phase' is a parameter that the script sets: 0 while an example runs, 2 in an idle
step between two of them, in which nothing spikes.
"""
INFERENCE = """
Nothing learns here. 'phase' is a parameter that the script sets: 0 while an example runs, 2 in an idle step between two
of them, in which nothing spikes.
"""

_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "neuron",
        r"SpikeSource",
        """Gives the spikes of an example, which lie sorted by neuron and step in SpikeSteps: each neuron has those from
        StartSpike to EndSpike, and Next goes through them. In the backward phase it goes back and sets
        BackSpike in the step whose spikes its synapses are to undo.""",
    ),
    (
        "neuron",
        r"LIF_FirstSpikeTime.*EventProp",
        """Outputs that are read by the time of their first spike: FirstSpike is its negative, so that the earliest is
        the largest. Backward, LambdaV jumps in that step by -Drive / (I - V), where Drive is the derivative of the loss
        by the readout.""",
    ),
    (
        "neuron",
        r"ALIF.*EventProp$",
        """Hidden neurons whose threshold adapts. Forward, a spike that crosses the threshold goes on the tape: its step
        and 1 / slope. Backward, LambdaV and LambdaI decay as V and I did; where the neuron spiked, LambdaV jumps by the
        paper's rule, with what its synapses send back in RevISyn, and the adjoint of the adaptation takes part.
        BackSpike marks that step for the synapses.""",
    ),
    (
        "neuron",
        r"LIF(_.*)?EventProp$",
        """Spiking neurons. Forward, a spike goes on the tape: its step and 1 / slope, where the slope of V at the
        threshold (tau_m V' = I - V) is kept from being too small. Backward, LambdaV and LambdaI decay as V and I did;
        where the neuron spiked, LambdaV jumps by the paper's rule, with what its synapses send back in RevISyn.
        BackSpike marks that step for the synapses.""",
    ),
    (
        "neuron",
        r"LI.*EventProp$",
        """Outputs: leaky integrators, which do not spike. Forward, the readout is summed up. Backward, Drive, the
        derivative of the loss by the readout, drives LambdaV in every step.""",
    ),
    (
        "neuron",
        r"A?LIF(_.*)?EProp$",
        """Hidden neurons. Forward, they tape Psi, the pseudo-derivative of a spike by V, and how far their running rate
        is from its target. Backward, P sums up what a spike that arrived at a step is worth: the learning signal
        (Feedback, and the rate) times Psi, with the decay of the membrane; Lambda does so through the adaptation.""",
    ),
    (
        "neuron",
        r"LI(_.*)?EProp$",
        """Outputs: leaky integrators. Forward, the readout is summed up, and Error, the derivative of a step's loss by
        the output, goes on the tape. Backward, F filters the errors of later steps; it is what a spike that arrived at
        the output is worth, and what goes back to the hidden neurons.""",
    ),
    ("neuron", r"IFInput|LIFInput", "Takes numbers as a constant current in every step and makes spikes of them."),
    ("neuron", r".*", "Neurons."),
    (
        "weight_update",
        r"EventPropSpikes",
        """Synapses from the inputs. A spike adds the weight to its targets. In the backward phase an event stands for
        each of these spikes (a BackSpike event), and adds -tau_s LambdaI of the target to the gradient.""",
    ),
    (
        "weight_update",
        r"EventProp.*",
        """Synapses from hidden neurons. As those from the inputs; besides, an event sends w (LambdaV - LambdaI) of the
        targets back to the neuron that spiked, whose jump needs it.""",
    ),
    (
        "weight_update",
        r"EProp$",
        """Synapses that learn. A spike adds the weight to its targets; in the backward phase the event that stands for
        it adds to the gradient what a spike that arrived then is worth (P of a hidden neuron, F of an output).""",
    ),
    ("weight_update", r"EPropForward", "Synapses that learn, with an eligibility trace each."),
    (
        "weight_update",
        r"Feedback",
        "The way back: in the backward phase each output sends its F to the hidden neurons.",
    ),
    ("weight_update", r".*", "Synapses with a weight that stays."),
    ("postsynaptic", r"Exponential", "Input that decays exponentially: the exact solution over one step."),
    ("postsynaptic", r"Delta|Pulse", "Input that acts at once."),
    ("postsynaptic", r".*", "What arrives at a neuron in a step."),
    (
        "custom_update",
        r"SoftmaxMaximum",
        "The largest readout of an example, so that no exponential becomes too large.",
    ),
    ("custom_update", r"SoftmaxSum", "The softmax's denominator."),
    (
        "custom_update",
        r"CrossEntropy",
        """Cross-entropy of the softmax with the label, and its derivative by each readout, which drives the backward
        phase.""",
    ),
    ("custom_update", r"Step.*", "The loss of one step and its derivative; runs after each step of the forward phase."),
    ("custom_update", r".*Square.*", "The square error, and its derivative by each readout."),
    ("custom_update", r"TotalLoss", "The loss of an example: a sum over the outputs."),
    (
        "custom_update",
        r"BatchMean",
        """The mean over the batch of what its examples summed up; what each of them has summed up is 0 again
        afterwards.""",
    ),
    ("custom_update", r"KeepMean", "Keeps the mean over a batch for the batch after it."),
    ("custom_update", r"Seen", "Counts the spikes of each neuron in an epoch: silent ones are to be found."),
    ("custom_update", r"Count", "How often something happened in an example, in all neurons together."),
    ("custom_update", r"Adam.*", "Adam (Kingma and Ba 2015); the script sets Alpha and the two scales in every batch."),
    ("custom_update", r"SGD.*", "Stochastic gradient descent with momentum."),
    ("custom_update", r"RMSprop.*", "RMSprop (Tieleman and Hinton 2012)."),
    ("custom_update", r".*", ""),
    (
        "toeplitz_connect_init",
        r".*",
        "A kernel that slides over its source; which neurons it reaches stands in tables.",
    ),
    ("var_init", r".*", "First values that are drawn."),
)

_SUFFIXES = (
    ("Clipped", "The gradient is shortened where its norm is above ClipNorm."),
    ("Bounded", "What it moves stays within bounds."),
    ("Pulled", "A pull to 0 comes with it."),
)


_PARAMETERS = {
    "Alpha": "decay of V in a step",
    "Beta": "decay of the input current in a step",
    "Rho": "decay of the adaptation in a step",
    "BetaAdapt": "how far the adaptation raises the threshold",
    "Transfer": "what of LambdaV reaches LambdaI in a step",
    "CurrentPerIsyn": "the current I for an Isyn of 1",
    "MinSlope": "the least slope at a spike",
    "MaxSpikes": "places on the tape for each neuron",
    "ReadoutScale": "the share of a step in the readout",
    "PsiHeight": "of the pseudo-derivative",
    "PerSpan": "1 / width of the pseudo-derivative",
    "RateDecay": "of the running rate in a step",
    "RateTarget": "spikes of a step",
    "RateStrength": "of rate regularisation",
    "Segment": "steps that the tape holds",
    "RegNuUpper": "spikes of an example that are neither too many nor too few",
    "RegLambdaUpper": "strength of regularisation where there are more",
    "RegLambdaLower": "strength of regularisation where there are fewer",
    "PerIMinusV": "1 / slope of a spike, the slope being I - V (tau_m V')",
    "NumTaped": "places on the tape that are taken",
    "NumLost": "spikes that found no place on the tape",
    "NumClipped": "spikes whose slope was below MinSlope",
    "Gain": "Isyn for an inSyn of 1, so that the step is exact",
}


def parameters(function: str, names: Sequence[str]) -> str:
    """What the parameters and variables of a neuron or postsynaptic model are, as far as their names say it."""
    if function not in ("create_neuron_model", "create_postsynaptic_model"):
        return ""
    found = [f"{name}: {_PARAMETERS[name]}" for name in names if name in _PARAMETERS]
    return "; ".join(found) + "." if found else ""


def explanation(function: str, name: str, users: Sequence[str] = ()) -> str:
    """What the model that `function` of PyGeNN makes is there for; empty where nothing is known of it."""
    if name == "Reset":
        return _reset(users)
    kind = re.sub(r"^create_|_model$|_snippet$", "", function)
    found = next((text for of, pattern, text in _RULES if of == kind and re.fullmatch(pattern, name)), "")
    more = [text for part, text in _SUFFIXES if kind == "custom_update" and part in name]
    return " ".join([*found.split(), *more])


def _reset(users: Sequence[str]) -> str:
    """What a reset is there for: of which groups it resets what."""
    kinds = {"population": "variables", "synapses": "variables", "traces": "traces", "delayed": "spikes underway"}
    groups = [re.fullmatch(r"reset_(population|synapses|traces|delayed)_(.*)", user) for user in users]
    named = [f"the {kinds[group[1]]} of '{group[2]}'" for group in groups if group]
    return f"Gives {' and '.join(named) or 'variables'} the values that they have when an example begins."


def introduction(names: Sequence[str]) -> str:
    """What is to be known before the models: of the learning rule that neurons and synapses of these names follow."""
    if any("EventProp" in name for name in names):
        return EVENTPROP
    if "EPropForward" in names:
        return FORWARD_EPROP
    return EPROP if any("EProp" in name for name in names) else INFERENCE
