"""What is taken for what."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import Part, Plot, Split


class Confusion(Plot):
    """How many examples of each class are taken for which, and the accuracy of each class."""

    title: ClassVar[str] = "Confusion matrix"

    output: Part = setting("", help="The output population that is shown; the first by default.")
    split: Split = setting("test", help="The examples that are counted.")
    shares: bool = setting(False, help="Show shares of a class rather than numbers of examples.")
