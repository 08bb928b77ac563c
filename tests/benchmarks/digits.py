"""The digits example as a user runs it: accuracy over seeds, training time, time from the command to the first metric.

    python tests/benchmarks/digits.py [--seeds 5]

Prints a table, and one JSON object on the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / "resources" / "examples" / "digits.snn"
SPIKELOOM = Path(sys.executable).with_name("spikeloom")


def train(folder: Path, cache: Path, *options: str) -> tuple[dict, float, float]:
    """Run ``spikeloom train``: its result, seconds to the first metric, seconds in all."""
    environment = os.environ | {"SPIKELOOM_CACHE": str(cache), "COLUMNS": "200"}
    command = [str(SPIKELOOM), "train", str(DIGITS), "--run-dir", str(folder), "--json", *options]
    started = time.perf_counter()
    first = None
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None and process.stdout is not None
        for line in process.stderr:
            if first is None and "loss" in line:
                first = time.perf_counter() - started
        output = process.stdout.read()
    if process.returncode or first is None:
        raise SystemExit(f"spikeloom train ended with {process.returncode}: {output}")
    return json.loads(output.splitlines()[-1]), first, time.perf_counter() - started


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold = [train(folder / f"cold{k}", folder / f"cache{k}", "--epochs", "1")[1] for k in range(3)]
        cache = folder / "cache0"
        warm = [train(folder / f"warm{k}", cache, "--epochs", "1")[1] for k in range(5)]
        runs = [train(folder / f"seed{s}", cache, "--seed", str(s)) for s in range(options.seeds)]
        threads = [folder / f"threads{n}" for n in (1, 2)]
        for n, path in enumerate(threads, start=1):
            train(path, cache, "--threads", str(n), "--epochs", "5")
        checkpoints = [(path / "checkpoints" / "last.safetensors").read_bytes() for path in threads]
    accuracies = [result["test"]["accuracy"] for result, _, _ in runs]
    seconds = [total for _, _, total in runs]
    print("test accuracy by seed:", " ".join(f"{accuracy:.4f}" for accuracy in accuracies))
    print(f"whole command, median of {len(seconds)}: {statistics.median(seconds):.2f} s")
    print(f"first metric: empty cache {statistics.median(cold):.2f} s, full cache {statistics.median(warm):.2f} s")
    print("checkpoints of 1 and 2 threads are", "equal" if checkpoints[0] == checkpoints[1] else "DIFFERENT")
    print(
        json.dumps(
            {
                "accuracy_mean": statistics.mean(accuracies),
                "accuracies": accuracies,
                "seconds_median": statistics.median(seconds),
                "first_metric_cold": statistics.median(cold),
                "first_metric_warm": statistics.median(warm),
                "threads_equal": checkpoints[0] == checkpoints[1],
            }
        )
    )


if __name__ == "__main__":
    main()
