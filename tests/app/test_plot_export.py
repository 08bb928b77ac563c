"""What a plot shows reaches a file whole, as picture and as numbers."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox

from spikeloom.errors import RunError, UserError
from spikeloom.spec.plots import Weights
from spikeloom_app import theme
from spikeloom_app.file_writer import FileWriter
from spikeloom_app.plots import RasterPlot, TracePlot, export
from spikeloom_app.plots.confusion import ConfusionPlot
from spikeloom_app.plots.curves import CurvesPlot
from spikeloom_app.plots.examples import ExamplePlot
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.weights import WeightsPlot
from tests.app.plot_events import epoch, evaluated, example, shown, weights


def full(qtbot: Any, kind: type[PlotPanel]) -> Any:
    """A panel with something in it."""
    plot = shown(qtbot, kind(Weights(name="plot:1", connection="input_hidden")) if kind is WeightsPlot else kind())
    watched = {"variables": [["hidden", "V", [0, 3]]], "hidden.V": np.ones((30, 2), np.float32)}
    for event in (epoch(1), epoch(2), weights(), evaluated(), example(2, **watched)):
        plot.handle(event)
    plot.draw()
    qtbot.wait(20)
    return plot


EVERY = [CurvesPlot, RasterPlot, TracePlot, WeightsPlot, ConfusionPlot, ExamplePlot]


@pytest.mark.parametrize("kind", EVERY)
def test_every_panel_is_exported_in_every_format(qtbot: Any, tmp_path: Path, kind: type[PlotPanel]) -> None:
    plot = full(qtbot, kind)
    for ending in export.FORMATS:
        export.save(plot, tmp_path / f"plot{ending}")
    image = QImage(str(tmp_path / "plot.png"))
    assert (image.width(), image.height()) == (2 * plot.width(), 2 * plot.height())
    assert image.pixelColor(1, 1) == QColor(theme.current().plot_background)
    text = (tmp_path / "plot.svg").read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg") and "<text" in text
    rows = list(csv.DictReader((tmp_path / "plot.csv").open()))
    table = plot.table()
    assert len(rows) == len(next(iter(table.values()))) > 0 and list(rows[0]) == list(table)
    arrays = np.load(tmp_path / "plot.npz")
    assert arrays.files == list(plot.arrays()) and all(arrays[name].dtype != object for name in arrays.files)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"plot{ending}" for ending in export.FORMATS)


def test_parquet_holds_the_same_as_the_table(qtbot: Any, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    plot = full(qtbot, ConfusionPlot)
    export.save(plot, tmp_path / "plot.parquet")
    read = parquet.read_table(tmp_path / "plot.parquet").to_pydict()
    assert read["examples"] == plot.table()["examples"].tolist() and read["truth"] == plot.table()["truth"].tolist()


def test_numbers_keep_all_their_digits(qtbot: Any, tmp_path: Path) -> None:
    plot = full(qtbot, CurvesPlot)
    plot.handle(epoch(3, loss=1 / 3))
    export.save(plot, tmp_path / "plot.csv")
    rows = list(csv.DictReader((tmp_path / "plot.csv").open()))
    losses = [row["value"] for row in rows if (row["quantity"], row["curve"]) == ("loss", "training")]
    assert [float(value) for value in losses] == [2.0, 1.0, 1 / 3]


def test_fields_and_buttons_are_not_in_the_picture_but_stay_in_the_panel(qtbot: Any, tmp_path: Path) -> None:
    plot = full(qtbot, ConfusionPlot)
    export.save(plot, tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    assert ">Test" in text and ">%<" not in text  # what is chosen is said, what can be pressed is not there
    place = plot.shares.geometry()
    exported = QImage()
    export.save(plot, tmp_path / "plot.png")
    exported.load(str(tmp_path / "plot.png"))
    background = QColor(theme.current().plot_background)
    assert all(
        exported.pixelColor(2 * x, 2 * place.center().y()) == background for x in range(place.left(), place.right())
    )
    plot.shares.setChecked(True)
    shown_now = plot.grab().toImage()
    assert any(shown_now.pixelColor(x, place.center().y()) != background for x in range(place.left(), place.right()))


def test_a_plot_without_numbers_is_said(qtbot: Any, tmp_path: Path) -> None:
    for kind in EVERY:
        plot = shown(qtbot, kind())
        for ending in (".csv", ".npz", ".parquet"):
            with pytest.raises(UserError, match="nothing in this plot yet"):
                export.save(plot, tmp_path / f"plot{ending}")
    assert not list(tmp_path.iterdir())


def test_another_ending_is_refused_in_words(qtbot: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'.doc' found, expected .png, .svg"):
        export.save(full(qtbot, CurvesPlot), tmp_path / "plot.doc")


def test_a_file_that_cannot_be_written_leaves_what_was_there(qtbot: Any, tmp_path: Path) -> None:
    plot = full(qtbot, CurvesPlot)
    with pytest.raises(RunError, match="cannot be written"):
        export.save(plot, tmp_path / "missing" / "plot.csv")
    (tmp_path / "plot.csv").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        export.save(plot, tmp_path / "plot.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["plot.csv"]


def test_parquet_without_its_library_says_what_to_install(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UserError, match="pyarrow, which is not installed") as caught:
        export.save(full(qtbot, CurvesPlot), tmp_path / "plot.parquet")
    assert "pip install pyarrow" in str(caught.value.hint)


def test_names_that_a_spreadsheet_would_compute_are_texts(qtbot: Any, tmp_path: Path) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.handle({"event": "started", "class_names": ["=1+1", "b", "c"]})
    plot.handle(evaluated())
    export.save(plot, tmp_path / "plot.csv")
    assert "\n'=1+1," in (tmp_path / "plot.csv").read_text()


def test_the_dialogue_adds_the_ending_of_the_chosen_format(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = full(qtbot, CurvesPlot)
    chosen = (str(tmp_path / "mine"), export.FORMATS[".csv"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    files, said = FileWriter(plot), []
    files.said.connect(lambda words, _: said.append(words))
    assert export.ask_and_save(plot, plot, files) == tmp_path / "mine.csv"
    qtbot.waitUntil(lambda: said == ["Writing mine.csv…", "Exported to mine.csv"])
    assert (tmp_path / "mine.csv").is_file()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    (tmp_path / "mine.csv").write_text("before")
    assert export.ask_and_save(plot, plot, files) is None and (tmp_path / "mine.csv").read_text() == "before"
