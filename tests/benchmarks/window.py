"""The window while it trains: time from pressing Train to the first point on a curve, and how long it ever blocks.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/window.py

Prints one JSON object on the last line. A block is a gap between two turns of the event loop, seen by a 5 ms timer.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")


def main() -> None:
    """Train the digits example several times in the real window."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = str(Path(name) / "data")
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from spikeloom.examples import examples
        from spikeloom_app.shell.appearance import apply_theme
        from spikeloom_app.shell.main_window import MainWindow
        from spikeloom_app.shell.settings import Settings

        application = QApplication([])
        apply_theme("dark")
        window = MainWindow(settings=Settings(Path(name) / "settings.json"))
        window.resize(1500, 950)
        window.show()
        window.open_example(examples()["digits"])
        gaps: list[float] = []
        last = [time.perf_counter()]

        def tick() -> None:
            now = time.perf_counter()
            gaps.append(now - last[0])
            last[0] = now

        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(tick)
        first: list[float] = []
        window.controller.event.connect(
            lambda event: first.append(time.perf_counter()) if event["event"] in ("progress", "epoch") else None
        )

        def train(cache: str, epochs: int) -> float:
            os.environ["SPIKELOOM_CACHE"] = str(Path(name) / cache)
            window.document.set_value(("experiment", "training", "epochs"), epochs)
            first.clear()
            started = time.perf_counter()
            window.run_bar.train_button.click()
            while not first or window.controller.state != "idle":
                application.processEvents()
                time.sleep(0.001)
            return first[0] - started

        cold = [train(f"cold{k}", 1) for k in range(3)]
        warm = [train("cold0", 1) for _ in range(5)]
        gc.collect()
        gc.freeze()  # as the application does when its window is there
        timer.start()
        last[0] = time.perf_counter()
        gaps.clear()
        train("cold0", 400)
        timer.stop()
        gaps.sort()
        window.controller.shut_down()
        result = {
            "first_point_cold": statistics.median(cold),
            "first_point_warm": statistics.median(warm),
            "longest_block_ms": 1000 * gaps[-1],
            "block_99_percent_ms": 1000 * gaps[int(0.99 * len(gaps))],
            "turns": len(gaps),
        }
        for key, value in result.items():
            print(f"{key}: {value:.3f}")
        print(json.dumps(result), flush=True)
        os._exit(0)  # no question about unsaved changes


if __name__ == "__main__":
    main()
