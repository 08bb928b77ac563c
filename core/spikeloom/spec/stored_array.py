"""Arrays of a document: given in a script, or tensors of a safetensors file beside it, read when they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import PrivateAttr, model_serializer

from spikeloom.errors import UserError
from spikeloom.spec.fields import setting
from spikeloom.spec.node import Node
from spikeloom.spec.problem import InvalidDocument, Problem
from spikeloom.spec.storage import read_tensor, tensor_shape

LONGEST_LIST = 1000  # values that a document holds itself


class StoredArray(Node):
    """Values that lie in a tensor beside the document, or in memory until it is saved.

    In a script, ``Array(values)``; in a document ``{"file": "name.safetensors", "tensor": "name"}``.
    """

    by_position = ("values",)
    whole_numbers: ClassVar[bool] = False

    file: str | None = setting(None, help="Name of the .safetensors file beside the document.", max_length=255)
    tensor: str | None = setting(None, help="Name of the tensor in the file.", max_length=255)

    _values: np.ndarray | None = PrivateAttr(None)
    _base: Path | None = PrivateAttr(None)

    def __init__(self, *values: Any, **fields: Any) -> None:
        given = self._named(values, fields)
        array = given.pop("values", None)
        super().__init__(**given)
        if array is not None:
            self._values = self._checked(array)

    # See `Node`: our own __init__ is for scripts alone.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def of(cls, values: Any) -> Self:
        """The array that holds `values`; in a script ``Array(values)``."""
        array = cls()
        array._values = cls._checked(values)
        return array

    @classmethod
    def _checked(cls, values: Any) -> np.ndarray:
        place = f"{cls.__name__}.values"
        try:
            array = np.array(values)
            if array.dtype.kind not in "biuf":
                raise TypeError
            with np.errstate(over="ignore", invalid="ignore"):
                converted = array.astype(np.int32 if cls.whole_numbers else np.float32)
        except (ValueError, TypeError, OverflowError):
            problem = Problem(place, "found something else, expected an array of numbers")
            raise InvalidDocument([problem]) from None
        if array.ndim == 0:
            raise InvalidDocument([Problem(place, "a single number found, expected an array", "Use Constant.")])
        if not np.isfinite(converted).all():
            raise InvalidDocument([Problem(place, "expected finite values (no NaN, no infinity)")])
        if cls.whole_numbers and array.size:
            if array.dtype.kind not in "iu":
                raise InvalidDocument([Problem(place, f"values of type {array.dtype} found, expected whole numbers")])
            if (converted != array).any():
                raise InvalidDocument([Problem(place, f"{np.abs(array).max()} found, too large a whole number")])
        return converted

    @property
    def is_listed(self) -> bool:
        """Whether the document holds the values itself, and no file does."""
        return False

    @property
    def in_memory(self) -> bool:
        """Whether the values are known without reading a file."""
        return self._values is not None

    def bind(self, base_folder: Path | None) -> None:
        """Tell it the folder of its document."""
        self._base = base_folder

    def saved_as(self, file: str, tensor: str) -> None:
        """Note where the values now lie."""
        self.file, self.tensor = file, tensor

    def shape(self, base_folder: Path | None = None) -> tuple[int, ...]:
        """The shape of the values; reads no more than the header of the file."""
        if self._values is not None:
            return tuple(self._values.shape)
        return tensor_shape(base_folder or self._base, *self._location())

    def values(self, base_folder: Path | None = None) -> np.ndarray:
        """The values, float32 or (indices) int32; read from the file at the first call.

        Parameters
        ----------
        base_folder
            The folder of the document; known already where the document was loaded from a file.

        Raises
        ------
        UserError
            Where the file or the tensor is missing, damaged, of another type or outside the folder.
        """
        if self._values is None:
            base = base_folder or self._base
            self._values = read_tensor(base, *self._location(), whole_numbers=self.whole_numbers)
        return self._values

    def _location(self) -> tuple[str, str]:
        if self.file is None or self.tensor is None:
            missing = "file" if self.file is None else "tensor"
            raise UserError(f"'{missing}' is missing", hint="An array needs its file and the tensor in it, or values.")
        return self.file, self.tensor

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        if self._values is None or other._values is None:
            return self._values is other._values and (self.file, self.tensor) == (other.file, other.tensor)
        return np.array_equal(self._values, other._values)

    __hash__ = None


class IndexArray(StoredArray):
    """Whole numbers, such as the neurons that synapses start from; a short list of them may stand in the document."""

    whole_numbers: ClassVar[bool] = True

    _listed: bool = PrivateAttr(False)

    @classmethod
    def of_list(cls, values: list[int] | tuple[int, ...]) -> Self:
        """The array that a list stands for; it is written as a list again."""
        array = cls.of(values)
        array._listed = len(values) <= LONGEST_LIST
        return array

    @property
    def is_listed(self) -> bool:
        """Whether it was given as a short list."""
        return self._listed

    @model_serializer(mode="wrap")
    def _write(self, handler: Any) -> Any:
        return self.values().tolist() if self._listed else super()._write(handler)
