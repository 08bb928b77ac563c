"""Python scripts of documents that are out of the ordinary."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import spikeloom as sl
from spikeloom import examples
from spikeloom.errors import UserError
from spikeloom.exporters import EXPORTERS, export
from spikeloom.exporters.python.sections import variables_for
from tests.exporters.test_python_script import bare, executed, exported, run, text_of

NASTY = [
    '"""\nraise SystemExit(3)\n"""',
    "'''\\",
    "\\",
    '\\"""\nimport os\nos._exit(3)',
    "x\u2028raise SystemExit(3)\u2029\x85\x0braise SystemExit(3)\rraise SystemExit(3)",
    "{arrays} %s %(prog)s",
    '"',
    "a\tb\x00c",
    "\u202eevil\ud7ff",
]


def small(**fields: object) -> sl.Document:
    """A small document."""
    with sl.Network() as net:
        source = sl.Population("spike_input", 4)
        output = sl.Population(sl.LI(readout="avg_var"), 2)
        sl.Connection(source, output, sl.Dense(0.5))
    return sl.Document(net, sl.Experiment(dataset="digits"), **fields)


@pytest.mark.parametrize("words", NASTY)
def test_words_of_a_document_are_never_run(words: str, tmp_path: Path) -> None:
    document = small(title=words, description=f"{words}\n{words}")
    document.network.populations[1].neuron = sl.CustomNeuron(sim_code=f"// {words}", variable=words[:64], readout="var")
    if "\0" not in words:
        document.experiment.dataset = sl.MNIST(folder=words)
    assert bare(executed(document, tmp_path)) == document


def test_everything_that_a_document_may_hold_is_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    with sl.Network() as net:
        source = sl.Population(sl.PoissonInput(rate=100.0), (6, 6, 1), "class", field="left half")
        kernel = sl.Population(sl.LIF(v_thresh=0.61, tau_refrac=2.0), name="lambda", reg_nu_upper=4.0)
        hidden = sl.Population(sl.ALIF(relative_reset=False), 9, "the hidden-ones")
        custom = sl.Population(
            sl.CustomNeuron(params={"tau": 10.0, "b": 1.5}, sim_code="V += Isyn / tau;\n// more\nV *= b;"), 9, "input"
        )
        output = sl.Population(sl.LI(readout=sl.AvgVarExpWeight()), 3, "net", loss=sl.MeanSquareError())
        sl.Connection(source, kernel, sl.Conv2D(sl.Normal(0.0, 1.5), filters=2, conv_size=3, conv_strides=(1, 2)))
        sl.Connection(kernel, hidden, sl.FixedProbability(0.3, sl.Uniform(-0.1, 0.4)), frozen=True)
        sl.Connection(
            hidden,
            custom,
            sl.Sparse([0, 1, 8], [2, 0, 4], np.array([0.1, 0.25, -1 / 3]), delay=sl.Uniform(0.0, 3.0)),
            sl.Exponential(7.0),
            "both ways",
        )
        sl.Connection(hidden, custom, sl.Sparse(range(9), range(9), 0.5, max_delay=4.0))
        pre, post = np.divmod(rng.permutation(81)[:60], 9)
        sl.Connection(custom, hidden, sl.Sparse(pre.tolist(), post.tolist(), 2.0))
        sl.Connection(custom, hidden, sl.Sparse(pre, post, rng.normal(size=60)), min_weight=-1.0, max_weight=0.0)
        sl.Connection(custom, output, sl.Dense(rng.normal(size=(9, 3))), learning_rate_scale=0.5)
        sl.Connection(hidden, output, sl.Dense(sl.Snippet(code="value = gennrand_uniform();")))
    learning = sl.EventProp(
        loss=sl.SparseCategoricalCrossentropy(),
        optimiser=sl.AdamW(0.02, schedule=sl.CosineDecay(warm_up=1), clip_norm=1.0),
        max_spikes=30,
    )
    training = sl.Training(
        epochs=3, seed=7, early_stopping=sl.EarlyStopping("loss", 2), checkpoint_every=2, shards=4, revive_silent=0.1
    )
    recording = [
        sl.SpikeRecorder("class", neurons="::2", examples=[0, 4]),
        sl.VariableRecorder("net", "V", neurons=[0, 2]),
        sl.SpikeRecorder("lambda", neurons=["0:2", [1], ":"]),
    ]
    metrics = [sl.TopKAccuracy(2), "silent_neurons"]
    dataset = sl.Digits(encoder="log_latency", split_seed=3)
    experiment = sl.Experiment(
        dataset, sl.Simulation(0.5, 25.0), learning, training, metrics=metrics, recording=recording
    )
    document = sl.Document(net, experiment, title="Everything")
    back = executed(document, tmp_path)
    assert bare(back) == bare(document)
    for made, name in ((document, "a"), (back, "b")):
        made.save(tmp_path / f"{name}.snn")
    first, second = (sl.Document.load(tmp_path / f"{name}.snn") for name in "ab")
    assert text_of(first) == text_of(second)


def test_the_lines_of_a_part_are_known() -> None:
    document = small()
    made = export(document, "python")
    lines = made.text.split("\n")
    first, last = made.lines["output"]
    assert lines[first - 1].startswith("    output = sl.Population(")
    assert first == last
    first, _ = made.lines["input_output"]
    assert lines[first - 1].lstrip().startswith("sl.Connection(input_, output")


