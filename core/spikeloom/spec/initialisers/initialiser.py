"""The family of initialisers: the first values of a variable."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from spikeloom.errors import UserError
from spikeloom.genn.network import InitLike
from spikeloom.spec.base import Type
from spikeloom.spec.initialisers.distribution import Distribution, of_init


@dataclass(frozen=True)
class Around:
    """The connection whose weights (or delays) are drawn, as far as their distribution may depend on it.

    Parameters
    ----------
    fan_in, fan_out
        Mean number of synapses of a target neuron and of a source neuron; of a kernel, of one that no edge cuts off.
    psp
        Integral (ms) of the potential that a spike of weight 1 evokes in the target, and of its square; None where
        the target does not leak or where they are not known.
    threshold, rest
        The target's threshold (None where it has none), and where its potential comes to rest without input.
    """

    fan_in: float = 1.0
    fan_out: float = 1.0
    psp: tuple[float, float] | None = None
    threshold: float | None = None
    rest: float = 0.0


class Initialiser(Type):
    """The first values of a variable. A plain number means `Constant`, a numpy array `Array`."""

    depends_on_connection: ClassVar[bool] = False  # whether what it draws from depends on `Around`

    @abstractmethod
    def genn_init(self, around: Around) -> InitLike:
        """The GeNN initialisation: a number, a snippet with its parameters, or the values."""

    def shape_of_values(self, around: Around | None = None) -> Distribution | None:
        """The distribution that it draws from, as a picture shows it; made of what `genn_init` gives to the engine.

        Parameters
        ----------
        around
            The connection; None where it is not known.

        Returns
        -------
        None where the distribution is not known: that of code, one that depends on an unknown connection, or the
        values of a file that is not there.
        """
        if self.depends_on_connection and (around is None or self.problem(around)):
            return None
        try:
            return of_init(self.genn_init(around or Around()))
        except UserError:
            return None

    @property
    def largest(self) -> float | None:
        """The largest value that it can give; None where there is no bound."""
        return None

    @property
    def smallest(self) -> float | None:
        """The smallest value that it can give; None where there is no bound."""
        return None

    @property
    def needs_surroundings(self) -> bool:
        """Whether it cannot draw for every connection (see `problem`)."""
        return type(self).problem is not Initialiser.problem

    def problem(self, around: Around) -> str:
        """Why it cannot draw for such a connection; empty where it can."""
        return ""

    @classmethod
    def shorthand(cls, value: Any) -> Any:
        """A number for a constant, an array for its values."""
        if isinstance(value, np.ndarray) and value.ndim > 0:
            array: Any = cls.types()["array"]
            return array(value)
        if isinstance(value, np.ndarray | np.generic):
            value = value.item()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"type": "constant", "value": value}
        return value
