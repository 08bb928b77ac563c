"""The family of rules by which synapses move while a network learns."""

from __future__ import annotations

from spikeloom.spec.base import Type


class Rewiring(Type):
    """How the synapses of a sparse connection move while it learns; their number stays."""

    @classmethod
    def noun(cls) -> str:
        """What a message calls a member of the family."""
        return "a rule of rewiring"
