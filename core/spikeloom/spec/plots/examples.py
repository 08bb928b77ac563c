"""One example after another."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import Plot, Split


class Examples(Plot):
    """The input of an example as people know it, the response of the network, prediction and truth."""

    title: ClassVar[str] = "Examples"

    split: Split = setting("test", help="The examples to choose from.")
    wrong: bool = setting(False, label="Only wrong ones", help="Step through those alone that were taken for another.")
