"""Data sets as arrays, encoders to spikes, splits and batches."""

from spikeloom.data import (  # noqa: F401 - each registers its loader  # noqa: F401 - each registers its encoder
    delta_modulation,
    digits,
    mnist,
    pattern,
    poisson_rate,
    population_code,
    spike_hdf5,
    yin_yang,
)
from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.encoders import encode
from spikeloom.data.events import Events, in_steps
from spikeloom.data.spikes import check_spikes, from_dense, from_events, spike_data
from spikeloom.data.splits import hold_out, stratified

__all__ = [
    "Arrays",
    "Events",
    "check_spikes",
    "encode",
    "from_dense",
    "from_events",
    "hold_out",
    "in_steps",
    "load_dataset",
    "spike_data",
    "stratified",
]
