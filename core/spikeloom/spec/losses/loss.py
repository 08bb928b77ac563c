"""The family of losses."""

from __future__ import annotations

from spikeloom.spec.base import Type


class Loss(Type):
    """What training makes small: how far the outputs' readouts are from the targets."""
