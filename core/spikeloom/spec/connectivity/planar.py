"""What convolutions and pooling have in common: they work on rows, columns and channels."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from pydantic import BeforeValidator

from spikeloom.genn import KernelMatrix, Taps
from spikeloom.spec.connectivity.axis import AxisTaps
from spikeloom.spec.connectivity.connectivity import Extent
from spikeloom.spec.problem import refuse

LARGEST = 65_536


def _as_pair(value: Any) -> Any:
    """Rows and columns; one number stands for both."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value, value)
    if not isinstance(value, list | tuple):
        return value
    numbers = [extent.item() if hasattr(extent, "item") else extent for extent in value]
    numbers = numbers * 2 if len(numbers) == 1 else numbers
    if len(numbers) != 2 or not all(type(n) is int and 1 <= n <= LARGEST for n in numbers):
        shown = f"{numbers[0]}" if len(numbers) == 2 and numbers[0] == numbers[1] else str(numbers)
        refuse(f"{shown[:60]} found, expected one or two whole numbers (rows, columns) from 1 to {LARGEST}")
    return tuple(numbers)


Pair = Annotated[tuple[int, int], BeforeValidator(_as_pair)]


def planes(shape: Extent) -> tuple[int, int, int]:
    """Rows, columns and channels; a shape of two dimensions has one channel.

    Raises
    ------
    Refused
        Where the shape has neither two nor three dimensions.
    """
    if len(shape) == 2:
        return shape[0], shape[1], 1
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    message = f"a source of shape {list(shape)} found, expected rows, columns and, if there are several, channels"
    refuse(message, hint="Give the source a shape such as [28, 28] or [28, 28, 2].")


def fitting(extent: tuple[int, int, int], what: str, hint: str, *, flatten: bool) -> Extent:
    """The shape of the target, which must not be empty."""
    if 0 in extent:
        refuse(f"{what} is larger than what it slides over", hint=hint)
    return (prod(extent),) if flatten else extent


def kernel_matrix(kernel: tuple[int, int, int, int], rows: AxisTaps, columns: AxisTaps, width: int) -> KernelMatrix:
    """The matrix of a kernel from the taps along both axes; `width` is the number of columns of the target."""
    return KernelMatrix(kernel, Taps.from_lists(rows), Taps.from_lists(columns), width)
