"""Values of PyGeNN's arrays, brought from the device and sent there."""

from __future__ import annotations

from typing import Any

import numpy as np

INPUT = "inSyn"  # the summed input of a synapse population, which is recorded as a variable


def pulled(array: Any) -> np.ndarray:
    """A copy of what an array of PyGeNN's holds on the device; of a delayed variable the values of the last step."""
    array.pull_from_device()
    match type(array).__name__:
        case "Variable":
            return np.array(array.current_view)
        case "SynapseVariable":  # sparse ones have no view
            return np.array(array.values)
    return np.array(array.view)


def push(array: Any, values: np.ndarray) -> None:
    """Write all of an array of PyGeNN's; of a delayed variable, the values of earlier steps as well."""
    values = np.asarray(values)
    match type(array).__name__:
        case "SynapseVariable":
            array.values = values.reshape(array.values.shape)
        case "Variable" if array.current_view.shape != array.view.shape:
            array.view[:] = values.reshape(array.current_view.shape)[..., None, :]
        case _:
            array.view[:] = values.reshape(array.view.shape)
    array.push_to_device()
