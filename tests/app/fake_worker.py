"""A worker for the tests of the window: it speaks the protocol, computes nothing, and writes down what it was told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SCRIPT = """
import json, sys, time
from spikeloom.worker import encode_event

log = open(sys.argv[1], "a", encoding="utf-8")

def say(event, **values):
    sys.stdout.buffer.write(encode_event({"event": event, **values}))
    sys.stdout.buffer.flush()

def progress(**values):
    known = {"phase": "train", "epoch": 1, "epochs": 4, "fraction": 0.5, "loss": 1.0, "accuracy": 0.5}
    say("progress", **{**known, "examples_per_second": 1000.0, "remaining": 12.0, **values})

task = json.loads(sys.stdin.readline())
log.write(json.dumps(task) + "\\n")
log.flush()
alpha = 0.005
if "stages" not in sys.argv:
    say("started", run="", examples=100, epochs=4, seed=1)
    progress()
else:
    say("build", state="stage", text="Compiling the simulator", seconds=0.0)
for line in sys.stdin:
    message = json.loads(line)
    log.write(line)
    log.flush()
    command = message["command"]
    if command == "step":
        say("resumed")
        progress(epoch=2)
        say("paused")
    elif command == "pause":
        say("paused")
    elif command == "resume":
        say("resumed")
    elif command == "probe":
        known = {"label": 3, "prediction": 3, "timesteps": 30, "dt": 1.0, "readout": []}
        known |= {"populations": [], "thresholds": {}, "variables": [], "labels": []}
        say("example", epoch=1, example=message["example"], examples=10, split=message.get("split", "test"), **known)
    elif command == "set" and message["value"] == 0.02:
        say("message", level="warning", path=message["path"], text="it cannot be so large")
    elif command == "set":
        known = {"label": "Learning rate", "unit": "", "old": alpha, "step": 120, "epoch": 3}
        say("live", path=message["path"], value=message["value"], **known)
        alpha = message["value"]
    elif command == "evaluate":
        say("evaluated", split=message["split"], epoch=4, accuracy=0.875, loss=0.5, examples=10, classes=10)
    elif command == "stop" and "stages" in sys.argv:
        break
    elif command == "stop":
        result = {"epochs": 4, "stopped": False, "seconds": 1.0, "test": {"accuracy": 0.9, "loss": 0.3}, "run": ""}
        say("result", task="train", result=result)
        if not task.get("linger"):
            break
        time.sleep(0.5 if "slow" in sys.argv else 0)
        say("lingering")
        task["linger"] = False
"""


class FakeWorker:
    """Stands for the worker of every controller made after it.

    Parameters
    ----------
    monkeypatch
        Puts it in the place of the real one.
    log
        Where it writes down the task and the commands.
    stages
        Whether it never comes further than building.
    slow
        Whether it takes its time between the result and lingering.
    """

    def __init__(self, monkeypatch: Any, log: Path, *, stages: bool = False, slow: bool = False) -> None:
        self.log = log
        words = [word for word, wanted in (("stages", stages), ("slow", slow)) if wanted]
        command = [sys.executable, "-c", SCRIPT, str(log), *words]
        monkeypatch.setattr("spikeloom_app.runs.worker_process.worker_command", lambda: command)

    def told(self) -> list[dict[str, Any]]:
        """The tasks and commands, in the order in which they came."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]

    def commands(self, name: str) -> list[dict[str, Any]]:
        """The commands of that name."""
        return [message for message in self.told() if message.get("command") == name]

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks."""
        return [message for message in self.told() if "task" in message]
