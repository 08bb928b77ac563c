"""The templates: each can be run as it is, without any data but what Spikeloom brings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import spikeloom as sl
from spikeloom.cli.main import main
from spikeloom.examples import templates, user_templates, user_templates_folder

REPOSITORY = Path(__file__).parents[2] / "resources" / "templates"


def test_they_are_those_of_the_repository() -> None:
    assert templates().keys() == {path.stem for path in REPOSITORY.glob("*.snn")}
    assert len(templates()) >= 5


@pytest.mark.parametrize("name", sorted(path.stem for path in REPOSITORY.glob("*.snn")))
def test_each_is_complete_and_learns(name: str, tmp_path: Path, capsys: Any) -> None:
    document = sl.Document.load(templates()[name])
    assert document.title
    assert document.description
    assert not sl.validate(document)
    assert set(document.view.positions) == {population.name for population in document.network.populations}
    command = ["train", str(templates()[name]), "--run-dir", str(tmp_path / "run")]
    if not document.learns:
        command = ["evaluate", str(templates()[name])]
    assert main(command) == 0
    said = capsys.readouterr()
    accuracy = float((said.out + said.err).split("test accuracy ")[1].split()[0].rstrip(","))
    assert accuracy > 0.8, name


def test_the_users_own_are_listed_and_do_not_hide_ours(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_templates() == {}
    user_templates_folder().mkdir(parents=True)
    document = sl.Document.load(templates()["classifier"])
    document.title = "My own"
    document.save(user_templates_folder() / "mine.snn")
    document.save(user_templates_folder() / "digits.snn")
    (user_templates_folder() / "broken.snn").write_text("{")
    assert main(["new", "--list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "My own" in lines["mine"]
    assert "My own" not in lines["digits"]
    assert "broken" in lines
    assert main(["new", "--template", "mine", "-o", str(tmp_path / "new.snn")]) == 0
    assert sl.Document.load(tmp_path / "new.snn").title == "My own"
