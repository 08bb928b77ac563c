"""The loops that take the time are vector code: what the compiler itself reports of them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

import spikeloom.spec as sp
from spikeloom.backends.embedded.generate import generate
from spikeloom.backends.embedded.toolchain import compile_command, find_compiler
from spikeloom.compilers import compile_document
from spikeloom.genn import (
    FORWARD,
    ExtraGlobalParam,
    GeNNModel,
    NeuronModel,
    NeuronPopulation,
    Reset,
    Run,
    Schedule,
    Var,
)

VECTORISED = re.compile(r":(\d+):\d+: (?:optimized: +loop vectorized|remark: vectorized loop)")
VERSIONED = re.compile(r":(\d+):\d+: optimized: +loop versioned")

pytestmark = pytest.mark.skipif(
    find_compiler().kind not in {"gcc", "clang"}, reason="the reports of gcc and clang are those that are read"
)


class Report:
    """A generated source and the lines of it on which the compiler vectorised a loop."""

    def __init__(self, source: str, folder: Path) -> None:
        self.lines = source.split("\n")
        path = folder / "generated.cc"
        path.write_text(source, encoding="utf-8")
        command = compile_command(find_compiler(), path, folder / "generated.so", report=True)
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"LC_ALL": "C"})
        self.vectorised = {int(line) for line in VECTORISED.findall(done.stderr)}
        self.versioned = {int(line) for line in VERSIONED.findall(done.stderr)}

    def loop(self, function: str, statement: str) -> int:
        """The line number of the innermost loop of `function` around its first line that holds `statement`."""
        head = next(n for n, line in enumerate(self.lines) if re.match(rf"(?:KERNEL|static void) {function}\(", line))
        inside = next(n for n in range(head, len(self.lines)) if statement in self.lines[n])
        assert not any(line.startswith("}") for line in self.lines[head:inside]), f"no '{statement}' in {function}"
        return 1 + max(n for n in range(head, inside) if self.lines[n].lstrip().startswith("for ("))

    def is_vector_code(self, function: str, statement: str) -> bool:
        """Whether that loop was vectorised, with no second version for arrays that overlap."""
        line = self.loop(function, statement)
        return line in self.vectorised and line not in self.versioned


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Report:
    """The digits under EventProp with a recurrent hidden population."""
    with sp.Network() as net:
        sp.Population("spike_input", name="input")
        sp.Population(sp.LIF(tau_mem=20.0), 100, name="hidden")
        sp.Population(sp.LI(tau_mem=20.0, readout="avg_var_exp_weight"), name="output")
        sp.Connection("input", "hidden", sp.Dense(sp.Normal(0.3, 0.2)), sp.Exponential(5.0), "in")
        sp.Connection("hidden", "hidden", sp.Dense(sp.Normal(0.0, 0.1)), sp.Exponential(5.0), "rec")
        sp.Connection("hidden", "output", sp.Dense(sp.Normal(0.0, 0.3)), sp.Exponential(5.0), "out")
    experiment = sp.Experiment(dataset="digits", learning=sp.EventProp(optimiser=sp.Adam(0.005)))
    compiled = compile_document(sp.Document(net, experiment))
    source = generate(compiled.model, compiled.schedules).source
    return Report(source, tmp_path_factory.mktemp("report"))


@pytest.mark.parametrize(
    ("function", "statement"),
    [
        ("synapses_rec_events_1", "row_Gradient[j] -="),
        ("synapses_out_events_1", "row_Gradient[j] -="),
        ("update_output_2e_softmax_5f_sum", "sum_Sum = sum_Sum"),
        ("neurons_hidden_0", "v_V[j] ="),
        ("neurons_hidden_0", "flagged[j] ="),
        ("neurons_hidden_1", "v_LambdaV[j] ="),
        ("neurons_hidden_1", "list_flags[j] ="),
        ("neurons_output_0", "v_V[j] ="),
        ("neurons_output_1", "v_LambdaV[j] ="),
        ("learn_train_in", "u0_Sum[j] +="),
        ("learn_train_in", "row_SecondMoment[j] ="),
        ("learn_train_rec", "row_SecondMoment[j] ="),
    ],
)
def test_a_loop_is_vector_code(report, function, statement):
    assert report.is_vector_code(function, statement), report.lines[report.loop(function, statement) - 1]


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("synapses_in_spikes_0", "add_rows<104, false>(out, all_g, list, n"),
        ("synapses_rec_spikes_0", "add_rows<104, true>(out, all_g, list, n"),
        ("synapses_out_spikes_0", "add_rows<16, false>(out, all_g, list, n"),
        ("synapses_in_events_1", "add_to_rows<104, false>(post_LambdaI_post, S(-p_TauSyn), all_Gradient, list, n)"),
    ],
)
def test_whole_rows_are_added_by_vectors(report, function, call):
    """By loops of `prelude.cc`, which are written with vectors: no compiler needs to find them."""
    head = next(n for n, line in enumerate(report.lines) if line.startswith(f"KERNEL {function}("))
    assert any(call in line for line in report.lines[head : report.lines.index("}", head)])


def test_a_neuron_does_no_work_of_the_other_phase(report):
    """The currents of the forward phase are neither read nor decayed in the backward phase."""
    head = next(n for n, line in enumerate(report.lines) if line.startswith("KERNEL neurons_hidden_1("))
    body = "\n".join(report.lines[head : report.lines.index("}", head)])
    assert "Isyn_0" not in body
    assert "v_V" not in body


def test_a_loop_that_is_no_vector_code_would_be_seen(tmp_path):
    """An array that is indexed in the middle of a code keeps its loop from being vectorised."""
    model = GeNNModel("scalar", 1.0)
    neuron = NeuronModel(
        "Taping",
        params=("Room",),
        vars=(Var("V"), Var("N", "int32_t")),
        sim_code="if (V > 2) { Tape[(N * num_neurons) + id] = V; N += 1; } V = V * 0.5 + 1;",
        extra_global_params=(ExtraGlobalParam("Tape", "scalar", "Room"),),
    )
    model.add(NeuronPopulation("cells", 100, neuron, {"Room": 9}))
    source = generate(model, {"run": Schedule((Reset(), Run(FORWARD)))}).source
    assert not Report(source, tmp_path).is_vector_code("neurons_cells_0", "v_V[j] =")
