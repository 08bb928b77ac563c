"""What the worker and the command line do with a document's file: train it, evaluate it, describe it.

Each task takes plain options (they come as JSON), tells a listener what happens, and returns a plain result.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from spikeloom.backends import BACKENDS
from spikeloom.backends.embedded.build_cache import BuildCancelled
from spikeloom.errors import RunError, UserError, nearest
from spikeloom.genn.batch import BatchData
from spikeloom.run.beginning import Beginning
from spikeloom.run.control import Control
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.evaluation_record import record_of
from spikeloom.run.event_files import EventFiles
from spikeloom.run.events import Listener
from spikeloom.run.failure import Stopped, reported
from spikeloom.run.folder import RunFolder
from spikeloom.run.live import Live
from spikeloom.run.prepare import SPLITS, Splits, prepare
from spikeloom.run.probe import ProbeOptions
from spikeloom.run.session import Session
from spikeloom.run.watch import Watch
from spikeloom.spec import Document, check

MOST_THREADS = 1024
RECORDED_EXAMPLES = 10


# -- options ---------------------------------------------------------------------------------------------------
def open_document(options: Mapping[str, Any]) -> Document:
    """The document of a task, with the options that override its training settings."""
    path = path_option(options, "document")
    if path is None:
        raise UserError("is missing, expected the path of a document", place="document")
    document = Document.load(path)
    for name in ("epochs", "seed", "batch_size"):
        if options.get(name) is not None:
            try:
                setattr(document.experiment.training, name, options[name])
            except UserError as error:
                raise UserError(error.message, place=flag(name), hint=error.hint) from None
    return document


def _data(document: Document, options: Mapping[str, Any]) -> Splits:
    """The document's data set; ``base``, where it is given, says to which folder its files are named relative."""
    return prepare(document, _base(document, options))


def _base(document: Document, options: Mapping[str, Any]) -> Path | None:
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


@dataclass(frozen=True)
class Means:
    """With what a task runs: the backend, the number of threads, and what to look at meanwhile and afterwards."""

    backend: str
    threads: int | None
    probe: ProbeOptions | None
    wanted: Any = None  # what to watch from the start
    linger: bool = False

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Means:
        """From the options; raises a `UserError` where one is wrong."""
        backend = choice_option(options, "backend", BACKENDS, "embedded")
        probe = ProbeOptions.read(options.get("probe"))
        return cls(backend, threads_option(options), probe, options.get("watch"), options.get("linger") is True)

    def session(self, document: Document, listener: Listener, control: Control) -> Session:
        """Build the document."""
        return Session(document, threads=self.threads, backend=self.backend, listener=listener, control=control)

    def watch(self, session: Session, data: Splits, listener: Listener, control: Control) -> Watch:
        """Look at what was asked for, from now on."""
        watch = Watch(self.probe, session, data, listener, control, lambda *which: data.shown(session.document, *which))
        if self.wanted is not None:
            watch.watch(self.wanted)
        else:
            watch.look(force=True)
        return watch

    def stay(self, listener: Listener, control: Control) -> None:
        """Where it was asked to, hold the network after the task and answer what is asked, until told to stop."""
        if self.linger:
            listener({"event": "lingering"})
            control.linger()


# -- train -----------------------------------------------------------------------------------------------------
def train(options: Mapping[str, Any], listener: Listener, control: Control) -> dict[str, Any]:
    """Train a document; the result is what ``spikeloom train --json`` prints.

    With ``resume`` (a checkpoint or a run folder) it goes on from there for as many epochs more as the document says;
    with ``weights`` it begins anew with the weights of one. Whatever goes wrong is said in the run's folder too; wrong
    input leaves no folder behind.
    """
    document = open_document(options)
    means = Means.read(options)
    check(document)
    if not document.learns:
        hint = "choose one, such as eventprop; `spikeloom evaluate` runs a network that does not learn"
        raise UserError("there is no learning rule to train with", place="experiment.learning", hint=hint)
    name = Path(options["document"]).stem
    beginning = Beginning.of(path_option(options, "resume"), path_option(options, "weights"))
    data = _data(document, options)
    folder = RunFolder(path_option(options, "run_dir"), name)
    listener({"event": "folder", "run": str(folder.path)})
    base = _base(document, options)
    folder.note(base=str(base.absolute()) if base is not None else "", **beginning.facts())
    files = EventFiles(folder.path, listener)
    try:
        result = _train(document, data, name, folder, means, beginning, files, control)
    except BaseException as error:
        cancelled = isinstance(error, BuildCancelled)
        shown = Stopped("stopped before training began") if cancelled else reported(error)
        if (cancelled or isinstance(shown, UserError)) and not folder.history:  # nothing was run
            folder.discard()
        else:
            folder.fail(error, shown, "stopped" if cancelled else "failed")
        raise shown from error
    finally:
        files.close()
    means.stay(listener, control)
    return result


