"""Documents as PyGeNN scripts: what is written, read without PyGeNN."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tokenize
from io import StringIO
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from pycparser import c_ast

import spikeloom as sl
import spikeloom.spec as sp
from spikeloom import examples
from spikeloom.backends.pygenn import source
from spikeloom.exporters import export
from spikeloom.exporters.pygenn import save_examples
from spikeloom.exporters.pygenn.codes import readable
from spikeloom.exporters.pygenn.layout import quoted
from spikeloom.genn.code import parse
from tests.compilers.eprop_cases import CASES
from tests.exporters.pygenn_nets import IN, OUT, Case, dense

ALL = examples.examples() | examples.templates()
NASTY = [
    'a"""; import os; os.abort()\n"""',
    "line\u2028separator\u2029 and \x85 and \x0c form feed",
    "backslash \\ and quotes ' \" at the end \\",
    "\\N{DIGIT ONE} \\x41 {braces} %s \u202eright to left",
    '"""',
    "\r\nimport os",
]


def script_of(name: str) -> sl.Export:
    try:
        return export(sl.Document.load(ALL[name]), "pygenn", name)
    except sl.UserError as error:
        assert error.message and error.place and error.hint
        pytest.skip(f"refused in words: {error}")


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_script_is_whole(name: str) -> None:
    made = script_of(name)
    tree = ast.parse(made.text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in imported} - set(sys.stdlib_module_names) == {"numpy", "pygenn"}
    for place in (str(Path.home()), str(Path(__file__).parents[2]), sys.prefix):
        assert place not in made.text
    assert export(sl.Document.load(ALL[name]), "pygenn", name).text == made.text
    for part, (first, last) in made.lines.items():
        block = "\n".join(made.text.splitlines()[first - 1 : last])
        assert f'"{part}"' in block and "model.add_" in block
    assert made.lines
    assert made.notes


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_script_is_laid_out_as_people_do(name: str, tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if ruff is None:
        pytest.skip("ruff is not installed")
    (tmp_path / "script.py").write_text(script_of(name).text)
    for how in (("format", "--diff"), ("check",), ("check", "--select", "E4,E7,E9,F,I,UP,B")):
        command = [ruff, *how, "--isolated", "--no-cache", "script.py"]
        found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert found.returncode == 0, found.stdout + found.stderr


def test_no_two_processes_write_different_scripts(tmp_path: Path) -> None:
    code = "import spikeloom as sl; from spikeloom.exporters import export; import sys;"
    code += f"sys.stdout.write(export(sl.Document.load({str(ALL['eprop_pattern'])!r}), 'pygenn', 'x').text)"
    texts = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", code]
        texts.add(subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout)
    assert len(texts) == 1


@pytest.mark.parametrize("words", NASTY)
def test_what_a_document_says_is_never_code(words: str) -> None:
    plain, nasty = sl.Document.load(ALL["digits"]), sl.Document.load(ALL["digits"])
    nasty.title = nasty.description = words
    name = words.replace("/", "")
    texts = [export(plain, "pygenn", "net").text, export(nasty, "pygenn", name).text]
    trees = [ast.parse(text) for text in texts]
    shapes = []
    for tree in trees:
        assert isinstance(tree.body[0], ast.Expr)  # the docstring
        shapes.append([ast.dump(node) for node in tree.body[1:]])
    # But for the name of the folder that GeNN writes its code to, both are the same program.
    different = [(a, b) for a, b in zip(*shapes, strict=True) if a != b]
    assert len(different) <= 1
    assert all("model_name" not in a and "FunctionDef(name='build'" in a for a, _ in different)
    comments = [t.string for t in tokenize.generate_tokens(StringIO(texts[1]).readline) if t.type == tokenize.COMMENT]
    assert not any("os.abort" in comment or "import os" in comment for comment in comments)


@pytest.mark.parametrize("text", ["", "'", '"', "'\"", "\\", "\n\r\t", "\u2028\u202e", "ü\x7f", *NASTY])
def test_a_literal_is_what_it_was(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert "\n" not in quoted(text)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("phase != 2 && (phase == 0 && (V >= Vthresh))", "phase == 0 && V >= Vthresh"),
        ("phase != 2 && (V >= Vthresh)", "phase != 2 && V >= Vthresh"),
        ("x = a - (b - c);", "x = a - (b - c);"),
        ("x = -(a + b) * c; y = (a > b) ? 1 : 2 * d;", "x = -(a + b) * c;\ny = (a > b) ? 1 : (2 * d);"),
        ("if (a) { b = 1; } else if (c) d = 2;", "if (a) {\n    b = 1;\n} else if (c)\n    d = 2;"),
        ("if (phase != 2) { Gradient += 1; }", "if (phase != 2) {\n    Gradient += 1;\n}"),
        ("{ const int k = 1; x = k; }", "{\n    const int k = 1;\n    x = k;\n}"),
        ("{ x = (scalar)k / (a + b); }", "x = (scalar)k / (a + b);"),
    ],
)
def test_genn_code_is_written_as_people_do(code: str, expected: str) -> None:
    assert readable(code) == expected


