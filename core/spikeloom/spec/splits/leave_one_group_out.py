"""One speaker, say, for the test."""

from __future__ import annotations

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.splits.split import Split


class LeaveOneGroupOut(Split):
    """All examples of one group (a speaker, a subject) are for the test, those of all others for training."""

    group: str = setting("speaker", max_length=64, help="By what examples are grouped: speaker, subject.")
    held: int = quantity(0, ge=0, help="The number of the group that is for the test.")
