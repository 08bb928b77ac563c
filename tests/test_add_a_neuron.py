"""The page on adding a neuron: its code runs as it stands, and does what its equation says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

import spikeloom as sl

PAGE = Path(__file__).parents[1] / "docs" / "add-a-neuron.md"


def test_the_page_runs_and_the_neuron_follows_its_equation(capsys):
    names: dict = {"__name__": __name__}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(compile(code, str(PAGE), "exec"), names)
    assert capsys.readouterr().out
    prediction, spikes, neuron = names["prediction"], names["spikes"], names["QIF"]()
    dt, weight = 0.5, 0.12
    for example in range(2):
        v, before, count = neuron.v_rest, 0, 0
        for step in range(400):
            v += dt / neuron.tau_mem * neuron.a * (v - neuron.v_rest) * (v - neuron.v_crit) + weight * before
            if v >= neuron.v_peak:
                v, count = neuron.v_reset, count + 1
            np.testing.assert_allclose(prediction.variables["cells", "V"][example, step], v, rtol=1e-3, atol=1e-4)
            before = int(spikes[example, step].sum())
        assert count > 3
        assert (prediction.y[example] == count).all()


def test_a_type_of_ones_own_is_a_type_like_any_other():
    names: dict = {"__name__": __name__}
    first = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)[0]
    exec(compile(first, str(PAGE), "exec"), names)
    assert "qif" in sl.Neuron.types()
    made = sl.Neuron.make({"type": "qif", "v_peak": 3.0})
    assert made.v_peak == 3.0
    document = sl.Document(sl.Network(populations=[sl.Population(made, 5, "cells")]))
    assert sl.Document.loads(document.dumps()).network.population("cells").neuron == made
