"""Train for a long time in the real window and see that nothing grows and nothing stands still.

    QT_QPA_PLATFORM=offscreen python tests/run_soak.py [MINUTES] [DOCUMENT]

The window shows every kind of plot while it trains, and looks at another example now and then. Every ten seconds a
line says the resident memory of window and worker, how many events of each kind came in a second and how many bytes
they held, and the longest time for which the window's event loop stood still: by the clock, and as far as it was the
window itself that computed (others on a busy machine may hold it up for longer). The last line is a JSON object with
the slope of either memory in MB a minute over the second half. No part of the test suite: it takes its time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

ROOT = Path(__file__).parents[1]
DIGITS = ROOT / "resources" / "examples" / "digits.snn"
SAMPLE_SECONDS = 10.0
BEAT_MILLISECONDS = 5
EXAMPLE_SECONDS = 3.0  # between two examples that are looked at
LONG = 100_000_000  # epochs: longer than anybody waits
KINDS = ("raster", "traces", "curves", "weights", "confusion", "examples")
HEADER = "   min   window   worker  gap ms busy ms  cpu %     kB/s  events a second"
PATIENCE = 120.0  # s, for the first event


def resident(pid: int) -> float:
    """Resident memory of a process in MB; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def size_of(event: dict[str, Any]) -> int:
    """Roughly how many bytes an event held on its way."""
    arrays = sum(value.nbytes for value in event.values() if isinstance(value, np.ndarray))
    return arrays + len(repr([value for value in event.values() if not isinstance(value, np.ndarray)]))


