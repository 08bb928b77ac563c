"""The script: what `sections` says of the document, between its imports and the command line that runs it."""

from __future__ import annotations

import textwrap

from spikeloom.exporters.export import ARRAYS_STEM, Export
from spikeloom.exporters.python.layout import INDENT, WIDTH, Atom, Item, Text, call, laid_out
from spikeloom.exporters.python.sections import Parts, Section, imports_of, in_docstring, parts_of
from spikeloom.spec import Document


def write(document: Document, name: str) -> Export:
    """The script of a document.

    Parameters
    ----------
    name
        The stem of the file that it is to be saved as.

    Raises
    ------
    UserError
        Where the document holds what no script can say: a class of the script that runs, an array that is not there.
    """
    parts = parts_of(document)
    lines = [*_docstring(document, parts, name), *_imports(parts)]
    found: dict[str, tuple[int, int]] = {}
    for section in parts.sections:
        lines += ["", *_heading(section)]
        found |= {
            part: (len(lines) + 1 + first, len(lines) + 1 + last) for part, (first, last) in section.parts.items()
        }
        lines += section.lines
    lines += ["", "", *_main(document, parts)]
    notes = [] if parts.has_data else ["The document names no data set: the script asks for your arrays."]
    if parts.learns and document.experiment.training.keep_best is not None:
        notes.append("The script keeps no file of the best epoch, as a run does.")
    return Export("\n".join(lines) + "\n", parts.arrays, notes=tuple(notes), lines=found)


def _docstring(document: Document, parts: Parts, name: str) -> list[str]:
    title = in_docstring(document.title or "A spiking neural network").strip()
    words = in_docstring(document.description or "")
    said = [line for paragraph in words.split("\n") for line in textwrap.wrap(paragraph, WIDTH) or [""]]
    runs = "trains and tests it" if parts.learns else "tests it"
    data = "" if parts.has_data else " --data FILE.npz"
    command = _stem(name)
    usage = [
        f"    python {command}.py{data}                          {runs}",
        f"    python {command}.py --to-document FILE.snn   writes it as a document for the window",
        f"    python {command}.py --help                   all options",
    ]
    return [f'"""{title}', "", *(*said, "") * bool(words.strip()), *usage, '"""', ""]


def _stem(name: str) -> str:
    """The name as a docstring may hold it."""
    return in_docstring(name).replace("\n", " ")


def _imports(parts: Parts) -> list[str]:
    lines = ["import argparse", "import sys", "from pathlib import Path", "", *imports_of(parts)]
    if parts.arrays:
        lines += ["", "# Weights and other arrays lie in a file beside this one."]
        lines += [
            "here = Path(__file__)",
            f'file = here.with_name(f"{{here.stem}}{ARRAYS_STEM}.safetensors")',
            "if not file.is_file():",
            '    sys.exit(f"error: {file}: not found, and it holds the arrays of this script")',
            "arrays = load_file(file)",
        ]
    return lines


def _heading(section: Section) -> list[str]:
    return [
        f"# -- {section.heading} ".ljust(WIDTH, "-"),
        *(f"# {line}" for line in textwrap.wrap(section.about, WIDTH - 2)),
    ]


def _main(document: Document, parts: Parts) -> list[str]:
    """The command line."""
    options = [
        _option("--threads", "cores to use; figures do not depend on it", type="int", metavar='"N"'),
        _option("--backend", "embedded, or pygenn where it is installed", default='"embedded"'),
        _option("--save", "save the network as it is then (.snn)", metavar='"FILE"'),
        _option("--to-document", "write the document (.snn), and end", metavar='"FILE"'),
    ]
    if not parts.has_data:
        words = "x_train, y_train, x_test, y_test (.npz)" if parts.learns else "x_test, y_test (.npz)"
        options.insert(0, _option("--data", f"your arrays: {words}", metavar='"FILE"'))
    if parts.learns:
        options.insert(0, _option("--epochs", "by default those of the document", type="int", metavar='"N"'))
    return [
        "def main():",
        '    """Do what the options say."""',
        "    parser = argparse.ArgumentParser()",
        *options,
        "    options = parser.parse_args()",
        "",
        "    document.bind(Path(__file__).parent)  # files of data are looked for there",
        "    if options.to_document:",
        "        document.save(options.to_document)",
        "        return",
        "    if options.save and not Path(options.save).absolute().parent.is_dir():",
        '        sys.exit(f"error: --save: there is no folder for {options.save}")',
        '    if options.save and not options.save.endswith(".snn"):',
        '        sys.exit(f"error: --save: {options.save} does not end in .snn")',
        *_run(document, parts),
        "    if options.save:",
        "        model.save(options.save)",
        "",
        "",
        'if __name__ == "__main__":',
        "    try:",
        "        main()",
        "    except sl.SpikeloomError as error:",
        '        sys.exit(f"error: {error}")',
    ]


def _option(flag: str, words: str, **how: str) -> str:
    items = [Item(Text(flag)), *(Item(Atom(value), f"{name}=") for name, value in how.items())]
    return INDENT + laid_out(call("parser.add_argument", [*items, Item(Text(words), "help=")]), 4, INDENT)


def _run(document: Document, parts: Parts) -> list[str]:
    """Build the model, train and test it."""
    every, kept = document.experiment.training.checkpoint_every, document.experiment.training.checkpoints_kept
    tested = ""
    trained: list[str] = []
    lines = [
        "    model = sl.Model.from_document(",
        "        document, threads=options.threads, backend=options.backend",
        "    )",
    ]
    if not parts.has_data:
        lines = [
            "    if not options.data:",
            '        sys.exit("error: --data is missing: the file with your arrays")',
            "    try:",
            "        data = dict(np.load(options.data))",
            *(['        x, y = data["x_train"], data["y_train"]'] if parts.learns else []),
            '        x_test, y_test = data["x_test"], data["y_test"]',
            "    except (OSError, ValueError, TypeError, KeyError) as error:",
            '        sys.exit(f"error: --data: {options.data}: {error}")',
            *lines,
        ]
        trained, tested = ["x", "y"], "x_test, y_test"
    if parts.learns:
        lines.append("    callbacks = [sl.ProgressBar()]")
        if every is not None:
            items = [Item(Text("epoch-{epoch:04d}.safetensors")), Item(Atom(str(every)), "every=")]
            items += [Item(Atom(str(kept)), "kept=")] if kept is not None else []
            made = call("callbacks.append", [Item(call("sl.Checkpoint", items))])
            lines.append(INDENT + laid_out(made, 4, INDENT))
        share = document.experiment.training.validation_fraction
        if share and not parts.has_data:
            trained.append(f"validation_split={share!r}")
        given = [Item(Atom(text)) for text in (*trained, "epochs=options.epochs", "callbacks=callbacks")]
        lines.append(INDENT + laid_out(call("model.train", given), 4, INDENT))
    return [
        *lines,
        f"    for name, value in model.evaluate({tested}).items():",
        '        print(f"test {name}: {value}")',
    ]
