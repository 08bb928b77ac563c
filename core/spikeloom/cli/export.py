"""``spikeloom export FILE --to KIND -o OUT``: a document as a script that stands alone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_json
from spikeloom.errors import RunError, UserError, nearest


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    from spikeloom.exporters import EXPORTERS

    kinds = "\n".join(f"  {exporter.name:<9} {exporter.help}" for exporter in EXPORTERS.values())
    parser = commands.add_parser(
        "export",
        help="write a document as a script",
        description=f"Write a document as a script that stands alone:\n\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="the document (.snn)")
    parser.add_argument("--to", metavar="KIND", default="python", help="python (the default), pygenn or notebook")
    parser.add_argument("-o", "--output", metavar="OUT", help="the file to write; standard output by default")
    parser.add_argument("--force", action="store_true", help="replace files that are there already")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the script; the exit code."""
    from spikeloom.exporters import EXPORTERS, export
    from spikeloom.spec import Document

    if options.to not in EXPORTERS:
        hint = f"Known are {', '.join(EXPORTERS)}."
        raise UserError(f"no exporter '{options.to}'{nearest(options.to, EXPORTERS)}", place="--to", hint=hint)
    kind, source = EXPORTERS[options.to], Path(options.file)
    on_screen = options.output in (None, "-")
    path = source.with_suffix(kind.suffix) if on_screen else _path(options.output, f"{source.stem}{kind.suffix}")
    document = Document.load(source)
    made = export(document, kind.name, path.stem)
    if on_screen:
        console.say(made.text.rstrip("\n"))
        files = []
    else:
        _check_free(made.paths(path), source, document, force=options.force)
        files = made.save(path)
    if not on_screen and path.suffix != kind.suffix:
        console.note(f"note: a {kind.title} usually ends in {kind.suffix}")
    for note in made.notes:
        console.note(f"note: {note}")
    if on_screen and made.arrays:
        console.note("note: its arrays are written where -o names a file")
    if options.json:
        console.say_json({"files": [str(file) for file in files], "to": kind.name, "notes": list(made.notes)})
    elif files:
        console.say(f"{files[0]}: {kind.title}" + (f", with its arrays in {files[1]}" if len(files) > 1 else ""))
    return 0


def _path(given: str, usual: str) -> Path:
    """The file to write: what was given or, in a folder, the usual name."""
    if not given.strip():
        raise UserError("nothing found, expected the file to write", place="--output", hint=f"For example -o {usual}.")
    path = Path(given)
    if given.endswith(("/", "\\")) and not path.is_dir():
        raise RunError("cannot be written: there is no such folder", place=given)
    return path / usual if path.is_dir() else path


def _check_free(paths: list[Path], source: Path, document: Any, *, force: bool) -> None:
    """Refuse to write over files that are there, and never over the document's own.

    Raises
    ------
    UserError
        With what to do.
    """
    if not paths[0].absolute().parent.is_dir():
        raise RunError("cannot be written: there is no such folder", place=str(paths[0].absolute().parent))
    own = {source.resolve(), *(source.with_name(a.file).resolve() for _, a in document.arrays() if a.file is not None)}
    for path in paths:
        if path.resolve() in own:
            hint = "Choose another name: it would take the place of the document's."
            raise UserError("belongs to the document itself", place=str(path), hint=hint)
        if path.exists() and not force:
            raise UserError("the file is there already", place=str(path), hint="Choose another name, or add --force.")
