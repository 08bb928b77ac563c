"""What the README shows works as it says."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_python_example_trains_the_digits(tmp_path, monkeypatch):
    text = README.read_text(encoding="utf-8")
    others = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    code = next(block for block in others if "import spikeloom as sl" in block)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)  # our own text, not a user's
    assert names["history"]["accuracy"][-1] > 0.9
    assert len(names["spikes"]) == 10
    assert (tmp_path / "mine.snn").is_file()
    assert (tmp_path / "mine.safetensors").is_file()
    (together,) = [block for block in others if "train_delays" in block]
    given = {name: names[name] for name in ("x", "labels", "sl")}
    exec(compile(together, "README.md", "exec"), given)
    assert given["model"].evaluate(names["x"][1400:] / 16, names["labels"][1400:])["accuracy"] > 0.8
    (callbacks,) = [block for block in others if "callbacks=" in block]
    exec(compile(callbacks, "README.md", "exec"), names)
    history, seen = names["history"], names["seen"]
    assert len(history["confidence"]) == len(history["validation_silent_neurons:hidden"]) == len(history["loss"])
    assert set(seen.examples["hidden"]) == {0, 7}
    (own,) = [block for block in others if "model.train(epochs=5)" in block]
    exec(compile(own.replace("resources/", f"{README.parent.as_posix()}/resources/"), "README.md", "exec"), names)
    assert (tmp_path / "digits.py").read_text().startswith('"""Handwritten digits')
    for words in ("load_samples", "LeaveOneGroupOut"):
        (block,) = [block for block in others if words in block]
        block = block.replace('"resources/', f'"{README.parent.as_posix()}/resources/')
        exec(compile(block, "README.md", "exec"), names)
    assert names["speakers"].shape_of_spikes((128,)) == (512,)


def test_every_command_it_names_exists():
    import subprocess
    import sys

    text = README.read_text(encoding="utf-8")
    commands = set(re.findall(r"^spikeloom (\w+)", text, flags=re.MULTILINE))
    assert {"train", "evaluate", "validate", "info", "new", "export", "doctor"} <= commands
    for command in sorted(commands):
        line = [sys.executable, "-m", "spikeloom.cli.main", command, "--help"]
        asked = subprocess.run(line, capture_output=True, check=False)
        assert asked.returncode == 0, command
