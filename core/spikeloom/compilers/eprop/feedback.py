"""The way of errors from an output back to a hidden population, along each connection between them.

Symmetric feedback has the connection's own weights, random feedback weights of its own that stay. Adaptive feedback
(after Kolen and Pollack; Bellec et al. 2020) starts from the connection's weights and random ones on top of them, moves
as the connection's own weights move, and lets both decay: what they differ by, ``Difference``, shrinks by
`feedback_decay` in each update, and in the end they agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikeloom.compilers.compiled import DELAY, WEIGHT, CompiledNetwork
from spikeloom.compilers.connections import SCALE, steps_of
from spikeloom.genn import (
    Access,
    CustomUpdate,
    CustomUpdateModel,
    GeNNModel,
    PostsynapticModel,
    SynapsePopulation,
    Update,
    Var,
    VarRef,
    WeightUpdateModel,
)
from spikeloom.genn.matrix import KernelMatrix
from spikeloom.genn.network import Init, InitLike
from spikeloom.genn.schedule import BatchOp
from spikeloom.spec import Array, Document, EProp, ends_of, infer_shapes
from spikeloom.spec.connections import surroundings

_PULSE = PostsynapticModel("Pulse")
_DECAY = CustomUpdateModel(name="Decay", params=("Keep",), var_refs=(Var("Variable"),), update_code="Variable *= Keep;")
WORDS = {"symmetric": WEIGHT, "random": "Random", "adaptive": f"({WEIGHT} + Difference)"}


@dataclass(frozen=True)
class Way:
    """The variable that an output sends in every step of a phase, and the input of hidden neurons that it goes into."""

    sent: str
    into: str
    phase: int


def feedback_name(connection: str) -> str:
    """What the synapse population is called that leads back along a connection."""
    return f"{connection}.feedback"


def add_feedback(
    model: GeNNModel,
    compiled: CompiledNetwork,
    document: Document,
    learning: EProp,
    connection: str,
    way: Way,
) -> list[BatchOp]:
    """Add the way back along `connection`; what it does after a batch."""
    there = model.synapses[connection]
    assert not isinstance(there.matrix, KernelMatrix)
    matrix = there.matrix.transposed(*model.ends(connection))[0]
    variables, transposes, first = [], {}, {}
    if learning.feedback != "random":
        variables.append(Var(WEIGHT, access=Access.READ_ONLY))
        transposes[WEIGHT] = VarRef(connection, WEIGHT)
    if learning.feedback != "symmetric":
        own = "Random" if learning.feedback == "random" else "Difference"
        variables.append(Var(own, access=Access.READ_ONLY))
        first[own] = _first(model, document, learning, connection)
    scaled = SCALE in there.params and learning.feedback != "random"
    params = {SCALE: there.params[SCALE]} if scaled else {}
    weight = f"{SCALE} * {WORDS[learning.feedback]}" if scaled else WORDS[learning.feedback]
    code = f"addToPost({weight} * Sent_pre);"
    if there.max_delay:
        steps = steps_of(document.network.connection(connection))
        code = f"addToPostDelay({weight} * Sent_pre, {steps});"
        if DELAY in there.params:
            params[DELAY] = there.params[DELAY]
        else:
            variables.append(Var(DELAY, access=Access.READ_ONLY))
            transposes[DELAY] = VarRef(connection, DELAY)
    name = feedback_name(connection)
    model.add(
        SynapsePopulation(
            name=name,
            source=there.target,
            target=there.source,
            weight_update=WeightUpdateModel(
                name="Feedback",
                params=tuple(params),
                vars=tuple(variables),
                pre_neuron_var_refs=(Var("Sent_pre"),),
                pre_event_threshold_condition_code=f"phase == {way.phase}",
                pre_event_syn_code=code,
            ),
            postsynaptic=_PULSE,
            params=params,
            var_init=first,
            pre_neuron_var_refs={"Sent_pre": way.sent},
            post_target=way.into,
            matrix=matrix,
            max_delay=there.max_delay,
            transposes=transposes,
        )
    )
    for var in first:
        compiled.checkpointed[f"{name}.{var}"] = VarRef(name, var)
    if learning.feedback != "adaptive" or not learning.feedback_decay:
        return []
    decays = [_decay(model, learning, name, "Difference")]
    if document.network.connection(connection).learns:
        decays.append(_decay(model, learning, connection, WEIGHT))
    return [*decays]


def _first(model: GeNNModel, document: Document, learning: EProp, connection: str) -> InitLike:
    """First values, drawn as the connection's own would be; an array has their shape, and is turned round."""
    part, initialiser = document.network.connection(connection), learning.feedback_weight
    ends = ends_of(part, infer_shapes(document))
    assert ends is not None
    if not isinstance(initialiser, Array):
        return initialiser.genn_init(surroundings(document.network, part, ends))
    matrix = model.synapses[connection].matrix
    assert not isinstance(matrix, KernelMatrix)
    back, places = matrix.transposed(*model.ends(connection))
    given = part.connectivity.in_order(np.asarray(initialiser.values(document.base)))
    return Init(values=given.reshape(-1)[places].reshape(back.shape(*model.ends(connection)[::-1])))


def _decay(model: GeNNModel, learning: EProp, group: str, variable: str) -> Update:
    name = f"{group}.decay"
    keep = {"Keep": 1 - learning.feedback_decay}
    model.add(CustomUpdate(name, group, _DECAY, keep, var_refs={"Variable": VarRef(group, variable)}))
    return Update(name)
