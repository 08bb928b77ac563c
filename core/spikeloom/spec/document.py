"""The document: a network, an experiment and a view in one JSON file, arrays in a safetensors file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import PrivateAttr, ValidationError

from spikeloom.errors import RunError, UserError
from spikeloom.spec import text
from spikeloom.spec.experiment import Experiment
from spikeloom.spec.explain import explain, found
from spikeloom.spec.fields import setting
from spikeloom.spec.network import Network
from spikeloom.spec.node import Node, walk
from spikeloom.spec.problem import InvalidDocument, Problem
from spikeloom.spec.storage import SUFFIX, MissingTensor, tensors_as_bytes, write_files
from spikeloom.spec.stored_array import StoredArray
from spikeloom.spec.view import View

FORMAT = "spikeloom/1"
OTHERS = (".py", ".ipynb", ".npz", ".npy")  # what a slip of the pen would write over


class Document(Node):
    """Everything that a run needs.

    In a script ``Document(network, experiment)``.

    Attributes
    ----------
    base
        The folder that array files lie in; None for a document that is not a file yet.
    """

    by_position: ClassVar[tuple[str, ...]] = ("network", "experiment", "view")

    format: str = setting(FORMAT, help="Format and version of the document.")
    title: str | None = setting(None, help="What the document is called.")
    description: str | None = setting(None, help="What it shows.")
    network: Network = setting(factory=Network, help="The network.")
    experiment: Experiment = setting(factory=Experiment, help="What is done with it.")
    view: View = setting(factory=View, help="How it looks in the editor.")

    _base: Path | None = PrivateAttr(None)

    @property
    def base(self) -> Path | None:
        """The folder that array files lie in."""
        return self._base

    @property
    def learns(self) -> bool:
        """Whether it has a learning rule that moves weights."""
        return self.experiment.learning is not None and self.experiment.learning.type != "inference"

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a document from a file; runs nothing that it contains.

        A half-drawn network loads; what keeps it from running is `validate`'s to say.

        Raises
        ------
        UserError
            With all problems of the file (``.problems``).
        """
        path = Path(path)
        try:
            with path.open("rb") as file:
                content = file.read(text.LARGEST + 1)
        except IsADirectoryError:
            raise UserError("is a folder, expected a document (.snn)", place=str(path)) from None
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
        return cls.loads(content, base=path.parent, source=str(path))

    @classmethod
    def loads(
        cls, content: str | bytes, base: str | Path | None = None, *, source: str = "", dangling: bool = False
    ) -> Self:
        """Read a document from its text.

        Parameters
        ----------
        base
            The folder that its array files lie in.
        source
            What messages call the text; the path of the file.
        dangling
            Whether connections may lead to populations that are not in it, as in parts that were copied.
        """
        data = upgrade(text.read(content, source), source)
        try:
            document = cls.__pydantic_validator__.validate_python(data)
        except ValidationError as error:
            raise InvalidDocument(explain(cls, error), source=source) from None
        problems = [] if dangling else document.network.problems()
        if problems:
            raise InvalidDocument(problems, source=source)
        document.bind(Path(base) if base is not None else None)
        return document

    def dumps(self) -> str:
        """The text of the document; the values of arrays are not in it (see `save`)."""
        try:
            data = self.model_dump(mode="json")
        except (ValueError, RecursionError) as error:
            raise UserError(f"cannot be written as JSON: {error}", place="document") from None
        return text.write(data)

    def save(self, path: str | Path) -> None:
        """Write the document, and its arrays to ``<stem>.safetensors`` beside it.

        Both files are written in full before either takes the place of an old one.

        Raises
        ------
        RunError
            Where they cannot be written; the old files are as they were.
        """
        path = Path(path)
        if path.suffix in (SUFFIX, *OTHERS):
            hint = "Choose a name that ends in .snn."
            whose = "a document's arrays" if path.suffix == SUFFIX else "other files"
            raise UserError(f"'{path.suffix}' is the ending of {whose}", place=str(path), hint=hint)
        if not path.parent.is_dir():
            raise RunError("cannot be written: its folder does not exist", place=str(path))
        arrays = self._arrays_to_write(path)
        names = [(array, array.file, array.tensor) for _, array in arrays]
        contents: dict[Path, bytes] = {}
        try:
            if arrays:
                target = path.with_suffix(SUFFIX)
                tensors: dict[str, np.ndarray] = {}
                for name, array in arrays:
                    try:
                        tensors[name] = array.values()
                    except MissingTensor:
                        if self._moves(path):
                            raise
                        continue  # the reference stays; there is nothing to lose
                    array.saved_as(target.name, name)
                contents[target] = tensors_as_bytes(tensors)
            contents[path] = self.dumps().encode("utf-8")
            write_files(contents)
        except BaseException:
            for array, file, tensor in names:
                array.file, array.tensor = file, tensor
            raise
        self.bind(path.parent)

    def bind(self, folder: Path | None) -> None:
        """Say in which folder its array files lie; arrays that were read keep their values."""
        self._base = folder
        for _, array in self.arrays():
            array.bind(folder)

    def arrays(self) -> list[tuple[str, StoredArray]]:
        """All arrays, each with the name of its tensor in the file that `save` writes."""
        found: list[tuple[str, StoredArray]] = []
        roots: list[tuple[Node, str]] = [(part, part.name) for part in self.network.parts()]
        for root, name in [*roots, (self.experiment, "experiment")]:
            for place, node in walk(root, name):
                if isinstance(node, StoredArray) and not node.is_listed:
                    found.append((place, node))
        return found

    def _arrays_to_write(self, path: Path) -> list[tuple[str, StoredArray]]:
        """The arrays that `save` must write: those that are in memory, or whose file it is about to replace."""
        arrays = self.arrays()
        moves = self._moves(path)
        file = path.with_suffix(SUFFIX).name
        chosen = [(name, array) for name, array in arrays if array.in_memory or moves]
        if chosen:
            chosen += [pair for pair in arrays if pair[1].file == file and pair not in chosen]
        return chosen

    def _moves(self, path: Path) -> bool:
        return self._base is None or self._base.resolve() != path.parent.resolve()


def upgrade(data: Any, source: str = "") -> dict[str, Any]:
    """The data of a document of any known format, in the newest one.

    Raises
    ------
    UserError
        For a format that is newer than this version, or no format of ours.
    """
    if not isinstance(data, dict):
        raise InvalidDocument([Problem("", f"{found(data)} found, expected a document: an object")], source=source)
    if "format" not in data:
        raise InvalidDocument([Problem("", f"'format' is missing, expected '{FORMAT}'")], source=source)
    name = data["format"]
    if name == FORMAT:
        return data
    family, _, version = name.partition("/") if isinstance(name, str) else ("", "", "")
    if family == "spikeloom" and version.isascii() and version.isdigit() and 0 < len(version) < 9 and int(version) > 1:
        problem = Problem(
            "format",
            f"'{name}' is newer than this version of Spikeloom, which reads '{FORMAT}'",
            "Update it: pip install --upgrade spikeloom",
        )
    else:
        problem = Problem("format", f"{found(name)} found, expected '{FORMAT}'")
    raise InvalidDocument([problem], source=source)
