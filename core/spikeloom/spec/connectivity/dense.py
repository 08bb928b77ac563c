"""All to all."""

from __future__ import annotations

from spikeloom.spec.connectivity.connectivity import Connectivity
from spikeloom.spec.fields import quantity


class Dense(Connectivity):
    """Every neuron of the source to every neuron of the target.

    A delay other than 0 is kept in the document but refused by `validate` for now.
    """

    delay: float = quantity(0.0, ge=0, unit="ms", help="Delay of every synapse; only 0 for now.", advanced=True)
