"""What convolutions and pooling have in common: they work on rows, columns and channels."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from pydantic import BeforeValidator

from spikeloom.genn import KernelMatrix, Taps
from spikeloom.spec.connectivity.axis import AxisTaps
from spikeloom.spec.connectivity.connectivity import Extent
from spikeloom.spec.explain import found
from spikeloom.spec.problem import refuse

LARGEST = 65_536


def _as_pair(value: Any) -> Any:
    """Rows and columns; one number stands for both."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value, value)
    if not isinstance(value, list | tuple):
        return value
    numbers = [extent.item() if hasattr(extent, "item") else extent for extent in value]
    if len(numbers) != 2 or not all(type(n) is int and 1 <= n <= LARGEST for n in numbers):
        refuse(f"{found(list(numbers))} found, expected two whole numbers of at least 1 (rows, columns)")
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


def fitting(extent: tuple[int, int, int], what: str, *, flatten: bool) -> Extent:
    """The shape of the target, which must not be empty."""
    if 0 in extent:
        refuse(f"{what} is larger than the source", hint="Make it smaller, or pad with 'same'.")
    return (prod(extent),) if flatten else extent


def kernel_matrix(
    kernel: tuple[int, int, int, int], rows: tuple[int, AxisTaps], columns: tuple[int, AxisTaps]
) -> KernelMatrix:
    """The matrix of a kernel from what `axis` gives for both axes."""
    return KernelMatrix(kernel, Taps.from_lists(rows[1]), Taps.from_lists(columns[1]), columns[0])
