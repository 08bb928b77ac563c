"""Data sets as arrays, encoders to spikes, splits and batches."""

# Each registers its loader.
from spikeloom.data import digits, mnist, pattern, spike_hdf5, tonic_sets, yin_yang  # noqa: F401
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
