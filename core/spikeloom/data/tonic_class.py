"""tonic's classes: imported where a set is read, told where to read, and kept from downloading anything unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spikeloom.errors import UserError

INSTALL = 'Install it: pip install "spikeloom[tonic]".'


def tonic_class(name: str, folder: Path) -> Any:
    """Tonic's class of that name, whose objects read what lies in `folder`.

    tonic itself looks for archives of certain names and for as many files as were published, downloads all of it where
    it misses one, and ends the process where it may not. Whether the files are there is found out before.

    Raises
    ------
    UserError
        If tonic is not installed, or has no such class.
    """
    try:
        # tonic uses it and leaves its import to chance.
        import numpy.lib.recfunctions  # noqa: F401
        import tonic.datasets
    except ImportError as error:
        own = (error.name or "tonic").split(".")[0] == "tonic"
        missing = "tonic" if own else f"tonic needs '{error.name}', which"
        raise UserError(f"{missing} is not installed", place="experiment.dataset", hint=INSTALL) from None
    cls = getattr(tonic.datasets, name, None)
    if cls is None:
        hint = "A newer one may: pip install --upgrade tonic."
        raise UserError(f"this tonic has no '{name}'", place="experiment.dataset", hint=hint)

    def forbidden(self: Any) -> None:
        raise FileNotFoundError(f"no files of {name} in {folder}")

    where = property(lambda self: str(folder), lambda self, chosen: None)
    body = {"location_on_system": where, "_check_exists": lambda self: True, "download": forbidden}
    return type(name, (cls,), body)