def shape(node: c_ast.Node) -> tuple:
    """A syntax tree as plain data, without the blocks around single statements."""
    values = tuple(getattr(node, name) for name in node.attr_names)
    return (type(node).__name__, values, *(shape(child) for _, child in node.children()))


def random_expression(rng: np.random.Generator, depth: int) -> str:
    if depth == 0:
        return str(rng.choice(["a", "b", "c", "2.0", "f(a, b)", "T[a + 1]"]))
    parts = [random_expression(rng, depth - 1) for _ in range(3)]
    kind = rng.integers(0, 12)
    if kind == 10:
        return f"-({parts[0]})" if rng.random() < 0.5 else f"!({parts[0]})"
    if kind == 11:
        return f"(({parts[0]}) ? ({parts[1]}) : (int)({parts[2]}))"
    operator = ["+", "-", "*", "/", "%", "&&", "||", "<", "==", "-"][kind]
    return f"({parts[0]}) {operator} ({parts[1]})"


@pytest.mark.parametrize("seed", range(20))
def test_parentheses_that_are_needed_stay(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(20):
        code = f"x = {random_expression(rng, 4)};"
        assert shape(parse(readable(code))) == shape(parse(code)), code


def test_names_of_groups_are_those_of_the_document() -> None:
    document = Case(sp.EventProp()).document()
    for population, name in zip(document.network.populations, ("model", "lambda", "hidden-2 B"), strict=True):
        for connection in document.network.connections:
            connection.source = name if connection.source == population.name else connection.source
            connection.target = name if connection.target == population.name else connection.target
        population.name = name
    text = export(document, "pygenn", "net").text
    ast.parse(text)
    assert 'lambda_ = model.add_neuron_population(\n        "lambda",' in text
    assert 'model_ = model.add_neuron_population(\n        "model",' in text
    assert 'hidden_2_B = model.add_neuron_population(\n        "hidden_2_B",' in text
    assert 'examples["model.offsets"]' in text


def test_without_its_data_a_document_is_written_all_the_same(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPIKELOOM_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    document = sl.Document.load(ALL["mnist"])
    document.experiment.dataset.folder = "nowhere"
    made = export(document, "pygenn", "mnist")
    assert not made.arrays
    assert any("--data FILE.npz" in note for note in made.notes)
    assert 'add_argument("--data", required=True' in made.text
    for words in ("test.input.offsets", "test.input.steps", "test.input.ids", "test.labels"):
        assert words in ast.get_docstring(ast.parse(made.text))
    with pytest.raises(sl.UserError):
        save_examples(document, tmp_path / "examples.npz")


def test_examples_lie_beside_the_script_as_spikes(tmp_path: Path) -> None:
    document = sl.Document.load(ALL["digits"])
    made = export(document, "pygenn", "digits")
    paths = made.save(tmp_path / "digits.py")
    assert [path.name for path in paths] == ["digits.py", "digits_arrays.npz"]
    model = sl.Model.from_document(document)
    with np.load(paths[1]) as arrays:
        for split, data in model.data.items():
            spikes = data.take(range(len(data))).spikes["input"]
            np.testing.assert_array_equal(arrays[f"{split}.input.offsets"], spikes.offsets)
            np.testing.assert_array_equal(arrays[f"{split}.input.steps"], spikes.steps)
            np.testing.assert_array_equal(arrays[f"{split}.input.ids"], spikes.ids)
            np.testing.assert_array_equal(arrays[f"{split}.labels"], data.values["labels"])
    save_examples(document, tmp_path / "all.npz")
    with np.load(tmp_path / "all.npz") as arrays:
        assert {"train.input.offsets", "validation.labels", "test.labels"} <= set(arrays.files)


class Variable:
    """A variable of PyGeNN's that lies on no device."""

    def __init__(self, shape: tuple[int, ...], fill: float = 0.0) -> None:
        self.values = self.view = np.full(shape, fill)

    def push_to_device(self) -> None:
        pass

    def pull_from_device(self) -> None:
        pass


def functions_of(document: sl.Document, monkeypatch: pytest.MonkeyPatch) -> dict:
    """What a script defines, with nothing in the place of PyGeNN."""
    nothing = MagicMock()
    monkeypatch.setitem(sys.modules, "pygenn", nothing)
    monkeypatch.setitem(sys.modules, "pygenn.genn_model", nothing)
    space = {"__name__": "exported", "__file__": "net.py"}
    exec(compile(export(document, "pygenn", "net").text, "net.py", "exec"), space)
    return space


def test_examples_side_by_side_lie_as_the_backend_lays_them(monkeypatch) -> None:
    case = Case(sp.EventProp())
    script, data = functions_of(case.document(), monkeypatch), case.examples(1)
    chunk, spikes = np.array([4, 0, 6]), data.spikes["input"]
    population = MagicMock(num_neurons=16)
    population.vars = {name: Variable((3, 16)) for name in ("StartSpike", "EndSpike", "Next", "BackSpike")}
    population.extra_global_params = {"SpikeSteps": Variable((1000,))}
    arrays = {"input.offsets": spikes.offsets, "input.steps": spikes.steps, "input.ids": spikes.ids}
    script["set_spikes"](population, arrays, "input", chunk)
    start, end, steps = source.layout(spikes.take(chunk), 16, "input")
    np.testing.assert_array_equal(population.vars["StartSpike"].values, start)
    np.testing.assert_array_equal(population.vars["EndSpike"].values, end)
    np.testing.assert_array_equal(population.extra_global_params["SpikeSteps"].view[: len(steps)], steps)


def test_examples_that_fill_up_a_part_do_not_count(monkeypatch) -> None:
    script = functions_of(Case(sp.EventProp()).document(), monkeypatch)
    parts = [(chunk.tolist(), count) for chunk, count in script["chunks"](np.array([5, 3, 1, 2, 9]), 3)]
    assert parts == [([5, 3, 1], 3), ([2, 9, 9], 2)]
    sums = {name: Variable((3, 4), 1.0) for name in ("input_hidden", "hidden_output")}
    groups = {name: MagicMock(vars={"Gradient": variable}) for name, variable in sums.items()}
    model = MagicMock(batch_size=3, synapse_populations=groups)
    script["forget"](model, 3)
    assert all(variable.values.sum() == 12 for variable in sums.values())
    script["forget"](model, 2)
    assert all(variable.values.sum(axis=1).tolist() == [4, 4, 0] for variable in sums.values())


def test_what_is_left_out_is_said() -> None:
    document = sl.Document.load(ALL["digits"])
    document.experiment.metrics = [sp.ConfusionMatrix()]
    document.experiment.training.early_stopping = sp.EarlyStopping()
    document.experiment.dataset.augmentation = [sp.TimeScaling()]
    notes = " ".join(export(document, "pygenn", "digits").notes)
    assert "Augmentation is left out" in notes
    assert "Metrics beyond loss and accuracy" in notes
    assert "stopping early is left out" in notes
    assert "Nothing is recorded" in notes


def test_windows_that_overlap_are_kept_from_gpus() -> None:
    case = Case(
        sp.EventProp(),
        shape=(2, 2, 2),
        source_shape=(8, 8, 1),
        connections={IN: lambda: sp.AvgPoolConv2D(sp.Normal(1.0, 0.5), 2, 4, 2, pool_strides=2), OUT: dense(0.1, 0.4)},
    )
    plain = Case(sp.EventProp()).document()
    words = "windows overlap"
    assert words not in export(plain, "pygenn", "net").text
    made = export(case.document(), "pygenn", "net")
    assert words in made.text and any(words in note for note in made.notes)


@pytest.mark.parametrize("name", sorted(CASES))
def test_networks_of_all_kinds_are_written(name: str, tmp_path: Path) -> None:
    text = export(CASES[name].document(), "pygenn", "net").text
    compile(text, "script", "exec")
    assert max(len(line) for line in text.split('"""')[-1].splitlines()) <= 88


def test_what_pygenn_cannot_run_is_refused() -> None:
    document = Case(
        sp.EProp(mode="forward"),
        hidden=sp.LIF(relative_reset=True, integrate_during_refrac=True),
        connections={IN: dense(0.1, 0.4, delay=3.0), OUT: dense(0.0, 0.4)},
        synapse=sp.Delta,
    ).document()
    with pytest.raises(sl.UserError, match="trace") as refused:
        export(document, "pygenn", "net")
    assert refused.value.place == "input_hidden"
    assert refused.value.hint


def test_an_example_is_never_cut_into_segments() -> None:
    document = sl.Document.load(ALL["eprop_pattern"])
    document.experiment.learning.tape_memory = 0.5
    assert "TIMESTEPS = 1000" in export(document, "pygenn", "pattern").text
    assert document.experiment.learning.tape_memory == 0.5


def test_an_optimiser_of_ones_own_is_refused_in_words() -> None:
    class Wavering(sp.SGD):
        """An optimiser whose rate wavers."""

        def dynamic(self, step: int, rate: float) -> dict[str, float]:
            return {**super().dynamic(step, rate), "Alpha": rate, "Momentum": 1.0 / step}

        def constants(self) -> dict[str, float]:
            return {}

    document = Case(sp.EventProp(optimiser=Wavering(0.1))).document()
    with pytest.raises(sl.UserError, match="Momentum") as refused:
        export(document, "pygenn", "net")
    assert "optimiser" in refused.value.place
