"""For tests of the window: what a test leaves behind is destroyed between two tests, and never in the midst of one."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _garbage_waits_for_the_end_of_a_test() -> Iterator[None]:
    """Collect garbage when nothing is painted.

    A widget without a parent belongs to Python. Where it is part of a cycle, the collector deletes it whenever it
    happens to run; within the painting of another window that takes the painter's device away, and the process dies.
    """
    gc.disable()
    yield
    try:
        from PySide6.QtCore import QCoreApplication, QEvent
    except ImportError:
        pass
    else:
        if QCoreApplication.instance() is not None:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect(1)  # what is older than the test is left alone, which takes long to look through
    gc.enable()


@pytest.fixture
def dark_theme() -> Iterator[None]:
    """The dark theme during a test, whatever it chooses in between, and afterwards the one from before."""
    from spikeloom_app import theme

    before = theme.current()
    theme.use(theme.DARK)
    yield
    theme.use(before)
