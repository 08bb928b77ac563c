"""The equations: codes are GeNN's language, exact integration, readouts and optimisers by their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

import spikeloom.spec as sl
from spikeloom.genn import NeuronModel
from spikeloom.genn.code import parse
from spikeloom.genn.model_check import check_custom_update_model, check_neuron_model, check_postsynaptic_model
from spikeloom.spec.neurons.neuron import membrane_gain

LIFS = [
    sl.LIF(),
    sl.LIF(relative_reset=True),
    sl.LIF(tau_refrac=5),
    sl.LIF(tau_refrac=5, integrate_during_refrac=True, relative_reset=True),
    sl.LIF(bias=0.5, scale_i=True),
    sl.IF(),
    sl.IF(tau_refrac=2, bias=0.1, relative_reset=True),
    sl.ALIF(),
    sl.ALIF(tau_refrac=3, integrate_during_refrac=False, bias=0.1, scale_i=True),
]


@pytest.mark.parametrize("neuron", [*LIFS, sl.LI(), sl.SpikeInput()], ids=str)
def test_neuron_codes_are_in_the_language(neuron: sl.Neuron) -> None:
    dynamics = neuron.dynamics(1.0)
    check_neuron_model(dynamics.model)
    assert set(dynamics.params) == set(dynamics.model.params)
    assert set(dynamics.var_init) == {var.name for var in dynamics.model.vars}


@pytest.mark.parametrize("readout", [cls() for cls in sl.Readout.types().values()], ids=lambda readout: readout.type)
def test_readout_codes_are_in_the_language(readout: sl.Readout) -> None:
    neuron = sl.LIF().dynamics(1.0).model
    added = readout.dynamics("V", 40, 1.0)
    model = NeuronModel(
        "Read",
        (*neuron.params, *added.params),
        (*neuron.vars, *added.vars),
        f"{neuron.sim_code}\n{added.sim_code}",
        neuron.threshold_condition_code,
        f"{neuron.reset_code}\n{added.reset_code}",
    )
    check_neuron_model(model)
    assert added.result in {var.name for var in model.vars}
    assert set(added.var_init) == {var.name for var in added.vars}
    for code in (added.sim_code, added.reset_code):
        assert not code or code.startswith("if (phase == 0)")
        parse(code)


@pytest.mark.parametrize("synapse", [sl.Delta(), sl.Exponential(5)], ids=str)
def test_synapse_codes_are_in_the_language(synapse: sl.Synapse) -> None:
    model, params = synapse.postsynaptic(sl.LIF(), 1.0)
    check_postsynaptic_model(model)
    assert set(params) == set(model.params)


@pytest.mark.parametrize("optimiser", [sl.Adam(), sl.AdamW(), sl.RMSprop(), sl.SGD(), sl.SGD(momentum=0.9)], ids=str)
def test_optimiser_codes_are_in_the_language(optimiser: sl.Optimiser) -> None:
    model = optimiser.update_model()
    check_custom_update_model(model, of_synapses=True)
    assert set(optimiser.constants()) | set(optimiser.dynamic(1, 0.1)) == set(model.params)


def test_refractory_code_is_there_only_where_it_is_needed() -> None:
    assert [var.name for var in sl.LIF().dynamics(1.0).model.vars] == ["V"]
    assert [var.name for var in sl.LIF(tau_refrac=2).dynamics(1.0).model.vars] == ["V", "RefracTime"]


@pytest.mark.parametrize(("tau_mem", "tau_syn"), [(20, 5), (5, 20), (10, 10), (10, 10 + 1e-9), (0.5, 5), (20, 0.5)])
@pytest.mark.parametrize("dt", [1.0, 0.1])
def test_the_gain_integrates_the_current_exactly(tau_mem: float, tau_syn: float, dt: float) -> None:
    times, weights = np.polynomial.legendre.leggauss(60)
    times = (times + 1) * dt / 2
    integrand = np.exp(-(dt - times) / tau_mem) * np.exp(-times / tau_syn) / tau_mem
    expected = float(np.sum(weights * integrand) * dt / 2)
    assert membrane_gain(tau_mem, tau_syn, dt) == pytest.approx(expected, rel=1e-9)
    assert sl.LI(tau_mem=tau_mem).current_gain(tau_syn, dt) == sl.LIF(tau_mem=tau_mem).current_gain(tau_syn, dt)


def test_the_gain_of_extreme_constants_is_finite() -> None:
    assert membrane_gain(1e-3, 5, 1.0) == pytest.approx(math.exp(-1 / 5), rel=1e-3)
    assert 0 < membrane_gain(20, 1e-9, 1.0) < 1e-9
    assert membrane_gain(1e-9, 1e-9, 1.0) == 0.0
    assert membrane_gain(1e9, 1e-9, 1e-6) > 0


def test_the_steps_of_lif_and_exponential_synapse_are_the_exact_solution() -> None:
    dt, steps, tau_mem, tau_syn = 0.5, 50, 20.0, 5.0
    neuron, synapse = sl.LIF(tau_mem=tau_mem), sl.Exponential(tau_syn)
    alpha = neuron.dynamics(dt).params["Alpha"]
    _, params = synapse.postsynaptic(neuron, dt)
    voltage, current = 0.0, 1.0
    for _ in range(steps):
        voltage = alpha * voltage + params["Gain"] * current
        current *= params["Beta"]
    t = steps * dt
    exact = tau_syn / (tau_mem - tau_syn) * (math.exp(-t / tau_mem) - math.exp(-t / tau_syn))
    assert voltage == pytest.approx(exact, rel=1e-12)


def test_adam_corrects_the_bias_of_its_averages() -> None:
    assert sl.Adam().dynamic(1, 0.1)["FirstScale"] == pytest.approx(10.0)
    assert sl.Adam().dynamic(10**6, 0.1)["SecondScale"] == pytest.approx(1.0)