def test_variables_are_names_of_python_and_each_another() -> None:
    names = ["class", "input", "net", "a b", "a-b", "a_b", "1st", "_", "sl"]
    found = variables_for(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(variable.isidentifier() for variable in found.values())
    assert found["class"] == "class_"


def test_a_half_drawn_network_is_written_too(tmp_path: Path) -> None:
    with sl.Network() as net:
        sl.Population(sl.LIF())
    for document in (sl.Document(), sl.Document(net)):
        assert executed(document, tmp_path) == document


def test_a_script_of_arrays_asks_for_them_and_trains(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((40, 4)), rng.integers(0, 2, 40)
    np.savez(tmp_path / "data.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    with sl.Network() as net:
        source, output = sl.Population("spike_input", 4), sl.Population(sl.LI(readout="avg_var"), 2)
        sl.Connection(source, output, sl.Dense(sl.Normal(0.1, 0.1)), sl.Exponential(5.0))
    model = sl.Model(net, "eventprop", example_time=20.0, encoder="linear_latency", batch_size=8, seed=3)
    model.train(x, y, epochs=2)
    fresh = model.document.model_copy(deep=True)
    script = exported(fresh, tmp_path)
    missing = run(script)
    assert missing.returncode == 1
    assert "--data is missing" in missing.stderr
    found = run(script, "--data", str(tmp_path / "data.npz"), "--epochs", "2")
    assert found.returncode == 0, found.stderr
    expected = model.evaluate(x, y)
    assert f"test loss: {expected['loss']}" in found.stdout
    assert export(fresh, "python").notes


def test_errors_of_a_script_are_words(tmp_path: Path) -> None:
    document = small()
    document.experiment.dataset = sl.MNIST(folder="not there")
    found = run(exported(document, tmp_path))
    assert found.returncode == 1
    assert found.stderr.startswith("error: ")
    assert "Traceback" not in found.stderr


def test_classes_of_ones_own_are_imported_or_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = ModuleType("my_neurons")
    monkeypatch.setitem(sys.modules, "my_neurons", module)
    fields = {"__module__": "my_neurons", "__qualname__": "MyReadout", "type": "my_readout_of_test"}
    registry = dict(sl.Readout._registry)
    try:
        mine = type("MyReadout", (sl.SumVar,), fields)
        module.MyReadout = mine
        document = small()
        document.network.populations[1].neuron = sl.LI(readout=mine())
        assert "from my_neurons import MyReadout" in export(document, "python").text
        assert executed(document, tmp_path) == document
        mine.__module__ = "__main__"
        with pytest.raises(UserError, match="belongs to the script that runs"):
            export(document, "python")
    finally:
        sl.Readout._registry.clear()
        sl.Readout._registry.update(registry)


def test_an_unknown_exporter_is_refused() -> None:
    with pytest.raises(UserError, match="did you mean 'python'"):
        export(small(), "pyton")
    assert set(EXPORTERS) == {"python", "pygenn", "notebook"}


def test_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    document = small()
    document.network.connections[0].connectivity = sl.Dense(np.ones((4, 2)))
    made = export(document, "python")
    assert [path.name for path in made.save(tmp_path / "a.py")] == ["a.py", "a_arrays.safetensors"]
    with pytest.raises(UserError, match="is the ending of arrays"):
        made.save(tmp_path / "a.npz")
    (tmp_path / "b_arrays.safetensors").mkdir()
    with pytest.raises(sl.RunError):
        made.save(tmp_path / "b.py")
    assert not (tmp_path / "b.py").exists()


def test_nothing_that_matters_is_written_over_by_a_slip(tmp_path: Path) -> None:
    document = small()
    script = exported(document, tmp_path)
    before = script.read_text()
    for option, words in (("--to-document", "Choose a name that ends in .snn"), ("--save", "does not end in .snn")):
        found = run(script, option, str(script))
        assert found.returncode == 1
        assert words in found.stderr
        assert script.read_text() == before
    missing = run(script, "--save", str(tmp_path / "no folder" / "x.snn"))
    assert missing.returncode == 1
    assert "there is no folder" in missing.stderr
    assert "test" not in missing.stdout


def test_arrays_that_are_lost_are_words(tmp_path: Path) -> None:
    document = small()
    document.network.connections[0].connectivity = sl.Dense(np.ones((4, 2)))
    script = exported(document, tmp_path)
    (tmp_path / "net_arrays.safetensors").unlink()
    found = run(script)
    assert found.returncode == 1
    assert "net_arrays.safetensors: not found" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("name", ["numpy", "random", "spikeloom", "pygenn"])
def test_a_script_that_python_would_import_instead_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="name of a module"):
        export(small(), "python").save(tmp_path / f"{name}.py")
    assert not list(tmp_path.iterdir())


def test_checkpoints_of_a_run_are_those_of_its_script(tmp_path: Path) -> None:
    document = small()
    document.experiment = sl.Experiment(
        "digits", learning="eventprop", training=sl.Training(epochs=4, checkpoint_every=1, checkpoints_kept=2)
    )
    document.network.populations[0].shape = document.network.populations[1].shape = None
    document.network.connections[0].synapse = sl.Exponential(5.0)
    found = run(exported(document, tmp_path), cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert sorted(path.stem for path in tmp_path.glob("*.safetensors")) == ["epoch-0003", "epoch-0004"]


def test_what_is_no_document_is_said() -> None:
    with pytest.raises(UserError, match="str found, expected a document"):
        export("digits.snn", "python")
    model = sl.Model.from_document(sl.Document.load(examples.examples()["digits"]))
    assert export(model, "python").text == export(model.document, "python").text
