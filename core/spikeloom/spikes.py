"""Spikes as numpy arrays: of single examples and of many, dense and as events, ready for a model or taken from one.

::

    from spikeloom import spikes

    examples = [spikes.preprocess(times, neurons, dt=1.0, timesteps=100) for times, neurons in recordings]
    model.train(spikes.batch(examples), labels)

Many examples are a `SpikeData`: ``steps[offsets[e]:offsets[e + 1]]`` and ``ids`` of the same places are the timesteps
and the neurons of example e, sorted by timestep. `Model.train`, `evaluate` and `predict` take it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from spikeloom.data import check_spikes, from_dense, from_events
from spikeloom.data.spikes import distinct, join, spike_data
from spikeloom.errors import UserError
from spikeloom.genn.batch import SpikeData

__all__ = [
    "SpikeData",
    "batch",
    "check_spikes",
    "from_dense",
    "from_events",
    "latest_spike_time",
    "permute",
    "preprocess",
    "to_dense",
    "to_events",
]

MOST_ELEMENTS = 2**33


def preprocess(times: ArrayLike, ids: ArrayLike, dt: float, timesteps: int | None = None) -> SpikeData:
    """One example from the times of its spikes.

    Parameters
    ----------
    times
        (spikes,), ms, in any order. A spike at time t is one of step ``floor(t / dt)``; several of a neuron in one step
        are one.
    ids
        (spikes,): the neuron of each spike.
    timesteps
        Spikes after so many steps are left out; by default none are.

    Returns
    -------
    SpikeData
        Of one example.

    Examples
    --------
    >>> one = preprocess([2.5, 0.2, 2.9], [7, 3, 7], dt=1.0)
    >>> one.steps, one.ids
    (array([0, 2], dtype=int32), array([3, 7], dtype=int32))
    """
    if not np.isfinite(dt) or dt <= 0:
        raise UserError(f"{dt} found, expected a timestep (ms) greater than 0", place="dt")
    neurons = np.asarray(ids)
    if neurons.size and neurons.dtype.kind in "iu" and not 0 <= neurons.min() <= neurons.max() < 2**31:
        wrong = neurons.min() if neurons.min() < 0 else neurons.max()
        raise UserError(f"neuron {wrong} found, expected 0 to {2**31 - 1}", place="ids")
    found = from_events([(np.asarray(times), neurons)], dt, timesteps)
    if found.steps.min(initial=0) < 0:
        raise UserError("a spike before 0 ms was found", place="times")
    last = int(found.steps.max(initial=0)) + 1
    return distinct(1, np.zeros(len(found.ids), np.int64), found.steps, found.ids, last)


def batch(examples: Iterable[SpikeData]) -> SpikeData:
    """All examples of several, one after the other.

    Examples
    --------
    >>> both = batch([preprocess([1.0], [0], 1.0), preprocess([4.0, 5.0], [2, 1], 1.0)])
    >>> len(both), both.offsets
    (2, array([0, 1, 3]))
    """
    return join([SpikeData(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)), *examples])


def permute(spikes: SpikeData, neurons: ArrayLike) -> SpikeData:
    """The same spikes of other neurons: those of neuron i are of ``neurons[i]`` afterwards.

    Examples
    --------
    >>> permute(preprocess([1.0, 1.0, 2.0], [0, 1, 2], 1.0), [2, 0, 1]).ids
    array([0, 2, 1], dtype=int32)
    """
    order = np.asarray(neurons)
    size = len(order) if order.ndim == 1 else 0
    if order.ndim != 1 or not np.array_equal(np.sort(order), np.arange(size)):
        raise UserError("not an order was found, expected each number from 0 on once", place="neurons")
    if len(spikes.ids) and spikes.ids.max() >= size:
        message = f"{size} numbers were found, and a spike of neuron {spikes.ids.max()}"
        raise UserError(message, place="neurons", hint="Give a number for each neuron.")
    return spike_data(len(spikes), _examples(spikes), spikes.steps, order[spikes.ids])


def latest_spike_time(spikes: SpikeData, dt: float) -> float:
    """When the last step with a spike begins, ms; 0 where there are none.

    An example must be shown a timestep longer than that to have all of its spikes.

    Examples
    --------
    >>> latest_spike_time(preprocess([3.0, 17.3], [0, 4], dt=0.5), dt=0.5)
    17.0
    """
    return float(spikes.steps.max(initial=0) * dt)


def to_dense(spikes: SpikeData, timesteps: int, neurons: int | tuple[int, ...]) -> np.ndarray:
    """An array that is True where there is a spike.

    Parameters
    ----------
    timesteps
        Later spikes are left out.
    neurons
        How many there are, or their shape.

    Returns
    -------
    numpy.ndarray
        bool, (examples, timesteps, neurons); `from_dense` takes it back.

    Examples
    --------
    >>> to_dense(preprocess([0.0, 2.0], [1, 0], 1.0), timesteps=3, neurons=2).astype(int)
    array([[[0, 1],
            [0, 0],
            [1, 0]]])
    """
    shape = (int(neurons),) if isinstance(neurons, int | np.integer) else tuple(neurons)
    if timesteps < 0:
        raise UserError(f"{timesteps} found, expected 0 or more", place="timesteps")
    size = len(spikes) * timesteps * prod(shape)
    if size > MOST_ELEMENTS:
        message = f"{len(spikes)} examples of {timesteps} steps and {prod(shape)} neurons are {size} elements"
        raise UserError(message, place="spikes", hint="Take some examples at a time: spikes.take(numbers).")
    check_spikes(spikes, prod(shape))
    dense = np.zeros((len(spikes), timesteps, prod(shape)), bool)
    seen = spikes.steps < timesteps
    dense[_examples(spikes)[seen], spikes.steps[seen], spikes.ids[seen]] = True
    return dense.reshape(len(spikes), timesteps, *shape)


def to_events(spikes: SpikeData, dt: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """A pair (times in ms, neurons) for each example; `from_events` takes them back.

    Examples
    --------
    >>> to_events(preprocess([0.2, 2.6], [1, 0], dt=0.5), dt=0.5)
    [(array([0. , 2.5]), array([1, 0], dtype=int32))]
    """
    stretches = zip(spikes.offsets[:-1].tolist(), spikes.offsets[1:].tolist(), strict=True)
    return [(spikes.steps[first:last] * float(dt), spikes.ids[first:last].copy()) for first, last in stretches]


def _examples(spikes: SpikeData) -> np.ndarray:
    """The example of each spike."""
    return np.repeat(np.arange(len(spikes)), np.diff(spikes.offsets))
