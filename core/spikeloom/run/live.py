"""Parameters that change while a network runs: learning rate, regularisation, rates and gains of inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import SpikeloomError, UserError
from spikeloom.run.control import Control
from spikeloom.run.events import Listener
from spikeloom.run.session import Session
from spikeloom.spec import Document, FieldInfo, Node, Optimiser, check, describe


class Live:
    """Changes parameters of a session that runs.

    The changed document is compiled again, and its parameters take the place of those that run; a change that would
    make other code of it has to wait for the next run.

    Parameters
    ----------
    session
        Built.
    listener
        Is told ``live`` events, and why something cannot be.
    control
        Through it (`Control.set`) parameters are changed.
    encode
        Makes the examples anew after a change of the encoder.
    note
        Is told each change too, for the run's folder.
    """

    def __init__(
        self,
        session: Session,
        listener: Listener,
        control: Control,
        encode: Callable[[Document], None],
        note: Callable[[dict[str, Any]], None] = lambda event: None,
    ) -> None:
        self.session, self.listener, self.encode, self.note = session, listener, encode, note
        control.handle("set", self.set)

    def set(self, path: str, value: Any) -> None:
        """Change a parameter now, or say why not."""
        try:
            event = self.change(path, value)
        except SpikeloomError as error:
            hint = f" ({error.hint})" if error.hint else ""
            text = f"{error.place or path}: {error.message}{hint}"
            self.listener({"event": "message", "text": text, "level": "warning", "path": path})
        else:
            self.note(event)
            self.listener(event)

    def change(self, path: str, value: Any) -> dict[str, Any]:
        """Change a parameter; the event ``live``.

        Raises
        ------
        UserError
            Where there is no such field, it cannot change in a run, or the value is none for it.
        """
        session = self.session
        document = session.document.model_copy(deep=True)
        node, field = find_field(document, path)
        if not field.live:
            raise UserError("cannot be changed while the network runs", place=path, hint="it counts from the next run")
        old = getattr(node, field.name)
        setattr(node, field.name, value)
        check(document)
        compiled = session.compile(document)
        if path.startswith("experiment.dataset."):
            self.encode(document)
        elif path.startswith("experiment.learning.") and "optimiser" in path.split("."):
            # The values of each batch come from the optimiser.
            if any(
                (now.clip_norm is None) != (before.clip_norm is None) for before, now in _optimisers(session, compiled)
            ):
                hint = "it counts from the next run"
                raise UserError("clipping begins and ends with another program of the network", place=path, hint=hint)
        else:
            adopt, hint = getattr(session.runtime, "adopt", None), "it counts from the next run"
            if adopt is None:
                raise UserError("this backend takes it when the network is built", place=path, hint=hint)
            if not adopt(compiled.model, compiled.schedules):
                raise UserError("this change makes another program of the network", place=path, hint=hint)
        session.compiled.learned = compiled.learned
        session.document = document
        return {
            "event": "live",
            "path": path,
            "label": field.label,
            "unit": field.unit,
            "value": getattr(node, field.name),
            "old": old,
            "step": session.step,
            "epoch": session.epoch,
        }


def _optimisers(session: Session, compiled: CompiledNetwork) -> list[tuple[Optimiser, Optimiser]]:
    """What moves each variable that learns, as it runs and as it would."""
    running = session.compiled.learned
    return [(running[name].optimiser, learned.optimiser) for name, learned in compiled.learned.items()]


def find_field(document: Document, path: str) -> tuple[Node, FieldInfo]:
    """The object of a document that holds the field at a path such as ``experiment.learning.optimiser.alpha``.

    In lists of parts, names stand for numbers: ``network.populations.input.neuron.rate``.
    """
    *way, last = path.split(".")
    node: Any = document
    for key in way:
        if isinstance(node, list):
            node = next((part for part in node if getattr(part, "name", None) == key), None)
        else:
            node = getattr(node, key, None) if isinstance(node, Node) and key in type(node).model_fields else None
        if node is None:
            raise UserError(f"there is no '{key}'", place=path)
    fields = {field.name: field for field in describe(type(node))} if isinstance(node, Node) else {}
    if last not in fields:
        raise UserError(f"there is no field '{last}'", place=path)
    return node, fields[last]
