"""Where the window's own docks stand, between two starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from spikeloom.errors import UserError
from spikeloom.spec.plots import Place
from spikeloom_app.shell.settings import Settings

KEY, OPEN = "docks", "open_docks"  # of the settings


def read(settings: Settings, names: Collection[str]) -> dict[str, Place]:
    """The places that were remembered; what is damaged, or of another version, counts as forgotten."""
    known = settings.get(KEY, {})
    found = {}
    for name, value in known.items() if isinstance(known, dict) else ():
        try:
            place = Place.model_validate(value)
        except (UserError, ValueError):
            continue
        if name in names and place.box is not None:
            found[name] = place
    return found


def read_open(settings: Settings, names: Collection[str]) -> list[str] | None:
    """The docks that were open; None where nothing is known of them."""
    known = settings.get(OPEN)
    return [name for name in known if name in names] if isinstance(known, list) else None


def write(settings: Settings, places: Mapping[str, Place], shown: Iterable[str]) -> None:
    """Remember places, and which docks are open."""
    settings.set(KEY, {name: place.model_dump(mode="json") for name, place in places.items()})
    settings.set(OPEN, list(shown))
