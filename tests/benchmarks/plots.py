"""How long a frame of the raster and of traces takes, panned and zoomed, alone and beside busy processes.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.plots

Prints milliseconds a frame of the real widget, painted at 1000 x 500 px: the median, and the worst of twenty. Busy
processes are as many as there are cores, at the niceness of a worker. The ratio is that of pyqtgraph's ScatterPlotItem
in the same run.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from spikeloom.spec.plots import Raster
from spikeloom_app.plots.raster import RasterPlot
from spikeloom_app.plots.traces import TracePlot

WIDTH, HEIGHT = 1000, 500
FRAMES = 20
FEW_FRAMES = 2  # of what takes seconds each
NICE = 5
STEPS, NEURONS = 10_000, 1000
EVENT_SECONDS = 0.2


def example(spikes: int) -> dict[str, Any]:
    """An event with that many spikes, in three populations."""
    random = np.random.default_rng(1)
    populations = [("input", NEURONS // 2), ("hidden", NEURONS), ("deep", NEURONS // 4)]
    event: dict[str, Any] = {"event": "example", "epoch": 1, "example": 0, "examples": 10, "split": "test"}
    event |= {"label": 1, "prediction": 1, "timesteps": STEPS, "dt": 1.0, "thresholds": {"hidden": 1.0}}
    event["populations"] = [{"name": name, "size": size} for name, size in populations]
    for name, size in populations:
        event[f"{name}.steps"] = np.sort(random.integers(0, STEPS, spikes // 3)).astype(np.int32)
        event[f"{name}.ids"] = random.integers(0, size, spikes // 3).astype(np.int32)
    event["variables"] = [["hidden", "V", list(range(20))]]
    event["hidden.V"] = np.cumsum(random.normal(size=(STEPS, 20)), axis=0, dtype=np.float32)
    return event


def views(zoom: bool) -> Iterator[tuple[float, float]]:
    """Times that are shown, frame by frame: moved a little, or ever closer."""
    for k in range(FRAMES):
        yield (500 * (k / FRAMES), STEPS) if zoom else (5.0 * k, 0.95 * STEPS + 5.0 * k)


def paint(widget: QWidget) -> None:
    """Paint all of a widget that has changed."""
    QApplication.processEvents()
    widget.grab()


def times(frame: Callable[[], object], plot: Any, zoom: bool, frames: int = FRAMES) -> list[float]:
    """Milliseconds of each frame."""
    found = []
    for view in islice(views(zoom), frames):
        start = time.perf_counter()
        plot.setXRange(*view, padding=0)
        frame()
        found.append(1000 * (time.perf_counter() - start))
    return found


def shown(widget: Any) -> Any:
    """The widget on a screen that nobody sees."""
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    QApplication.processEvents()
    return widget


def of_raster(spikes: int) -> dict[str, list[float]]:
    """Frames of our raster."""
    plot = shown(RasterPlot(Raster(name="plot:1")))
    event = example(spikes)
    plot.handle(event)
    paint(plot)

    def frame() -> None:
        plot.draw()
        paint(plot)

    found = {"pan": times(frame, plot.chart, False), "zoom": times(frame, plot.chart, True)}
    found["an event every 200 ms"] = []
    last = 0.0
    for view in views(False):
        plot.chart.setXRange(*view, padding=0)
        start = time.perf_counter()
        if start - last >= EVENT_SECONDS:
            plot.handle(dict(event))
            last = start
        frame()
        found["an event every 200 ms"].append(1000 * (time.perf_counter() - start))
        time.sleep(max(0.0, 0.033 - (time.perf_counter() - start)))
    plot.deleteLater()
    return found


def of_scatter(spikes: int, frames: int) -> list[float]:
    """Frames of pyqtgraph's own."""
    plot = shown(pg.PlotWidget())
    event = example(spikes)
    item = pg.ScatterPlotItem(size=2, pen=None)
    names = ("input", "hidden", "deep")
    item.setData(*(np.concatenate([event[f"{name}.{what}"] for name in names]) for what in ("steps", "ids")))
    plot.addItem(item)
    paint(plot)
    found = times(lambda: paint(plot), plot, False, frames)
    plot.deleteLater()
    return found


def of_traces() -> list[float]:
    """Frames of 20 traces of 10,000 steps."""
    plot = shown(TracePlot())
    plot.handle(example(10_000))
    paint(plot)

    def frame() -> None:
        plot.draw()
        paint(plot)

    found = times(frame, plot.chart, False)
    plot.deleteLater()
    return found


def _compute() -> None:
    os.nice(NICE)
    rows = np.random.default_rng(0).random((300, 300))
    while True:
        rows = np.tanh(rows @ rows)


@contextmanager
def busy() -> Iterator[None]:
    """As many processes that compute as there are cores."""
    workers = [multiprocessing.Process(target=_compute, daemon=True) for _ in range(os.cpu_count() or 1)]
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for worker in workers:
        worker.start()
    time.sleep(1)
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


def say(words: str, found: list[float]) -> None:
    """A line of the report."""
    print(f"{words:48s} {statistics.median(found):8.1f} {max(found):8.1f}")


def report() -> None:
    """All of it once."""
    print(f"{'':48s} {'median':>8s} {'worst':>8s}  (ms)")
    for spikes in (10_000, 100_000, 1_000_000):
        frames = of_raster(spikes)
        for words, found in frames.items():
            say(f"raster, {spikes:,} spikes, {words}", found)
        scatter = of_scatter(spikes, FRAMES if spikes < 100_000 else FEW_FRAMES)
        say(f"ScatterPlotItem, {spikes:,} spikes, pan", scatter)
        print(f"    ratio {statistics.median(scatter) / statistics.median(frames['pan']):.1f}", flush=True)
    say("traces, 20 x 10,000, pan", of_traces())


def main() -> None:
    """Alone, then beside busy processes."""
    multiprocessing.set_start_method("spawn")
    application = QApplication.instance() or QApplication([])
    print("alone")
    report()
    with busy():
        print(f"\nbeside {os.cpu_count()} busy processes (nice {NICE})")
        report()
    del application


if __name__ == "__main__":
    main()
