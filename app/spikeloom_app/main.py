"""``spikeloom-app [FILE ...]``: start the window, or one for each file."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from pathlib import Path

WARM_UP_MILLISECONDS = 1000  # after the window is there
GARBAGE_SECONDS = 0.25  # between two looks of the collector


def main(arguments: list[str] | None = None) -> int:
    """Start the application and return its exit code."""
    parser = argparse.ArgumentParser(prog="spikeloom-app", description="The Spikeloom editor.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="documents (.snn) to open")
    parser.add_argument("--example", metavar="NAME", help="open an example, such as digits")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        print(_no_qt(error), file=sys.stderr)
        return 1
    from pyqtgraph.util.garbage_collector import GarbageCollector
    from PySide6.QtCore import QTimer

    from spikeloom.examples import examples
    from spikeloom_app.inspector import typesetting
    from spikeloom_app.shell import windows
    from spikeloom_app.shell.appearance import Appearance
    from spikeloom_app.shell.main_window import MainWindow
    from spikeloom_app.shell.settings import Settings

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Spikeloom")
    application.setDesktopFileName("spikeloom")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends the window; the swap file stays
    settings = Settings()
    Appearance(settings).apply()
    window = MainWindow(settings=settings)
    window.show()
    windows.open_paths(window, options.files)
    if options.example is not None and not options.files:
        known = examples()
        if options.example not in known:
            print(f"error: no example '{options.example}'; known: {', '.join(known)}", file=sys.stderr)
            return 2
        window.open_example(known[options.example])
    window.recover()
    QTimer.singleShot(WARM_UP_MILLISECONDS, typesetting.load)  # so that the first equation need not wait for it
    # What is there now stays: the collector need not walk through it again, which takes longer than a frame.
    gc.collect()
    gc.freeze()
    # Between two events, never while something is painted: what it deletes may be what is painted with.
    collector = GarbageCollector(GARBAGE_SECONDS)
    code = application.exec()
    collector.timer.stop()
    return code


def _no_qt(error: ImportError) -> str:
    """What to install: the Python package, or the system's libraries that Qt needs."""
    if "PySide6" in str(error) and "No module" in str(error):
        return "error: the window needs Qt: pip install 'spikeloom[app]'"
    libraries = "libglib2.0-0 libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3 libxcb-cursor0 libxcb-icccm4"
    libraries += " libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
    return f"error: Qt cannot start: {error}\n  On Debian and Ubuntu: apt install {libraries}"


if __name__ == "__main__":
    sys.exit(main())
