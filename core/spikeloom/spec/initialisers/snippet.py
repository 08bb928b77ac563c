"""Values from GeNN code."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Init, InitSnippet
from spikeloom.spec.fields import setting
from spikeloom.spec.initialisers.initialiser import Around, Initialiser


class Snippet(Initialiser):
    """Values that code of yours computes, in GeNN's language: it writes ``value`` for each synapse.

    It may use its parameters, the neurons ``id_pre`` and ``id_post``, their numbers ``num_pre`` and ``num_post``, and
    ``gennrand_uniform()``, ``gennrand_normal()`` and ``gennrand_exponential()``.
    """

    title: ClassVar[str] = "GeNN code"

    params: dict[str, float] = setting(
        factory=lambda: {"scale": 0.1}, help="Parameters of the code, the same for all synapses: name = value."
    )
    code: str = setting(
        "value = scale * gennrand_normal();",
        help="What gives each synapse its first value.",
        code=True,
    )

    def snippet(self) -> InitSnippet:
        """The code as GeNN's initialisation snippet."""
        return InitSnippet("Snippet", tuple(self.params), self.code)

    def genn_init(self, around: Around) -> Init:
        """The snippet as it was written."""
        return Init(self.snippet(), dict(self.params))
