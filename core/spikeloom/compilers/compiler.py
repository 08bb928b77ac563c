"""Choose the compiler for a document's learning rule."""

from __future__ import annotations

from spikeloom.compilers.compiled import CompiledNetwork
from spikeloom.compilers.eprop.compiler import compile_eprop
from spikeloom.compilers.eventprop.compiler import compile_eventprop
from spikeloom.compilers.inference import compile_inference
from spikeloom.errors import UserError
from spikeloom.spec import Document, EProp, EventProp, check


def compile_document(document: Document, *, in_segments: bool = True) -> CompiledNetwork:
    """Lower a valid document.

    Parameters
    ----------
    in_segments
        Let examples that are too long for the learning rule's tape run in segments; else the tape holds all of them.

    Raises
    ------
    UserError
        With all problems that `validate` finds.
    """
    check(document)
    learning = document.experiment.learning
    if learning is None or learning.type == "inference":
        return compile_inference(document)
    if isinstance(learning, EventProp):
        return compile_eventprop(document, learning)
    if isinstance(learning, EProp):
        return compile_eprop(document, learning, in_segments=in_segments)
    raise UserError(f"no compiler for learning rule '{learning.type}'", place="experiment.learning")
