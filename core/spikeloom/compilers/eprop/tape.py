"""Where a tape of one value for each step and neuron has those of a step; it holds one segment of the example."""

from __future__ import annotations


def forward_row(segment: int) -> str:
    """The row of the forward step at hand."""
    return f"((int32_t)round(t / dt) % {segment})"


def backward_row(segment: int, timesteps: int, ahead: int = 0) -> str:
    """The row of the forward step that the backward step at hand undoes, or of one `ahead` of it."""
    return f"(({timesteps - 1 + ahead} - (int32_t)round(t / dt)) % {segment})"