def slope(samples: list[dict[str, Any]], name: str) -> float:
    """MB a minute, by least squares over the second half."""
    half = samples[len(samples) // 2 :]
    if len(half) < 2:
        return float("nan")
    return float(np.polyfit([s["seconds"] / 60 for s in half], [s[name] for s in half], 1)[0])


class Soak(QObject):
    """A window that trains, and what is measured of it."""

    def __init__(self, folder: Path, file: Path, minutes: float) -> None:
        super().__init__()
        from spikeloom_app.shell.main_window import MainWindow
        from spikeloom_app.shell.settings import Settings

        self.minutes = minutes
        self.samples: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()
        self.bytes = 0
        self.gap = self.worst = 0.0  # s
        self.busy = self.worst_busy = 0.0  # s that the window computed without a pause
        self.failure = ""
        self._loop: QEventLoop | None = None
        self.window = MainWindow(settings=Settings(folder / "settings.json"))
        self.window.resize(1500, 950)
        self.window.show()
        self.window.open_path(file)
        self.window.controller.event.connect(self._count)
        self.window.controller.failed.connect(self._failed)
        self._beat = self._timer(BEAT_MILLISECONDS, self._feel)
        self._sample = self._timer(round(1000 * SAMPLE_SECONDS), self._take)
        self._look = self._timer(round(1000 * EXAMPLE_SECONDS), self._look_elsewhere)
        self._example = 0
        self.began = self.last = self.felt = time.perf_counter()

    def _timer(self, milliseconds: int, method: Any) -> QTimer:
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(milliseconds)
        timer.timeout.connect(method)
        return timer

    def run(self) -> None:
        """Train until the time is up."""
        application = QApplication.instance()
        assert application is not None
        self.window.running.train()
        end = time.perf_counter() + PATIENCE
        while not self.totals["epoch"] and not self.failure and time.perf_counter() < end:
            application.processEvents()
            time.sleep(0.005)
        self.worker = self.window.controller.worker_pid
        self.counts.clear()
        self.bytes = 0
        self.began = self.last = self.felt = time.perf_counter()
        self.computed = self.share = time.thread_time()
        print(HEADER, flush=True)
        for timer in (self._beat, self._sample, self._look):
            timer.start()
        self._loop = QEventLoop()  # not the application's, which asks all windows whether it may quit
        QTimer.singleShot(round(60_000 * self.minutes), self._loop.quit)
        if not self.failure:
            self._loop.exec()

    def _feel(self) -> None:
        now, computed = time.perf_counter(), time.thread_time()
        self.gap, self.busy = max(self.gap, now - self.felt), max(self.busy, computed - self.computed)
        self.felt, self.computed = now, computed

    def _count(self, event: Any) -> None:
        self.counts[event["event"]] += 1
        self.totals[event["event"]] += 1
        self.bytes += size_of(event)

    def _failed(self, message: str, _hint: str) -> None:
        self.failure = message
        if self._loop is not None:
            self._loop.quit()

    def _look_elsewhere(self) -> None:
        self._example = (self._example + 1) % 50
        self.window.controller.show_example(self._example)

    def _take(self) -> None:
        now = time.perf_counter()
        seconds = now - self.last
        sample: dict[str, Any] = {
            "seconds": now - self.began,
            "window_mb": resident(os.getpid()),
            "worker_mb": resident(self.worker),
            "gap_ms": 1000 * self.gap,
            "busy_ms": 1000 * self.busy,
            "cpu_percent": 100 * (time.thread_time() - self.share) / seconds,
            "kb_per_second": self.bytes / seconds / 1000,
            "events": {kind: round(count / seconds, 1) for kind, count in sorted(self.counts.items())},
        }
        self.samples.append(sample)
        self.worst, self.worst_busy = max(self.worst, self.gap), max(self.worst_busy, self.busy)
        self.gap, self.busy, self.bytes, self.last, self.share = 0.0, 0.0, 0, now, time.thread_time()
        self.counts.clear()
        events = "  ".join(f"{kind} {rate:g}" for kind, rate in sample["events"].items())
        print(
            f"{sample['seconds'] / 60:6.2f} {sample['window_mb']:8.1f} {sample['worker_mb']:8.1f}"
            f" {sample['gap_ms']:7.1f} {sample['busy_ms']:7.1f} {sample['cpu_percent']:6.1f}"
            f" {sample['kb_per_second']:8.1f}  {events}",
            flush=True,
        )

    def result(self) -> dict[str, Any]:
        """What came of it."""
        first, last = (self.samples[0], self.samples[-1]) if self.samples else ({}, {})
        return {
            "minutes": round((time.perf_counter() - self.began) / 60, 2),
            "failure": self.failure,
            "epochs": self.totals["epoch"],
            "window_mb": [round(sample.get("window_mb", 0.0), 1) for sample in (first, last)],
            "worker_mb": [round(sample.get("worker_mb", 0.0), 1) for sample in (first, last)],
            "window_mb_per_minute": round(slope(self.samples, "window_mb"), 3),
            "worker_mb_per_minute": round(slope(self.samples, "worker_mb"), 3),
            "longest_gap_ms": round(1000 * self.worst, 1),
            "longest_busy_ms": round(1000 * self.worst_busy, 1),
            "cpu_percent": [round(sample.get("cpu_percent", 0.0), 1) for sample in (first, last)],
            "events": dict(self.totals),
        }


def long_document(source: Path, target: Path) -> None:
    """The document with a plot of every kind, and more epochs than anybody waits for."""
    from spikeloom.spec import Document
    from spikeloom.spec.plots import Plot

    document = Document.load(source)
    document.experiment.training.epochs = LONG
    kinds = [
        kind for kind in ("raster", "traces", "curves", "weights", "confusion", "examples") if kind in Plot.types()
    ]
    document.view.plots = [Plot.make({"type": kind, "name": f"plot:{n}"}) for n, kind in enumerate(kinds, start=1)]
    document.save(target)


def main() -> None:
    """Train in the real window and print what was seen."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    source = Path(sys.argv[2]) if len(sys.argv) > 2 else DIGITS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_DATA_HOME"] = str(folder / "data")
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        file = folder / f"{source.stem}.snn"
        long_document(source, file)
        application = QApplication([])  # noqa: F841 - kept alive
        soak = Soak(folder, file, minutes)
        soak.run()
        result = soak.result()
        soak.window.controller.shut_down()
        print(json.dumps(result), flush=True)
        os._exit(1 if soak.failure else 0)  # no question about unsaved changes


if __name__ == "__main__":
    main()
