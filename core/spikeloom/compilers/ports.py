"""Where a network takes examples and where it is read: populations, and the keys of their data."""

from __future__ import annotations

from dataclasses import dataclass

from spikeloom.spec import Network


@dataclass(frozen=True)
class Input:
    """A population that takes the examples: as spikes, or as values under `key`."""

    population: str
    key: str = ""


@dataclass(frozen=True)
class Output:
    """A population that is read: the keys of its readout and loss, of its labels and targets.

    `needs` is the one of the last two that its loss asks for; empty where there is no loss. Its targets may be
    `over_time`, one for each timestep.
    """

    population: str
    readout: str
    loss: str
    labels: str
    targets: str
    needs: str = ""
    over_time: bool = False

    @classmethod
    def of(cls, population: str, number: int) -> Output:
        """The keys of output number `number`; those of the first are plain words."""
        suffix = f":{population}" if number else ""
        return cls(population, f"y{suffix}", f"loss{suffix}", f"labels{suffix}", f"targets{suffix}")


def inputs_of(network: Network) -> list[Input]:
    """The populations that take the examples, in their order."""
    return [Input(p.name, f"input:{p.name}" if p.neuron.takes_values else "") for p in network.inputs]


def outputs_of(network: Network) -> list[Output]:
    """The populations that are read, in their order."""
    return [Output.of(population.name, number) for number, population in enumerate(network.outputs)]
