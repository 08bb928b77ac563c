"""Two examples in one."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform, chance_field


class Blend(Transform):
    """Makes a share of the examples a blend with another one of the same class.

    Each spike of both is kept with the probability 1/2. Before that the other example is moved, in time and in
    channels (rows and columns, of an image), so that the centres of mass of both lie upon each other; what leaves the
    channels is dropped. Nowotny et al. 2022 do this to spoken digits. The other example is drawn evenly from those of
    the class that are at hand, and an example that is alone stays as it is.
    """

    draws: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"t' \leftarrow t' + \bar{t} - \bar{t}', \;\; i' \leftarrow i' + \mathrm{round}(\bar{\imath} - \bar{\imath}')",
        r"P(\mathrm{kept}) = 1/2",
    )

    share: float = chance_field(0.5, "Probability that an example becomes a blend.")

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was."""
        if not shape:
            refuse("an example is a single number, and has nothing to blend", hint="Leave it out.")
        return shape
