"""Networks: populations and the connections between them, as documents hold them and as scripts build them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import count
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from spikeloom.errors import UserError
from spikeloom.spec.connectivity.connectivity import Connectivity
from spikeloom.spec.explain import found
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.losses.loss import Loss
from spikeloom.spec.neurons.neuron import Neuron
from spikeloom.spec.node import Node
from spikeloom.spec.problem import SHOWN, InvalidDocument, Problem, printable, refuse, suggestion
from spikeloom.spec.readouts.readout import Readout
from spikeloom.spec.rewiring.rewiring import Rewiring
from spikeloom.spec.synapses.delta import Delta
from spikeloom.spec.synapses.synapse import Synapse

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]{0,63}")
MOST_NEURONS = 2**31 - 1  # per population: GeNN indexes neurons with 32 bits

_open_networks: ContextVar[tuple[Network, ...]] = ContextVar("open_networks", default=())


def _check_name(name: str) -> str:
    if name and not NAME.fullmatch(name):
        hint = "A letter or _ first, then letters, digits, spaces, _ and -; at most 64 in all."
        refuse(f"{found(name)} found, expected a name", hint=hint)
    return name


def _check_shape(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value,)
    if value is None or not isinstance(value, list | tuple):
        return value
    size = 1
    for extent in value:
        extent = extent.item() if hasattr(extent, "item") else extent
        if not isinstance(extent, int) or isinstance(extent, bool) or extent < 1:
            refuse(f"{found(extent)} found in it, expected whole numbers of at least 1, such as [8, 8]")
        size *= extent
        if size > MOST_NEURONS:
            refuse(f"more than {MOST_NEURONS} neurons found, expected fewer")
    if not value:
        refuse("an empty list found, expected whole numbers of at least 1, such as [8, 8]")
    return tuple(int(extent) for extent in value)


Name = Annotated[str, AfterValidator(_check_name)]
Shape = Annotated[tuple[int, ...] | None, BeforeValidator(_check_shape)]


class Population(Node):
    """Neurons of one kind.

    In a script ``Population(neuron, shape, name)``; inside ``with Network():`` it joins the network, and where no name
    is given it is named by its role.
    """

    by_position: ClassVar[tuple[str, ...]] = ("neuron", "shape", "name")

    name: Name = setting(help="Its name, unique in the network.")
    shape: Shape = setting(
        None, help="Number of neurons along each dimension; inferred from the dataset where it is left out."
    )
    neuron: Neuron = setting(help="What its neurons are.")
    field: str | None = setting(
        None,
        max_length=64,
        label="Dataset field",
        help="What an input takes of the dataset, and what an output is trained on; its first field by default.",
        advanced=True,
    )
    loss: Loss | None = setting(
        None, help="Loss of an output, where it is not that of the learning rule.", advanced=True
    )
    reg_lambda_upper: float | None = quantity(
        None,
        ge=0,
        help="EventProp: strength with which its neurons are held back; that of the rule by default.",
        scale="log",
        label="Too many spikes",
        advanced=True,
        live=True,
    )
    reg_lambda_lower: float | None = quantity(
        None,
        ge=0,
        help="EventProp: strength with which its neurons are pushed; that of the rule by default.",
        scale="log",
        label="Too few spikes",
        advanced=True,
        live=True,
    )
    reg_nu_upper: float | None = quantity(
        None,
        ge=0,
        help="EventProp: spikes per example that this aims at; that of the rule by default.",
        step=1.0,
        label="Spikes aimed at",
        advanced=True,
        live=True,
    )

    def __init__(self, *values: Any, **fields: Any) -> None:
        fields = self._named(values, fields)
        network = _open_networks.get()[-1] if _open_networks.get() else None
        if fields.get("name") is None:
            fields["name"] = "unnamed" if network else ""
            super().__init__(**fields)
            if network is None:
                problem = Problem("Population.name", "'name' is missing", "Outside of `with Network():` give a name.")
                raise InvalidDocument([problem])
            self.name = network.free_name(self.neuron.role)
        else:
            super().__init__(**fields)
        if network is not None:
            network.add(self)

    # See `Node`: our own __init__ is for scripts alone.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @property
    def readout(self) -> Readout | None:
        """What is read from it, where it is an output."""
        return self.neuron.readout


def name_of(value: Any) -> Any:
    """The name of a population where a script gives the population itself."""
    return value.name if isinstance(value, Population) else value


class Connection(Node):
    """Synapses from one population to another.

    In a script ``Connection(source, target, connectivity, synapse, name)``, where the populations are objects or
    names; inside ``with Network():`` it joins the network.
    """

    by_position: ClassVar[tuple[str, ...]] = ("source", "target", "connectivity", "synapse", "name")

    name: Name = setting("", help="Its name, unique in the network; source_target by default.")
    source: Annotated[str, BeforeValidator(name_of)] = setting(help="The population that it comes from.")
    target: Annotated[str, BeforeValidator(name_of)] = setting(help="The population that it goes to.")
    connectivity: Connectivity = setting(help="Which neurons are connected, with which weights.")
    synapse: Synapse = setting(factory=Delta, help="How spikes become a current.")
    frozen: bool = setting(False, help="Whether its weights stay as they are while others learn.", seldom=True)
    train_delays: bool = setting(False, help="Whether its delays learn, too, between 0 and max_delay.", seldom=True)
    rewiring: Rewiring | None = setting(
        None,
        help="How the synapses of a sparse one move while it learns; not at all by default.",
    )
    learning_rate_scale: float = quantity(
        1.0, gt=0, help="Its share of the optimiser's learning rate.", scale="log", advanced=True, seldom=True
    )
    min_weight: float | None = quantity(
        None, help="No weight gets smaller than this when it learns; 0 keeps them excitatory.", advanced=True
    )
    max_weight: float | None = quantity(
        None, help="No weight gets larger than this when it learns; 0 keeps them inhibitory.", advanced=True
    )

    def __init__(self, *values: Any, **fields: Any) -> None:
        fields = self._named(values, fields)
        super().__init__(**{name: value for name, value in fields.items() if value is not None})
        if _open_networks.get():
            _open_networks.get()[-1].add(self)

    # See `Node`: our own __init__ is for scripts alone.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @property
    def learns(self) -> bool:
        """Whether a learning rule moves its weights."""
        return self.connectivity.trained and not self.frozen


class Network(Node):
    """Populations and the connections between them.

    As a context it takes in every population and connection that is made inside it::

        with Network() as net:
            source = Population("spike_input", 64)
            target = Population(LIF(tau_mem=20), 100)
            Connection(source, target, Dense(Normal(0.1, 0.05)), Exponential(5))
    """

    populations: list[Population] = setting(factory=list, help="The populations.")
    connections: list[Connection] = setting(factory=list, help="The connections.")

    @model_validator(mode="after")
    def _name_connections(self) -> Self:
        taken = set(self.names())
        wished: Counter[str] = Counter()  # so that a thousand equal wishes are not a million tries
        for connection in self.connections:
            if not connection.name:
                wish = f"{connection.source}_{connection.target}"
                # In a document that is being read, the ends are any text yet.
                wish = wish if NAME.fullmatch(wish[:64]) else "connection"
                wished[wish] += 1
                connection.name = _free(wish, taken, first=wished[wish])
                taken.add(connection.name)
        return self

    @staticmethod
    def is_open() -> bool:
        """Whether a ``with Network():`` is on."""
        return bool(_open_networks.get())

    def __enter__(self) -> Self:
        _open_networks.set((*_open_networks.get(), self))
        return self

    def __exit__(self, *exception: object) -> None:
        _open_networks.set(_open_networks.get()[:-1])

    def add(self, part: Population | Connection) -> None:
        """Add a population or a connection.

        Raises
        ------
        UserError
            Where its name is taken, or a connection names a population that is not there.
        """
        place = type(part).__name__
        if isinstance(part, Connection):
            names = [population.name for population in self.populations]
            for end in ("source", "target"):
                if getattr(part, end) not in names:
                    missing = getattr(part, end)
                    message = f"no population '{missing}' in the network{suggestion(missing, names)}"
                    raise InvalidDocument([Problem(f"{place}.{end}", message)])
            part.name = part.name or self.free_name(f"{part.source}_{part.target}")
        if part.name in self.names():
            raise InvalidDocument([Problem(f"{place}.name", f"the name '{part.name}' is taken")])
        if isinstance(part, Connection):
            self.connections.append(part)
        else:
            self.populations.append(part)

    def parts(self) -> list[Population | Connection]:
        """All populations, then all connections."""
        return [*self.populations, *self.connections]

    def names(self) -> list[str]:
        """The names of all populations and connections."""
        return [part.name for part in self.parts()]

    def free_name(self, wish: str) -> str:
        """`wish`, with a number where it is taken and shortened where it is too long."""
        return _free(wish, set(self.names()))

    def population(self, name: str) -> Population:
        """The population called `name`."""
        return _named(self.populations, name, "population")

    def connection(self, name: str) -> Connection:
        """The connection called `name`."""
        return _named(self.connections, name, "connection")

    @property
    def inputs(self) -> list[Population]:
        """The populations that take the examples."""
        return [population for population in self.populations if population.neuron.is_input]

    @property
    def outputs(self) -> list[Population]:
        """The populations that are read out."""
        return [population for population in self.populations if population.readout is not None]

    def incoming(self, name: str) -> list[Connection]:
        """The connections that end in population `name`."""
        return [connection for connection in self.connections if connection.target == name]

    def outgoing(self, name: str) -> list[Connection]:
        """The connections that start in population `name`."""
        return [connection for connection in self.connections if connection.source == name]

    def place(self, part: Population | Connection) -> str:
        """Where a population or connection stands in a document: ``network.populations[1]``."""
        kind = "populations" if isinstance(part, Population) else "connections"
        index = next(k for k, candidate in enumerate(getattr(self, kind)) if candidate is part)
        return f"network.{kind}[{index}]"

    def _places(self) -> Iterator[tuple[str, Population | Connection]]:
        for index, population in enumerate(self.populations):
            yield f"network.populations[{index}]", population
        for index, connection in enumerate(self.connections):
            yield f"network.connections[{index}]", connection

    def problems(self) -> list[Problem]:
        """Names that are taken twice and connections that lead nowhere."""
        problems: list[Problem] = []
        first: dict[str, str] = {}
        for place, part in self._places():
            if not part.name:
                problems.append(Problem(f"{place}.name", "an empty name found, expected a name"))
            elif part.name in first:
                problems.append(Problem(f"{place}.name", f"the name '{part.name}' is taken by {first[part.name]}"))
            else:
                first[part.name] = place
        names = {population.name for population in self.populations}
        for index, connection in enumerate(self.connections):
            for end in ("source", "target"):
                name = getattr(connection, end)
                if name not in names:
                    # A search for the nearest name is slow; the first messages alone are shown.
                    meant = suggestion(name, sorted(names)) if len(problems) < SHOWN else ""
                    place = f"network.connections[{index}].{end}"
                    problems.append(Problem(place, f"no population '{printable(name, 64)}'{meant}"))
        return problems


def _free(wish: str, taken: set[str], first: int = 1) -> str:
    for number in ("" if n == 1 else str(n) for n in count(first)):
        name = f"{wish[: 64 - len(number)]}{number}"
        if name not in taken:
            return name
    raise AssertionError


def _named(parts: list[Any], name: str, kind: str) -> Any:
    for part in parts:
        if part.name == name:
            return part
    raise UserError(f"no {kind} '{name}'{suggestion(name, [part.name for part in parts])}", place="network")
