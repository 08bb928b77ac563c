"""What stands at the top of a script: what it does, how it is run, and what it needs."""

from __future__ import annotations

from spikeloom.compilers import CompiledNetwork
from spikeloom.exporters.pygenn.examples import Examples
from spikeloom.exporters.pygenn.layout import filled, prose
from spikeloom.spec import Document


def docstring(
    document: Document, compiled: CompiledNetwork, name: str, with_file: bool, examples: Examples, labelled: bool
) -> str:
    """The docstring of the script; what the document says stands in it as plain words."""
    title = " ".join(prose(document.title or name, 70).split("\n")[:1]) or "A network"
    parts = [title if title[-1] in ".!?" else f"{title}."]
    if (document.description or "").strip():
        parts.append(prose(document.description or ""))
    parts += [
        _what(compiled, document),
        _how(prose(name), compiled, bool(examples.arrays)),
        _needs(with_file, prose(name)),
    ]
    if not examples.arrays:
        parts.append(_expected(compiled, labelled))
    return '"""' + "\n\n".join(part for part in parts if part) + '\n"""'


def _what(compiled: CompiledNetwork, document: Document) -> str:
    learning = document.experiment.learning
    if not compiled.learns:
        return filled("The script looks how good the network is on test examples.")
    rule = "EventProp" if learning is not None and learning.type == "eventprop" else "e-prop"
    return filled(
        f"The script trains the network with {rule} and looks how good it is on test examples. Examples of a batch run "
        "side by side on a GPU; on GeNN's CPU they run one after the other, and the gradients of a batch add up."
    )


def _how(name: str, compiled: CompiledNetwork, with_data: bool) -> str:
    data = "" if with_data else " --data examples.npz"
    lines = [f"python {name}.py{data}"]
    if compiled.learns:
        lines += [f"python {name}.py{data} --epochs 5 --save weights.npz"]
        lines += [f"python {name}.py{data} --weights weights.npz --evaluate"]
    return "How to run it:\n\n" + "\n".join(f"    {line}" for line in lines)


def _needs(with_file: bool, name: str) -> str:
    beside = f" '{name}_arrays.npz' lies beside it." if with_file else ""
    return filled(
        f"It needs numpy and PyGeNN 5, which https://genn-team.github.io says how to install.{beside} The parameters "
        "of the models were computed for DT and TIMESTEPS: to change these, change the document in Spikeloom and "
        "export it again."
    )


def _expected(compiled: CompiledNetwork, labelled: bool) -> str:
    """Which arrays the file of examples must hold."""
    splits = "'train', 'test' and, if there is one, 'validation'" if compiled.learns else "'test'"
    words = [f"The examples lie in the file of --data. Its arrays begin with the name of their split ({splits}):"]
    lines = []
    for taken in compiled.inputs:
        own = taken.population
        if taken.key:
            lines += [f"test.{own}.values   (examples, values): numbers from 0 to 1"]
        else:
            lines += [f"test.{own}.offsets  (examples + 1,): where the spikes of each begin and end"]
            lines += [f"test.{own}.steps    (spikes,): the timestep of each, sorted within an example"]
            lines += [f"test.{own}.ids      (spikes,): its neuron"]
    for output in compiled.outputs:
        if labelled:
            lines += [f"test.{output.labels}  (examples,): classes"]
        if output.needs == output.targets:
            shape = "(examples, timesteps, outputs)" if output.over_time else "(examples, outputs)"
            lines += [f"test.{output.targets}  {shape}: what the outputs are to be"]
    return "\n\n".join([filled(" ".join(words)), "\n".join(f"    {line}" for line in lines)])
