"""Random manifolds."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.spec.datasets.dataset import Dataset
from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse

MOST_SPIKES = 10**8
MOST_TERMS = 10**11


class Randman(Dataset):
    """Spike times that lie on smooth random manifolds, one for each class (Zenke and Vogels 2021).

    A point of a manifold of dimension D is a spike time for each channel: a smooth random function of D coordinates,
    which are drawn evenly. The greater `smoothness` is, the easier are the classes told apart; more dimensions make it
    harder. With several spikes a channel has as many manifolds, one for each spike. Each time is scaled so that those
    of a class fill `duration`; the paper's sums have 1000 terms.
    """

    title: ClassVar[str] = "Random manifolds"
    equations: ClassVar[tuple[str, ...]] = (
        r"f(x) = \prod_{d=1}^{D}\, \sum_{k=1}^{n}\, k^{-\alpha}\, \theta^{A}_{dk}"
        r"\, \sin(2 \pi\, (k\, x_d\, \theta^{B}_{dk} + \theta^{C}_{dk}))",
    )
    field_names: ClassVar[tuple[str, str]] = ("spikes", "manifold")
    gives_spikes: ClassVar[bool] = True
    encoder: ClassVar[None] = None

    channels: int = quantity(100, ge=1, le=10**5, help="Number of input neurons.")
    classes: int = quantity(10, ge=1, le=10**4, help="Number of manifolds, one for each class.")
    dimensions: int = quantity(2, ge=1, le=16, help="Dimension of the manifolds.")
    smoothness: float = quantity(2.0, ge=0, le=10, help="Exponent alpha; the larger, the smoother.", step=0.5)
    spikes: int = quantity(1, ge=1, le=100, help="Spikes of each channel in an example.")
    duration: float = quantity(100.0, gt=0, unit="ms", help="Times lie from 0 to this one.", step=10.0)
    train_size: int = quantity(4000, ge=1, le=10**7, help="Number of training examples.")
    test_size: int = quantity(1000, ge=1, le=10**7, help="Number of test examples.")
    terms: int = quantity(50, ge=1, le=1000, help="Terms n of the sums.", advanced=True)
    data_seed: int = quantity(0, ge=0, le=2**32 - 1, help="Seed of manifolds and points.", advanced=True)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """A neuron for each channel."""
        return (self.channels,)

    @property
    def num_classes(self) -> int:
        """A manifold each."""
        return self.classes

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        spikes = self.channels * self.spikes * (self.train_size + self.test_size)
        if spikes > MOST_SPIKES:
            refuse(f"{spikes:.2g} spikes found, expected at most {MOST_SPIKES:g}", place="train_size")
        if spikes * self.terms * self.dimensions > MOST_TERMS:
            terms = spikes * self.terms * self.dimensions
            refuse(f"{terms:.2g} terms to be summed found, expected at most {MOST_TERMS:g}", place="terms")
        return self
