"""A shorthand for networks whose populations stand in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec.connectivity.connectivity import Connectivity
from spikeloom.spec.network import Connection, Network, Population
from spikeloom.spec.neurons.neuron import Neuron
from spikeloom.spec.synapses.synapse import Synapse


@dataclass(frozen=True)
class InputLayer:
    """The first population of a `sequential` network.

    Parameters
    ----------
    neuron
        An input, such as ``"spike_input"`` or a `PoissonInput`.
    shape
        Its neurons; inferred from the dataset where it is left out.
    name
        ``input`` by default.
    """

    neuron: Neuron | str
    shape: int | Sequence[int] | None = None
    name: str | None = None


@dataclass(frozen=True)
class Layer:
    """A further population and the connection that leads to it from the one before.

    Parameters
    ----------
    connectivity
        Such as `Dense` or `Conv2D`.
    neuron
        What the population is made of.
    shape
        Its neurons; left out where the connectivity or the dataset says it.
    synapse
        How spikes become a current; `Delta` by default.
    name
        By its role by default.
    """

    connectivity: Connectivity | str
    neuron: Neuron | str
    shape: int | Sequence[int] | None = None
    synapse: Synapse | str = "delta"
    name: str | None = None


def sequential(*layers: InputLayer | Layer) -> Network:
    """A network of populations in a row.

    ::

        net = sequential(
            InputLayer("spike_input", 64),
            Layer(Dense(Normal(0.3, 0.2)), LIF(tau_mem=20.0), 100, Exponential(5.0)),
            Layer(Dense(Normal(0.0, 0.3)), LI(tau_mem=20.0, readout="avg_var"), 10, Exponential(5.0)),
        )

    Raises
    ------
    UserError
        If it does not start with an `InputLayer`, has another one further on, or stands in ``with Network():``.
    """
    for number, layer in enumerate(layers):
        expected: type[Any] = Layer if number else InputLayer
        if not isinstance(layer, expected):
            message = f"{type(layer).__name__} found as layer {number}, expected {expected.__name__}"
            raise UserError(message, place="sequential", hint="One InputLayer first, then Layers.")
    if not layers:
        raise UserError("no layers found", place="sequential", hint="One InputLayer first, then Layers.")
    if Network.is_open():
        hint = "Call it outside of `with Network():`; it returns a network of its own."
        raise UserError("it stands inside of another network", place="sequential", hint=hint)
    with Network() as network:
        before: Population | None = None
        for layer in layers:
            name = {"name": layer.name} if layer.name is not None else {}
            population = Population(neuron=layer.neuron, shape=layer.shape, **name)
            if isinstance(layer, Layer) and before is not None:
                ends: dict[str, Any] = {"source": before.name, "target": population.name}
                Connection(**ends, connectivity=_own(layer.connectivity), synapse=layer.synapse)
            before = population
    return network


def _own(connectivity: Connectivity | str) -> Any:
    """A copy: one that several layers are given must not change in all of them."""
    return connectivity if isinstance(connectivity, str) else connectivity.model_copy(deep=True)
