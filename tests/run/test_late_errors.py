"""E-prop with errors from a timestep on: what is read of an output is what the errors are of."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl

TIMESTEPS, FIRST = 30, 20


@pytest.mark.parametrize(("readout", "share"), [("sum_var", 1.0), ("avg_var", 1 / TIMESTEPS)])
def test_steps_before_the_first_error_are_not_read(readout: str, share: float):
    with sl.Network() as network:
        source = sl.Population("spike_input", 5, "input")
        hidden = sl.Population(sl.ALIF(), 8, "hidden")
        output = sl.Population(sl.LI(readout=readout), 3, "output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(0.3, 0.3)))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.5)))
    rule = sl.EProp(error_start_timestep=FIRST)
    model = sl.Model(network, rule, example_time=float(TIMESTEPS), threads=1)
    spikes = np.random.default_rng(0).random((4, TIMESTEPS, 5)) < 0.3
    found = model.predict(spikes, record=sl.VariableRecorder(output, "V"))
    voltages = found.variables["output", "V"]
    assert np.abs(voltages[:, :FIRST]).max() > 0.1
    np.testing.assert_allclose(found.y, share * voltages[:, FIRST:].sum(axis=1), rtol=1e-4, atol=1e-5)
