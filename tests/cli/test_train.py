"""``spikeloom train``: figures, folders, and one clear message for everything that can go wrong."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from spikeloom.run.checkpoints import load_checkpoint
from tests.cli.command import DIGITS, Started, document, last_json, spikeloom, wait_for

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and resource limits")


def facts(folder):
    return json.loads((folder / "run.json").read_text())


def test_json_is_the_last_line_and_the_only_one(tmp_path):
    done = spikeloom("train", DIGITS, "--epochs", 2, "--seed", 5, "--run-dir", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    result = last_json(done)
    assert result["epochs"] == 2 and result["seed"] == 5 and result["backend"] == "embedded"
    assert result["run"] == str(tmp_path / "run") and result["seconds"] > 0
    assert {"loss", "accuracy"} == result["train"].keys() and 0 <= result["test"]["accuracy"] <= 1
    assert result == facts(tmp_path / "run")["result"]


def test_a_summary_for_people(tmp_path):
    done = spikeloom("train", DIGITS, "--epochs", 3, "--batch-size", 64, "--threads", 1, "--run-dir", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "test accuracy 0." in done.stdout and "after 3 epochs" in done.stdout
    assert f"run folder: {tmp_path / 'run'}" in done.stdout
    assert str(tmp_path / "run" / "curves.png") in done.stdout
    for epoch in (1, 2, 3):
        assert f"epoch {epoch}/3  loss " in done.stderr
    assert "examples/s" in done.stderr and "left" in done.stderr
    ran = json.loads((tmp_path / "run" / "document.snn").read_text())["experiment"]["training"]
    assert ran["epochs"] == 3 and ran["batch_size"] == 64


def test_many_epochs_are_few_lines(tmp_path):
    done = spikeloom("train", document(tmp_path / "d.snn", make_small), "--epochs", 100, "--run-dir", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert 20 <= len(done.stderr.splitlines()) <= 30
    assert "epoch 1/100" in done.stderr and "epoch 100/100" in done.stderr


def test_without_a_folder_it_makes_one(tmp_path):
    done = spikeloom("train", DIGITS, "--epochs", 1, "--json", env=os.environ | {"XDG_DATA_HOME": str(tmp_path)})
    folder = Path(last_json(done)["run"])
    assert folder.is_relative_to(tmp_path) and (folder / "curves.png").is_file()


def make_small(data):
    """Two hidden neurons, so that a checkpoint is smaller than the metrics of a long run."""
    data["network"]["populations"][1]["shape"] = [2]
    data["experiment"]["training"]["validation_fraction"] = 0.0


# -- wrong input: exit code 2 ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "FILE"),
        (["nothing.snn"], "error: nothing.snn: cannot be read: No such file or directory"),
        (["."], "error: .: is a folder"),
        ([DIGITS, "--epochs", "many"], "--epochs"),
        ([DIGITS, "--epochs", "0"], "error: --epochs: 0 found"),
        ([DIGITS, "--seed", "-1"], "error: --seed: -1 found"),
        ([DIGITS, "--batch-size", "0"], "error: --batch-size: 0 found"),
        ([DIGITS, "--threads", "0"], "error: --threads: 0 found"),
        ([DIGITS, "--backend", "pygen"], "did you mean 'pygenn'?"),
        ([DIGITS, "--epoch", "1"], "--epoch"),
        ([DIGITS, "--run-dir", ""], "error: --run-dir: '' found"),
    ],
)
def test_wrong_options(arguments, said, tmp_path):
    done = spikeloom("train", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and done.stderr.startswith("error: ")
    assert done.stdout == "" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not valid JSON"),
        (b"{", "broken.snn:1:2: not valid JSON"),
        (b"\x80\x04\x95pickle", "expected UTF-8 text"),
        (b"[]", "expected a document"),
        (b'{"format": "spikeloom/99"}', "is newer than this version"),
        (b'{"format": "spikeloom/1"}', "no input population"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format": "spikeloom/1", "network": {"populations": 3}}', "network.populations: 3 found"),
    ],
)
def test_broken_documents(content, said, tmp_path):
    (tmp_path / "broken.snn").write_bytes(content)
    done = spikeloom("train", "broken.snn", "--run-dir", "run", cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["broken.snn"]


def test_a_wrong_name_is_told_with_the_right_one(tmp_path):
    def misname(data):
        data["network"]["connections"][0]["target"] = "hiden"

    path = document(tmp_path / "d.snn", misname)
    done = spikeloom("train", path, "--run-dir", tmp_path / "run")
    assert done.returncode == 2 and not (tmp_path / "run").exists()
    assert "network.connections[0].target: no population 'hiden'; did you mean 'hidden'?" in done.stderr


def test_a_folder_with_something_in_it_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    done = spikeloom("train", DIGITS, "--run-dir", tmp_path)
    assert done.returncode == 2 and f"error: {tmp_path}: the folder is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


# -- failures: exit code 1 -------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["{tmp}/file", "{tmp}/file/run", "/proc/spikeloom/run"])
def test_a_folder_that_cannot_be_written(tmp_path, where):
    (tmp_path / "file").write_text("mine")
    path = where.format(tmp=tmp_path)
    done = spikeloom("train", DIGITS, "--epochs", 1, "--run-dir", path)
    assert done.returncode == 1 and f"error: {path}: the run folder cannot be written" in done.stderr
    assert "--run-dir" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def limited(size):
    """Let no file of a process grow beyond `size` bytes."""

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@linux_only
def test_a_disk_that_fills_up_while_it_trains(tmp_path):
    """The metrics grow, the checkpoints do not: the first hit the limit while the last of the others is whole."""
    path, run = document(tmp_path / "d.snn", make_small), tmp_path / "run"
    assert spikeloom("train", path, "--epochs", 1, "--run-dir", tmp_path / "first").returncode == 0  # builds
    done = spikeloom("train", path, "--epochs", 3000, "--run-dir", run, preexec_fn=limited(5000))
    assert done.returncode == 1
    assert f"error: {run / 'metrics.csv'}: could not be written (File too large)" in done.stderr
    assert "kept" in done.stderr
    arrays, state = load_checkpoint(run)
    assert state["epoch"] >= 1 and arrays
    assert facts(run)["status"] == "failed"
    again = spikeloom("evaluate", path, "--checkpoint", run, "--json")
    assert again.returncode == 0 and last_json(again)["accuracy"] > 0


@linux_only
def test_a_disk_with_no_room_for_a_checkpoint(tmp_path):
    run = tmp_path / "run"
    assert spikeloom("train", DIGITS, "--epochs", 1, "--run-dir", tmp_path / "first").returncode == 0  # builds
    done = spikeloom("train", DIGITS, "--epochs", 100, "--run-dir", run, preexec_fn=limited(20_000))
    assert done.returncode == 1
    assert f"error: {run / 'checkpoints' / 'last.safetensors'}: could not be written" in done.stderr
    assert list((run / "checkpoints").iterdir()) == []
    assert facts(run)["status"] == "failed"


@linux_only
def test_a_checkpoint_that_fails_leaves_the_one_before(tmp_path):
    import resource

    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run) as command:
        command.until("epoch 1/")
        last = run / "checkpoints" / "last.safetensors"
        wait_for(last)
        resource.prlimit(command.worker(), resource.RLIMIT_FSIZE, (20_000, 20_000))
        assert command.end() == 1
        assert "could not be written (File too large)" in command.said
    assert load_checkpoint(last)[1]["epoch"] >= 1
    assert {path.name for path in last.parent.iterdir()} == {"last.safetensors"}


def test_no_compiler(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['ziglang'] = None")
    environ = {key: value for key, value in os.environ.items() if key != "CXX"}
    environ |= {"PATH": str(tmp_path / "bin"), "SPIKELOOM_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)}
    done = spikeloom("train", DIGITS, "--epochs", 1, "--run-dir", tmp_path / "run", env=environ)
    assert done.returncode == 1 and "error: no C++ compiler was found" in done.stderr
    assert "spikeloom[compiler]" in done.stderr
    assert facts(tmp_path / "run")["status"] == "failed"


def test_a_compiler_that_is_none(tmp_path):
    environ = os.environ | {"CXX": "nothing-of-the-kind", "SPIKELOOM_CACHE": str(tmp_path / "cache")}
    done = spikeloom("train", DIGITS, "--epochs", 1, "--run-dir", tmp_path / "run", env=environ)
    assert done.returncode == 1 and "error: $CXX: " in done.stderr


def set_alpha(data):
    data["experiment"]["learning"]["optimiser"]["alpha"] = 1e38


def set_weights(data):
    data["network"]["connections"][0]["connectivity"]["weight"] = {"type": "normal", "mean": 3e38, "sd": 1e37}


@pytest.mark.parametrize(
    ("change", "said"),
    [(set_alpha, ["input_hidden", "weight"]), (set_weights, ["hidden", "neuron", "example", "step"])],
)
def test_numbers_that_run_away(tmp_path, change, said):
    done = spikeloom("train", document(tmp_path / "d.snn", change), "--epochs", 3, "--run-dir", tmp_path / "run")
    assert done.returncode == 1 and "infinite or NaN" in done.stderr
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    for word in said:
        assert word in error
    assert facts(tmp_path / "run")["status"] == "failed"
    assert "infinite or NaN" in facts(tmp_path / "run")["error"]["message"]


@linux_only
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_is_killed_in_mid_epoch(tmp_path, number):
    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run, "--json") as command:
        command.until("epoch 1/")
        wait_for(run / "checkpoints" / "last.safetensors")
        os.kill(command.worker(), number)
        assert command.end() == 1
        assert command.process.stdout.read() == ""
    (error,) = [line for line in command.lines if line.startswith("error: ")]
    assert "in epoch" in error and number.name in error
    assert ("out of memory" in command.said) is (number == signal.SIGKILL)
    assert f"kept: the run folder {run} with a checkpoint after epoch" in command.said
    assert f"spikeloom evaluate {DIGITS} --checkpoint {run}" in command.said
    assert facts(run)["status"] == "failed" and number.name in facts(run)["error"]["message"]
    again = spikeloom("evaluate", DIGITS, "--checkpoint", run, "--json")
    assert again.returncode == 0


@linux_only
def test_a_crash_says_in_the_log_where_it_was(tmp_path):
    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run) as command:
        command.until("epoch 1/")
        os.kill(command.worker(), signal.SIGSEGV)
        assert command.end() == 1
    assert "Fatal Python error: Segmentation fault" in (run / "log.txt").read_text()


# -- the surroundings ------------------------------------------------------------------------------------------
def test_nothing_is_imported_from_the_folder_of_the_document(tmp_path):
    for name in ("numpy", "json", "rich", "pydantic"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w'); raise SystemExit(9)")
    document(tmp_path / "d.snn")
    done = spikeloom("train", "d.snn", "--epochs", 1, "--run-dir", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name != "posix", reason="folders as POSIX has them")
def test_nothing_is_written_elsewhere(tmp_path):
    for name in ("home", "work", "temporary"):
        (tmp_path / name).mkdir()
    document(tmp_path / "work" / "d.snn")
    environ = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    environ |= {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temporary")}
    run = tmp_path / "run"
    done = spikeloom("train", "d.snn", "--epochs", 1, "--run-dir", run, cwd=tmp_path / "work", env=environ)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["d.snn"]
    assert list((tmp_path / "temporary").iterdir()) == []
    # matplotlib keeps a list of the fonts that it found.
    left = {path for path in (tmp_path / "home").rglob("*") if path.is_file() and "matplotlib" not in path.parts}
    assert left == set()


def test_output_that_cannot_be_written(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with open("/dev/full", "w") as full:
        done = spikeloom(
            "train", DIGITS, "--epochs", 1, "--run-dir", tmp_path / "run", stdout=full, stderr=-1, capture_output=False
        )
    assert done.returncode == 1 and "No space left on device" in done.stderr


def test_names_in_other_alphabets(tmp_path):
    folder = tmp_path / "Größe 数字 [bold]"
    folder.mkdir()
    document(folder / "ziffern ß.snn")
    environ = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = spikeloom("train", folder / "ziffern ß.snn", "--epochs", 1, "--run-dir", folder / "run", env=environ)
    assert done.returncode == 0, done.stderr
    assert (folder / "run" / "curves.png").is_file() and "[bold]" in done.stdout


def test_it_goes_on_where_a_run_is_and_begins_with_its_weights(tmp_path):
    first = spikeloom("train", DIGITS, "--epochs", 1, "--run-dir", tmp_path / "first")
    assert first.returncode == 0, first.stderr
    more = spikeloom("train", DIGITS, "--epochs", 1, "--resume", tmp_path / "first", "--run-dir", tmp_path / "more")
    assert more.returncode == 0 and "epoch 2/2" in more.stderr, more.stderr
    anew = spikeloom("train", DIGITS, "--epochs", 1, "--weights", tmp_path / "more", "--run-dir", tmp_path / "anew")
    assert anew.returncode == 0 and "epoch 1/1" in anew.stderr, anew.stderr
    assert facts(tmp_path / "anew")["parent"]["run"] == str(tmp_path / "more")


def test_training_that_stops_early_says_which_epoch_was_best(tmp_path):
    def with_metrics(data):
        data["experiment"]["metrics"] = [{"type": "top_k_accuracy", "k": 2}, {"type": "confusion_matrix"}]

    path = document(tmp_path / "d.snn", with_metrics)
    options = ("--patience", 1, "--monitor", "validation_loss", "--checkpoint-every", 2, "--epochs", 200)
    done = spikeloom("train", path, *options, "--run-dir", tmp_path / "run")
    assert done.returncode == 0 and "stopped early after epoch" in done.stderr
    assert "best epoch: " in done.stdout and "(validation_loss 0." in done.stdout
    assert "top_2_accuracy: 0." in done.stdout and "confusion_matrix:\n" in done.stdout
    best = tmp_path / "run" / "checkpoints" / "best.safetensors"
    result = last_json(spikeloom("evaluate", path, "--checkpoint", best, "--json"))
    assert f"top_2_accuracy: {result['metrics']['top_2_accuracy']:.4f}" in done.stdout
    wrong = spikeloom("train", path, "--keep-best", "los", "--run-dir", tmp_path / "other")
    assert wrong.returncode == 2 and "did you mean 'loss'" in wrong.stderr
