"""The family of datasets: where examples come from. They hold settings alone; `data` loads the numbers.

What is the same for all objects of a type is a class variable of it; what its fields decide is a property. Each type
says what its encoder is: a field, or None where examples are spikes already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import model_validator

from spikeloom.spec.base import Type
from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.fields import setting
from spikeloom.spec.problem import Refused, refuse
from spikeloom.spec.splits.split import Split
from spikeloom.spec.transforms.transform import Transform


class Dataset(Type):
    """Where the examples come from."""

    more_inputs: ClassVar[dict[str, tuple[int, ...]]] = {}  # other fields for inputs, with their shapes
    more_labels: ClassVar[dict[str, int]] = {}  # other fields for outputs, with their numbers of classes
    field_names: ClassVar[tuple[str, str]] = ("x", "label")  # of the first fields for inputs and for outputs
    output_noun: ClassVar[str] = "classes"  # what outputs stand for
    still: ClassVar[bool] = False  # whether it is known that the numbers of an example do not follow each other in time
    targets_over_time: ClassVar[bool] = False  # whether outputs are told what to be in each timestep; no labels then

    transforms: list[Transform] = setting(
        factory=list, seldom=True, last=True, help="What is done once to the spikes of all examples, in this order."
    )
    augmentation: list[Transform] = setting(
        factory=list, seldom=True, last=True, help="What is done to training examples, drawn anew in each epoch."
    )
    split: Split | None = setting(
        None, last=True, help="Which examples are for training and which for the test; its own split by default."
    )

    @property
    def gives_spikes(self) -> bool:
        """Whether examples are spikes, which no encoder makes."""
        return False

    if TYPE_CHECKING:

        @property
        def encoder(self) -> Encoder | None:
            """How the numbers of an example become spikes."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of an example; empty where it is not known."""
        return ()

    @property
    def num_classes(self) -> int:
        """The number of classes; 0 where it is not known."""
        return 0

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called, where they have names."""
        return ()

    @property
    def groups(self) -> dict[str, int]:
        """By what its examples are grouped, and the number of groups: speakers, subjects; 0 where it is not known."""
        return {}

    def shape_of_spikes(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what comes of an example of that shape, encoded and transformed.

        Raises
        ------
        Refused
            Where a transform does not apply; with its place below the data set.
        """
        if self.encoder is not None:
            shape = self.encoder.input_shape(shape)
        for name in ("transforms", "augmentation"):
            for number, transform in enumerate(getattr(self, name)):
                try:
                    after = transform.shape_after(shape)
                    if name == "augmentation" and after != shape:
                        refuse(f"'{transform.type}' changes the shape", hint="Put it among the transforms.")
                    shape = after
                except Refused as refused:
                    raise Refused([problem.inside(f"{name}[{number}]") for problem in refused.problems]) from None
        return shape

    @property
    def input_fields(self) -> dict[str, tuple[int, ...]]:
        """What inputs can take, with its shape; the first is what they take by default."""
        return {self.field_names[0]: self.sample_shape, **self.more_inputs}

    @property
    def label_fields(self) -> dict[str, int]:
        """What outputs can be trained on, with its number of classes (outputs); the first is the default."""
        return {self.field_names[1]: self.num_classes, **self.more_labels}

    @property
    def knows_fields(self) -> bool:
        """Whether its fields are known before it is loaded."""
        return bool(self.sample_shape)

    @model_validator(mode="before")
    @classmethod
    def _takes_no_encoder(cls, data: Any) -> Any:
        if cls.gives_spikes is True and isinstance(data, dict) and data.get("encoder") is not None:
            refuse("an encoder found, but the examples are spikes already", place="encoder", hint="Leave it out.")
        return data
