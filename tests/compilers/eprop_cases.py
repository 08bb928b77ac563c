"""The networks over which e-prop is tested."""

from __future__ import annotations

from typing import Any

import spikeloom.spec as sp
from tests.compilers.eprop_nets import INPUT, LOOP, OUTPUT, Case, alif, drawn, lif, normal, sparse

IN, AGAIN, OUT = ("input", "hidden"), ("hidden", "hidden"), ("hidden", "output")


def li(**options: Any) -> sp.LI:
    return sp.LI(**({"tau_mem": 15.0, "readout": "sum_var"} | options))


TWO = {"first": alif(), "second": lif(tau_mem=9.0)}
LAYERED = {
    ("input", "first"): INPUT,
    ("first", "first"): LOOP,
    ("first", "second"): normal(0.4, 0.1),
    ("first", "output"): OUTPUT,
    ("second", "output"): OUTPUT,
}
CASES = {
    "adaptive, recurrent": Case(),
    "LIF, feed-forward": Case(hidden={"hidden": lif()}, connections={IN: INPUT, OUT: OUTPUT}),
    "LIF, recurrent": Case(hidden={"hidden": lif()}),
    "refractory": Case(hidden={"hidden": alif(tau_refrac=4.0)}),
    "LIF, refractory, a reset of its own": Case(hidden={"hidden": lif(tau_refrac=3.0, v_reset=-0.2, bias=0.1)}),
    "layers": Case(hidden=TWO, connections=LAYERED),
    "layers that feed each other": Case(hidden=TWO, connections=LAYERED | {("second", "first"): LOOP}),
    "exponential synapses": Case(
        synapses=dict.fromkeys((IN, AGAIN, OUT), lambda: sp.Exponential(6.0)),
        connections={IN: normal(0.9, 0.2), AGAIN: LOOP, OUT: OUTPUT},
    ),
    "synapses of both kinds": Case(
        synapses={IN: lambda: sp.Exponential(3.0)}, connections={IN: normal(0.9, 0.2), AGAIN: LOOP, OUT: OUTPUT}
    ),
    "a scaled input": Case(
        hidden={"hidden": lif(scale_i=True, tau_mem=4.0)},
        connections={IN: normal(1.2, 0.5), AGAIN: normal(0.6), OUT: OUTPUT},
    ),
    "sparse": Case(connections={IN: sparse(9, 8, 0.6), AGAIN: sparse(8, 8), OUT: sparse(8, 4)}),
    "one to one": Case(
        size=9,
        connections={IN: lambda: sp.OneToOne(sp.Normal(0.9, 0.3)), AGAIN: LOOP, OUT: OUTPUT},
    ),
    "fixed probability": Case(
        connections={IN: lambda: sp.FixedProbability(0.5, sp.Normal(0.1, 0.6)), AGAIN: LOOP, OUT: OUTPUT}
    ),
    "a constant delay": Case(connections={IN: INPUT, AGAIN: normal(0.2, delay=5.0), OUT: OUTPUT}),
    "drawn delays": Case(connections={IN: drawn(7.0), AGAIN: drawn(4.0, 0.2), OUT: OUTPUT}),
    "delays to the output": Case(connections={IN: INPUT, AGAIN: LOOP, OUT: normal(0.35, delay=3.0)}),
    "drawn delays to the output": Case(connections={IN: INPUT, AGAIN: LOOP, OUT: drawn(5.0, 0.35)}),
    "a finer step": Case(
        dt=0.5,
        hidden={"hidden": alif(tau_refrac=2.0)},
        synapses={IN: lambda: sp.Exponential(3.0)},
        connections={IN: normal(1.2, 0.4), AGAIN: LOOP, OUT: OUTPUT},
    ),
    "regularised": Case(rule={"c_reg": 3.0, "f_target": 40.0, "tau_reg": 30.0}),
    "regularised, from the target": Case(
        rule={"c_reg": 3.0, "f_target": 40.0, "tau_reg": 30.0, "rate_start": "target"}
    ),
    "regularised, an average": Case(
        rule={"c_reg": 3.0, "f_target": 40.0, "tau_reg": 30.0}, outputs={"output": (li(readout="avg_var"), 4)}
    ),
    "average": Case(outputs={"output": (li(readout="avg_var", bias=0.3), 4)}),
    "weighted average": Case(outputs={"output": (li(readout=sp.AvgVarExpWeight(local_t_scale=2.0)), 4)}),
    "the last step": Case(outputs={"output": (li(readout="var"), 4)}),
    "a temperature": Case(rule={"loss": sp.SparseCategoricalCrossentropy(temperature=0.5)}),
    "mean square": Case(rule={"loss": "mean_square_error"}),
    "mean square of curves": Case(rule={"loss": sp.MeanSquareError(target_per_timestep=True)}, curves=True),
    "late errors": Case(rule={"error_start_timestep": 20}),
    "no biases": Case(rule={"train_biases": False}),
    "random feedback": Case(rule={"feedback": "random"}),
    "adaptive feedback": Case(rule={"feedback": "adaptive"}),
    "random feedback, sparse, delayed to the output": Case(
        rule={"feedback": "random"},
        connections={IN: INPUT, AGAIN: LOOP, OUT: sparse(8, 4, delay=sp.Uniform(0, 5), max_delay=5.0)},
    ),
    "an input that leads to outputs": Case(
        connections={IN: INPUT, AGAIN: LOOP, OUT: OUTPUT, ("input", "output"): normal(0.2)},
    ),
    "single neurons": Case(
        size=1,
        outputs={"output": (li(), 1)},
        rule={"loss": "mean_square_error"},
        connections={IN: normal(0.4, 0.3), AGAIN: LOOP, OUT: OUTPUT},
    ),
    "two outputs": Case(
        outputs={"output": (li(), 4), "other": (li(tau_mem=30.0, readout="avg_var"), 3)},
        connections={IN: INPUT, AGAIN: LOOP, OUT: OUTPUT, ("hidden", "other"): OUTPUT},
    ),
}
