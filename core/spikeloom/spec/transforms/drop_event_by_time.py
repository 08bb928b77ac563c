"""An interval without spikes."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class DropEventByTime(Transform):
    """Leaves out all spikes of an interval, which lies elsewhere in each example.

    It is a share of the time up to the last spike of the example, and lies evenly anywhere within that.
    """

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"t_0 \leq t \leq t_0 + s\, t_{\mathrm{last}}, \;\; t_0 \sim U(0, (1 - s)\, t_{\mathrm{last}})",
    )

    share: float = quantity(0.2, ge=0, le=1, help="Length of the interval, as a share of the example.", step=0.05)
