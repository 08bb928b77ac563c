"""A connection of a document as a synapse population: its matrix, its first weights, its delays.

What a spike does on its way is the learning rule's to say; `Path` has the words for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from spikeloom.compilers.compiled import DELAY, SIGN, WEIGHT
from spikeloom.genn import (
    Access,
    GeNNModel,
    Init,
    InitSnippet,
    SparseMatrix,
    SynapsePopulation,
    Var,
    WeightUpdateModel,
)
from spikeloom.genn.network import InitLike
from spikeloom.spec import (
    Around,
    Array,
    Connection,
    Connectivity,
    Constant,
    Document,
    Initialiser,
    infer_shapes,
)
from spikeloom.spec.connections import ends_of, surroundings

SCALE = "Scale"


@dataclass(frozen=True)
class Path:
    """What a spike meets between two neurons, as words for the codes of a weight update.

    Parameters
    ----------
    weight
        What it adds to the target's input.
    delay
        After how many steps, as a whole number; empty for none.
    params, vars
        What these words need beside the weight itself.
    """

    weight: str = WEIGHT
    delay: str = ""
    params: tuple[str, ...] = ()
    vars: tuple[Var, ...] = ()

    def send(self, sign: str = "") -> str:
        """The statement that adds the weight (times `sign`) to the target's input when the spike arrives."""
        if self.delay:
            return f"addToPostDelay({sign}{self.weight}, {self.delay});"
        return f"addToPost({sign}{self.weight});"

    def arrived(self, variable: str) -> str:
        """A postsynaptic variable in the backward phase, as it was when the spike arrived."""
        return f"{variable}[{self.delay}]" if self.delay else variable


MakeWeightUpdate = Callable[[Path], WeightUpdateModel]


def static_pulse(path: Path) -> WeightUpdateModel:
    """Synapses that hand spikes on and do not learn."""
    return WeightUpdateModel(
        name="StaticPulse",
        params=path.params,
        vars=(Var(WEIGHT, access=Access.READ_ONLY), *path.vars),
        pre_spike_syn_code=f"if (phase == 0) {{ {path.send()} }}",
    )


def signed_pulse(path: Path) -> WeightUpdateModel:
    """The same from a source that has negative spikes too: they count with minus."""
    return replace(
        static_pulse(path),
        name="SignedPulse",
        pre_neuron_var_refs=(Var("Negative_pre", "bool"),),
        pre_event_threshold_condition_code="phase == 0 && Negative_pre",
        pre_event_syn_code=f"if (phase == 0) {{ {path.send('-')} }}",
    )


def add_connection(
    model: GeNNModel, document: Document, connection: Connection, weight_update: MakeWeightUpdate | None = None
) -> SynapsePopulation:
    """Add a connection; `weight_update` says what its synapses do, which is to hand spikes on by default."""
    network, dt = document.network, document.experiment.simulation.dt
    source, target = network.population(connection.source).neuron, network.population(connection.target).neuron
    connectivity = connection.connectivity
    ends = ends_of(connection, infer_shapes(document))
    assert ends is not None
    matrix = connectivity.matrix(ends)
    if isinstance(matrix, SparseMatrix) and connection.rewiring is not None:
        matrix = replace(matrix, room=ends.sizes[1])
    around = surroundings(network, connection, ends)
    first: dict[str, InitLike] = {WEIGHT: _values(document, connectivity, connectivity.weights, around)}
    params: dict[str, float] = {}
    if connectivity.scale != 1.0:
        params[SCALE] = connectivity.scale
    delays, most_steps = _delays(document, connection, around)
    variables: tuple[Var, ...] = ()
    if connection.train_delays:
        most_steps = most_delay_steps(connection, dt)
        variables, first[DELAY] = (Var(DELAY, access=Access.READ_ONLY),), delays
    elif isinstance(delays, Init):
        variables, first[DELAY] = (Var(DELAY, access=Access.READ_ONLY),), delays
    elif most_steps:
        params[DELAY] = delays
    if connection.rewiring is not None and connection.learns:
        variables = (*variables, Var(SIGN, access=Access.READ_ONLY))
    path = Path(
        weight=f"({SCALE} * {WEIGHT})" if SCALE in params else WEIGHT,
        delay=steps_of(connection) if most_steps else "",
        params=tuple(params),
        vars=variables,
    )
    signed = getattr(source, "signed_spikes", False)
    make = weight_update or (signed_pulse if signed else static_pulse)
    postsynaptic, postsynaptic_params = connection.synapse.postsynaptic(target, dt)
    return model.add(
        SynapsePopulation(
            name=connection.name,
            source=connection.source,
            target=connection.target,
            weight_update=make(path),
            postsynaptic=postsynaptic,
            postsynaptic_params=postsynaptic_params,
            params=params,
            var_init=first,
            matrix=matrix,
            max_delay=most_steps,
            pre_neuron_var_refs={"Negative_pre": "Negative"} if signed else {},
        )
    )


def steps_of(connection: Connection) -> str:
    """The delay of a synapse in whole steps, as code; delays that learn lie between them."""
    return f"(int32_t)({DELAY} + 0.5)" if connection.train_delays else f"(int32_t){DELAY}"


def most_delay_steps(connection: Connection, dt: float) -> int:
    """The longest delay (steps) that synapses can learn."""
    return round((connection.connectivity.longest_delay or 0.0) / dt)


def _values(document: Document, connectivity: Connectivity, initialiser: Initialiser, around: Around) -> InitLike:
    """What an initialiser gives the synapses of a connection."""
    if isinstance(initialiser, Array):
        return Init(values=connectivity.in_order(np.asarray(initialiser.values(document.base))))
    return initialiser.genn_init(around)


def _delays(document: Document, connection: Connection, around: Around) -> tuple[float | Init, int]:
    """The delays in steps (whole ones, but for those that learn), and the longest of them."""
    connectivity, dt = connection.connectivity, document.experiment.simulation.dt
    delay = connectivity.delay
    longest = connectivity.longest_delay
    most = np.inf if longest is None else round(longest / dt)
    if isinstance(delay, Constant):
        steps = min(round(delay.value / dt), int(most))
        return float(steps), steps
    drawn = _values(document, connectivity, delay, around)
    assert isinstance(drawn, Init)
    if drawn.snippet is None:
        values = np.asarray(drawn.values) / dt
        values = np.clip(values if connection.train_delays else np.rint(values), 0, most).astype(np.float32)
        return Init(values=values), int(values.max(initial=0))
    code = "value = fmin(fmax(round(value / TimestepOfDelays_), 0.0), MostSteps_);"
    snippet = InitSnippet(
        f"{drawn.snippet.name}Delay",
        (*drawn.snippet.params, "TimestepOfDelays_", "MostSteps_"),
        f"{drawn.snippet.var_init_code}\n{code}",
    )
    return Init(snippet, {**drawn.params, "TimestepOfDelays_": dt, "MostSteps_": float(most)}), int(most)
