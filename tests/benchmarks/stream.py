"""What it costs to watch a run: events and bytes per second, and training with and without a window that watches.

    python tests/benchmarks/stream.py [--seconds 8]

A worker trains the digits while its parent reads: nothing but progress; then an example with voltages, weights and
gradients as well. The peer of both is the same training with nobody who looks. Reading the stream is compared with
reading the same bytes from a pipe and dropping them. Prints a table, and one JSON object on the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from spikeloom.worker import EventDecoder, encode_event, worker_command

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
ENDLESS = 10**6  # epochs
EVERY_WEIGHT = [["input_hidden", "weights"], ["hidden_output", "weights"], ["input_hidden", "gradient"]]
VOLTAGES = [["hidden", "V", [0, 1, 2, 3]], ["output", "V", list(range(10))], ["hidden", "LambdaV", [0, 1]]]


def watched(folder: Path, seconds: float, **options: Any) -> dict[str, Any]:
    """Train for some seconds: examples per second, events and bytes per second, the share of the time spent reading."""
    task = {"task": "train", "document": str(DIGITS), "run_dir": str(folder), "epochs": ENDLESS, **options}
    decoder, kinds, size, reading = EventDecoder(), Counter[str](), 0, 0.0
    first = last = None
    with subprocess.Popen(worker_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(json.dumps(task).encode() + b"\n")
        while data := worker.stdout.read(1 << 16):
            before = time.perf_counter()
            events = decoder.feed(data)
            reading += time.perf_counter() - before
            size += len(data)
            kinds.update(event["event"] for event in events)
            for event in events:
                if event["event"] == "epoch":
                    first, last = first or event, event
            if first is not None and last is not None and last["elapsed"] - first["elapsed"] > seconds:
                break
        worker.kill()
    assert first is not None and last is not None
    span = last["elapsed"] - first["elapsed"]
    return {
        "epochs_per_second": (last["epoch"] - first["epoch"]) / span,
        "events_per_second": {kind: round(count / span, 1) for kind, count in kinds.most_common()},
        "megabytes_per_second": size / span / 1e6,
        "reading_share": reading / span,
    }


def decoding(megabytes: int = 200) -> dict[str, float]:
    """Megabytes per second of large events through a pipe and the decoder, and through a pipe alone."""
    import numpy as np

    event = {"event": "example", "hidden.steps": np.zeros(250_000, np.int32), "hidden.ids": np.zeros(250_000, np.int32)}
    content = encode_event(event)
    count = megabytes * 10**6 // len(content)

    def through(feed: Any) -> float:
        ends = os.pipe()

        def write() -> None:
            with os.fdopen(ends[1], "wb", buffering=0) as pipe:
                for _ in range(count):
                    pipe.write(content)

        threading.Thread(target=write, daemon=True).start()
        started = time.perf_counter()
        with os.fdopen(ends[0], "rb", buffering=0) as pipe:
            while data := pipe.read(1 << 16):
                feed(data)
        return count * len(content) / 1e6 / (time.perf_counter() - started)

    return {"decoded": through(EventDecoder().feed), "pipe": through(len)}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=8.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        os.environ["SPIKELOOM_CACHE"] = f"{name}/cache"
        watched(Path(name) / "warm", 0.5)
        alone = watched(Path(name) / "alone", seconds)
        probe = {"variables": VOLTAGES}
        full = watched(
            Path(name) / "full", seconds, probe=probe, watch={"variables": VOLTAGES, "weights": EVERY_WEIGHT}
        )
        again = watched(Path(name) / "again", seconds)
    alone["epochs_per_second"] = (alone["epochs_per_second"] + again["epochs_per_second"]) / 2
    for title, found in (("progress alone", alone), ("everything watched", full)):
        print(f"{title}: {found['epochs_per_second']:.1f} epochs/s, {found['megabytes_per_second']:.2f} MB/s,", end=" ")
        print(f"{100 * found['reading_share']:.1f} % of the time to read it; events per second:")
        print("   " + ", ".join(f"{kind} {rate}" for kind, rate in found["events_per_second"].items()))
    speeds = decoding()
    ratio = full["epochs_per_second"] / alone["epochs_per_second"]
    print(f"training while everything is watched: {ratio:.3f} of the speed with nobody who looks")
    share = speeds["decoded"] / speeds["pipe"]
    print(f"decoding: {speeds['decoded']:.0f} MB/s, a bare pipe {speeds['pipe']:.0f} MB/s, ratio {share:.2f}")
    print(json.dumps({"watched_ratio": ratio, "decoding_ratio": share, "alone": alone, "full": full, **speeds}))


if __name__ == "__main__":
    sys.exit(main())
