"""The runs that there were, from real folders: read, named, pinned, compared, deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from spikeloom import history
from spikeloom.errors import RunError, UserError
from spikeloom.settings import Settings
from tests.run_folders import copied, say


@pytest.fixture
def folder(tmp_path):
    return copied(tmp_path / "runs")


def found(folder):
    return {run.folder.name: run for run in history.runs(folder)}


def test_the_newest_comes_first_with_what_it_came_to(folder):
    second, first = history.runs(folder)
    assert (first.name, second.name) == ("The first", "The second")
    assert first.status == second.status == "done" and first.seed == 0 and second.seed == 7
    assert first.started < second.started and first.seconds > 0
    assert first.final.keys() == {"train", "validation", "test"} and 0.5 < first.final["test"]["accuracy"] <= 1
    assert first.epochs == 2 and first.backend == "embedded" and "numpy" in first.versions
    assert first.document.is_file() and [path.name for path in first.checkpoints] == ["last.safetensors"]
    assert first.parent is None and first.error == {} and not first.pinned


def test_metrics_are_columns_with_a_figure_per_epoch(folder):
    run = found(folder)["first"]
    columns = history.metrics(run)
    assert columns["epoch"] == [1, 2] and columns["loss"][1] < columns["loss"][0]
    assert columns["accuracy"][1] == run.final["train"]["accuracy"]
    with (run.folder / "metrics.csv").open("a") as file:
        file.write("3,0.1")  # a line that is being written
    assert history.metrics(run) == columns


def test_of_a_long_run_figures_here_and_there_and_the_last_are_read(folder):
    run = found(folder)["first"]
    lines = "".join(f"{epoch},{1 / epoch:.6f},0.5,,,0.1,,,\n" for epoch in range(1, 20001))
    (run.folder / "metrics.csv").write_text(f"epoch,loss,accuracy\n{lines}20001,0.1")
    some, everything = history.metrics(run, most=100), history.metrics(run)
    assert len(everything["epoch"]) == 20000 and 90 <= len(some["epoch"]) <= 110
    assert some["epoch"] == sorted(some["epoch"]) and some["epoch"][-1] == 20000
    assert all(everything["loss"][int(e) - 1] == v for e, v in zip(some["epoch"], some["loss"], strict=True))
    say(run.folder, status="stopped", result=None)
    assert found(folder)["first"].epochs == 20000


def test_what_is_damaged_or_foreign_is_left_out(folder):
    for name, text in {"text": "{", "list": "[]", "other": '{"status": "great"}', "deep": "[" * 10**5}.items():
        (folder / name).mkdir()
        (folder / name / "run.json").write_text(text)
    (folder / "file").write_text("mine")
    (folder / "empty").mkdir()
    say(folder / "first", seed="x", result=[1], versions=3, parent=4, live=5, error=[], title=7)
    run = found(folder)["first"]
    assert len(found(folder)) == 2 and run.name == "first" and run.seed is None and run.final["train"]
    assert run.changes == [] and run.parent is None and run.epochs == 2
    assert history.runs(folder / "file") == history.runs(folder / "nothing") == []


def test_a_run_whose_process_is_gone_ended_without_a_word(folder):
    here = os.getpid()
    say(folder / "first", status="running", pid=here, birth="", ended=None)
    assert found(folder)["first"].status == "running"
    if sys.platform.startswith("linux"):
        say(folder / "first", birth="another boot:1")  # the number belongs to another process by now
        assert found(folder)["first"].status == "lost"
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    say(folder / "first", status="running", pid=child.pid, birth="", result=None)
    lost = found(folder)["first"]
    assert lost.status == "lost" and lost.epochs == 2 and "test" not in lost.final
    assert lost.ended is not None and lost.checkpoints


def test_a_title_and_a_pin_are_kept_beside_what_the_run_wrote(folder):
    run = found(folder)["first"]
    before = (run.folder / "run.json").read_bytes()
    assert history.rename(run, "  Slow\n weights ").name == "Slow weights"
    assert history.pin(run, True).pinned
    again = found(folder)["first"]
    assert again.name == "Slow weights" and again.pinned and before == (run.folder / "run.json").read_bytes()
    assert history.rename(again, "").name == "The first"
    assert found(folder)["first"].pinned


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="an administrator may write everywhere")
def test_a_folder_that_cannot_be_written(folder):
    run = found(folder)["first"]
    run.folder.chmod(0o500)
    try:
        with pytest.raises(RunError, match="could not be written"):
            history.pin(run, True)
    finally:
        run.folder.chmod(0o700)


def test_deleting_takes_what_the_run_wrote_and_no_more(folder, tmp_path):
    runs = found(folder)
    assert history.delete(runs["first"]) == [] and not runs["first"].folder.exists()
    (runs["second"].folder / "notes.txt").write_text("mine")
    (runs["second"].folder / "checkpoints" / "best.txt").write_text("mine")
    outside = tmp_path / "outside.safetensors"
    outside.write_text("mine")
    (runs["second"].folder / "checkpoints" / "link.safetensors").symlink_to(outside)
    left = history.delete(runs["second"])
    assert [path.name for path in left] == ["checkpoints", "notes.txt"] and outside.exists()
    assert [path.name for path in left[0].iterdir()] == ["best.txt"]
    assert found(folder) == {}
    with pytest.raises(UserError, match="not the folder of a run"):
        history.delete(runs["second"])
    assert (runs["second"].folder / "notes.txt").exists()


def test_a_run_that_goes_on_is_not_deleted(folder):
    run = found(folder)["first"]
    files = {path.name for path in run.folder.iterdir()}
    say(run.folder, status="running", pid=os.getpid(), birth="")
    with pytest.raises(UserError, match="going on"):
        history.delete(run)
    assert files == {path.name for path in run.folder.iterdir()}


def test_what_differs_between_two_runs(folder):
    runs = found(folder)
    assert history.differences(runs["first"], runs["first"]) == []
    told = history.differences(runs["first"], runs["second"])
    assert told == [
        ("network.populations.hidden.neuron.tau_mem", 20.0, 30.0),
        ("experiment.learning.optimiser.alpha", 0.005, 0.02),
        ("experiment.training.seed", 0, 7),
    ]
    moved = {"path": "experiment.learning.optimiser.alpha", "old": 0.005, "value": 0.01, "epoch": 1, "step": 9}
    say(runs["first"].folder, live=[moved | {"value": 0.3}, moved])
    told = history.differences(found(folder)["first"], runs["second"])
    assert ("moved.experiment.learning.optimiser.alpha", 0.01, None) in told
    data = json.loads(runs["first"].document.read_text())
    data["view"] = {"positions": {"hidden": [1, 2]}}
    data["network"]["populations"].pop(1)
    runs["first"].document.write_text(json.dumps(data))
    assert ("network.populations.hidden.neuron.type", None, "lif") in history.differences(runs["first"], runs["second"])


def test_the_values_of_arrays_count(folder, tmp_path):
    import spikeloom as sl

    for k, name in enumerate(("first", "second")):
        document = sl.Document.load(folder / name / "document.snn")
        weights = sl.Array([[0.5 + k] * 10] * 100)
        document.network.connections[1].connectivity = sl.Dense(weights)
        document.save(folder / name / "document.snn")
    told = {path: values for path, *values in history.differences(*found(folder).values())}
    one, other = told["network.connections.hidden_output.connectivity.weight"]
    assert one != other and one.startswith("array 100 × 10 (")


def test_folders_that_the_user_added_are_looked_at_too(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert history.runs() == []
    Settings().set(history.RUN_FOLDERS, [str(folder / "first"), 3, str(tmp_path / "nothing")])
    assert [run.folder.name for run in history.runs()] == ["first"]
    Settings().set(history.RUN_FOLDERS, [str(folder), str(folder / "first")])
    assert [run.folder.name for run in history.runs()] == ["second", "first"]


def test_of_five_hundred_runs_only_the_facts_are_read(tmp_path, monkeypatch):
    text = (copied(tmp_path / "one") / "first" / "run.json").read_bytes()
    for number in range(500):
        (tmp_path / "many" / f"run-{number:03}").mkdir(parents=True)
        (tmp_path / "many" / f"run-{number:03}" / "run.json").write_bytes(text)
    monkeypatch.setattr(
        history.record, "metrics", lambda run, most=None: pytest.fail("the curves are read when asked for")
    )
    runs = history.runs(tmp_path / "many")
    assert len(runs) == 500 and runs[0].folder.name == "run-499" and runs[0].final["test"] and runs[0].epochs == 2


def test_it_needs_neither_numpy_nor_pydantic():
    code = "import sys, spikeloom.history as h; print(*{'numpy', 'pydantic'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
