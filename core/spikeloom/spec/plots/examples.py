"""One example after another."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from spikeloom.spec.fields import setting
from spikeloom.spec.plots.plot import Part, Plot, Split

Class = Annotated[int, Field(ge=0, lt=2**31)]


class Examples(Plot):
    """The input of an example as people know it, the response of the network, prediction and truth."""

    title: ClassVar[str] = "Examples"

    output: Part = setting("", help="The output population that is shown; the first by default.")
    split: Split = setting("test", help="The examples to choose from.")
    wrong: bool = setting(False, label="Only wrong ones", help="Step through those alone that were taken for another.")
    truth: Class | None = setting(None, help="Step through the examples of this class alone; of all by default.")
    prediction: Class | None = setting(
        None, help="Step through those alone that were taken for this class; for any by default."
    )
