"""Make the screenshots of the documentation: the real window, trained, in both themes.

    make screenshots

Writes ``docs/images/window-dark.png`` and ``window-light.png``, and the welcome page.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")
ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"


def main() -> int:
    """Open the digits example, train it, and take the pictures on the way."""
    from PySide6.QtWidgets import QApplication

    from spikeloom.examples import examples
    from spikeloom_app.shell.appearance import apply_theme
    from spikeloom_app.shell.main_window import MainWindow
    from spikeloom_app.shell.settings import Settings

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    target.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = name
        for theme in ("dark", "light"):
            apply_theme(theme)
            window = MainWindow(settings=Settings(Path(name) / f"{theme}.json"))
            window.resize(1560, 960)
            window.show()
            _wait(application, 0.3)
            window.grab().save(str(target / f"welcome-{theme}.png"))
            window.open_example(examples()["digits"])
            _wait(application, 0.5)
            window.canvas.fit()
            window.canvas.select(["hidden"])
            window.controller.show_example(12)
            window.train()
            deadline = time.monotonic() + 60
            while window.controller.state != "idle" and time.monotonic() < deadline:
                _wait(application, 0.1)
            _wait(application, 0.3)
            window.grab().save(str(target / f"window-{theme}.png"))
            window.controller.shut_down()
            window.hide()
            window.deleteLater()
    return 0


def _wait(application, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
