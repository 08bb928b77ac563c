"""Schedules of the learning rate: one file per type."""

from spikeloom.spec.schedules.constant_rate import ConstantRate
from spikeloom.spec.schedules.cosine_decay import CosineDecay
from spikeloom.spec.schedules.exponential_decay import ExponentialDecay
from spikeloom.spec.schedules.rate_schedule import RateSchedule
from spikeloom.spec.schedules.step_decay import StepDecay

__all__ = ["ConstantRate", "CosineDecay", "ExponentialDecay", "RateSchedule", "StepDecay"]
