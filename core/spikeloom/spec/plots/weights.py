"""Weights, gradients and delays of a connection."""

from __future__ import annotations

from typing import ClassVar, Literal

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import Part, Plot


class Weights(Plot):
    """Weights of a connection, their gradients or its delays, while it learns."""

    title: ClassVar[str] = "Weights"

    connection: Part = setting("", help="The connection; the first that is trained by default.")
    values: Literal["weights", "gradient", "delays"] = setting(
        "weights", help="The weights, the gradient of a batch, or the delays (ms) of its synapses."
    )
    show: Literal["histogram", "matrix", "fields"] = setting(
        "histogram", help="Their distribution over time, the matrix, or the receptive field of each target neuron."
    )
