"""Everything a window looks at while a task runs: an example, and weights; and what it asks about them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run.control import Control
from spikeloom.run.events import Listener
from spikeloom.run.prepare import SPLITS
from spikeloom.run.probe import Probe, ProbeOptions, Shown, read_variables
from spikeloom.run.session import Session
from spikeloom.run.weight_watch import WeightWatch


class Watch:
    """Looks, between two chunks of work, at what somebody wants to see, and does what `Control` was asked for.

    Parameters
    ----------
    options
        The example to look at; None: nobody looks at examples.
    session, data, listener, control, shown
        As for `Probe`.
    """

    def __init__(
        self,
        options: ProbeOptions | None,
        session: Session,
        data: Mapping[str, BatchData],
        listener: Listener,
        control: Control,
        shown: Shown = lambda split, example: {},
    ) -> None:
        self.session, self.data, self.listener, self.control = session, data, listener, control
        self.probe = Probe(options, session, data, listener, control, shown) if options is not None else None
        self.weights = WeightWatch(session, listener)
        control.handle("watch", self.watch)
        control.handle("evaluate", self.evaluate)
        session.on_rest = partial(self.look, force=True)  # the run holds: show how things stand

    def watch(self, wanted: Any) -> None:
        """Look at other variables and weights: ``{"variables": [...], "weights": [...]}``."""
        try:
            variables, weights = read_wanted(wanted)
        except UserError as error:
            self.listener({"event": "message", "text": str(error), "level": "warning"})
            return
        self.weights.watch(weights)
        if self.probe is not None:
            self.probe.watch(variables)
        self.look(force=True)

    def evaluate(self, split: str) -> None:
        """Evaluate a split with the weights as they are, and tell what each example was taken for."""
        if split not in SPLITS or not len(self.data[split]):
            text = f"the {split} split has no examples" if split in SPLITS else f"there is no split '{split}'"
            self.listener({"event": "message", "text": text, "level": "warning"})
            return
        tally = self.session.tally(self.data[split], holds=False)
        if tally.count == len(self.data[split]):  # else somebody stopped it
            self.session.tell_judgements(split, tally, self.data[split])

    def look(self, *, force: bool = False) -> None:
        """Look at what it is time to look at, or at all."""
        self.weights.look(force=force)  # first: a look at an example replaces the gradient of the batch
        if self.probe is not None:
            self.probe.look(force=force)


def read_wanted(value: Any) -> tuple[tuple[tuple[str, str, tuple[int, ...]], ...], tuple[tuple[str, str], ...]]:
    """What the command ``watch`` asks for: variables, and weights.

    Raises
    ------
    UserError
        Where it is not of its form.
    """
    if not isinstance(value, Mapping):
        raise UserError(f"{value!r} found, expected an object", place="watch")
    weights = value.get("weights", ())
    for item in weights if isinstance(weights, list | tuple) else [weights]:
        match item:
            case [str(), str()]:
                pass
            case _:
                raise UserError(f"{item!r} found, expected [connection, values]", place="watch.weights")
    variables = read_variables(value.get("variables", ()), "watch.variables")
    return variables, tuple((name, values) for name, values in weights)
