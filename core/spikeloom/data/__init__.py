"""Data sets as arrays, encoders to spikes, splits and batches."""

from spikeloom.data import (  # noqa: F401 - each registers what it does for its types
    array_file,
    audio_folder,
    delta_modulation,
    digits,
    event_folder,
    image_folder,
    inspect_arrays,
    inspect_folders,
    inspect_spikes,
    mnist,
    pattern,
    poisson_rate,
    population_code,
    randman,
    spike_hdf5,
    tonic_sets,
    yin_yang,
)
from spikeloom.data.curves import Curves
from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.encoders import encode
from spikeloom.data.events import Events, in_steps
from spikeloom.data.findings import Findings, inspect
from spikeloom.data.identity import identity
from spikeloom.data.making import PORTION, Making, portions
from spikeloom.data.source import Joined, Source
from spikeloom.data.spikes import check_spikes, from_dense, from_events, spike_data
from spikeloom.data.splits import divide, hold_out, stratified
from spikeloom.data.store import Store, StoreWriter

__all__ = [
    "PORTION",
    "Arrays",
    "Curves",
    "Events",
    "Findings",
    "Joined",
    "Making",
    "Source",
    "Store",
    "StoreWriter",
    "check_spikes",
    "divide",
    "encode",
    "from_dense",
    "from_events",
    "hold_out",
    "identity",
    "in_steps",
    "inspect",
    "load_dataset",
    "portions",
    "spike_data",
    "stratified",
]
