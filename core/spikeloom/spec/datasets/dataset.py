"""The family of datasets: where examples come from."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.base import Type
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.fields import setting


class Dataset(Type):
    """Where the examples come from; holds settings alone, `data` loads the numbers."""

    sample_shape: ClassVar[tuple[int, ...]] = ()
    num_classes: ClassVar[int] = 0
    more_inputs: ClassVar[dict[str, tuple[int, ...]]] = {}  # other fields for inputs, with their shapes
    more_labels: ClassVar[dict[str, int]] = {}  # other fields for outputs, with their numbers of classes
    field_names: ClassVar[tuple[str, str]] = ("x", "label")  # of the first fields for inputs and for outputs
    class_names: ClassVar[tuple[str, ...]] = ()

    @property
    def input_fields(self) -> dict[str, tuple[int, ...]]:
        """What inputs can take, with its shape; the first is what they take by default."""
        return {self.field_names[0]: self.sample_shape, **self.more_inputs}

    @property
    def label_fields(self) -> dict[str, int]:
        """What outputs can be trained on, with its number of classes; the first is the default."""
        return {self.field_names[1]: self.num_classes, **self.more_labels}

    @property
    def knows_fields(self) -> bool:
        """Whether its fields are known before it is loaded."""
        return bool(self.sample_shape)

    encoder: Encoder | None = setting(factory=LinearLatency, help="How the numbers of an example become spikes.")