def _train(
    document: Document,
    data: Splits,
    name: str,
    folder: RunFolder,
    means: Means,
    beginning: Beginning,
    listener: Listener,
    control: Control,
) -> dict[str, Any]:
    started = time.perf_counter()
    training = document.experiment.training
    folder.begin(document, backend=means.backend, seed=training.seed, document=name)
    session = means.session(document, listener, control)
    beginning.prepare(session)
    folder.log(f"training {name}: {len(data['train'])} examples, {training.epochs} epochs, seed {training.seed}")
    sizes = {"examples": len(data["train"]), "epochs": session.epoch + training.epochs, "seed": training.seed}
    listener({"event": "started", "run": str(folder.path), **sizes, **_described(session, data)})
    watch = means.watch(session, data, listener, control)
    Live(session, listener, control, data.encode, folder.note_live)

    def keep(metrics: EpochMetrics) -> None:
        folder.add_epoch(metrics)
        folder.log(f"epoch {metrics.epoch}: {_figures(metrics.loss, metrics.accuracy)}")
        folder.checkpoint(session.state(), progress(session))

    history = session.train(data["train"], data["validation"], on_epoch=keep, on_chunk=watch.look, most=1)
    watch.look(force=True)
    folder.checkpoint(session.state(), progress(session), force=True)
    tested = None if control.stopped else _tested(session, data["test"], listener, control)
    last = history[-1] if history else None
    result: dict[str, Any] = {"train": {"loss": last and last.loss, "accuracy": last and last.accuracy}}
    if last is not None and len(data["validation"]):
        result["validation"] = {"loss": last.validation_loss, "accuracy": last.validation_accuracy}
    result |= {
        "test": {name: tested[name] for name in ("accuracy", "loss")} if tested else {"accuracy": None, "loss": None},
        **({"outputs": tested["outputs"]} if tested and "outputs" in tested else {}),
        "epochs": session.epoch,
        "seconds": round(time.perf_counter() - started, 3),
        "backend": means.backend,
        "seed": training.seed,
        "run": str(folder.path),
        "stopped": control.stopped,
    }
    folder.log(f"done: test {_figures(tested['loss'], tested['accuracy'])}" if tested else "stopped")
    folder.end("stopped" if control.stopped else "done", result=result)
    event = {"event": "result", "task": "train", "result": result, "curves": ""}
    if control.stopped:  # little time is left: the last word comes before the picture
        if means.linger:  # drawing, with all that it loads, may well take longer than there is
            control.spare()
        listener(event)
        _draw(folder, document.title or name, listener)
    else:
        listener(event | {"curves": str(_draw(folder, document.title or name, listener) or "")})
    return result


def _described(session: Session, data: Splits) -> dict[str, Any]:
    """What a window needs to know of a run's data and course before its first event."""
    dataset = session.document.experiment.dataset
    return {
        "splits": {name: len(part) for name, part in data.items()},
        "classes": session.compiled.model.populations[session.compiled.output].size,
        "class_names": list(dataset.class_names) if dataset is not None else [],
        "epoch": session.epoch,
    }


def _tested(session: Session, data: BatchData, listener: Listener, control: Control) -> dict[str, Any] | None:
    """The figures of the test split; None where somebody stopped it half-way."""
    tally = session.tally(data)
    if control.stopped:
        return None
    session.tell_judgements("test", tally, data)
    return session.figures(tally)


def _figures(loss: float, accuracy: float) -> str:
    """Loss and accuracy as the log says them, as far as there are any."""
    known = {"loss": loss, "accuracy": accuracy}
    return ", ".join(f"{name} {value:.4f}" for name, value in known.items() if math.isfinite(value)) or "done"


def _draw(folder: RunFolder, title: str, listener: Listener) -> Path | None:
    """Draw the curves; that they cannot be drawn is no reason for the run to have failed."""
    try:
        return folder.draw_curves(title)
    except RunError:  # the disk is full
        raise
    except Exception as error:
        text = f"the picture of the curves could not be drawn: {type(error).__name__}: {error}"
        folder.log(text)
        listener({"event": "message", "text": text, "level": "warning"})
        return None


def progress(session: Session) -> dict[str, Any]:
    """Where in training a checkpoint was taken."""
    return {"epoch": session.epoch, "step": session.step, "seed": session.training.seed}


