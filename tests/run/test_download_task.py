"""Downloads as a task of the worker and as a command: progress, a stop within two seconds, and where it goes on."""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import spikeloom as sl
from spikeloom.cli import follow
from spikeloom.cli.main import main
from spikeloom.data import load_dataset
from spikeloom.spec import Document
from tests.data.file_server import FileServer, served
from tests.data.idx_files import contents
from tests.run.worker import Worker


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server():
    with served() as found:
        found.files = {f"{name}.gz": gzip.compress(content) for name, content in contents().items()}
        yield found


@pytest.fixture
def document(tmp_path) -> Path:
    made = Document(experiment=sl.Experiment(dataset=sl.MNIST()))
    made.save(tmp_path / "d.snn")
    return tmp_path / "d.snn"


def offering(server: FileServer) -> str:
    """Python that lets a worker download from the server."""
    files = [(name, server.at(name), server.md5(name)) for name in server.files]
    return (
        "from spikeloom.data.downloads import addresses, File, Offer\n"
        f"files = tuple(File(name, (at,), md5) for name, at, md5 in {files!r})\n"
        "addresses.OFFERS['MNIST'] = Offer('MNIST', files, 'some MB', 'free')\n"
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_worker_tells_how_far_it_has_come(server, document):
    server.files["train-images-idx3-ubyte.gz"] += os.urandom(600_000)
    server.pace = 0.05
    with Worker(offering(server)) as worker:
        worker.send({"task": "download", "document": str(document)})
        result = worker.until("result")["result"]
        worker.rest()
    assert result == {"dataset": "mnist", "folder": str(document.parent / "mnist")}
    told = [event for event in worker.seen if event["event"] == "download"]
    large = [event for event in told if event["file"] == "train-images-idx3-ubyte.gz" and event["remaining"]]
    assert len(large) > 3 and large[-1]["bytes"] > large[0]["bytes"]
    assert large[-1]["total"] == len(server.files["train-images-idx3-ubyte.gz"])
    assert 0 < large[-1]["remaining"] < 5


@pytest.mark.parametrize("how", ["stop", "gone"])
def test_a_stop_ends_it_within_two_seconds_and_nothing_looks_whole(server, document, how):
    images = "train-images-idx3-ubyte.gz"
    server.files[images] += os.urandom(600_000)
    server.hangs_after[images], server.pace = 200_000, 0.05
    with Worker(offering(server)) as worker:
        worker.send({"task": "download", "document": str(document)})
        while worker.until("download")["bytes"] < 100_000:
            pass
        if how == "stop":
            worker.command("stop")
        else:
            worker.process.stdin.close()
        assert worker.ends_within(2.5) < 2.5
        last = worker.rest()[-1]
    if how == "stop":
        assert (last["event"], last["kind"]) == ("error", "Stopped")
    assert names(document.parent / "mnist") == [f"{images}.part"]
    server.hangs_after.clear()
    with Worker(offering(server)) as worker:
        worker.send({"task": "download", "document": str(document)})
        worker.until("result")
    assert names(document.parent / "mnist") == sorted(server.files)
    assert any(asked[1].startswith("bytes=") for asked in server.asked)


@pytest.fixture
def command(server, monkeypatch):
    """The command line in this process, whose worker downloads from the server."""

    def run(*arguments: Any) -> int:
        code = f"{offering(server)}\nfrom spikeloom.worker.process import main\nmain()"
        monkeypatch.setattr(follow, "worker_command", lambda: [sys.executable, "-P", "-c", code])
        return main([str(argument) for argument in arguments])

    return run


def test_the_command_downloads(command, document, capfd):
    assert command("data", "download", document) == 0
    said = capfd.readouterr()
    assert said.out == f"the files of 'mnist' are in {document.parent / 'mnist'}\n"
    assert "downloading train-images-idx3-ubyte.gz (1/4)" in said.err
    assert len(load_dataset(sl.MNIST(), document.parent)["train"]) == 30
    assert command("data", "download", document, "--json") == 0
    assert json.loads(capfd.readouterr().out) == {"dataset": "mnist", "folder": str(document.parent / "mnist")}


def test_the_command_says_what_went_wrong(command, server, document, capfd):
    server.statuses["t10k-labels-idx1-ubyte.gz"] = 404
    assert command("data", "download", document) == 1
    assert "the server answered 404" in capfd.readouterr().err
    no_set = Document()
    no_set.save(document.parent / "none.snn")
    assert command("data", "download", document.parent / "none.snn") == 2
    assert "the document names no data set" in capfd.readouterr().err


def test_the_command_describes_a_data_set(command, document, capfd):
    assert command("data", "info", document) == 0
    said = capfd.readouterr()
    assert "28 x 28" in said.out and "was not found" in said.err and "`spikeloom data download FILE`" in said.err
    command("data", "download", document)
    capfd.readouterr()
    assert command("data", "info", document) == 0
    assert "30 examples" in capfd.readouterr().out
    assert command("data", "info", document, "--json") == 0
    facts = json.loads(capfd.readouterr().out)
    assert facts["examples"] == {"train": 30, "test": 20}
    assert facts["download"]["size"] == "12 MB"


def test_nothing_is_downloaded_unasked(command, server, document, capfd):
    command("validate", document)
    command("data", "info", document)
    command("train", document)
    assert server.asked == []
