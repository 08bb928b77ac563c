"""What plots are called in their docks, menus and messages."""

from __future__ import annotations

from collections.abc import Iterable

from spikeloom.spec.plots import Confusion, Examples, Plot, Traces, Weights
from spikeloom_app.plots.chart import shortened


def titles(plots: Iterable[Plot]) -> dict[str, str]:
    """The title of each plot by its name: ``Traces: hidden V``; those that would be the same are numbered."""
    found: dict[str, str] = {}
    for plot in plots:
        title = wished = shortened(_title(plot))
        number = 1
        while title in found.values():
            number += 1
            title = f"{wished} ({number})"
        found[plot.name] = title
    return found


def _title(plot: Plot) -> str:
    if isinstance(plot, Traces):
        shown = f"{plot.part} {plot.variable}".strip()
    elif isinstance(plot, Weights):
        shown = plot.connection
        if plot.values != "weights":
            shown = f"{plot.values} of {shown}" if shown else plot.values
    else:
        shown = plot.output if isinstance(plot, Confusion | Examples) else ""
    return f"{plot.title}: {shown}" if shown else plot.title
