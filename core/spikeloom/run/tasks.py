"""What the worker and the command line do with a document's file: train it, evaluate it, describe it, get its data.

Each task takes plain options (they come as JSON), tells a listener what happens, and returns a plain result.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from spikeloom.backends import BACKENDS
from spikeloom.backends.embedded.build_cache import BuildCancelled
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.beginning import Beginning
from spikeloom.run.control import Control
from spikeloom.run.download import download
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.evaluation_record import record_of
from spikeloom.run.event_files import EventFiles
from spikeloom.run.events import Listener
from spikeloom.run.failure import Stopped, reported
from spikeloom.run.folder import RunFolder
from spikeloom.run.keeper import Keeper, figures, plain
from spikeloom.run.live import Live
from spikeloom.run.options import base_option, choice_option, open_document, path_option, threads_option
from spikeloom.run.prepare import SPLITS, Splits, prepare
from spikeloom.run.probe import ProbeOptions
from spikeloom.run.session import Session
from spikeloom.run.watch import Watch
from spikeloom.spec import Document, check

__all__ = ["describe", "download", "evaluate", "train"]

RECORDED_EXAMPLES = 10


# -- options ---------------------------------------------------------------------------------------------------
def _data(document: Document, options: Mapping[str, Any]) -> Splits:
    """The document's data set; ``base``, where it is given, says to which folder its files are named relative."""
    return prepare(document, base_option(document, options))


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
    base = base_option(document, options)
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

    keeper = Keeper(session, folder)
    history = session.train(data["train"], data["validation"], on_epoch=keeper.epoch, on_chunk=watch.look, most=1)
    keeper.end()
    if not control.stopped:
        keeper.restore_best()
    watch.look(force=True)
    tested = None if control.stopped else _tested(session, data["test"], listener, control)
    last = history[-1] if history else None
    result: dict[str, Any] = {"train": {"loss": last and last.loss, "accuracy": last and last.accuracy}}
    if last is not None and len(data["validation"]):
        result["validation"] = {"loss": last.validation_loss, "accuracy": last.validation_accuracy}
    result |= {
        "test": {name: tested[name] for name in ("accuracy", "loss")} if tested else {"accuracy": None, "loss": None},
        **({"outputs": tested["outputs"]} if tested and "outputs" in tested else {}),
        **keeper.facts,
        **({"metrics": _metrics(last, tested)} if session.metrics else {}),
        "epochs": session.epoch,
        "seconds": round(time.perf_counter() - started, 3),
        "backend": means.backend,
        "seed": training.seed,
        "run": str(folder.path),
        "stopped": control.stopped,
    }
    folder.log(f"done: test {figures(tested['loss'], tested['accuracy'])}" if tested else "stopped")
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


def _metrics(last: EpochMetrics | None, tested: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The metrics of the last epoch and of the test, by split."""
    found = {"test": plain(tested["metrics"])} if tested else {}
    if last is not None:
        found["train"] = plain(last.metrics | last.tables)
        if last.validation_metrics or last.validation_tables:
            found["validation"] = plain(last.validation_metrics | last.validation_tables)
    return found


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
    with record.begun(document, beginning, base_option(document, options), document=name, **facts):
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
            **({"metrics": plain(metrics["metrics"])} if "metrics" in metrics else {}),
            "seconds": round(time.perf_counter() - started, 3),
        }
        if recording is not None:
            result["record"] = str(_record(document, session, data, recording, options))
        result = record.end(result, figures(metrics["loss"], metrics["accuracy"]))
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
    """What ``spikeloom info`` prints: populations, parameters, synapses, memory.

    With ``backend`` ``pygenn``, also what PyGeNN needs and how a batch would run there.
    """
    from spikeloom.backends.embedded.generate import generate
    from spikeloom.backends.embedded.runtime import default_threads
    from spikeloom.compilers import compile_document

    document = open_document(options)
    threads = threads_option(options) or default_threads()
    backend = choice_option(options, "backend", BACKENDS, "embedded")
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
        **({"pygenn": _on_pygenn(document)} if backend == "pygenn" else {}),
    }


def _on_pygenn(document: Document) -> dict[str, Any]:
    """What a document needs on PyGeNN, and how a batch of it would run on the device that is there."""
    from spikeloom.backends.pygenn.memory import estimate
    from spikeloom.backends.pygenn.runtime import plan_of
    from spikeloom.compilers import compile_document

    compiled = compile_document(document, in_segments=False)
    built = compiled.model, list(compiled.schedules.values()), compiled.timesteps
    memory = estimate(*built)
    facts: dict[str, Any] = {"shared_bytes": memory.shared, "example_bytes": memory.example, "tape_bytes": memory.tape}
    try:
        plan = plan_of(*built, document.experiment.training.batch_size)
    except UserError as error:  # it is not there, or one example is too much for it
        hint = f" {error.hint}" if error.hint else ""
        return facts | {"text": f"PyGeNN needs {memory.words()}. {error.message}.{hint}"}
    return facts | {"device": plan.device, "free_bytes": plan.room, "side_by_side": plan.examples, "text": plan.words()}
