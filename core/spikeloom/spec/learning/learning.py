"""The family of learning rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from spikeloom.spec.base import Type
from spikeloom.spec.problem import Problem

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Connection, Population


class Learning(Type):
    """How the weights are trained."""

    targets_over_time: ClassVar[bool] = False  # whether it can take targets that change with time

    @classmethod
    def noun(cls) -> str:
        """What a message calls a member of the family."""
        return "a learning rule"

    def synapse_variables(self, document: Document, connection: Connection) -> tuple[str, ...]:
        """The variables that the synapses of a connection have and that can be recorded."""
        return ()

    def backward_variables(self, document: Document, population: Population) -> tuple[str, ...]:
        """The variables of a population that live in the backward pass and can be watched."""
        return ()

    def problems(self, document: Document) -> list[Problem]:
        """What the rule cannot do with the document; each problem names the place it concerns."""
        return []
