"""The plain options of a task, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spikeloom.errors import UserError, nearest
from spikeloom.spec import Document, EarlyStopping, Node

MOST_THREADS = 1024


def open_document(options: Mapping[str, Any]) -> Document:
    """The document of a task, with the options that override its training settings."""
    path = path_option(options, "document")
    if path is None:
        raise UserError("is missing, expected the path of a document", place="document")
    document = Document.load(path)
    training = document.experiment.training
    for name in ("epochs", "seed", "batch_size", "checkpoint_every", "keep_best"):
        _override(training, name, options)
    if options.get("patience") is not None and training.early_stopping is None:
        training.early_stopping = EarlyStopping()
    for name in ("patience", "monitor"):
        if training.early_stopping is not None:
            _override(training.early_stopping, name, options)
        elif options.get(name) is not None:
            raise UserError("nothing stops early", place=flag(name), hint="Give --patience with it.")
    return document


def _override(node: Node, name: str, options: Mapping[str, Any]) -> None:
    """Set a field to what an option says, where it says something."""
    if options.get(name) is not None:
        try:
            setattr(node, name, options[name])
        except UserError as error:
            raise UserError(error.message, place=flag(name), hint=error.hint) from None


def base_option(document: Document, options: Mapping[str, Any]) -> Path | None:
    """The folder to which a document names the files of its data set; None where it was never saved."""
    return path_option(options, "base") if "base" in options else document.base


def flag(name: str) -> str:
    """An option's name as the user wrote it."""
    return f"--{name.replace('_', '-')}"


def path_option(options: Mapping[str, Any], name: str) -> Path | None:
    """The path that an option gives, if it does."""
    value = options.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value or "\0" in value:
        raise UserError(f"{value!r} found, expected a path", place=flag(name))
    return Path(value)


def threads_option(options: Mapping[str, Any]) -> int | None:
    """The number of threads asked for; None: one per core."""
    value = options.get("threads")
    if value is not None and (type(value) is not int or not 1 <= value <= MOST_THREADS):
        raise UserError(f"{value!r} found, expected 1 to {MOST_THREADS}", place="--threads")
    return value


def choice_option(options: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    """The word that an option gives, one of `choices`."""
    value = options.get(name)
    if value is None:
        return default
    if value not in choices:
        hint = f"One of {', '.join(choices)}."
        raise UserError(f"no {name} '{value}'{nearest(str(value), choices)}", place=flag(name), hint=hint)
    return str(value)
