"""Connectivity: one file per type."""

from spikeloom.spec.connectivity.avg_pool2d import AvgPool2D
from spikeloom.spec.connectivity.avg_pool_conv2d import AvgPoolConv2D
from spikeloom.spec.connectivity.avg_pool_dense2d import AvgPoolDense2D
from spikeloom.spec.connectivity.connectivity import Connectivity, Ends, Weighted
from spikeloom.spec.connectivity.conv2d import Conv2D
from spikeloom.spec.connectivity.conv2d_transpose import Conv2DTranspose
from spikeloom.spec.connectivity.dense import Dense
from spikeloom.spec.connectivity.fixed_probability import FixedProbability
from spikeloom.spec.connectivity.one_to_one import OneToOne
from spikeloom.spec.connectivity.sparse import Sparse

__all__ = [
    "AvgPool2D",
    "AvgPoolConv2D",
    "AvgPoolDense2D",
    "Connectivity",
    "Conv2D",
    "Conv2DTranspose",
    "Dense",
    "Ends",
    "FixedProbability",
    "OneToOne",
    "Sparse",
    "Weighted",
]
