"""For all tests: builds are shared and kept apart from the user's, and runs go to a folder that vanishes."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

_FOLDER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Set the folders before any process is started: parallel test processes inherit them."""
    if hasattr(config, "workerinput"):
        return
    folder = config.stash[_FOLDER] = tempfile.mkdtemp(prefix="spikeloom-tests-")
    os.environ.setdefault("SPIKELOOM_CACHE", os.path.join(folder, "cache"))
    os.environ["XDG_DATA_HOME"] = os.path.join(folder, "data")
    os.environ["XDG_CONFIG_HOME"] = os.path.join(folder, "config")
    os.environ.setdefault("MPLCONFIGDIR", os.path.join(folder, "matplotlib"))  # its list of fonts


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove them."""
    folder = config.stash.get(_FOLDER, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _types_of_a_test_stay_in_it(request: pytest.FixtureRequest):
    """A type that a test module defines registers itself; tests of other modules must not find it."""
    from spikeloom.spec import Type

    before = {family: dict(family._registry) for family in Type.__subclasses__()}
    for family in before:
        for name, found in list(family._registry.items()):
            if not found.__module__.startswith("spikeloom.") and found.__module__ != request.module.__name__:
                del family._registry[name]
    yield
    for family, registry in before.items():
        family._registry.clear()
        family._registry.update(registry)
