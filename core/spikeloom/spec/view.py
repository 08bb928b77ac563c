"""How a document looks in the editor: where its parts stand, the notes and frames around them, the plots."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from spikeloom.spec.explain import found
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.node import Node
from spikeloom.spec.plots import MOST, Plot, as_tuple, default_plots
from spikeloom.spec.problem import refuse

FURTHEST = 1e6  # px from the origin
LARGEST = 1e5  # px, a side
Tint = Literal["grey", "yellow", "green", "blue", "purple", "red"]


def _check_mark(name: str) -> str:
    # A colon, so that it is never the name of a population or connection.
    kind, colon, number = name.partition(":")
    if kind not in ("note", "frame") or not colon or not number.isascii() or not number.isdigit() or len(number) > 9:
        refuse(f"{found(name)} found, expected a name such as 'note:1' or 'frame:1'")
    return name


def _check_place(place: tuple[float, float]) -> tuple[float, float]:
    if max(abs(place[0]), abs(place[1])) > FURTHEST:
        refuse(f"{max(place, key=abs):g} found, expected at most {FURTHEST:g} px from the middle")
    return place


Position = Annotated[tuple[float, float], BeforeValidator(as_tuple), AfterValidator(_check_place)]
Mark = Annotated[str, AfterValidator(_check_mark)]


class Annotation(Node):
    """Something on the canvas that is no part of the network."""

    name: Mark = setting(help="Its name, unique in the view.")
    position: Position = setting(help="Its upper left corner: [x, y].", unit="px")
    width: float = quantity(220.0, ge=24, le=LARGEST, unit="px", help="Its width.", step=12)
    height: float = quantity(120.0, ge=24, le=LARGEST, unit="px", help="Its height.", step=12)
    tint: Tint = setting("grey", label="Colour", help="Its colour, in any theme.")


class Note(Annotation):
    """A text on the canvas."""

    text: str = setting("", help="What it says, in Markdown.", max_length=20_000)


class Frame(Annotation):
    """A titled frame around parts; it moves with what stands in it, and folds to a card."""

    title: str = setting("Frame", help="What it says.", max_length=200)
    folded: bool = setting(False, help="Show it as one card in place of what stands in it.")
    members: list[str] = setting(factory=list, help="What it stands for while it is folded.")


class View(Node):
    """How the document looks in the editor. It never changes what is computed; keys of its own are kept."""

    model_config = ConfigDict(extra="allow")

    positions: dict[str, Position] = setting(factory=dict, help="Where parts stand, as name: [x, y].")
    notes: list[Note] = setting(factory=list, help="Notes on the canvas.")
    frames: list[Frame] = setting(factory=list, help="Frames around parts.")
    plots: Annotated[list[Plot], Field(max_length=MOST)] | None = setting(
        None, help="The plots of the window; a few that serve most by default."
    )

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [item.name for item in (*self.annotations, *(self.plots or ()))]
        twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            refuse(f"the name '{twice}' is taken twice")
        return self

    @property
    def annotations(self) -> list[Annotation]:
        """All notes and frames."""
        return [*self.frames, *self.notes]

    @property
    def shown_plots(self) -> list[Plot]:
        """The plots of the document, or those by default."""
        return default_plots() if self.plots is None else self.plots

    def free_plot(self) -> str:
        """A name for a new plot."""
        taken = {plot.name for plot in self.shown_plots}
        return next(name for number in range(1, len(taken) + 2) if (name := f"plot:{number}") not in taken)

    def free_mark(self, kind: Literal["note", "frame"]) -> str:
        """A name for a new note or frame."""
        taken = {annotation.name for annotation in self.annotations}
        return next(name for number in range(1, len(taken) + 2) if (name := f"{kind}:{number}") not in taken)
