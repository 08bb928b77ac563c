"""Several transforms, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from spikeloom.data.events import Events, one_after_the_other, portions
from spikeloom.data.transforms.transformed import Surroundings, transformed
from spikeloom.spec import Transform


def apply(transforms: Sequence[Transform], events: Events, around: Surroundings) -> Events:
    """The spikes of the examples after all of them.

    Parameters
    ----------
    around
        Before the first one.
    """
    for needs_labels, members in groupby(transforms, lambda transform: transform.needs_labels):
        several = list(members)
        if needs_labels:
            events = _all_of(several, events, around)
        else:  # what knows one example alone is done to a few at a time, which stay in cache from one to the next
            parts = portions(events)
            few = [_all_of(several, events.part(first, last), _of_part(around, first, last)) for first, last in parts]
            events = one_after_the_other(few)
        around = replace(around, shape=_shape_after(several, around.shape))
    return events


def _all_of(transforms: Sequence[Transform], events: Events, around: Surroundings) -> Events:
    for transform in transforms:
        events = transformed(transform, events, around)
        around = replace(around, shape=transform.shape_after(around.shape))
    return events


def _of_part(around: Surroundings, first: int, last: int) -> Surroundings:
    return around if around.labels is None else replace(around, labels=around.labels[first:last])


def _shape_after(transforms: Sequence[Transform], shape: tuple[int, ...]) -> tuple[int, ...]:
    for transform in transforms:
        shape = transform.shape_after(shape)
    return shape
