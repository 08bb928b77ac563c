"""Patterns to be generated."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse

MOST_SPIKES = 10**8


class Pattern(Dataset):
    """Curves to be drawn in time by the outputs while the inputs spike at random, always in the same way.

    The task of Bellec et al. 2020: each output follows a sum of sines of 1, 2, 3 and 5 Hz, whose amplitudes and phases
    are drawn once; it is scaled to a largest value of 1. The input spikes are drawn once as well and are the clock. The
    test examples are the patterns of the training. A target belongs to the end of a timestep: that of step n is the
    curve at ``(n + 1) dt``.
    """

    title: ClassVar[str] = "Pattern generation"
    equations: ClassVar[tuple[str, ...]] = (
        r"y_k^{*}(t) = \sum_{f \in \{1, 2, 3, 5\}}\, A_{kf}\, \sin(2 \pi f t + \varphi_{kf})",
    )
    field_names: ClassVar[tuple[str, str]] = ("spikes", "curves")
    output_noun: ClassVar[str] = "curves"
    gives_spikes: ClassVar[bool] = True
    targets_over_time: ClassVar[bool] = True
    encoder: ClassVar[None] = None

    channels: int = quantity(20, ge=1, le=10**6, help="Number of input neurons.")
    rate: float = quantity(50.0, gt=0, le=1000, unit="Hz", help="Mean rate of their spikes.", step=10.0)
    duration: float = quantity(1000.0, gt=0, unit="ms", help="How long the input spikes.", step=100.0)
    curves: int = quantity(3, ge=1, le=10**6, help="Curves of a pattern, one output each.")
    patterns: int = quantity(1, ge=1, le=10**6, help="Patterns, each with spikes and curves of its own.")
    repeats: int = quantity(10, ge=1, le=10**6, help="How often each pattern is shown in an epoch.")
    data_seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed with which spikes and curves are drawn.", advanced=True)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """A neuron for each channel."""
        return (self.channels,)

    @property
    def label_fields(self) -> dict[str, int]:
        """The curves; there are no classes."""
        return {self.field_names[1]: self.curves}

    @model_validator(mode="after")
    def _fits_memory(self) -> Self:
        spikes = self.channels * self.rate * self.duration / 1000 * self.patterns * self.repeats
        if spikes > MOST_SPIKES:
            refuse(f"{spikes:.2g} input spikes in an epoch found, expected at most {MOST_SPIKES:g}", place="repeats")
        return self
