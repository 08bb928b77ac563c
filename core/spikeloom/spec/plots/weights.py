"""Weights and gradients of a connection."""

from __future__ import annotations

from typing import ClassVar, Literal

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import Part, Plot


class Weights(Plot):
    """Weights of a connection, or their gradients, while it learns."""

    title: ClassVar[str] = "Weights"

    connection: Part = setting("", help="The connection; the first that is trained by default.")
    values: Literal["weights", "gradient"] = setting("weights", help="The weights, or the gradient of a batch.")
    show: Literal["histogram", "matrix", "fields"] = setting(
        "histogram", help="Their distribution over time, the matrix, or the receptive field of each target neuron."
    )
