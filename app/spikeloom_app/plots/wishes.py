"""What several plots want to be told, as one."""

from __future__ import annotations

from collections.abc import Iterable

from spikeloom_app.plots.panel import Wants


def together(wants: Iterable[Wants]) -> Wants:
    """All of it, nothing twice: neurons of one variable are asked for once, whichever plots show them."""
    neurons: dict[tuple[str, str], set[int]] = {}
    weights: dict[tuple[str, str], None] = {}
    for want in wants:
        for part, variable, chosen in want.variables:
            neurons.setdefault((part, variable), set()).update(chosen)
        weights |= dict.fromkeys(want.weights)
    variables = tuple((*name, tuple(sorted(chosen))) for name, chosen in neurons.items())
    return Wants(variables, tuple(weights))
