"""The family of initialisers: the first values of a variable."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from spikeloom.genn.network import InitLike
from spikeloom.spec.base import Type


class Initialiser(Type):
    """The first values of a variable. A plain number means `Constant`, a numpy array `Array`."""

    @abstractmethod
    def genn_init(self) -> InitLike:
        """The GeNN initialisation: a number, a snippet with its parameters, or the values."""

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
