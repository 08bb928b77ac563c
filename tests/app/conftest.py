"""For tests of the window: what a test leaves behind is destroyed between two tests, and never in the midst of one."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[Any]:
    """Collect garbage when nothing is painted.

    A widget without a parent belongs to Python. Where it is part of a cycle, the collector deletes it whenever it
    happens to run; within the painting of another window that takes the painter's device away, and the process dies.

    Nothing is collected before the test has let go of its fixtures. What they hold would be kept as old otherwise, and
    hundreds of windows that are gone make each that comes slower.
    """
    gc.disable()
    result = yield
    try:
        from PySide6.QtCore import QCoreApplication, QEvent
    except ImportError:
        pass
    else:
        if QCoreApplication.instance() is not None:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect(1)  # what is older than the test is left alone, which takes long to look through
    gc.enable()
    return result


@pytest.fixture
def dark_theme() -> Iterator[None]:
    """The dark theme during a test, whatever it chooses in between, and afterwards the one from before."""
    from spikeloom_app import theme

    before = theme.current()
    theme.use(theme.DARK)
    yield
    theme.use(before)
