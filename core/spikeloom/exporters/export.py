"""What an export is, and which there are."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.errors import RunError, UserError, nearest
from spikeloom.spec import Document
from spikeloom.spec.storage import arrays_as_npz, tensors_as_bytes, write_files

if TYPE_CHECKING:
    from spikeloom.run import Model

NAMES_OF_MODULES = ("spikeloom", "numpy", "safetensors", "pygenn", "matplotlib", "pydantic", "scipy", "h5py", "rich")
ARRAYS_STEM = "_arrays"  # so that the arrays of a script never take the place of a document's of the same name


@dataclass(frozen=True)
class Export:
    """A file to be, and the arrays that lie beside it.

    Parameters
    ----------
    text
        The content of the file.
    arrays
        Name -> array; empty where the file needs none.
    arrays_suffix
        Ending of the file that holds the arrays: ``digits_arrays.npz`` beside ``digits.py``.
    notes
        What the script leaves out or does otherwise than the document, a sentence each.
    lines
        Name of a population or connection -> the first and the last line that make it, from 1; as far as known.
    """

    text: str
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrays_suffix: str = ".safetensors"
    notes: tuple[str, ...] = ()
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def paths(self, path: str | Path) -> list[Path]:
        """The files that `save` writes."""
        path = Path(path)
        return [path, path.with_name(f"{path.stem}{ARRAYS_STEM}{self.arrays_suffix}")] if self.arrays else [path]

    def save(self, path: str | Path) -> list[Path]:
        """Write the file and, where there are arrays, another one beside it; both, or neither.

        Parameters
        ----------
        path
            Of the script; the stem of the other file is its stem and ``_arrays``.

        Returns
        -------
        list of Path
            The files that were written.

        Raises
        ------
        RunError
            Where they cannot be written; old files stay as they were.
        """
        path = Path(path)
        if path.suffix in (".safetensors", ".npz"):
            hint = "Choose a name that ends as a script does, such as .py."
            raise UserError(f"'{path.suffix}' is the ending of arrays", place=str(path), hint=hint)
        if not path.absolute().parent.is_dir():
            raise RunError("cannot be written: its folder does not exist", place=str(path))
        if path.suffix == ".py" and path.stem in {*sys.stdlib_module_names, *NAMES_OF_MODULES}:
            hint = "Choose another name: Python would import it in place of the module."
            raise UserError(f"'{path.stem}' is the name of a module that it needs", place=str(path), hint=hint)
        for file in self.paths(path):
            if file.is_dir():
                raise RunError("cannot be written: a folder has this name", place=str(file))
        arrays = {file: self._arrays_as_bytes() for file in self.paths(path)[1:]}
        write_files(arrays | {path: self.text.encode("utf-8")})
        return self.paths(path)

    def _arrays_as_bytes(self) -> bytes:
        return (tensors_as_bytes if self.arrays_suffix == ".safetensors" else arrays_as_npz)(self.arrays)


@dataclass(frozen=True)
class Exporter:
    """A kind of export.

    Parameters
    ----------
    name
        As the command line and `export` take it.
    title
        As people read it.
    help
        One line: what comes of it.
    suffix
        Ending of its file.
    language
        Of its text, for who shows it in colours: ``"python"`` or ``"json"``.
    module
        Where its function ``write(document, name)`` is; imported when it is needed.
    """

    name: str
    title: str
    help: str
    suffix: str
    language: str
    module: str

    def write(self, document: Document, name: str) -> Export:
        """Export a document to a file whose stem is `name`."""
        made: Export = importlib.import_module(self.module).write(document, name)
        return made


EXPORTERS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "python",
            "Python script",
            "A script with Spikeloom's Python API, which trains to the same figures.",
            ".py",
            "python",
            "spikeloom.exporters.python",
        ),
        Exporter(
            "pygenn",
            "PyGeNN script",
            "A script that needs numpy and PyGeNN only, for a GPU or a cluster.",
            ".py",
            "python",
            "spikeloom.exporters.pygenn",
        ),
        Exporter(
            "notebook",
            "Jupyter notebook",
            "The Python script as a notebook that draws its curves.",
            ".ipynb",
            "json",
            "spikeloom.exporters.notebook",
        ),
    )
}


def export(document: Document | Model, to: str, name: str = "network") -> Export:
    """Write a document as a script.

    Parameters
    ----------
    document
        Or a model, whose document is taken as it is now. May be half-drawn for ``"python"`` and ``"notebook"``;
        ``"pygenn"`` needs one that could run.
    to
        ``"python"``, ``"pygenn"`` or ``"notebook"``.
    name
        The stem of the file that it is to be saved as, for the script's words on how it is run.

    Raises
    ------
    UserError
        If there is no such exporter, or the document holds what it cannot write.

    Examples
    --------
    >>> sl.export(document, "python", "digits").save("digits.py")  # doctest: +SKIP
    """
    document = getattr(document, "document", document)  # of a model
    if not isinstance(document, Document):
        found = type(document).__name__
        raise UserError(f"{found} found, expected a document", place="document", hint="sl.Document.load reads a file.")
    if to not in EXPORTERS:
        hint = f"Known here: {', '.join(EXPORTERS)}."
        raise UserError(f"no exporter '{to}'{nearest(str(to), EXPORTERS)}", place="to", hint=hint)
    return EXPORTERS[to].write(document, name)
