"""The canvas with a large network: time to open it, and time of a frame while panning, zooming and dragging.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/canvas.py [POPULATIONS CONNECTIONS]

Prints one JSON object on the last line: seconds to open (document read, window shown, first picture painted), and
milliseconds per frame, the median and the 95th percentile, each frame an event of the mouse or wheel and the painting
that it calls for, in software.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

FRAMES = 60


def network(populations: int, connections: int) -> str:
    """The text of a document with so many parts: layers of ten, most connections to the next layer."""
    from spikeloom import LI, LIF, Connection, Dense, Document, Exponential, Network, Normal, Population

    draw = random.Random(0)
    layers = [list(range(at, min(at + 10, populations))) for at in range(0, populations, 10)]
    with Network() as made:
        for index in range(populations):
            if index in layers[0]:
                Population("spike_input", 64, f"input {index}")
            elif index in layers[-1]:
                Population(LI(readout="avg_var"), 10, f"output {index}")
            else:
                Population(LIF(), 100, f"population {index}")
        for _ in range(connections):
            layer = draw.randrange(len(layers) - 1)
            further = min(len(layers) - 1, layer + (1 if draw.random() < 0.9 else 3))
            source, target = draw.choice(layers[layer]), draw.choice(layers[further])
            names = [made.populations[index].name for index in (source, target)]
            Connection(*names, Dense(Normal(0.0, 0.1)), Exponential(5.0))
    document = Document(made)
    for index in range(populations):
        document.view.positions[made.populations[index].name] = (410.0 * (index // 10), 120.0 * (index % 10))
    return document.dumps()


class Bench(QObject):
    """A window with the network, and events sent to its canvas."""

    def __init__(self, folder: Path, file: Path) -> None:
        super().__init__()
        from spikeloom_app.shell.appearance import apply_theme
        from spikeloom_app.shell.main_window import MainWindow
        from spikeloom_app.shell.settings import Settings

        self.application = QApplication.instance()
        apply_theme("dark")
        self.window = MainWindow(settings=Settings(folder / "settings.json"))
        self.window.resize(1500, 950)
        self.window.show()
        self.application.processEvents()
        started = time.perf_counter()
        self.window.open_path(file)
        self.application.processEvents()
        self.port = self.window.canvas.view.viewport()
        self.port.repaint()
        self.opened = time.perf_counter() - started
        self.painted = False
        self.port.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that it was painted: once for each frame is enough."""
        self.painted = self.painted or event.type() == QEvent.Type.Paint
        return False

    def mouse(self, kind: str, at: QPoint, button: Qt.MouseButton) -> None:
        """Send an event of the mouse."""
        held = Qt.MouseButton.NoButton if kind == "MouseButtonRelease" else button
        there = QPointF(self.port.mapToGlobal(at))
        none = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(getattr(QEvent.Type, kind), QPointF(at), there, button, held, none)
        self.application.sendEvent(self.port, event)

    def frames(self, act: Callable[[int], None]) -> list[float]:
        """Milliseconds of each frame, sorted."""
        times = []
        for index in range(FRAMES):
            begin = time.perf_counter()
            act(index)
            self.painted = False
            self.application.processEvents()
            if not self.painted:
                self.port.repaint()
            times.append(1000 * (time.perf_counter() - begin))
        return sorted(times)

    def drag(self, button: Qt.MouseButton, start: QPoint) -> list[float]:
        """Frames of a drag with a button."""
        self.mouse("MouseButtonPress", start, button)
        times = self.frames(lambda index: self.mouse("MouseMove", start + QPoint(4 * index, 2 * index), button))
        self.mouse("MouseButtonRelease", start + QPoint(4 * FRAMES, 2 * FRAMES), button)
        return times

    def wheel(self, index: int) -> None:
        """Turn the wheel, in and out in turn."""
        at, turn = QPointF(400, 300), QPoint(0, 60 if index % 20 < 10 else -60)
        buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(at, at, QPoint(), turn, buttons, keys, Qt.ScrollPhase.NoScrollPhase, False)
        self.application.sendEvent(self.port, event)

    def look(self, near: bool) -> QPoint:
        """Show all of the network, or a piece of it; the place of a card that is seen."""
        view = self.window.canvas.view
        if near:
            view.zoom_to(1.0)
            view.centerOn(1500, 500)
        else:
            self.window.canvas.fit()
        self.application.processEvents()
        middles = [
            view.mapFromScene(c.outline().center()) for c in view.graph.cards.values() if c.words.role == "hidden"
        ]
        return next(at for at in middles if self.port.rect().contains(at))

    def measure(self) -> dict[str, float]:
        """Median and 95th percentile of each way of moving about."""
        result: dict[str, float] = {"open_s": round(self.opened, 3)}
        for near, label in ((False, "all"), (True, "near")):
            self.look(near)
            measured = {
                "pan": self.drag(Qt.MouseButton.MiddleButton, QPoint(300, 300)),
                "zoom": self.frames(self.wheel),
            }
            measured["drag"] = self.drag(Qt.MouseButton.LeftButton, self.look(near))
            for what, times in measured.items():
                result[f"{what}_{label}_ms"] = round(times[len(times) // 2], 1)
                result[f"{what}_{label}_95_ms"] = round(times[int(0.95 * len(times))], 1)
        return result


def main() -> None:
    """Open it in the real window and move about."""
    counts = [int(argument) for argument in sys.argv[1:3]] or [200, 400]
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = str(Path(name) / "data")
        file = Path(name) / "large.snn"
        file.write_text(network(*counts), encoding="utf-8")
        application = QApplication([])  # noqa: F841 - kept alive
        result = Bench(Path(name), file).measure()
        print(json.dumps({"populations": counts[0], "connections": counts[1], **result}), flush=True)
        os._exit(0)  # no question about unsaved changes


if __name__ == "__main__":
    main()
