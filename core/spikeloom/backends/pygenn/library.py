"""PyGeNN itself: found or refused in words."""

from __future__ import annotations

import importlib
from typing import Any

from spikeloom.errors import UserError

HINT = "GeNN's installation page says how to build it; `spikeloom doctor` says what it found."


def load() -> Any:
    """The module ``pygenn``.

    Raises
    ------
    UserError
        If it cannot be imported, or is not PyGeNN 5, or was built so that it misreads parameters.
    """
    try:
        pygenn = importlib.import_module("pygenn")
        library = importlib.import_module("pygenn._genn")
    except ImportError as error:
        message = f"PyGeNN cannot be imported ({error})"
        raise UserError(message, place="backend", hint=f"{HINT} The embedded backend needs none.") from None
    if not hasattr(pygenn, "create_out_post_var_ref"):
        version = getattr(pygenn, "__version__", "of an unknown version")
        raise UserError(f"PyGeNN {version} found, expected 5.1 or newer", place="backend", hint=HINT)
    # Built against pybind11 3, whole numbers become floats, and user-defined functions fail later in worse ways.
    if not isinstance(library.NumericValue(3).value, int):
        message = "the installed PyGeNN is not sound: it was built with pybind11 3, and misreads whole numbers"
        raise UserError(message, place="backend", hint="Build it again with pybind11 2.13.")
    return pygenn
