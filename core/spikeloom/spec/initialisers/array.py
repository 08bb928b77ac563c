"""Given values."""

from __future__ import annotations

from spikeloom.genn import Init
from spikeloom.spec.initialisers.initialiser import Around, Initialiser
from spikeloom.spec.stored_array import StoredArray


class Array(StoredArray, Initialiser):
    """Given values, such as trained weights.

    In a script, ``Array(values)``. In a document, a tensor of a safetensors file beside it, read when it is needed.
    """

    def genn_init(self, around: Around) -> Init:
        """The values."""
        return Init(values=self.values())
