"""``spikeloom new``: start a document from a template, an example document, or a template of the user's own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from spikeloom import examples
from spikeloom.cli import console
from spikeloom.cli.options import add_json
from spikeloom.errors import RunError, SpikeloomError, UserError, nearest


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    parser = commands.add_parser(
        "new", help="start a document from a template", description="Write a document to start from."
    )
    parser.add_argument("--template", metavar="NAME", default="digits", help="which one (default: digits); see --list")
    parser.add_argument("-o", "--output", metavar="FILE", help="the document to write (.snn)")
    parser.add_argument("--force", action="store_true", help="replace a file that is there already")
    parser.add_argument("--list", action="store_true", help="list the templates")
    add_json(parser)
    parser.set_defaults(run=run)


def templates() -> dict[str, Path]:
    """Name -> file of all that a document can start from; what ships with the package comes before the user's own."""
    found = examples.templates() | examples.examples()
    if not found:
        raise RunError("the example documents are missing", hint="Install Spikeloom anew.")
    return found | {name: path for name, path in examples.user_templates().items() if name not in found}


def run(options: argparse.Namespace) -> int:
    """Write the document; the exit code."""
    known = templates()
    if options.list:
        _list(known, options.json)
        return 0
    if options.template not in known:
        hint = f"Known are {', '.join(known)}."
        message = f"no template '{options.template}'{nearest(options.template, known)}"
        raise UserError(message, place="--template", hint=hint)
    if not options.output:
        raise UserError("is missing, expected the file to write", place="--output", hint="For example -o my.snn.")
    path = write(known[options.template], Path(options.output), force=options.force)
    if options.json:
        console.say_json({"document": str(path), "template": options.template})
    else:
        console.say(f"{path}: a copy of the template '{options.template}'")
    return 0


def write(template: Path, path: Path, *, force: bool = False) -> Path:
    """Write a copy of a template, with its arrays.

    Raises
    ------
    UserError
        If a file is there already (unless `force`), or `path` can be no file.
    RunError
        If it cannot be written.
    """
    from spikeloom.spec import Document

    if path.is_dir():
        raise UserError("is a folder, expected the name of a file", place=str(path))
    if not path.absolute().parent.is_dir():
        raise UserError("there is no such folder", place=str(path.absolute().parent))
    document = Document.load(template)
    beside = path.with_suffix(".safetensors")
    if document.arrays() and beside.exists() and not force:
        raise _exists(beside)
    if not force:
        _reserve(path)
    try:
        document.save(path)
    except BaseException:
        if not force:
            path.unlink(missing_ok=True)
        raise
    return path


def _reserve(path: Path) -> None:
    """Make an empty file, and fail if there is one: between a look and a write another could appear."""
    try:
        path.open("x").close()
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise RunError(f"cannot be written: {error.strerror}", place=str(path)) from None


def _exists(path: Path) -> UserError:
    return UserError("the file is there already", place=str(path), hint="Choose another name, or add --force.")


def _list(known: dict[str, Path], as_json: bool) -> None:
    titles = {name: _title(path) for name, path in known.items()}
    if as_json:
        console.say_json({"templates": [{"name": name, "title": title} for name, title in titles.items()]})
        return
    width = max(map(len, titles))
    for name, title in titles.items():
        console.say(f"{name:<{width}}  {title}".rstrip())


def _title(path: Path) -> str:
    """What a template is called; a user's own may be damaged, and the others are listed all the same."""
    from spikeloom.spec import Document

    try:
        return Document.load(path).title or ""
    except SpikeloomError as error:
        return f"({error.message})"
