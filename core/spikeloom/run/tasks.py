"""What the worker and the command line do with a document's file: train it, evaluate it.

Each task takes plain options (they come as JSON), tells a listener what happens, and returns a plain result.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.errors import RunError, SpikeloomError, UserError, nearest
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.control import Control
from spikeloom.run.events import Listener
from spikeloom.run.folder import RunFolder
from spikeloom.run.prepare import prepare
from spikeloom.run.session import EpochMetrics, Session
from spikeloom.spec import Document

SPLITS = ("train", "validation", "test")


def open_document(options: Mapping[str, Any]) -> Document:
    """The document of a task, with the options that override its training settings."""
    document = Document.load(Path(options["document"]))
    for name in ("epochs", "seed", "batch_size"):
        if options.get(name) is not None:
            try:
                setattr(document.experiment.training, name, options[name])
            except ValueError as error:
                raise UserError(str(error), place=f"--{name.replace('_', '-')}") from None
    return document


def _session(document: Document, options: Mapping[str, Any], listener: Listener, control: Control) -> Session:
    return Session(
        document,
        threads=options.get("threads"),
        backend=options.get("backend") or "embedded",
        listener=listener,
        control=control,
    )


def train(options: Mapping[str, Any], listener: Listener, control: Control) -> dict[str, Any]:
    """Train a document; the result is what ``spikeloom train --json`` prints."""
    document = open_document(options)
    name = Path(options["document"]).stem
    run_dir = options.get("run_dir")
    folder = RunFolder(Path(run_dir) if run_dir else None, name)
    try:
        return _train(document, name, folder, options, listener, control)
    except SpikeloomError as error:
        _last_words(folder, error)
        raise


def _last_words(folder: RunFolder, error: SpikeloomError) -> None:
    """Say in the folder how the run failed, if it still can be written."""
    try:
        folder.log(f"failed: {error}")
        folder.end("failed", error=error.as_dict())
    except RunError:
        pass


def _train(
    document: Document, name: str, folder: RunFolder, options: Mapping[str, Any], listener: Listener, control: Control
) -> dict[str, Any]:
    started = time.perf_counter()
    session = _session(document, options, listener, control)
    data = prepare(document, session.compiled.input)
    backend, seed = options.get("backend") or "embedded", session.training.seed
    folder.begin(document, backend=backend, seed=seed, document=name)
    folder.log(f"training {name}: {len(data['train'])} examples, {session.training.epochs} epochs, seed {seed}")
    listener(
        {"event": "started", "run": str(folder.path), "examples": len(data["train"]), "epochs": session.training.epochs}
    )

    def keep(metrics: EpochMetrics) -> None:
        folder.add_epoch(metrics)
        folder.log(f"epoch {metrics.epoch}: loss {metrics.loss:.4f}, accuracy {metrics.accuracy:.4f}")
        folder.checkpoint(session.state(), place(session))

    history = session.train(data["train"], data["validation"], on_epoch=keep)
    folder.checkpoint(session.state(), place(session), force=True)
    stopped = control.stopped
    last = history[-1] if history else None
    result: dict[str, Any] = {"train": {"loss": last and last.loss, "accuracy": last and last.accuracy}}
    if last is not None and len(data["validation"]):
        result["validation"] = {"loss": last.validation_loss, "accuracy": last.validation_accuracy}
    result["test"] = {"accuracy": None if stopped else session.evaluate(data["test"])["accuracy"]}
    result |= {
        "epochs": session.epoch,
        "seconds": round(time.perf_counter() - started, 3),
        "backend": backend,
        "seed": seed,
        "run": str(folder.path),
        "stopped": stopped,
    }
    curves = folder.draw_curves(document.title or name)
    folder.end("stopped" if stopped else "done", result=result)
    folder.log("stopped" if stopped else f"done: test accuracy {result['test']['accuracy']:.4f}")
    listener({"event": "result", "task": "train", "result": result, "curves": str(curves) if curves else ""})
    return result


def place(session: Session) -> dict[str, Any]:
    """Where in training a checkpoint was taken."""
    return {"epoch": session.epoch, "step": session.step, "seed": session.training.seed}


def evaluate(options: Mapping[str, Any], listener: Listener, control: Control) -> dict[str, Any]:
    """Evaluate a document, with a checkpoint's weights if one is given."""
    split = options.get("split") or "test"
    if split not in SPLITS:
        raise UserError(
            f"no split '{split}'{nearest(split, SPLITS)}", place="--split", hint=f"one of {', '.join(SPLITS)}"
        )
    document = open_document(options)
    session = _session(document, options, listener, control)
    if options.get("checkpoint"):
        path = Path(options["checkpoint"])
        session.restore(*load_checkpoint(path), place=str(path))
    data = prepare(document, session.compiled.input)[split]
    if not len(data):
        raise UserError(
            f"the {split} split is empty", place="--split", hint="training.validation_fraction holds examples out"
        )
    metrics = session.evaluate(data)
    loss = metrics["loss"]
    result = {
        "split": split,
        "accuracy": metrics["accuracy"],
        "loss": loss if np.isfinite(loss) else None,
        "examples": int(metrics["examples"]),
    }
    if options.get("record"):
        result["record"] = str(_record(document, session, split, Path(options["record"]), options))
    listener({"event": "result", "task": "evaluate", "result": result})
    return result


def _record(document: Document, session: Session, split: str, path: Path, options: Mapping[str, Any]) -> Path:
    """Save what the document's recorders see of the first examples as NPZ."""
    from spikeloom.run.recordings import recorders_of, save_recording

    recorders: list[RecordSpikes | RecordVar] = recorders_of(document)
    if not recorders:
        raise UserError("the document has no recorders", place="experiment.recording", hint="add one to record with")
    data = prepare(document, session.compiled.input)[split]
    count = min(int(options.get("record_examples") or 10), len(data))
    save_recording(path, session, data, recorders, document, count)
    return path.absolute()


def describe(options: Mapping[str, Any]) -> dict[str, Any]:
    """What ``spikeloom info`` prints: populations, parameters, synapses, memory."""
    from spikeloom.backends.embedded.layout import Layout
    from spikeloom.compilers import compile_document

    document = open_document(options)
    compiled = compile_document(document)
    model = compiled.model
    layout = Layout(model)
    training = document.experiment.training
    shards = training.num_shards
    sizes = {
        name: model.populations[s.source].size * model.populations[s.target].size for name, s in model.synapses.items()
    }
    from spikeloom.backends.embedded.runtime import default_threads

    threads = options.get("threads") or default_threads()
    memory = layout.sizes["shared"] + shards * layout.sizes["shard"] + threads * layout.sizes["slot"]
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
        "parameters": sum(sizes.values()) if compiled.learns else 0,
        "timesteps": compiled.timesteps,
        "memory_bytes": memory,
        "threads": threads,
        "learning": document.experiment.learning.type if document.experiment.learning else "none",
    }
