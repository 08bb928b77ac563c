"""Copies of a document that share its arrays, so that one can be written while the other is edited."""

from __future__ import annotations

import contextlib
import copy

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document


def read_arrays(document: Document, file: str | None = None) -> None:
    """Read the document's arrays now, so that a file that changes or goes later takes nothing with it.

    An array that cannot be read stays a reference; `validate` says what is wrong with it.

    Parameters
    ----------
    file
        Only those that lie in this file; None: all.
    """
    for _, array in document.arrays():
        if file is None or array.file == file:
            with contextlib.suppress(SpikeloomError):
                array.values()


def snapshot(document: Document) -> Document:
    """A copy of `document` as it is now; the values of arrays, which nobody changes in place, are shared."""
    shared = {id(array.values()): array.values() for _, array in document.arrays() if array.in_memory}
    return copy.deepcopy(document, shared)
