"""Optimisers, clipping and schedules in numpy, from the formulas in PyTorch's documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

Arrays = dict[str, np.ndarray]
Step = Callable[[Arrays, Arrays, float], None]


def sgd(momentum: float = 0.0) -> Step:
    velocity: Arrays = {}

    def step(weights: Arrays, gradients: Arrays, rate: float) -> None:
        for name, gradient in gradients.items():
            velocity[name] = momentum * velocity.get(name, 0.0) + gradient
            weights[name] = weights[name] - rate * velocity[name]

    return step


def adam(beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.0) -> Step:
    """AdamW where there is a decay."""
    first: Arrays = {}
    second: Arrays = {}
    count = 0

    def step(weights: Arrays, gradients: Arrays, rate: float) -> None:
        nonlocal count
        count += 1
        for name, gradient in gradients.items():
            kept = weights[name] - rate * weight_decay * weights[name]
            first[name] = beta1 * first.get(name, 0.0) + (1 - beta1) * gradient
            second[name] = beta2 * second.get(name, 0.0) + (1 - beta2) * gradient**2
            mean = first[name] / (1 - beta1**count)
            weights[name] = kept - rate * mean / (np.sqrt(second[name] / (1 - beta2**count)) + epsilon)

    return step


def rmsprop(decay: float = 0.99, momentum: float = 0.0, epsilon: float = 1e-8) -> Step:
    square: Arrays = {}
    velocity: Arrays = {}

    def step(weights: Arrays, gradients: Arrays, rate: float) -> None:
        for name, gradient in gradients.items():
            square[name] = decay * square.get(name, 0.0) + (1 - decay) * gradient**2
            velocity[name] = momentum * velocity.get(name, 0.0) + gradient / (np.sqrt(square[name]) + epsilon)
            weights[name] = weights[name] - rate * velocity[name]

    return step


def clipped(gradients: Mapping[str, np.ndarray], norm: float) -> Arrays:
    """All gradients, shortened together where they are longer than `norm`."""
    total = float(np.sqrt(sum(np.square(gradient).sum() for gradient in gradients.values())))
    factor = min(1.0, norm / total)
    return {name: gradient * factor for name, gradient in gradients.items()}
