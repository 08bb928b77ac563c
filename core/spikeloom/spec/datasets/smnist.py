"""Sequential MNIST, as tonic makes spikes of it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import field_validator

from spikeloom.spec.datasets.folder import folder_field
from spikeloom.spec.datasets.tonic_set import TonicSet
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.problem import refuse


class SMNIST(TonicSet):
    """MNIST shown pixel by pixel: a neuron spikes where the grey value crosses its threshold, up or down.

    tonic makes the spikes from MNIST's four unzipped files. An image takes 784 pixels of time, twice that where spikes
    are doubled. The encoder ``threshold_crossing`` of MNIST does much the same without tonic. Bellec et al. 2018.
    """

    type: ClassVar[str] = "smnist"
    title: ClassVar[str] = "Sequential MNIST (tonic)"
    tonic_class: ClassVar[str] = "SMNIST"
    num_classes: ClassVar[int] = 10
    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")

    folder: str = folder_field("smnist")
    neurons: int = quantity(99, ge=3, le=511, help="Number of input neurons: half for rises, half for falls, and one.")
    duplicate: bool = setting(True, help="Give each spike twice, in two steps that follow each other.")
    step: float = quantity(1.0, unit="ms", ge=0.001, le=1000, help="Time from one step to the next.", scale="log")

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """As many neurons as its field says."""
        return (self.neurons,)

    @field_validator("neurons")
    @classmethod
    def _is_odd(cls, neurons: int) -> Any:
        if neurons % 2 == 0:
            refuse(f"{neurons} found, expected an odd number", hint=f"{neurons - 1} or {neurons + 1}, say.")
        return neurons
