"""The backends as parameters of a test: each that is installed runs, the others are skipped where one can see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from spikeloom.backends import build_runtime
from spikeloom.backends.interface import Runtime
from spikeloom.errors import UserError
from spikeloom.genn import GeNNModel, Schedule


def _missing() -> str:
    from spikeloom.backends.pygenn import load

    try:
        load()
    except UserError as error:
        return str(error.message)
    return ""


NO_PYGENN = _missing()
needs_pygenn = pytest.mark.skipif(bool(NO_PYGENN), reason=NO_PYGENN or "PyGeNN is installed")
each_backend = pytest.mark.parametrize("backend", ["embedded", pytest.param("pygenn", marks=needs_pygenn)])


def built(
    backend: str, model: GeNNModel, schedules: Mapping[str, Schedule], timesteps: int, **settings: Any
) -> Runtime:
    """A runtime in double precision unless said otherwise."""
    options = {"precision": "double", "threads": 1} | settings
    return build_runtime(backend, model, schedules, timesteps=timesteps, **options)