# -- evaluate --------------------------------------------------------------------------------------------------
def evaluate(options: Mapping[str, Any], listener: Listener, control: Control) -> dict[str, Any]:
    """Evaluate a document, with a checkpoint's weights if one is given.

    The result is what ``spikeloom evaluate --json`` prints. With ``run_dir`` (a folder) or ``keep`` it leaves a run
    folder, in which also stands how it failed, or that it was stopped.
    """
    split = choice_option(options, "split", SPLITS, "test")
    means = Means.read(options)
    document = open_document(options)
    recording = path_option(options, "record")
    beginning = Beginning.of(None, path_option(options, "checkpoint"))
    check(document)
    if recording is not None:
        _check_record(document, recording)
    splits = _data(document, options)
    data = splits[split]
    if not len(data):
        hint = "experiment.training.validation_fraction holds examples out." if split == "validation" else ""
        raise UserError(f"the {split} split is empty", place="--split", hint=hint)
    name = Path(options["document"]).stem
    keep = options.get("keep") is True
    record = record_of(path_option(options, "run_dir"), name, listener, keep=keep)
    facts = {"split": split, "examples": len(data), "backend": means.backend}
    with record.begun(document, beginning, _base(document, options), document=name, **facts):
        session = means.session(document, listener, control)
        if beginning.checkpoint is not None:
            session.restore(beginning.arrays, beginning.state, place=str(beginning.checkpoint))
        elif not document.arrays():
            record.warn("the weights are drawn at random, nothing has trained them; --checkpoint takes those of a run")
        started = time.perf_counter()
        listener({"event": "evaluating", "fraction": 0.0})
        watch = means.watch(session, splits, listener, control)
        Live(session, listener, control, splits.encode, record.note_live)
        tally = session.tally(data, watch.look)
        watch.look(force=True)
        if control.stopped:
            raise Stopped("stopped before all examples were seen")
        session.tell_judgements(split, tally, data)
        metrics = session.figures(tally)
        result = {
            "split": split,
            "accuracy": metrics["accuracy"],
            "loss": metrics["loss"],
            "examples": int(metrics["examples"]),
            **({"outputs": metrics["outputs"]} if "outputs" in metrics else {}),
            "seconds": round(time.perf_counter() - started, 3),
        }
        if recording is not None:
            result["record"] = str(_record(document, session, data, recording, options))
        result = record.end(result, _figures(metrics["loss"], metrics["accuracy"]))
    listener({"event": "result", "task": "evaluate", "result": result})
    means.stay(listener, control)
    return result


def _check_record(document: Document, path: Path) -> None:
    """Say before anything runs what would keep the recording from being written."""
    if not document.experiment.recording:
        raise UserError("the document has no recorders", place="experiment.recording", hint="add one to record with")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UserError("there is no such folder", place=str(folder), hint="--record takes the path of a .npz file")
    if path.is_dir():
        raise UserError("is a folder, expected the name of a .npz file", place=str(path))
    if not os.access(folder, os.W_OK):
        raise RunError("the folder cannot be written", place=str(folder))


def _record(document: Document, session: Session, data: BatchData, path: Path, options: Mapping[str, Any]) -> Path:
    """Save what the document's recorders see of the first examples as NPZ."""
    from spikeloom.run.recordings import save_recording

    count = min(int(options.get("record_examples") or RECORDED_EXAMPLES), len(data))
    save_recording(path, session, data, document, count)
    return path.absolute()


# -- describe --------------------------------------------------------------------------------------------------
def describe(options: Mapping[str, Any]) -> dict[str, Any]:
    """What ``spikeloom info`` prints: populations, parameters, synapses, memory."""
    from spikeloom.backends.embedded.generate import generate
    from spikeloom.backends.embedded.runtime import default_threads
    from spikeloom.compilers import compile_document

    document = open_document(options)
    threads = threads_option(options) or default_threads()
    compiled = compile_document(document)
    model = compiled.model
    layout = generate(model, compiled.schedules).layout  # complete only when all is written
    training = document.experiment.training
    shards = training.num_shards
    sizes = {name: model.num_synapses(name) for name in model.synapses}
    side_by_side = any(schedule.online for schedule in compiled.schedules.values())
    places = max(threads, training.batch_size) if side_by_side else threads
    memory = layout.sizes["shared"] + shards * layout.sizes["shard"] + places * layout.sizes["slot"]
    return {
        "document": str(options["document"]),
        "title": document.title or "",
        "populations": [
            {"name": p.name, "type": p.neuron.type, "size": model.populations[p.name].size}
            for p in document.network.populations
        ],
        "connections": [
            {
                "name": c.name,
                "source": c.source,
                "target": c.target,
                "synapses": sizes[c.name],
                "synapse": c.synapse.type,
            }
            for c in document.network.connections
        ],
        "neurons": sum(p.size for p in model.populations.values()),
        "synapses": sum(sizes.values()),
        "parameters": sum(prod(model.shape(name)) for name in compiled.gradients),
        "timesteps": compiled.timesteps,
        "memory_bytes": memory,
        "threads": threads,
        "learning": document.experiment.learning.type if document.experiment.learning else "none",
    }
