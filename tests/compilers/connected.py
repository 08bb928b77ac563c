"""Architectures whose synapses are sparse, shared or delayed, as cases for gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

import spikeloom.spec as sp
from tests.compilers.nets import Case

INPUT, OUTPUT, LOOP = ("input", "hidden0"), ("hidden0", "output"), ("hidden0", "hidden0")


def sparse(pre: int, post: int, share: float = 0.6) -> Callable[[], sp.Connectivity]:
    """Listed synapses, the same in every draw."""
    pairs = np.argwhere(np.random.default_rng(pre * post).random((pre, post)) < share)
    return lambda: sp.Sparse(*pairs.T, 0.0)


SHAPES = {"input": (4, 4), "hidden0": (3, 3, 2)}
PLANES = Case(hidden=(18,), n_inputs=16, shapes=SHAPES, mean=1.6)
POOLED = Case(hidden=(18,), n_inputs=36, shapes={"input": (6, 6), "hidden0": (2, 2, 2)}, mean=5.0)
CONNECTED = {
    "sparse": Case(recurrent=(0,), connect={INPUT: sparse(6, 8), OUTPUT: sparse(8, 3), LOOP: sparse(8, 8, 0.4)}),
    "one to one": Case(n_inputs=8, connect={INPUT: lambda: sp.OneToOne(0.0)}, mean=4.0),
    "convolution": replace(PLANES, connect={INPUT: lambda: sp.Conv2D(0.0, 2, 2)}),
    "convolution, same, strides": replace(
        PLANES,
        hidden=(8,),
        shapes={"input": (4, 4), "hidden0": (2, 2, 2)},
        connect={INPUT: lambda: sp.Conv2D(0.0, 2, 3, conv_strides=2, conv_padding="same")},
    ),
    "convolution of a hidden layer": Case(
        hidden=(18, 8),
        n_inputs=16,
        shapes=SHAPES | {"hidden1": (2, 2, 2)},
        connect={INPUT: lambda: sp.Conv2D(0.0, 2, 2), ("hidden0", "hidden1"): lambda: sp.Conv2D(0.0, 2, 2)},
        mean=1.6,
    ),
    "transposed convolution": Case(
        hidden=(16,),
        n_inputs=9,
        shapes={"input": (3, 3), "hidden0": (4, 4, 1)},
        connect={INPUT: lambda: sp.Conv2DTranspose(0.0, 1, 2)},
        mean=2.0,
    ),
    "pooling + convolution": replace(POOLED, hidden=(8,), connect={INPUT: lambda: sp.AvgPoolConv2D(0.0, 2, 2, 2)}),
    "pooling + dense": replace(
        POOLED, hidden=(8,), shapes={"input": (6, 6)}, connect={INPUT: lambda: sp.AvgPoolDense2D(0.0, 2)}, mean=1.2
    ),
    "pooling of a hidden layer": Case(
        hidden=(18, 8),
        n_inputs=16,
        shapes={"input": (4, 4), "hidden0": (3, 3, 2), "hidden1": (2, 2, 2)},
        connect={
            INPUT: lambda: sp.Conv2D(0.0, 2, 2),
            ("hidden0", "hidden1"): lambda: sp.AvgPool2D(2, pool_strides=1),
        },
        tau_mem=(20.0, 25.0, 25.0),
        thresholds={"hidden1": 0.12},
        mean=1.6,
    ),
    "one delay": Case(recurrent=(0,), connect={pair: lambda: sp.Dense(0.0, 2.5) for pair in (INPUT, OUTPUT, LOOP)}),
    "delays": Case(recurrent=(0,), drawn_delays={INPUT: 6.0, LOOP: 4.0, OUTPUT: 3.0}),
    "sparse, delays": Case(
        recurrent=(0,), connect={INPUT: sparse(6, 8), LOOP: sparse(8, 8, 0.4)}, drawn_delays={INPUT: 5.0, LOOP: 5.0}
    ),
    "convolution, one delay": replace(PLANES, connect={INPUT: lambda: sp.Conv2D(0.0, 2, 2, delay=1.5)}),
}
