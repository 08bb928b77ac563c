"""Splits: one file per type."""

from spikeloom.spec.splits.hold_out import HoldOut
from spikeloom.spec.splits.k_fold import KFold
from spikeloom.spec.splits.leave_one_group_out import LeaveOneGroupOut
from spikeloom.spec.splits.split import Split

__all__ = ["HoldOut", "KFold", "LeaveOneGroupOut", "Split"]
