"""Make the screenshots of the documentation: the real window in both themes, at 100 % and at 200 %.

    make screenshots

Writes to ``docs/images``: the welcome page, the editor, the list of problems, the command palette, the preferences,
presentation mode, the guided tour, and the window after a training (``window-dark.png``). Those at 200 % end in
``@2x``; each scale is a process of its own, since Qt decides on it once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")
ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SIZE = 1560, 960  # px
RUN_SECONDS = LOAD_SECONDS = 60
SCALES = {1: "", 2: "@2x"}


def main() -> int:
    """Start one process for each scale."""
    parser = argparse.ArgumentParser(description="Make the screenshots of the documentation.")
    parser.add_argument("folder", nargs="?", type=Path, default=IMAGES)
    parser.add_argument("--scale", type=int, choices=SCALES, help="take the pictures of this scale, in this process")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.scale is not None:
        Camera(options.folder, SCALES[options.scale]).take_all()
        return 0
    for scale in SCALES:
        command = [sys.executable, __file__, str(options.folder), "--scale", str(scale)]
        finished = subprocess.run(command, env=os.environ | {"QT_SCALE_FACTOR": str(scale)}, check=False)
        if finished.returncode:
            return finished.returncode
    return 0


class Camera:
    """Takes the pictures of one scale.

    Parameters
    ----------
    suffix
        What their names end in.
    """

    def __init__(self, folder: Path, suffix: str) -> None:
        from PySide6.QtWidgets import QApplication

        self.folder, self.suffix = folder, suffix
        self.application = QApplication([])
        self.theme = ""

    def take_all(self) -> None:
        """All pictures, in both themes."""
        from spikeloom_app.inspector import typesetting
        from spikeloom_app.shell.main_window import MainWindow
        from spikeloom_app.shell.settings import Settings

        typesetting.load()  # or the first pictures would lack the equations
        self.wait(LOAD_SECONDS, typesetting.is_ready)
        with tempfile.TemporaryDirectory() as name:
            os.environ["XDG_DATA_HOME"] = os.environ["XDG_CONFIG_HOME"] = name
            for self.theme in ("dark", "light"):
                settings = Settings(Path(name) / f"{self.theme}.json")
                settings.set("theme", self.theme)
                for take in (editor, tour, trained):
                    window = MainWindow(settings=settings)
                    window.appearance.apply()
                    window.resize(*SIZE)
                    window.show()
                    self.wait(0.3)
                    take(self, window)
                    window.controller.shut_down()
                    window.hide()
                    window.deleteLater()
                    self.wait(0.1)

    def keep(self, widget: Any, name: str) -> None:
        """Take a picture of a widget."""
        self.wait(0.3)
        widget.grab().save(str(self.folder / f"{name}-{self.theme}{self.suffix}.png"))

    def wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let the window live for a while, or until something is so."""
        from PySide6.QtCore import QEvent

        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            self.application.processEvents()
            # Outside of an event loop nobody else deletes what is to be deleted later.
            self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            time.sleep(0.005)


def editor(camera: Camera, window: Any) -> None:
    """The welcome page, and the editor with what opens over it."""
    from spikeloom.examples import examples

    camera.keep(window, "welcome")
    window.open_example(examples()["digits"])
    window.canvas.select(["hidden"])
    camera.keep(window, "editor")
    window.command_palette.open_palette()
    window.command_palette.line.setText("zo")
    camera.keep(window, "command-palette")
    window.command_palette.close_palette()
    window.show_preferences("Shortcuts")
    camera.keep(window._page, "preferences")
    window._page.close()
    window.presentation.enter()
    window.showNormal()  # the offscreen platform's screen is small
    window.resize(*SIZE)
    window.canvas.fit()
    camera.keep(window, "presentation")
    window.presentation.leave()
    window.document.set_value(("network", "populations", "hidden", "neuron", "relative_reset"), True)
    window.document.set_value(("experiment", "simulation", "example_time"), 10.4)
    window.running.train()
    camera.keep(window, "problems")


def tour(camera: Camera, window: Any) -> None:
    """The guided tour at the first connection."""
    window.start_tour()
    for _ in range(3):
        index = window.tour.index
        window.tour.perform()
        camera.wait(5, lambda index=index: window.tour.index > index)
    camera.keep(window, "tour")
    window.tour.end()


def trained(camera: Camera, window: Any) -> None:
    """The digits example after its training."""
    from spikeloom.examples import examples

    window.open_example(examples()["digits"])
    camera.wait(0.5)
    window.canvas.fit()
    window.canvas.select(["hidden"])
    window.controller.show_example(12)
    window.running.train()
    camera.wait(RUN_SECONDS, lambda: window.controller.state == "idle")
    camera.keep(window, "window")


if __name__ == "__main__":
    sys.exit(main())
