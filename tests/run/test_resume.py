"""A run that goes on where another one is, and one that begins anew with what it has learned."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spikeloom.errors import UserError
from spikeloom.history import read
from spikeloom.run import Control
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.tasks import train
from spikeloom.spec import Document
from tests.run.worker import DIGITS, Worker


def run(folder, epochs, listener=lambda event: None, **more):
    """Train the digits into a folder; its checkpoint."""
    train({"document": str(DIGITS), "run_dir": str(folder), "epochs": epochs, **more}, listener, Control())
    return load_checkpoint(folder)


def rows(folder):
    """Epochs and figures of a run, without the time they took."""
    lines = (folder / "metrics.csv").read_text().splitlines()
    return [line.split(",")[:5] for line in lines[1:]]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A run of two epochs."""
    folder = tmp_path_factory.mktemp("runs") / "two"
    run(folder, 2)
    return folder


def test_two_epochs_and_two_more_are_four(two, tmp_path):
    events = []
    whole, state = run(tmp_path / "four", 4)
    resumed, resumed_state = run(tmp_path / "more", 2, events.append, resume=str(two))
    assert state == resumed_state and state["epoch"] == 4
    assert whole.keys() == resumed.keys()
    for name, array in whole.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)
    assert rows(two) + rows(tmp_path / "more") == rows(tmp_path / "four")
    (started,) = [event for event in events if event["event"] == "started"]
    assert (started["epoch"], started["epochs"]) == (2, 4)
    facts = json.loads((tmp_path / "more" / "run.json").read_text())
    assert facts["parent"] == {"run": str(two), "checkpoint": str(two), "resumed": True, "epoch": 2}


def test_with_the_weights_alone_it_begins_anew(two, tmp_path):
    checkpoint = two / "checkpoints" / "last.safetensors"
    learned, before = load_checkpoint(two)
    found, state = run(tmp_path / "run", 1, weights=str(checkpoint))
    assert state == before | {"epoch": 1, "step": before["step"] // 2}
    first = run(tmp_path / "first", 1)[0]
    name = next(name for name in found if name.endswith(".g"))
    # A step of Adam moves a weight by no more than about its learning rate.
    assert abs(found[name] - learned[name]).mean() < abs(found[name] - first[name]).mean()
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert facts["parent"]["resumed"] is False and facts["parent"]["run"] == str(two)
    resumed = run(tmp_path / "resumed", 1, resume=str(two))[0]
    assert not np.array_equal(resumed[name], found[name])  # which has the optimiser's state


def test_a_checkpoint_of_another_network_is_refused_and_leaves_no_folder(two, tmp_path):
    document = Document.load(DIGITS)
    document.network.population("hidden").shape = (7,)
    document.save(tmp_path / "other.snn")
    for option in ("resume", "weights"):
        with pytest.raises(UserError, match=r"for the weights of '.*'") as caught:
            run(tmp_path / "run", 1, document=str(tmp_path / "other.snn"), **{option: str(two)})
        assert caught.value.place == str(two) and "another network" in caught.value.hint
        assert not (tmp_path / "run").exists()


def test_one_of_the_two_is_enough(two, tmp_path):
    with pytest.raises(UserError, match="given together with --weights"):
        run(tmp_path / "run", 1, resume=str(two), weights=str(two))
    with pytest.raises(UserError, match="no such checkpoint"):
        run(tmp_path / "run", 1, resume=str(tmp_path / "nothing"))
    assert not (tmp_path / "run").exists()


def test_a_run_that_was_killed_is_resumed_from_its_checkpoint(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "killed")
        while worker.until("epoch")["epoch"] < 3:
            pass
        assert read(tmp_path / "killed").status == "running"
        worker.process.kill()
        worker.process.wait()
    lost = read(tmp_path / "killed")
    assert lost.status == "lost" and lost.epochs >= 2 and lost.final["train"]["accuracy"] > 0
    kept = load_checkpoint(lost.folder)[1]["epoch"]
    assert kept >= 1
    assert run(tmp_path / "more", 2, resume=str(lost.folder))[1]["epoch"] == kept + 2
    resumed = read(tmp_path / "more")
    assert resumed.status == "done" and resumed.parent.run == lost.folder and resumed.epochs == kept + 2
