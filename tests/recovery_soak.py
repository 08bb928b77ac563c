"""Kill the window with SIGKILL at random moments and see what the next one recovers.

    python tests/recovery_soak.py [ROUNDS]

In each round a process opens the real window, edits a document by keys and by the document's methods, saves now and
then, and writes down every state with the time. It is killed at a moment it cannot foresee. The next process recovers
through the dialog, and what it shows must be a state that was the present one at most `ALLOWED` seconds before the
kill. Prints a summary; the exit code is 1 where a round failed. No part of the test suite: it takes minutes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DIGITS = ROOT / "resources" / "examples" / "digits.snn"
ALLOWED = 2.5  # s of work
WEIGHT = ("network", "connections", "input_hidden", "connectivity", "weight")


# -- the process that is killed --------------------------------------------------------------------------------
def edit(folder: Path, seed: int) -> None:
    """Edit until killed, and write down each state."""
    from PySide6.QtTest import QTest

    window = _window(folder)
    window.open_path(folder / "mine.snn")
    log = (folder / "log.jsonl").open("a", encoding="utf-8")

    def note() -> None:
        state = {"time": time.time(), "state": _state(window.document.document)}
        log.write(json.dumps(state) + "\n")
        log.flush()

    note()
    window.document.changed.connect(note)
    draw = random.Random(seed)
    (folder / "ready").touch()
    while True:
        try:
            _edit_once(window, draw)
        except Exception as error:  # a random edit may be refused, and that is no failure
            from spikeloom.errors import SpikeloomError

            if not isinstance(error, SpikeloomError | KeyError):
                raise
        QTest.qWait(draw.choice((1, 5, 20, 60, 300)))


def _edit_once(window: Any, draw: random.Random) -> None:
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from spikeloom.spec import Array

    document, view = window.document, window.canvas.view
    names = document.document.network.names()
    kind = draw.randrange(12)
    if kind == 0:
        document.add_population(draw.choice(("lif", "li")), (draw.uniform(0, 900), draw.uniform(0, 500)), 7)
    elif kind == 1 and len(names) > 6:
        document.remove([draw.choice(names[1:])])
    elif kind == 2:
        document.rename(draw.choice(names), f"part {draw.randrange(1000)}")
    elif kind == 3 and "input_hidden" in names:
        document.set_value(WEIGHT, Array(np.full((64, 100), draw.random())))
    elif kind == 4:
        window.document.undo_stack.undo()
    elif kind == 5 and draw.random() < 0.3:
        window.files.save()
    elif kind in (6, 7):
        window.canvas.select_all()
        view.setFocus()
        QTest.keyClick(view, draw.choice((Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)))
    elif kind in (8, 9):
        modifiers = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(window, draw.choice((Qt.Key.Key_Z, Qt.Key.Key_Y)), modifiers)
    else:
        document.set_value(("experiment", "training", "epochs"), draw.randrange(1, 10_000))


# -- the process that recovers ---------------------------------------------------------------------------------
def recover(folder: Path) -> None:
    """Recover through the dialog, and write down what the window shows."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from spikeloom_app.document import Recovery

    window = _window(folder)
    window.recover()
    dialog = window.files.safekeeping.dialog
    if dialog is None:
        window.open_path(folder / "mine.snn")  # nothing was unsaved
        found = {"how": "saved"}
    else:
        QTest.qWait(50)
        swaps = len(dialog.swaps)
        QTest.mouseClick(dialog.recover_button, Qt.MouseButton.LeftButton)
        found = {"how": "recovered" if swaps == 1 and not dialog.isVisible() else f"{swaps} swaps"}
    found["state"] = _state(window.document.document)
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
    window.document.save()
    window.files.close()
    left = Recovery.left_behind()
    if left:
        (folder / "found.json").write_text(json.dumps(found | {"how": f"{len(left)} left behind"}), encoding="utf-8")
    os._exit(0)


def _window(folder: Path) -> Any:
    from PySide6.QtWidgets import QApplication

    from spikeloom_app.shell.main_window import MainWindow
    from spikeloom_app.shell.settings import Settings

    QApplication.instance() or QApplication([])
    window = MainWindow(settings=Settings(folder / "settings.json"))
    window.show()
    return window


def _state(document: Any) -> str:
    """All that a document says, with the values of its arrays, wherever they lie."""
    import hashlib

    from spikeloom_app.document.differences import comparable

    values = [f"{place} {array.values().tobytes().hex()}" for place, array in document.arrays()]
    return hashlib.sha256("\n".join([comparable(document), *values]).encode()).hexdigest()


# -- the rounds ------------------------------------------------------------------------------------------------
def one_round(seed: int) -> tuple[str, float]:
    """How it went, and how many seconds of work were lost."""
    draw = random.Random(1000 + seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mine.snn").write_bytes(DIGITS.read_bytes())
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_PREFERRED_BINDING": "PySide6",
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT / "app"), str(ROOT)]),
        }
        command = [sys.executable, str(Path(__file__)), "--edit", name, str(seed)]
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            end = time.time() + 60
            while not (folder / "ready").exists():
                if process.poll() is not None or time.time() > end:
                    return "the window did not start", 0.0
                time.sleep(0.02)
            time.sleep(draw.uniform(0.1, 7.0))
            if process.poll() is not None:
                return f"the window ended by itself ({process.returncode})", 0.0
            killed = time.time()
            process.send_signal(signal.SIGKILL)
        command = [sys.executable, str(Path(__file__)), "--recover", name]
        done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, timeout=120, check=False)
        if not (folder / "found.json").exists():
            return f"the next window failed: {done.stderr.decode()[-600:]}", 0.0
        found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
        return _judge(found, _states(folder / "log.jsonl"), killed)


def _states(log: Path) -> list[dict[str, Any]]:
    states = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            states.append(json.loads(line))
        except ValueError:  # the kill came while it was written
            break
    return states


def _judge(found: dict[str, Any], states: list[dict[str, Any]], killed: float) -> tuple[str, float]:
    if found["how"] not in ("saved", "recovered"):
        return str(found["how"]), 0.0
    ends = [state["time"] for state in states[1:]] + [killed]
    fitting = [end for state, end in zip(states, ends, strict=True) if state["state"] == found["state"]]
    if not fitting:
        return "the recovered document never existed", 0.0
    lost = max(0.0, killed - max(fitting))
    return (found["how"] if lost <= ALLOWED else "too old"), lost


def main() -> int:
    """Run the rounds and print how they went; the exit code."""
    if sys.argv[1:2] == ["--edit"]:
        edit(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--recover"]:
        recover(Path(sys.argv[2]))
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    ways: dict[str, int] = {}
    losses = []
    for seed in range(rounds):
        way, lost = one_round(seed)
        ways[way] = ways.get(way, 0) + 1
        losses.append(lost)
        print(f"round {seed + 1}/{rounds}: {way}, {lost:.2f} s of work lost", flush=True)
    good = ways.get("saved", 0) + ways.get("recovered", 0)
    counts = ", ".join(f"{count} {way}" for way, count in ways.items())
    mean = sum(losses) / len(losses)
    print(f"{good} of {rounds} rounds good ({counts}); lost at most {max(losses):.2f} s, {mean:.2f} s on average")
    return 0 if good == rounds else 1


if __name__ == "__main__":
    sys.exit(main())
