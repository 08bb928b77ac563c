"""Transforms of spikes: one file per type."""

from spikeloom.spec.transforms.blend import Blend
from spikeloom.spec.transforms.channel_jitter import ChannelJitter
from spikeloom.spec.transforms.channel_shift import ChannelShift
from spikeloom.spec.transforms.crop import Crop
from spikeloom.spec.transforms.delay_line import DelayLine
from spikeloom.spec.transforms.denoise import Denoise
from spikeloom.spec.transforms.downsample import Downsample
from spikeloom.spec.transforms.drop_event import DropEvent
from spikeloom.spec.transforms.drop_event_by_area import DropEventByArea
from spikeloom.spec.transforms.drop_event_by_time import DropEventByTime
from spikeloom.spec.transforms.merge_polarities import MergePolarities
from spikeloom.spec.transforms.random_flip import RandomFlip
from spikeloom.spec.transforms.random_time_shift import RandomTimeShift
from spikeloom.spec.transforms.spatial_jitter import SpatialJitter
from spikeloom.spec.transforms.time_crop import TimeCrop
from spikeloom.spec.transforms.time_jitter import TimeJitter
from spikeloom.spec.transforms.time_scaling import TimeScaling
from spikeloom.spec.transforms.time_skew import TimeSkew
from spikeloom.spec.transforms.transform import Transform
from spikeloom.spec.transforms.uniform_noise import UniformNoise

__all__ = [
    "Blend",
    "ChannelJitter",
    "ChannelShift",
    "Crop",
    "DelayLine",
    "Denoise",
    "Downsample",
    "DropEvent",
    "DropEventByArea",
    "DropEventByTime",
    "MergePolarities",
    "RandomFlip",
    "RandomTimeShift",
    "SpatialJitter",
    "TimeCrop",
    "TimeJitter",
    "TimeScaling",
    "TimeSkew",
    "Transform",
    "UniformNoise",
]
