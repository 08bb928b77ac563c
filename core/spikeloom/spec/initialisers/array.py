"""Given values."""

from __future__ import annotations

from math import prod

from spikeloom.errors import UserError
from spikeloom.genn import Init
from spikeloom.spec.initialisers.distribution import Distribution, histogram
from spikeloom.spec.initialisers.initialiser import Around, Initialiser
from spikeloom.spec.storage import read_tensor
from spikeloom.spec.stored_array import StoredArray

MOST_READ = 2**24  # values that are read for a picture


class Array(StoredArray, Initialiser):
    """Given values, such as trained weights.

    In a script, ``Array(values)``. In a document, a tensor of a safetensors file beside it, read when it is needed.
    """

    def genn_init(self, around: Around) -> Init:
        """The values."""
        return Init(values=self.values())

    def shape_of_values(self, around: Around | None = None) -> Distribution | None:
        """How often its values occur; those of a file are read for it and not kept: to look is not to load."""
        try:
            if self.in_memory:
                return histogram(self.values())
            if prod(self.shape()) > MOST_READ:
                return None
            return histogram(read_tensor(self._base, *self._location()))
        except UserError:
            return None
